"""Questions with the texts that answer them, and texts that do not: what contrast is learned from.

Every hundredth-based share of the dialogues is held out, decided by a hash of the dialogue, so that
the same ones are out whatever else is set. Speakers without a name get one at random, a new one
every time, so that the matching of names is learned and no name is.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.training.corpora import (
    CorpusQuestion,
    CorpusTurn,
    read_dialogues,
    read_pairs,
    read_questions,
)
from assistant.training.names import CHINESE, ENGLISH
from assistant.training.questions import about_another, questions_about

HELD_OUT: Final = 0.08

# How often each kind of question is taken in one pass, by source or kind. People's own questions
# about talk count most; templates over slots teach their templates, so little of them.
SHARE: Final = {
    "topic": 0.0,
    "summary": 0.3,
    "slot_template": 0.25,
    "reply": 0.5,
    "question": 2.0,
    "rewritten_question": 1.5,
    "persona_fact": 2.0,
    "sentence_question": 0.8,
    "span_question": 0.8,
    "temporal_question": 1.0,
    "dialogue_to_document": 0.5,
    "faq": 0.5,
    "reasoning_facts": 0.4,
}
MAX_EVIDENCE: Final = 8
PERSONAL: Final = frozenset(
    {
        "chitchat",
        "self-dialogue",
        "topical-chat",
        "synthetic-persona-chat",
        "friends-emory",
        "friendsqa",
        "smilechat",
        "lccc-toy",
        "casino",
        "crd3",
        "kdconv",
        "mts-dialog",
    }
)
_NAMELESS: Final = frozenset(
    {
        "user",
        "system",
        "assistant",
        "usr",
        "sys",
        "a",
        "b",
        "",
        "0",
        "1",
        "wizard",
        "counselor",
        "client",
        "doctor",
        "patient",
        "agent",
        "customer",
        "speaker",
        "me",
        "other",
    }
)


@dataclass(frozen=True, slots=True)
class Example:
    """A query, a text that answers it, and texts of the same dialogue that do not."""

    query: str
    positive: str
    negatives: tuple[str, ...]
    positives_too: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A held-out question: its candidates, and which of them answer it."""

    text: str
    candidates: tuple[str, ...]
    evidence: tuple[int, ...]
    source: str
    exclude: str = ""


def is_held_out(key: str, share: float = HELD_OUT) -> bool:
    """Whether the dialogue (or passage) with this key is kept out of training."""
    return (zlib.crc32(key.encode("utf-8", "replace")) % 10_000) < share * 10_000


def key_of(question: CorpusQuestion) -> str:
    """What a question is held out by: its dialogue, or the start of its passage."""
    return question.dialogue or "|".join(question.context[:1])


class Cast:
    """Who is who in one dialogue: real names kept, others dealt at random."""

    def __init__(self, turns: Sequence[CorpusTurn], rng: random.Random) -> None:
        names = ENGLISH if not turns or turns[0].lang == "en" else CHINESE
        self._rng = rng
        self._names: dict[str, str] = {}
        for speaker in dict.fromkeys(turn.speaker for turn in turns):
            plain = speaker.strip().lower()
            short = len(speaker) > 12 or plain in _NAMELESS or any(c.isdigit() for c in speaker)
            self._names[speaker] = rng.choice(names) if short else speaker

    def name(self, speaker: str) -> str:
        """The name that the speaker goes by."""
        return self._names.get(speaker) or self._rng.choice(ENGLISH)

    def line(self, turn: CorpusTurn) -> str:
        """The turn as it is read: "name: text"."""
        return f"{self.name(turn.speaker)}: {turn.text}"


class ExampleMaker:
    """Deals contrastive examples, pass after pass, each time with other names and templates.

    Args:
        corpora: The folder.
        seed: Of all chance.
        generated: How many generated questions a pass holds.
        prefixed: How often a turn is shown with its speaker.
    """

    def __init__(
        self, corpora: Path, *, seed: int = 0, generated: int = 50_000, prefixed: float = 0.75
    ) -> None:
        self._rng = random.Random(seed)
        self._generated = generated
        self._prefixed = prefixed
        self._questions: list[CorpusQuestion] = []
        self.held_out: list[CorpusQuestion] = []
        for question in read_questions(corpora):
            if question.kind == "topic" or len(question.evidence) > 60:
                continue
            (self.held_out if is_held_out(key_of(question)) else self._questions).append(question)
        wanted = {q.dialogue for q in self._questions + self.held_out if q.dialogue}
        self._dialogues: dict[str, dict[int, CorpusTurn]] = {}
        self._personal: list[list[CorpusTurn]] = []
        for turns in read_dialogues(corpora):
            name = turns[0].dialogue
            if name in wanted:
                self._dialogues[name] = {turn.turn: turn for turn in turns}
            if turns[0].source in PERSONAL and not is_held_out(name):
                self._personal.append(turns)
        self._pairs = [
            pair
            for pair in read_pairs(corpora)
            if pair.label >= 1
            and pair.kind in ("translation", "rewrite", "back_translation", "question_paraphrase")
        ]

    def one_pass(self) -> list[Example]:
        """A shuffled pass over everything."""
        rng = self._rng
        examples: list[Example] = []
        for question in self._questions:
            share = SHARE.get(question.kind, 1.0)
            times = int(share) + (rng.random() < share % 1)
            examples += [e for _ in range(times) if (e := self._from_question(question))]
        for pair in self._pairs:
            if rng.random() < (0.35 if pair.kind == "translation" else 0.5):
                a, b = (pair.a, pair.b) if rng.random() < 0.5 else (pair.b, pair.a)
                examples.append(Example(a, b, ()))
        examples += self._generate()
        rng.shuffle(examples)
        return examples

    def held_out_retrievals(self, *, limit: int = 200, seed: int = 1) -> list[Retrieval]:
        """Held-out questions, at most ``limit`` a source, with fixed names."""
        rng = random.Random(seed)
        by_source: dict[str, list[Retrieval]] = {}
        for question in self.held_out:
            part = by_source.setdefault(f"{question.source}/{question.kind}", [])
            if len(part) >= limit or len(question.evidence) > MAX_EVIDENCE:
                continue
            if question.dialogue:
                turns = list(self._dialogues[question.dialogue].values())
                cast = Cast(turns, random.Random(zlib.crc32(question.dialogue.encode())))
                lines = {turn.turn: cast.line(turn) for turn in turns}
                index = {number: i for i, number in enumerate(lines)}
                asked = (
                    lines.get(question.question_turn, "")
                    if question.question_turn is not None
                    else ""
                )
                part.append(
                    Retrieval(
                        question.question,
                        tuple(lines.values()),
                        tuple(index[e] for e in question.evidence),
                        f"{question.source}/{question.kind}",
                        asked,
                    )
                )
            else:
                part.append(
                    Retrieval(
                        question.question,
                        question.context,
                        question.evidence,
                        f"{question.source}/{question.kind}",
                    )
                )
        del rng
        return [retrieval for part in by_source.values() for retrieval in part]

    def _from_question(self, question: CorpusQuestion) -> Example | None:
        rng = self._rng
        if question.dialogue is None:
            evidence = rng.choice(question.evidence)
            others = [s for i, s in enumerate(question.context) if i not in question.evidence]
            return Example(
                question.question,
                question.context[evidence],
                tuple(rng.sample(others, min(2, len(others)))),
            )
        if len(question.evidence) > MAX_EVIDENCE and rng.random() < 0.5:
            return None
        turns = self._dialogues[question.dialogue]
        cast = Cast(list(turns.values()), rng)
        show = cast.line if rng.random() < self._prefixed else _text
        answer = turns[rng.choice(question.evidence)]
        wrong = [
            t
            for n, t in turns.items()
            if n not in question.evidence and n != question.question_turn and len(t.text) > 8
        ]
        text = question.question
        if question.kind == "persona_fact":
            text = about_another(text, cast.name(answer.speaker)) if rng.random() < 0.7 else text
        return Example(
            text, show(answer), tuple(show(t) for t in rng.sample(wrong, min(2, len(wrong))))
        )

    def _generate(self) -> Iterator[Example]:
        rng, made = self._rng, 0
        order = rng.sample(range(len(self._personal)), len(self._personal))
        for number in order:
            turns = self._personal[number]
            cast = Cast(turns, rng)
            named = rng.random() < self._prefixed
            show = cast.line if named else _text
            for turn in rng.sample(turns, min(4, len(turns))):
                name = cast.name(turn.speaker) if named and rng.random() < 0.8 else None
                asked = questions_about(turn.text[:400], rng, name)
                if not asked:
                    continue
                others = [t for t in turns if t is not turn and len(t.text) > 15]
                same = [t for t in others if t.speaker == turn.speaker]
                chosen = rng.sample(same, min(1, len(same))) + rng.sample(
                    others, min(1, len(others))
                )
                made += 1
                yield Example(rng.choice(asked), show(turn), tuple(show(t) for t in chosen))
            if made >= self._generated:
                return


def _text(turn: CorpusTurn) -> str:
    return turn.text
