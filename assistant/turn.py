"""The values that pass through a conversation: Turn, Recollection, Recollections, Reply.

All are frozen. Knows nothing of storage, models or terminals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, overload

if TYPE_CHECKING:
    from assistant.language import Statement
    from assistant.secrets import Secret

Role = Literal["user", "assistant", "other"]
Scope = Literal["memories", "transcript"]


def role_of(speaker: str) -> Role:
    """The speakers "user" and "assistant" have those roles; any other name is another person.

    >>> role_of("Ana")
    'other'
    """
    if speaker == "user":
        return "user"
    return "assistant" if speaker == "assistant" else "other"


@dataclass(frozen=True, slots=True)
class Turn:
    """Something somebody said.

    >>> Turn("I went there in May.", speaker="Ana").role
    'other'

    Args:
        text: The words, verbatim.
        speaker: "user", "assistant", or the name of another person.
        at: When it was said, timezone-aware; it keeps its offset, and "yesterday" resolves in it.
            None takes the assistant's clock.
        ref: A string unique per owner; generated when None.
        session: The session it belongs to; None is the current one.
        role: Follows from ``speaker`` when None.

    Raises:
        TypeError: ``text`` is no string.
        ValueError: ``at`` is naive, ``speaker`` or ``ref`` is empty, or ``role`` is unknown.
    """

    text: str
    speaker: str = "user"
    at: datetime | None = None
    ref: str | None = None
    session: str | None = None
    role: Role | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"a turn's text is {self.text!r:.80}; expected a string")
        if self.at is not None and self.at.utcoffset() is None:
            raise ValueError(
                f"a turn's time is {self.at.isoformat()}, without an offset; expected an aware "
                "datetime, such as datetime.now().astimezone()"
            )
        if not self.speaker.strip():
            raise ValueError("a turn's speaker is empty; expected 'user', 'assistant' or a name")
        if self.ref is not None and not self.ref:
            raise ValueError("a turn's ref is empty; leave it out to have one generated")
        if self.role is None:
            object.__setattr__(self, "role", role_of(self.speaker))
        elif self.role not in ("user", "assistant", "other"):
            raise ValueError(
                f"a turn's role is {self.role!r}; expected 'user', 'assistant' or 'other'"
            )


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A time named in a text, resolved against the moment it was said.

    Args:
        phrase: The words, such as "yesterday" or 上周.
        start: First day meant.
        end: Last day meant; the same day for a single one.
    """

    phrase: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Recollection:
    """One memory, or a turn still in short-term memory, brought back.

    Args:
        text: The words of the turn quoted, verbatim.
        speaker: Who said them.
        role: "user", "assistant" or "other".
        said_at: When, in the offset it was said in.
        score: Ranking score; higher is better, comparable within one recall only.
        confidence: Calibrated probability that this is evidence for the query, 0 to 1.
        refs: The ref of the turn quoted, then those of its restatements.
        why: What each factor added to the score.
        dates: Times named in the words, resolved.
        superseded: A later memory contradicts this one.
        memory: Number of the memory, or None for a turn still in short-term memory.
        statements: What the words state, as it was read when the memory was made; None where that
            was not read.
        standing: It is to be heeded in answering whether or not recall is confident: a preference
            that bears on a request, an allergy, or what the user pinned.
        pinned: The user pinned it.
        replaced: Positions in ``statements`` of those that something said later replaced.
        bearing: Of a preference, how much it bears on the request; 1 where nobody can tell.
    """

    text: str
    speaker: str
    role: Role
    said_at: datetime
    score: float
    confidence: float
    refs: tuple[str, ...]
    why: Mapping[str, float] = field(default_factory=dict)
    dates: tuple[ResolvedDate, ...] = ()
    superseded: bool = False
    memory: int | None = None
    statements: tuple[Statement, ...] | None = None
    replaced: frozenset[int] = frozenset()
    standing: bool = False
    pinned: bool = False
    bearing: float = 1.0


class Recollections(Sequence[Recollection]):
    """What a recall brought back, best first. Low confidence never drops hits.

    >>> Recollections([], query="?", threshold=0.5).confident
    False
    """

    def __init__(
        self, hits: Sequence[Recollection], *, query: str = "", threshold: float = 0.5
    ) -> None:
        self._hits = tuple(hits)
        self.query = query
        self.threshold = threshold

    @property
    def confident(self) -> bool:
        """Whether the best hit is likely enough to be evidence."""
        return bool(self._hits) and self._hits[0].confidence >= self.threshold

    @overload
    def __getitem__(self, index: int) -> Recollection: ...
    @overload
    def __getitem__(self, index: slice) -> Recollections: ...
    def __getitem__(self, index: int | slice) -> Recollection | Recollections:
        if isinstance(index, slice):
            return Recollections(self._hits[index], query=self.query, threshold=self.threshold)
        return self._hits[index]

    def __len__(self) -> int:
        return len(self._hits)

    def __iter__(self) -> Iterator[Recollection]:
        return iter(self._hits)

    def __repr__(self) -> str:
        return f"Recollections({len(self)} hits, confident={self.confident})"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant answered.

    Args:
        text: The words of the reply.
        recollections: What was recalled for it.
        learned: The words of the user's turn that will be kept; empty for a question or small talk.
        ref: The ref of the reply's own turn in the transcript.
        withheld: The secrets in the user's words that were masked in what was kept.
        used: What was recalled and the reply quotes or takes up; empty when it drew on nothing.
    """

    text: str
    recollections: Recollections
    learned: tuple[str, ...]
    ref: str
    withheld: tuple[Secret, ...] = ()
    used: tuple[Recollection, ...] = ()

    def __str__(self) -> str:
        return self.text
