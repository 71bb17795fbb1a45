"""How two things said by one speaker bear on each other: does the later take the earlier back?

Rules over the form alone (``language.claims``): negation, verbs that end or change a state,
"now", "instead", "X, not Y", and one-at-a-time statements. No rule names a topic, so invented
things are corrected like known ones. Precision comes first: what is "sure" may be acted on,
what is "unsure" is for the user to decide. Knows nothing of stores.

On ``tests/data/contradictions.jsonl`` the figures are in ``docs/experiments.md``; the test
``tests/language/test_correction.py`` holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.language import Claim, Statement, read_claims, read_statements, same_value
from assistant.language.claim import (
    ORDER,
    REFINED,
    RESTATED,
    SIMILAR,
    SURE,
    UNRELATED,
    UNSURE,
    Certainty,
    Kind,
    Verdict,
)
from assistant.language.claims import compare_claims


@dataclass(frozen=True, slots=True)
class Said:
    """Something said, with what is read from it. Made by ``Said.read``; both sides of
    ``relation`` must be of one speaker.

    Args:
        text: The words.
        statements: What it states (``language.read_statements``).
        at: When it was said, timezone-aware; None where it is not known. The order of the
            arguments says what was later; the time between says whether it was one sitting.
        claims: What it claims; read from the text.
    """

    text: str
    statements: tuple[Statement, ...] = ()
    at: datetime | None = None
    claims: tuple[Claim, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "claims", read_claims(self.text))

    @classmethod
    def read(cls, text: str, speaker: str = "user", at: datetime | None = None) -> Said:
        """What somebody said, read. Reading costs more than comparing: keep it where one turn
        is compared with many."""
        return cls(text, read_statements(text, speaker), at)


@dataclass(frozen=True, slots=True)
class Relation:
    """How the later of two things said bears on the earlier.

    Args:
        kind: "contradiction": something the earlier says does not hold any more, or never did.
            "refinement": it holds, and is told more closely. "restatement": said again.
            "similar": of the same kind, and both hold. "unrelated".
        certainty: Of a contradiction, "sure" may be acted on, "unsure" is to be asked about.
        hits: Positions in ``earlier.statements`` of those that hold no longer. Empty when none
            of them is named; then the whole of the earlier is meant (``whole``).
        whole: Nothing that the earlier claims is left standing.
    """

    kind: Kind
    certainty: Certainty = "sure"
    hits: tuple[int, ...] = ()
    whole: bool = False


ONE_SITTING = timedelta(hours=6)
_ORIGINS = frozenset(("from", "born place", "来自", "出生"))
_PLACES = _ORIGINS | {"live in", "住"}


def relation(earlier: Said, later: Said) -> Relation:
    """How what was said later bears on what was said earlier by the same speaker.

    Pure and deterministic; some tens of microseconds a pair. Of the earlier turns of a speaker
    only those that share a word or a statement's entity with the later can be hit, so that a
    search for these is enough.

    >>> relation(Said.read("I live in Lisbon."), Said.read("I moved to Porto.")).kind
    'contradiction'
    >>> relation(Said.read("I like jazz."), Said.read("I like blues.")).kind
    'similar'
    """
    table = [[compare_claims(old, new) for new in later.claims] for old in earlier.claims]
    claimed = [max(row, key=ORDER.index, default=UNRELATED) for row in table]
    sheet = [
        [_stated(old, new, earlier, later, table) for new in later.statements]
        for old in earlier.statements
    ]
    stated = [max(row, key=ORDER.index, default=UNRELATED) for row in sheet]
    verdict = max([*stated, *claimed], key=ORDER.index, default=UNRELATED)
    if verdict == RESTATED and not _all_said_before(later, table, sheet):
        verdict = REFINED
    kind, certainty = verdict
    if kind != "contradiction":
        return Relation(kind)
    hits = {i for i, found in enumerate(stated) if found == verdict}
    struck = {i for i, found in enumerate(claimed) if found == verdict}
    for i, statement in enumerate(earlier.statements):
        if any(_of(statement, earlier.claims[j]) for j in struck):
            hits.add(i)
    standing = [
        claim
        for j, claim in enumerate(earlier.claims)
        if j not in struck and not any(_of(earlier.statements[i], claim) for i in hits)
    ]
    whole = len(hits) == len(earlier.statements) and not standing
    return Relation(kind, certainty, tuple(sorted(hits)), whole or not earlier.statements)


def _of(statement: Statement, claim: Claim) -> bool:
    """Whether a statement and a claim were read from the same words."""
    return statement.value in claim.words and claim.words in statement.words


def _all_said_before(later: Said, table: list[list[Verdict]], sheet: list[list[Verdict]]) -> bool:
    """Whether nothing in the later is new."""
    again = [any(row[j] == RESTATED for row in sheet) for j in range(len(later.statements))]
    return all(again) and all(
        any(row[j] == RESTATED for row in table)
        or any(_of(one, claim) and again[k] for k, one in enumerate(later.statements))
        for j, claim in enumerate(later.claims)
    )


def _stated(
    old: Statement, new: Statement, earlier: Said, later: Said, table: list[list[Verdict]]
) -> Verdict:
    """One statement against one stated later."""
    if new.subject != old.subject:
        return UNRELATED
    told = {
        table[i][j]
        for i, one in enumerate(earlier.claims)
        for j, other in enumerate(later.claims)
        if _of(old, one) and _of(new, other)
    }
    # "In Spain", then "in Seville, Spain": the whole clause tells more than the value.
    if REFINED in told and RESTATED not in told:
        return REFINED
    if same_value(old.value, new.value):
        return RESTATED
    if _within(old.value, new.value) or _within(new.value, old.value):
        return REFINED
    if not (old.exclusive and new.exclusive):
        return SIMILAR
    return UNSURE if _may_nest(old, new, earlier, later) else SURE


def _may_nest(old: Statement, new: Statement, earlier: Said, later: Said) -> bool:
    """Whether the later value may lie within the earlier: "in Ohio", then "in Columbus".

    Of two places told in one sitting, with no word of a move, the second mostly says where in
    the first (so in nearly all of 120,000 pairs of turns of persona chats). Where somebody is
    from does not change at all.
    """
    if old.relation not in _PLACES:
        return False
    marked = any(
        claim.fresh or claim.corrects or claim.hesitant or claim.withdrawn or claim.verb == "mov"
        for claim in later.claims
        if _of(new, claim)
    )
    if marked or old.relation in _ORIGINS:
        return not marked
    if earlier.at is None or later.at is None:
        return False
    return later.at - earlier.at < ONE_SITTING


def _within(narrow: str, wide: str) -> bool:
    """Whether all words of one value are in the other."""
    words = set(wide.casefold().replace(",", " ").split())
    return set(narrow.casefold().replace(",", " ").split()) <= words
