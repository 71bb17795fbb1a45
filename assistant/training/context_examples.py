"""Incomplete questions whose antecedent lies some turns back: what a session's state is good for.

Two kinds. *Rewritten*: people's own incomplete questions with their complete forms ("Did it come
naturally?"). *Made*: a turn that tells something, and "When was that?" with the complete question
about the turn. Between antecedent and question stand turns that tell nothing, so that it is clear
what is meant, however far back. Knows nothing of networks.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.encoder import spoken
from assistant.training.corpora import CorpusTurn, read_dialogues, read_questions
from assistant.training.examples import PERSONAL, is_held_out
from assistant.training.questions import questions_about

_SHORT: Final = {
    "when": ("When was that?", "And when?", "when?", "what date was it?"),
    "where": ("Where was that?", "And where?", "where exactly?"),
    "why": ("Why?", "And why?", "why is that?", "how come?"),
    "who": ("Who with?", "And who?", "who was that?"),
    "how": ("How so?", "And how?", "how exactly?"),
    "what": ("What exactly?", "And what?", "what was it?"),
    "什么时候": ("什么时候？", "那是什么时候？"),
    "为什么": ("为什么？", "那为什么呢？"),
    "哪里": ("在哪里？", "哪里？"),
    "怎么": ("怎么会？", "怎么做到的？"),
    "什么": ("什么？", "那是什么？"),
}  # fmt: skip
_WORD: Final = re.compile("|".join(_SHORT), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A question that needs what was said before.

    Args:
        before: The two turns that complete it, as "speaker: text", oldest first.
        question: As it was asked, as "speaker: text".
        complete: Its complete form.
        kind: "rewritten" or "made".
    """

    before: tuple[str, str]
    question: str
    complete: str
    kind: str


@dataclass(frozen=True, slots=True)
class ContextExamples:
    """Incomplete questions, and turns to put between antecedent and question."""

    train: tuple[Incomplete, ...]
    held: tuple[Incomplete, ...]
    train_fillers: tuple[str, ...]
    held_fillers: tuple[str, ...]


def read_context_examples(
    corpora: Path, *, made: int = 5_000, fillers: int = 3_000, seed: int = 0
) -> ContextExamples:
    """Deal the examples of a folder of corpora; dialogues held out stay so."""
    rng = random.Random(seed)
    rewritten: dict[str, dict[int, str]] = defaultdict(dict)
    for question in read_questions(corpora):
        if question.kind == "rewritten_question" and question.question_turn is not None:
            rewritten[question.dialogue or ""][question.question_turn] = question.question
    found: dict[bool, list[Incomplete]] = {False: [], True: []}
    personal: dict[bool, list[list[CorpusTurn]]] = {False: [], True: []}
    for turns in read_dialogues(corpora):
        held = is_held_out(turns[0].dialogue)
        if turns[0].dialogue in rewritten:
            found[held] += _rewritten(turns, rewritten[turns[0].dialogue])
        elif turns[0].source in PERSONAL:
            personal[held].append(turns)
    between: dict[bool, list[str]] = {False: [], True: []}
    for held, dialogues in personal.items():
        share = 0.1 if held else 1.0
        rng.shuffle(dialogues)
        news: list[Incomplete] = []
        for turns in dialogues:
            if len(news) >= share * made and len(between[held]) >= share * fillers:
                break
            news += _made(turns, rng)
            between[held] += [
                spoken(("user", "assistant")[n % 2], turn.text)
                for n, turn in enumerate(turns)
                if 2 < len(turn.text) < 60 and not questions_about(turn.text, rng, None)
            ]
        found[held] += news[: int(share * made)]
        del between[held][int(share * fillers) :]
    return ContextExamples(
        tuple(found[False]), tuple(found[True]), tuple(between[False]), tuple(between[True])
    )


def _rewritten(turns: Sequence[CorpusTurn], complete: dict[int, str]) -> list[Incomplete]:
    out = []
    for a, b, question in zip(turns, turns[1:], turns[2:], strict=False):
        full = complete.get(question.turn, "")
        if full and full.casefold() != question.text.casefold():
            before = (spoken(a.speaker, a.text), spoken(b.speaker, b.text))
            out.append(Incomplete(before, spoken("user", question.text), full, "rewritten"))
    return out


def _made(turns: Sequence[CorpusTurn], rng: random.Random) -> list[Incomplete]:
    """At most one of a dialogue."""
    order = list(range(1, len(turns)))
    rng.shuffle(order)
    for n in order:
        for full in questions_about(turns[n].text[:400], rng, None):
            word = _WORD.match(full) or _WORD.search(full)
            if word is None or (word.start() and full.isascii()):
                continue
            if len(full) < (20 if full.isascii() else 8):  # says too little to be told from others
                continue
            before = (spoken("assistant", turns[n - 1].text), spoken("user", turns[n].text))
            short = rng.choice(_SHORT[word[0].lower()])
            return [Incomplete(before, spoken("user", short), full, "made")]
    return []
