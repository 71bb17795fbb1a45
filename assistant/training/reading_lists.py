"""Gathers what the reader is trained on from training timelines.

Each question is asked as it is; with its evidence never said, and everything worked out anew
without it; where it names one of two people, naming the other; and where it has a noun, about
something that nobody spoke of. Of each the candidates that the ranker puts first are read. Needs
the trained ranker.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import spoken
from assistant.matching import Query
from assistant.narrowing import without_turns
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.ranker import LSTMRanker
from assistant.neural.reader import QUESTION, passage_pieces, question_pieces, summary
from assistant.recall import Recall
from assistant.rereading import passage
from assistant.training.natural import natural_questions
from assistant.training.ranker import NAMED, SHARE, Example, asked_at, mistaken, store_of
from assistant.training.readings import (
    ABSENT,
    ASKED,
    MASKED,
    MISTAKEN,
    PIECES,
    READ,
    UNANSWERABLE,
    Ints,
    Readings,
    filled,
)
from assistant.training.timeline_cache import cached_timelines
from assistant.training.timelines import Timeline, corpora_timelines, part_of
from assistant.training.told import told_timelines
from assistant.training.unanswerable import unanswerable
from storage import TurnIndex

MISTAKEN_SHARE = 0.3  # of the questions that name one of two people, how many are asked wrongly too
UNANSWERABLE_SHARE = 0.5  # of the questions that people wrote, how many are asked of nothing too
WRITTEN = ("natural", "plain")


Kind = Literal["readings", "told"]
MADE: Final = {"readings": corpora_timelines, "told": told_timelines}


class Gatherer:
    """Reads every question of timelines in every way.

    Args:
        encoder: Encodes turns and questions; its tokenizer reads.
        ranker: Puts candidates in order.
        others: Questions of which nouns are taken.
    """

    def __init__(
        self, encoder: NumpyEncoder, ranker: LSTMRanker, others: dict[str, list[str]] | None = None
    ) -> None:
        self._encoder, self._ranker = encoder, ranker
        self._others = _by_language(others)

    def readings(self, timeline: Timeline, rng: random.Random) -> Readings:
        """Every question of a timeline."""
        encoder = self._encoder
        rows: list[tuple[Any, ...]] = []
        with store_of(timeline, encoder) as (store, ids):
            recall = Recall(store, encoder, self._ranker)
            index = store.index(encoder.fingerprint)
            texts = [spoken(turn.speaker, turn.text) for turn in timeline.turns]
            words = dict(zip(ids.values(), texts, strict=True))
            told = "\n".join(texts).casefold()
            replies = {ids[turn]: ids[reply] for turn, reply in timeline.replies.items()}
            shut = np.array(sorted(replies.values()), np.int64)
            now = asked_at(timeline)
            for question in timeline.questions:
                if rng.random() > SHARE.get(question.source, 1.0):
                    continue
                wanted = [ids[ref] for ref in question.evidence]
                gone = wanted + [replies[one] for one in wanted if one in replies]
                ways = (ASKED, MASKED, MISTAKEN) if wanted else (UNANSWERABLE,)
                asked: list[tuple[str, tuple[int, ...]]] = [(question.text, ways)]
                if wanted and question.source in WRITTEN and rng.random() < UNANSWERABLE_SHARE:
                    lang = "en" if question.text.isascii() else "zh"
                    changed = unanswerable(question.text, self._others[lang], told, rng)
                    asked += [(changed, (UNANSWERABLE,))] if changed else []
                for text, kinds in asked:
                    query = Query(text, encoder.encode([text], kind="query")[0], now)
                    for kind, seen, example, at, allowed in _ways(
                        recall, query, index, wanted, gone, shut, kinds, question.source
                    ):
                        if kind == MISTAKEN and rng.random() > MISTAKEN_SHARE:
                            continue
                        rows.append(
                            (
                                *self._read(text, seen, example, at, allowed, words),
                                np.int8(kind),
                                np.str_(question.source),
                            )
                        )
        if not rows:
            return Readings.empty()
        return Readings(*(np.stack(column) for column in zip(*rows, strict=True)))

    def _read(
        self,
        question: str,
        seen: TurnIndex,
        example: Example,
        at: Ints,
        allowed: NDArray[np.bool_],
        words: dict[int, str],
    ) -> tuple[NDArray[Any], ...]:
        """What is read of one list of candidates: all but kind and source."""
        tokenizer = self._encoder.tokenizer
        scores = self._ranker.score(example.features[None])[0]
        order = np.argsort(-scores, kind="stable")
        best = order[allowed[at[order]]][:READ]
        read = [passage_pieces(tokenizer, passage(seen, int(at[i]), words)) for i in best]
        return (
            filled(question_pieces(tokenizer, question), QUESTION, -1),
            filled([filled(one.ids, PIECES, -1) for one in read], READ, -1),
            filled([filled(one.part, PIECES, 0) for one in read], READ, 0),
            filled(example.features[best].astype(np.float16), READ, 0),
            filled(scores[best], READ, ABSENT),
            summary(scores),
            filled(example.evidence[best], READ, False),
        )


def _ways(
    recall: Recall,
    query: Query,
    index: TurnIndex,
    wanted: list[int],
    gone: list[int],
    shut: Ints,
    kinds: tuple[int, ...],
    source: str,
) -> Iterator[tuple[int, TurnIndex, Example, Ints, NDArray[np.bool_]]]:
    """The ways to ask: how, of which turns, what is found there, in which rows, and which of the
    turns may be brought back."""
    for kind in kinds:
        if kind == MISTAKEN:
            continue
        seen = without_turns(index, gone) if kind == MASKED else index
        allowed = ~np.isin(seen.ids, shut)
        if not allowed.any():
            continue
        rows, features = recall.candidates(query, seen, allowed)
        evidence = np.isin(seen.ids[rows], wanted) & (kind != UNANSWERABLE)
        example = Example(features, evidence, source)
        if kind != ASKED or evidence.any():
            yield kind, seen, example, rows, allowed
        named = features[:, NAMED].any(axis=0).all()
        if kind == ASKED and MISTAKEN in kinds and named and evidence.any():
            yield MISTAKEN, seen, mistaken(example), rows, allowed


def _by_language(others: dict[str, list[str]] | None) -> dict[str, list[str]]:
    if others is not None:
        return others
    texts = sorted(one.text for asked in natural_questions().values() for one in asked)
    return {
        "en": [text for text in texts if text.isascii()],
        "zh": [text for text in texts if not text.isascii()],
    }


def gather(
    folder: Path,
    count: int,
    build: Callable[[int], Timeline],
    gatherer: Gatherer,
    *,
    seed: int = 0,
) -> Readings:
    """Readings of ``count`` timelines, cached in a folder one file a timeline."""

    def read(timeline: Timeline, number: int) -> dict[str, Any]:
        made = gatherer.readings(timeline, random.Random(f"{seed} {number}"))
        return {one.name: getattr(made, one.name) for one in fields(made)}

    found = [
        Readings(*(saved[one.name] for one in fields(Readings)))
        for saved in cached_timelines(folder, count, build=build, read=read)
    ]
    return Readings.of([Readings.empty(), *found])


def gather_made(
    kind: Kind,
    corpora: Path,
    state: Path,
    count: int,
    *,
    held_out: bool,
    encoder: NumpyEncoder,
    ranker: LSTMRanker,
    seed: int = 0,
) -> Readings:
    """Of timelines strung together from corpora ("readings"), or of plain facts told one by one."""
    folder = state / f"{kind}-{ranker.fingerprint[:12]}-{READ}-{part_of(held_out)}"
    build = MADE[kind](corpora, held_out=held_out, seed=seed)
    return gather(folder, count, build, Gatherer(encoder, ranker), seed=seed)
