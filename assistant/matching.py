"""How well each candidate turn matches a query: the features that the ranker reads.

One row a candidate, in the order the turns were said. Everything is computed from the store's
in-memory index, so that no text is read for a turn that is not shown in the end. The names of
the columns are part of a ranker's checkpoint: a ranker trained on others is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.language import resolve_dates
from storage import TurnIndex

Rows = NDArray[np.int64]

DAY_S = 86_400.0

FEATURES = (
    "lexical",  # BM25 over the best BM25
    "lexical_rank",
    "similarity",  # cosine of query and turn
    "similarity_z",  # the same, in standard deviations over the whole history
    "similarity_rank",
    "similarity_before",  # cosine of the turn before, in the same session
    "similarity_after",
    "context",  # cosine of the turn and the short-term context
    "speaker_named",  # the query names who said this
    "other_named",  # the query names somebody else
    "first_person",  # the query says "I", and the user said this
    "second_person",  # the query says "you", and the assistant said this
    "user",
    "assistant",
    "asks",
    "digits",
    "length",
    "session_start",
    "gap",  # turns left out since the candidate before
    "in_window",  # said in the time that the query names
    "near_window",
    "age",
    "query_when",
    "query_who",
    "query_where",
    "query_amount",
    "query_length",
    "query_hits",  # how much of the history matches at all
)

WHEN = re.compile(
    r"\bwhen\b|\bwhat (?:date|day|year|month|time)\b|什么时候|何时|几号|哪天|哪年", re.I
)
WHO = re.compile(r"\bwho(?:m|se)?\b|谁", re.I)
WHERE = re.compile(r"\bwhere\b|哪里|哪儿|什么地方", re.I)
AMOUNT = re.compile(r"\bhow (?:many|much|long|often|old)\b|多少|几|多久|多大", re.I)
FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|myself)\b|我", re.I)
SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself)\b|你|您", re.I)
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question, read once.

    Args:
        text: Its words.
        vector: Its embedding, (dimension,).
        now: When it is asked; resolves "last week".
        context: The short-term context, (dimension,), or None.
    """

    text: str
    vector: Array
    now: datetime
    context: Array | None = None

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


def match_features(
    query: Query, index: TurnIndex, rows: Rows, lexical: Array, similarity: Array
) -> Array:
    """The features of candidates.

    Args:
        query: The question.
        index: The owner's turns, n of them.
        rows: Candidates as rows of the index, ascending, (m,).
        lexical: BM25 of every turn, 0 where none, (n,).
        similarity: Cosine of query and every turn, (n,).

    Returns:
        (m, len(FEATURES)) float32, every column roughly within -3 to 3.
    """
    m, n = len(rows), len(index.ids)
    out = np.zeros((m, len(FEATURES)), np.float32)
    column = {name: out[:, i] for i, name in enumerate(FEATURES)}

    best = float(lexical.max()) if n else 0.0
    column["lexical"][:] = lexical[rows] / best if best > 0 else 0.0
    column["lexical_rank"][:] = _reciprocal_rank(lexical, rows) * (lexical[rows] > 0)
    column["similarity"][:] = similarity[rows]
    spread = float(similarity.std()) or 1.0
    column["similarity_z"][:] = (similarity[rows] - similarity.mean()) / spread / 3
    column["similarity_rank"][:] = _reciprocal_rank(similarity, rows)
    before, after = np.maximum(rows - 1, 0), np.minimum(rows + 1, n - 1)
    same_before = (index.session[before] == index.session[rows]) & (before != rows)
    same_after = (index.session[after] == index.session[rows]) & (after != rows)
    column["similarity_before"][:] = np.where(same_before, similarity[before], 0)
    column["similarity_after"][:] = np.where(same_after, similarity[after], 0)
    if query.context is not None and index.vectors.shape[1]:
        column["context"][:] = index.vectors[rows] @ query.context

    named = query.names(index.speakers)
    speaker_named = named[index.speaker[rows]] if len(named) else np.zeros(m, bool)
    user, assistant = index.role[rows] == 0, index.role[rows] == 1
    column["speaker_named"][:] = speaker_named
    column["other_named"][:] = ~speaker_named & bool(named.any())
    column["first_person"][:] = user & bool(FIRST_PERSON.search(query.text))
    column["second_person"][:] = assistant & bool(SECOND_PERSON.search(query.text))
    column["user"][:], column["assistant"][:] = user, assistant
    column["asks"][:], column["digits"][:] = index.asks[rows], index.digits[rows]
    column["length"][:] = np.log1p(index.length[rows]) / 5
    column["session_start"][:] = ~same_before
    column["gap"][:] = np.log1p(np.diff(rows, prepend=rows[:1] - 1) - 1) / 3

    window = query.window()
    if window is not None:
        start, end = window
        said = index.said_at[rows]
        distance = np.maximum(np.maximum(start - said, said - end), 0) / DAY_S
        column["in_window"][:] = distance == 0
        column["near_window"][:] = np.exp(-distance / 7)
    age = np.maximum(query.now.timestamp() - index.said_at[rows], 0) / DAY_S
    column["age"][:] = np.log1p(age) / 5

    for name, pattern in (
        ("query_when", WHEN),
        ("query_who", WHO),
        ("query_where", WHERE),
        ("query_amount", AMOUNT),
    ):
        column[name][:] = bool(pattern.search(query.text))
    column["query_length"][:] = np.log1p(len(query.text)) / 5
    column["query_hits"][:] = float((lexical > 0).mean()) if n else 0.0
    return out


def _reciprocal_rank(values: Array, rows: Rows) -> Array:
    """1 / (1 + rank / 5) of each row among all values, best 1."""
    order = np.argsort(-values, kind="stable")
    rank = np.empty(len(values), np.int64)
    rank[order] = np.arange(len(values))
    result: Array = (1.0 / (1.0 + rank[rows] / 5.0)).astype(np.float32)
    return result
