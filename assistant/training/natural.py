"""Questions about dialogues of the corpora, written for the project by a language model.

Templates ask in their own words about anything; people ask in other words, about what matters,
and about several things at once, and so do these. ``natural.jsonl`` holds no words of any corpus:
each line names a dialogue, the numbers of the turns that answer (none where nothing in it does:
questions about what is near and was not told), and a question in which {A} and
{B} stand for who spoke first and second. Questions in the first person are the user's, A being the
user and B the assistant.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WRITTEN = Path(__file__).with_name("natural.jsonl")


@dataclass(frozen=True, slots=True)
class NaturalQuestion:
    """One question.

    Args:
        text: The words, with {A} and {B} for people unless it is in the first person.
        evidence: Numbers of the turns that answer it; empty where none does.
        person: "first" or "third".
    """

    text: str
    evidence: tuple[int, ...]
    person: str

    def put(self, cast: Sequence[str]) -> str | None:
        """The question about these people, or None where it cannot be asked of them.

        >>> NaturalQuestion("Where does {A} live?", (3,), "third").put(["Nora", "Emil"])
        'Where does Nora live?'
        """
        if self.person == "first":
            return self.text if cast[0] == "user" else None
        used = {f"{{{letter}}}": name for letter, name in zip("AB", cast, strict=False)}
        if any(name in ("user", "assistant") for name in used.values()):
            return None
        text = self.text
        for letter, name in used.items():
            text = text.replace(letter, name)
        return text


def natural_questions(path: Path = WRITTEN) -> dict[str, list[NaturalQuestion]]:
    """All of them, by dialogue."""
    found: dict[str, list[NaturalQuestion]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found[row["dialogue"]].append(
                NaturalQuestion(row["question"], tuple(row["evidence"]), row["person"])
            )
    return dict(found)
