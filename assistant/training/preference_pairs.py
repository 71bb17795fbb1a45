"""What people tell an assistant that holds in general, what does not, and requests it bears on.

Each line of ``preference_pairs.jsonl`` tells of one subject twice: what should steer later help,
and what happened or is so and steers nothing. The requests share no word with the former. Written
for this project by a language model in eight people's voices; none is in a test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("preference_pairs.jsonl")


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """One subject.

    Args:
        language: "en" or "zh".
        holds: What holds in general.
        passing: What does not.
        requests: Requests that ``holds`` bears on, one at least.
    """

    language: str
    holds: str
    passing: str
    requests: tuple[str, ...]


def preference_pairs(path: Path = FILE) -> list[PreferencePair]:
    """All of them, in the order of the file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        PreferencePair(row["language"], row["holds"], row["passing"], tuple(row["requests"]))
        for row in rows
    ]
