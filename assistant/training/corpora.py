"""Reads a folder of training corpora, line by line.

Knows the three files that such a folder holds (``turns.jsonl.gz``, ``qa.jsonl.gz``,
``pairs.jsonl.gz``) and nothing of models. Any folder with files of this form can be trained on.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CorpusTurn:
    """One turn of one dialogue, as the corpus holds it."""

    dialogue: str
    turn: int
    speaker: str
    text: str
    lang: str
    source: str


@dataclass(frozen=True, slots=True)
class CorpusQuestion:
    """A question and the turns (of ``dialogue``) or sentences (of ``context``) that answer it."""

    question: str
    answer: str
    dialogue: str | None
    context: tuple[str, ...]
    evidence: tuple[int, ...]
    lang: str
    source: str
    kind: str
    question_turn: int | None


@dataclass(frozen=True, slots=True)
class CorpusPair:
    """Two texts and whether they mean the same: ``label`` 1, or 0 for a hard negative."""

    a: str
    b: str
    label: float
    lang: str
    source: str
    kind: str


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_turns(folder: Path) -> Iterator[CorpusTurn]:
    """Every turn, dialogues contiguous and their turns ascending."""
    for row in _lines(folder / "turns.jsonl.gz"):
        yield CorpusTurn(
            row["dialogue"], row["turn"], row["speaker"], row["text"], row["lang"], row["source"]
        )


def read_dialogues(folder: Path) -> Iterator[list[CorpusTurn]]:
    """The turns of one dialogue after another."""
    current: list[CorpusTurn] = []
    for turn in read_turns(folder):
        if current and current[0].dialogue != turn.dialogue:
            yield current
            current = []
        current.append(turn)
    if current:
        yield current


def read_questions(folder: Path) -> Iterator[CorpusQuestion]:
    """Every question with its evidence."""
    for row in _lines(folder / "qa.jsonl.gz"):
        yield CorpusQuestion(
            question=row["question"],
            answer=row["answer"],
            dialogue=row["dialogue"],
            context=tuple(row.get("context") or ()),
            evidence=tuple(row["evidence"]),
            lang=row["lang"],
            source=row["source"],
            kind=row["kind"],
            question_turn=row.get("question_turn"),
        )


def read_pairs(folder: Path) -> Iterator[CorpusPair]:
    """Every labelled pair of texts."""
    for row in _lines(folder / "pairs.jsonl.gz"):
        yield CorpusPair(
            row["a"], row["b"], float(row["label"]), row["lang"], row["source"], row["kind"]
        )


def distillation_texts(folder: Path, count: int, seed: int = 0) -> list[tuple[str, str, bool]]:
    """A balanced sample of distinct texts for the teachers: ``(text, lang, is_question)``.

    Sources take turns, so that a large one does not crowd out the others, and any prefix of the
    list is a fair sample of the whole.
    """
    by_source: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    seen: set[str] = set()

    def offer(source: str, text: str, lang: str, is_question: bool) -> None:
        key = text.casefold()
        if len(text) > 3 and key not in seen:
            seen.add(key)
            by_source[source].append((text, lang, is_question))

    for question in read_questions(folder):
        lang = "zh" if question.lang == "zh" else "en"
        if question.kind != "topic":
            offer(f"question:{question.source}", question.question, lang, True)
        for index in question.evidence if question.context else ():
            offer(f"context:{question.source}", question.context[index], lang, False)
    for pair in read_pairs(folder):
        if pair.kind == "translation":
            offer("translation-en", pair.a, "en", False)
            offer("translation-zh", pair.b, "zh", False)
    for turn in read_turns(folder):
        offer(turn.source, turn.text, turn.lang, False)
    rng = random.Random(seed)
    queues = [by_source[source] for source in sorted(by_source)]
    for queue in queues:
        rng.shuffle(queue)
    sample: list[tuple[str, str, bool]] = []
    while queues and len(sample) < count:
        queues = [queue for queue in queues if queue]
        sample.extend(queue.pop() for queue in queues)
    return sample[:count]
