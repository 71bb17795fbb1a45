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
from datetime import datetime
from typing import Literal

from assistant.language import Claim, Statement, read_claims, read_statements, same_value
from assistant.language.claims_en import stem
from assistant.language.verbs_en import PREPOSITIONS

Kind = Literal["contradiction", "refinement", "restatement", "similar", "unrelated"]
Certainty = Literal["sure", "unsure"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something said, with what is read from it. Made by ``Said.read``; both sides of
    ``relation`` must be of one speaker.

    Args:
        text: The words.
        statements: What it states (``language.read_statements``).
        at: When it was said; not used to judge, the order of the arguments says what was later.
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


Verdict = tuple[Kind, Certainty]
_UNRELATED: Verdict = ("unrelated", "sure")
_SIMILAR: Verdict = ("similar", "sure")
_REFINED: Verdict = ("refinement", "sure")
_RESTATED: Verdict = ("restatement", "sure")
_SURE: Verdict = ("contradiction", "sure")
_UNSURE: Verdict = ("contradiction", "unsure")
_ORDER = (_UNRELATED, _SIMILAR, _UNSURE, _REFINED, _RESTATED, _SURE)
# Where a move or a time is meant by "X moved to B": X was at one.
_WHERE = frozenset("in on at under near by behind over from to".split())
# What is left by leaving it.
_LEAVABLE = frozenset("be work liv studi belong play teach sing train go".split())
_DIRECT = frozenset("time number".split())


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
    table = [[_claimed(old, new) for new in later.claims] for old in earlier.claims]
    claimed = [max(row, key=_ORDER.index, default=_UNRELATED) for row in table]
    sheet = [
        [_stated(old, new, earlier, later, table) for new in later.statements]
        for old in earlier.statements
    ]
    stated = [max(row, key=_ORDER.index, default=_UNRELATED) for row in sheet]
    verdict = max([*stated, *claimed], key=_ORDER.index, default=_UNRELATED)
    if verdict == _RESTATED and not _all_said_before(later, table, sheet):
        verdict = _REFINED
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
    again = [any(row[j] == _RESTATED for row in sheet) for j in range(len(later.statements))]
    return all(again) and all(
        any(row[j] == _RESTATED for row in table)
        or any(_of(one, claim) and again[k] for k, one in enumerate(later.statements))
        for j, claim in enumerate(later.claims)
    )


def _stated(
    old: Statement, new: Statement, earlier: Said, later: Said, table: list[list[Verdict]]
) -> Verdict:
    """One statement against one stated later."""
    if new.subject != old.subject:
        return _UNRELATED
    for i, one in enumerate(earlier.claims):
        for j, other in enumerate(later.claims):
            # "In Spain", then "in Seville, Spain": the whole clause tells more than the value.
            if _of(old, one) and _of(new, other) and table[i][j] == _REFINED:
                return _REFINED
    if same_value(old.value, new.value):
        return _RESTATED
    if _within(old.value, new.value) or _within(new.value, old.value):
        return _REFINED
    return _SURE if old.exclusive and new.exclusive else _SIMILAR


def _within(narrow: str, wide: str) -> bool:
    """Whether all words of one value are in the other."""
    words = set(wide.casefold().replace(",", " ").split())
    return set(narrow.casefold().replace(",", " ").split()) <= words


def _claimed(old: Claim, new: Claim) -> Verdict:
    """One claim against one made later."""
    if old.han != new.han:
        return _UNRELATED
    if _withdraws(old, new):
        return _SURE
    if not old.entity or old.entity != new.entity:
        return _REFINED if _closer(old, new) else _akin(old, new)
    if old.ended and not old.verb:  # "I sold my caravan": nothing is left to be taken back
        return _RESTATED if old.content == new.content and new.ended else _akin(old, new)
    if new.ended and not new.verb:
        return _ends(old, new)
    if old.verb == new.verb or (old.liking and new.liking):
        return _same_sign(old, new) if old.sign == new.sign else _opposite(old, new)
    return _akin(old, new)


def _akin(old: Claim, new: Claim) -> Verdict:
    """What holds beside each other: of one kind when words or the verb are shared."""
    shared = set(old.content) & set(new.content)
    verbs = old.verb and old.verb == new.verb and old.verb not in ("be", "hav", "是", "有")
    return _SIMILAR if shared or verbs or (old.liking and new.liking) else _UNRELATED


def _closer(old: Claim, new: Claim) -> bool:
    """Whether the later speaks of what the earlier brought up: "I have a cat", "my cat is ..." """
    before, after = old.entity.split(), new.entity.split()
    if not before or not after or old.sign < 0:
        return False
    named = {*before, *old.content}
    if before == after[: len(before)] or before == ["i"]:
        rest = after[len(before) :] if before == after[: len(before)] else after[1:]
        owned = before != ["i"] or (after[0] == "my" and old.verb in ("hav", "be", "own"))
        return bool(rest) and owned and {_bare(word) for word in rest} - {""} <= named
    return False


def _bare(word: str) -> str:
    return stem(word) if word not in PREPOSITIONS else ""


def _covers(narrow: tuple[str, ...], wide: tuple[str, ...], han: bool) -> bool:
    """Whether all that one claim names is in the other: "coffee" is in "coffee at night"."""
    if han:
        rest = iter(wide)
        return all(sign in rest for sign in narrow)
    return all(word in wide or any(_kin(word, other) for other in wide) for word in narrow)


def _kin(word: str, other: str) -> bool:
    """Whether two long words begin alike: "subscription", "subscribe"."""
    return len(word) > 6 and len(other) > 6 and word[:7] == other[:7]


def _opposite(old: Claim, new: Claim) -> Verdict:
    """The same predicate, denied once: what is denied in general is denied in particular."""
    if old.past or new.past:
        return _akin(old, new)
    if new.liking and old.liking:
        return _SURE if set(old.content) == set(new.content) else _SIMILAR
    denied, held = (old, new) if old.sign < 0 else (new, old)
    if not denied.content:
        return _SURE if not held.content or denied.verb not in ("be", "hav", "do") else _UNSURE
    if _covers(denied.content, held.content, new.han):
        return _SURE
    if _covers(held.content, denied.content, new.han):
        return _REFINED
    return _akin(old, new)


def _ends(old: Claim, new: Claim) -> Verdict:
    """ "I quit X", "I sold X" after X was said to be so."""
    named = (*old.content, *old.verb.split())
    if old.sign < 0 or old.past or not new.content or not _covers(new.content, named, new.han):
        return _akin(old, new)
    return _UNSURE if new.link == "leave" and old.verb not in _LEAVABLE else _SURE


def _withdraws(old: Claim, new: Claim) -> bool:
    """Whether the later takes back words of the earlier: "it's Tuesday, not Monday"."""
    if not new.withdrawn or old.past or not _covers(new.withdrawn, old.content, new.han):
        return False
    if new.entity and new.entity != old.entity:
        return False
    return not new.entity or new.verb in ("", "be", old.verb)


def _same_sign(old: Claim, new: Claim) -> Verdict:
    """The same predicate twice, of one sign: said again, more closely, beside it, or instead."""
    before, after = set(old.content), set(new.content)
    if before == after and old.past == new.past:
        return _RESTATED
    if before and before <= after:
        return _REFINED
    if old.past or new.past or new.added or old.sign < 0 or not after or not before:
        return _akin(old, new)
    if new.corrects:
        return _SURE
    if new.link == "to" and new.fresh:  # "was moved to"
        return _SURE if old.link in _WHERE else _UNSURE
    if new.fresh:
        return _instead(old, new)
    if new.hesitant and new.verb == "be" and len(before) == len(after) == 1:
        return _UNSURE
    return _akin(old, new)


def _instead(old: Claim, new: Claim) -> Verdict:
    """The same predicate with "now" or "instead" and another value in it."""
    if new.link == "instead" or _one_slot(old.content, new.content):
        return _SURE
    if old.kind in _DIRECT and old.kind == new.kind:
        return _SURE
    if old.entity == "i" or not (old.link and new.link):
        return _UNSURE if old.verb not in ("lik", "hav", "be") else _akin(old, new)
    place = old.kind == new.kind == "the" and old.entity.startswith("the ")
    return _SURE if place or (old.kind == new.kind == "name") else _UNSURE


def _one_slot(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """Whether two contents differ in one place only, with something in common around it."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start + end > 0 and len(old) > start + end and len(new) > start + end
