"""How well each candidate turn matches a query: the features that the ranker reads.

One row a candidate, in the order the turns were said. Everything is computed from the store's
in-memory index, so that no text is read for a turn that is not shown in the end. The names of
the columns are part of a ranker's checkpoint: a ranker trained on others is refused.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.language import resolve_dates
from assistant.words import WordMatch
from storage import TurnIndex, traits

Rows = NDArray[np.int64]

DAY_S = 86_400.0

FEATURES = (
    "lexical",  # BM25 over the best BM25
    "lexical_rank",
    "content",  # the same without the names of speakers
    "content_rank",
    "coverage",  # share of the question's words held, by weight
    "coverage_window",  # held by the turn or one beside it
    "coverage_before",
    "coverage_after",
    "coverage_near",  # held by the turn or the two on either side
    "coverage_session",  # held anywhere in the session
    "rarest",  # how rare the rarest word held is
    "content_session",  # the best of the session
    "similarity",  # cosine of query and turn
    "similarity_z",  # the same, in standard deviations over the whole history
    "similarity_rank",
    "similarity_before",  # cosine of the turn before, in the same session
    "similarity_after",
    "similarity_near",  # mean over the turn and the two on either side, the nearer the more
    "similarity_pair",  # cosine of the turn and the one before, added up
    "similarity_session",  # the best of the session, as similarity_z
    "central",  # cosine of the turn and the mean of all: what is like everything
    "speaker_named",  # the query names who said this
    "other_named",  # the query names somebody else
    "names_speaker",  # the turn's words name whom the query names
    "first_person",  # the query says "I", and the user said this
    "second_person",  # the query says "you", and the assistant said this
    "user",
    "assistant",
    "before_same",  # the turn before has the same speaker
    "before_asks",
    "asks",
    "digits",
    "names_time",
    "names_place",
    "names",
    "quotes",
    "counts",
    "of_self",
    "addresses",
    "exclaims",
    "length",
    "session_start",
    "gap",  # turns left out since the candidate before
    "in_window",  # said in the time that the query names
    "near_window",
    "query_time",  # the query names a time at all
    "query_when",
    "query_who",
    "query_where",
    "query_amount",
    "query_closed",  # asks for yes or no
    "query_would",
    "query_what",
    "query_why",
    "query_length",
    "query_terms",
    "query_hits",  # how much of the history matches at all
    "query_coverage",  # the best coverage of any turn
    "query_similarity",  # the best similarity of any turn
)
_TRAITS = {
    "names_time": traits.NAMES_TIME,
    "names_place": traits.NAMES_PLACE,
    "quotes": traits.QUOTES,
    "counts": traits.COUNTS,
    "of_self": traits.SPEAKS_OF_SELF,
    "addresses": traits.ADDRESSES,
    "exclaims": traits.EXCLAIMS,
}

WHEN = re.compile(
    r"\bwhen\b|\bwhat (?:date|day|year|month|time)\b|什么时候|何时|几号|哪天|哪年", re.I
)
WHO = re.compile(r"\bwho(?:m|se)?\b|谁", re.I)
WHERE = re.compile(r"\bwhere\b|哪里|哪儿|什么地方", re.I)
AMOUNT = re.compile(r"\bhow (?:many|much|long|often|old)\b|多少|几|多久|多大", re.I)
CLOSED = re.compile(
    r"^\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|would|will|should)\b|吗[？?]?\s*$",
    re.I,
)
WOULD = re.compile(r"\b(?:would|could|might|likely|should)\b|可能|会不会", re.I)
WHAT = re.compile(r"\b(?:what|which)\b|什么|哪", re.I)
WHY = re.compile(r"\b(?:why|how)\b|为什么|怎么", re.I)
WORD = re.compile(r"[^\W_]+")
_QUERY_FORMS = {
    "query_when": WHEN,
    "query_who": WHO,
    "query_where": WHERE,
    "query_amount": AMOUNT,
    "query_closed": CLOSED,
    "query_would": WOULD,
    "query_what": WHAT,
    "query_why": WHY,
}

CENTRED = 500  # turns that the mean of all vectors is taken of, at most
SPLIT = 20_000  # turns from which on two threads are quicker than one
RANKS = 256  # from here on a rank is the same to anybody


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read once.

    Args:
        text: Its words.
        vector: Its embedding, (dimension,).
        now: When it is asked; resolves "last week".
    """

    text: str
    vector: Array
    now: datetime

    def window(self) -> tuple[float, float] | None:
        """The time that the question names, as POSIX seconds, or None."""
        dates = resolve_dates(self.text, self.now)
        if not dates:
            return None
        zone = self.now.tzinfo
        try:
            start = datetime.combine(min(d.start for d in dates), time.min, zone).timestamp()
            end = datetime.combine(max(d.end for d in dates), time.min, zone) + timedelta(days=1)
            return start, end.timestamp()
        except (OverflowError, ValueError):
            return None

    def names(self, speakers: tuple[str, ...]) -> NDArray[np.bool_]:
        """Which speakers the question names, (speakers,): by any word of their name."""
        folded = self.text.casefold()
        words = {word.removesuffix("s") for word in WORD.findall(folded)}
        words |= set(WORD.findall(folded))
        return np.array(
            [
                speaker not in ("user", "assistant")
                and any(
                    part in words or (not part.isascii() and part in folded)
                    for part in WORD.findall(speaker.casefold())
                )
                for speaker in speakers
            ],
            bool,
        )


class Vectors:
    """The vectors of some turns, n of them, out of a larger matrix that is not copied.

    Args:
        rows: (turns, dimension).
        which: Rows of it, ascending, (n,); all of them when None.
    """

    def __init__(self, rows: Array, which: Rows | None = None) -> None:
        self._rows, self._which = rows, which

    def of(self, which: Rows) -> Vectors:
        """Fewer of them."""
        return Vectors(self._rows, which if self._which is None else self._which[which])

    def __getitem__(self, places: Rows) -> Array:
        """Those at some places, (m, dimension)."""
        return self._rows[places if self._which is None else self._which[places]]

    def similarity(self, vector: Array) -> Array:
        """Cosine with a vector of length 1, (n,); zeros in a store without such vectors."""
        if not self.comparable(vector):
            return np.zeros(len(self._rows if self._which is None else self._which), np.float32)
        every = _product(self._rows, vector)
        return every if self._which is None else every[self._which]

    def comparable(self, vector: Array) -> bool:
        """Whether they have the dimension of another."""
        return bool(self._rows.shape[1] == len(vector))


def _product(rows: Array, vector: Array) -> Array:
    """Rows times a vector, (rows,); of many, half of it in another thread: what takes the time is
    reading them, and NumPy lets other threads run meanwhile."""
    half = len(rows) // 2
    if len(rows) < SPLIT:
        return np.asarray(rows @ vector)
    out = np.empty(len(rows), np.float32)
    other = threading.Thread(target=np.dot, args=(rows[half:], vector, out[half:]))
    try:
        other.start()
    except RuntimeError:  # no thread is to be had: the system's limit, or the program is ending
        return np.asarray(rows @ vector)
    np.dot(rows[:half], vector, out[:half])
    other.join()
    return out


def match_features(
    query: Query,
    index: TurnIndex,
    rows: Rows,
    words: WordMatch,
    similarity: Array,
    vectors: Vectors,
    named: NDArray[np.bool_],
) -> Array:
    """The features of candidates.

    Args:
        query: The question.
        index: The owner's turns, n of them.
        rows: Candidates as rows of the index, ascending, (m,).
        words: The question's words against every turn.
        similarity: Cosine of query and every turn, (n,).
        vectors: Of every turn.
        named: Which of the index's speakers the question names, (speakers,).

    Returns:
        (m, len(FEATURES)) float32, every column roughly within -3 to 3.
    """
    m = len(rows)
    out = np.zeros((m, len(FEATURES)), np.float32)
    if not m:
        return out
    column = {name: out[:, i] for i, name in enumerate(FEATURES)}
    around = {step: beside(index, rows, step) for step in (-2, -1, 1, 2)}
    before, has_before = around[-1]

    sessions = _Sessions(index, rows)
    _of_words(column, words, index, rows, sessions, around)
    _of_meaning(column, rows, similarity, sessions, around)
    if vectors.comparable(query.vector):
        _of_vectors(column, rows, similarity, vectors, around[-1])

    speaker_named = named[index.speaker[rows]] if len(named) else np.zeros(m, bool)
    user, assistant = index.role[rows] == 0, index.role[rows] == 1
    column["speaker_named"][:] = speaker_named
    column["other_named"][:] = ~speaker_named & bool(named.any())
    column["names_speaker"][:] = words.named[rows]
    column["first_person"][:] = user & bool(traits.FIRST_PERSON.search(query.text))
    column["second_person"][:] = assistant & bool(traits.SECOND_PERSON.search(query.text))
    column["user"][:], column["assistant"][:] = user, assistant
    column["before_same"][:] = (index.speaker[before] == index.speaker[rows]) & has_before
    column["before_asks"][:] = index.asks[before] & has_before

    column["asks"][:], column["digits"][:] = index.asks[rows], index.digits[rows]
    looks = index.traits[rows]
    for name, bit in _TRAITS.items():
        column[name][:] = (looks & bit) > 0
    column["names"][:] = ((looks & traits.ONE_NAME) > 0) * 0.5 + (
        (looks & traits.MANY_NAMES) > 0
    ) * 0.5
    column["length"][:] = np.log1p(index.length[rows]) / 5
    column["session_start"][:] = ~has_before
    column["gap"][:] = np.log1p(np.diff(rows, prepend=rows[:1] - 1) - 1) / 3

    window = query.window()
    if window is not None:
        column["query_time"][:] = 1
        start, end = window
        said = index.said_at[rows]
        distance = np.maximum(np.maximum(start - said, said - end), 0) / DAY_S
        column["in_window"][:] = distance == 0
        column["near_window"][:] = np.exp(-distance / 7)
    for name, pattern in _QUERY_FORMS.items():
        column[name][:] = bool(pattern.search(query.text))
    column["query_length"][:] = np.log1p(len(query.text)) / 5
    column["query_terms"][:] = len(words) / 5
    return out


Beside = tuple[Rows, NDArray[np.bool_]]  # the turns next to candidates, and whether there are any


def beside(index: TurnIndex, rows: Rows, step: int) -> Beside:
    """The turns so many places off, and whether they are of the same session."""
    place = np.clip(rows + step, 0, len(index.ids) - 1)
    same = (index.session[place] == index.session[rows]) & (place == rows + step)
    return place, same


def _of_words(
    column: dict[str, Array],
    words: WordMatch,
    index: TurnIndex,
    rows: Rows,
    sessions: _Sessions,
    next_to: Mapping[int, Beside],
) -> None:
    """The features of shared words."""
    best, best_content = _positive(words.bm25.max()), _positive(words.content_bm25.max())
    matched = words.bm25[rows] > 0
    column["lexical"][:] = words.bm25[rows] / best
    # What holds no term comes after all that do.
    lexical, content = words.bm25[words.hits], words.content_bm25[words.hits]
    column["lexical_rank"][:] = _reciprocal_rank(lexical, words.bm25[rows]) * matched
    column["content"][:] = words.content_bm25[rows] / best_content
    column["content_rank"][:] = _reciprocal_rank(content, words.content_bm25[rows]) * (
        words.content_bm25[rows] > 0
    )
    held = words.held(rows)
    around = {step: words.held(place) * same for step, (place, same) in next_to.items()}
    held_before, held_after = around[-1], around[1]
    column["coverage"][:] = words.coverage(held)
    column["coverage_before"][:] = words.coverage(held_before)
    column["coverage_after"][:] = words.coverage(held_after)
    window = np.maximum(held, np.maximum(held_before, held_after))
    column["coverage_window"][:] = words.coverage(window)
    column["rarest"][:] = words.rarest(held)
    window = np.maximum(window, np.maximum(around[-2], around[2]))
    column["coverage_near"][:] = words.coverage(window)
    session = index.session[rows]
    column["coverage_session"][:] = words.coverage(words.held_in_session(index.session))[session]
    column["content_session"][:] = sessions.best(words.content_bm25) / best_content
    column["query_hits"][:] = np.count_nonzero(lexical) / len(words.bm25)
    column["query_coverage"][:] = words.best_coverage()


def _of_meaning(
    column: dict[str, Array],
    rows: Rows,
    similarity: Array,
    sessions: _Sessions,
    next_to: Mapping[int, Beside],
) -> None:
    """The features of similarities."""
    mean, spread = float(similarity.mean()), float(similarity.std()) or 1.0
    column["similarity"][:] = similarity[rows]
    column["similarity_z"][:] = (similarity[rows] - mean) / spread / 3
    column["similarity_rank"][:] = _reciprocal_rank(similarity, similarity[rows])
    for name, (place, same) in (("before", next_to[-1]), ("after", next_to[1])):
        column[f"similarity_{name}"][:] = np.where(same, similarity[place], 0)
    near, weights = similarity[rows].copy(), np.ones(len(rows), np.float32)
    for step, weight in ((-2, 0.25), (-1, 0.5), (1, 0.5), (2, 0.25)):
        place, same = next_to[step]
        near += weight * similarity[place] * same
        weights += weight * same
    column["similarity_near"][:] = near / weights
    best = sessions.best(similarity)
    column["similarity_session"][:] = (best - mean) / spread / 3
    column["query_similarity"][:] = float(similarity.max())


def _of_vectors(
    column: dict[str, Array], rows: Rows, similarity: Array, vectors: Vectors, before: Beside
) -> None:
    """The features of the vectors themselves."""
    own = vectors[rows]
    pair = own + vectors[before[0]] * before[1][:, None]
    norms = np.maximum(np.linalg.norm(pair, axis=1), 1e-6)
    column["similarity_pair"][:] = (
        similarity[rows] + np.where(before[1], similarity[before[0]], 0)
    ) / norms
    every = len(similarity)
    centre = vectors[np.arange(0, every, 1 + every // CENTRED)].mean(axis=0)
    column["central"][:] = own @ centre / max(float(np.linalg.norm(centre)), 1e-6)


def _positive(value: float) -> float:
    return float(value) if value > 0 else 1.0


class _Sessions:
    """The sessions of candidates, with every turn of theirs."""

    def __init__(self, index: TurnIndex, rows: Rows) -> None:
        wanted = np.zeros(int(index.session.max()) + 1, np.bool_)
        wanted[index.session[rows]] = True
        fellows = np.flatnonzero(wanted[index.session])
        session = index.session[fellows]
        order = np.argsort(session, kind="stable")
        self._fellows = fellows[order]
        sessions = np.flatnonzero(wanted)
        self._starts = np.searchsorted(session[order], sessions)
        self._place = np.searchsorted(sessions, index.session[rows])

    def best(self, values: Array) -> Array:
        """The largest value in each candidate's session, (m,), of those of every turn, (n,)."""
        largest: Array = np.maximum.reduceat(values[self._fellows], self._starts)[self._place]
        return largest


def _reciprocal_rank(values: Array, of: Array) -> Array:
    """1 / (1 + rank / 5) of each of ``of`` among values; the largest has rank 0."""
    best = -values
    if len(best) > RANKS:
        best.partition(RANKS)
        best = best[:RANKS]
    best.sort()
    rank = np.searchsorted(best, -of, side="left")
    result: Array = (1.0 / (1.0 + rank / 5.0)).astype(np.float32)
    return result
