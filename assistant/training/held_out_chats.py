"""Chats of a user and an assistant, from the part of the corpora that is held out of training.

Another world than two people talking: long replies (passages spliced in), questions in the first
person. In the neutral form, so that ``assistant eval`` measures them; the category of a question
says where it comes from: "natural" ones were written for the dialogue (``natural``), the others are
templates or come with a corpus. The file holds text of the corpora: keep it outside the repository.

    python -m assistant.training chats --corpora DIR --out chats.jsonl
    assistant eval chats.jsonl
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from assistant.training.timelines import ScenePool, Timeline, build_timeline

TURNS = 700


def write_held_out_chats(
    corpora: Path, out: Path, *, chats: int = 6, lang: str = "en", seed: int = 0
) -> int:
    """Write chats of about 700 turns each; returns how many questions they hold.

    Args:
        corpora: The folder.
        out: JSON lines.
        chats: How many.
        lang: "en" or "zh".
        seed: Of all chance.
    """
    pool = ScenePool(corpora, held_out=True)
    asked = 0
    with out.open("w", encoding="utf-8") as file:
        for number in range(chats):
            rng = random.Random(f"chats {lang} {seed} {number}")
            timeline = build_timeline(pool, rng, number, chat=(lang, TURNS))
            file.write(json.dumps(as_conversation(timeline, f"chat-{number}"), ensure_ascii=False))
            file.write("\n")
            asked += len(timeline.questions)
    return asked


def as_conversation(timeline: Timeline, name: str) -> dict[str, object]:
    """A timeline in the neutral form."""
    sessions = {key: n for n, key in enumerate(dict.fromkeys(t.session for t in timeline.turns))}
    return {
        "id": name,
        "turns": [
            {
                "id": turn.ref,
                "session": sessions[turn.session],
                "speaker": turn.speaker,
                "time": turn.at.isoformat() if turn.at else "",
                "text": turn.text,
            }
            for turn in timeline.turns
        ],
        "questions": [
            {
                "text": question.text,
                "answer": "",
                "evidence": list(question.evidence),
                "category": question.source,
            }
            for question in timeline.questions
            if question.evidence
        ],
    }
