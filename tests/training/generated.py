"""A small corpus made by a seeded generator, in the form that training reads."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

THINGS = "dog cat parrot bike boat guitar piano garden phone laptop camera tent horse".split()
PLACES = "Oslo Porto Lima Cairo Kyoto Quito Turin Ghent Perth Accra".split()
NAMES = "Bruno Zorp Mila Otis Kiko Luna Pepe Nils Uma Rex Fifi Momo".split()


def write_corpora(folder: Path, dialogues: int = 300, seed: int = 0) -> Path:
    rng = random.Random(seed)
    turns: list[dict[str, Any]] = []
    questions: list[dict[str, Any]] = []
    for number in range(dialogues):
        key = f"made-{number}"
        lines: list[str] = []
        asked: list[tuple[str, int]] = []
        for thing in rng.sample(THINGS, 3):
            name = rng.choice(NAMES)
            asked.append((f"What is my {thing} called?", len(lines)))
            lines += [f"My {thing} is called {name}.", rng.choice(["ok", "Nice!", "I see."])]
        place = rng.choice(PLACES)
        asked.append((f"When did I go to {place}?", len(lines)))
        lines += [
            f"I went to {place} in {rng.randint(1990, 2024)}.",
            "Good to know.",
            "谢谢",
            "好的",
        ]
        for turn, text in enumerate(lines):
            turns.append(
                {"dialogue": key, "turn": turn, "speaker": "AB"[turn % 2], "text": text,
                 "lang": "en", "source": "chitchat"}
            )  # fmt: skip
        questions += [
            {"question": q, "answer": "", "dialogue": key, "evidence": [t], "lang": "en",
             "source": "made", "kind": "question"}
            for q, t in asked
        ]  # fmt: skip
    pairs = [{"a": "hi there", "b": "你好", "label": 1, "lang": "en-zh", "source": "made",
              "kind": "translation"}]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("turns", turns), ("qa", questions), ("pairs", pairs)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return folder
