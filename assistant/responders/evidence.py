"""Which of the recollections answer a question, and which of them is current.

Chooses; words nothing. A turn that only asked something answers nothing; one that states what was
asked, in the same form, answers it whatever its score; anything else must be likely enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..language import resolve_dates
from ..language.asked import Asked
from ..language.content import covers, first_person
from ..language.questions import told_in
from ..language.statements import Statement, read_statements, same_value
from ..turn import Recollection, Recollections, Turn
from .quoting import tidy

Moment = Callable[[Recollection], tuple[datetime, int, int]]

# Of several answers, those at least this likely beside the best.
_NEARLY = 0.6
_MOST = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and the recollection it was read from."""

    hit: Recollection
    statement: Statement


def chronology(short_term: Sequence[Turn]) -> Moment:
    """When something was said, to tell former from current.

    Of turns said at the same instant, the later one in short-term memory is the later, and what
    is held there is later than what is not.
    """
    places = {turn.ref: place for place, turn in enumerate(short_term)}

    def moment(hit: Recollection) -> tuple[datetime, int, int]:
        return hit.said_at, max(places.get(ref, -1) for ref in hit.refs or ("",)), hit.memory or 0

    return moment


def usable(recollections: Recollections, question: str) -> list[Recollection]:
    """The recollections that tell something, best first; each set of words once."""
    seen = {tidy(question).casefold()}
    kept: list[Recollection] = []
    for hit in recollections:
        words = tidy(hit.text).casefold()
        if words in seen or not told_in(hit.text):
            continue
        seen.add(words)
        kept.append(hit)
    recited = [tidy(hit.text) for hit in kept if hit.role != "assistant" and len(hit.text) > 8]
    return [
        hit
        for hit in kept
        if hit.role != "assistant" or not any(words in tidy(hit.text) for words in recited)
    ]


def facts_of(hits: Sequence[Recollection]) -> list[Fact]:
    """What people stated in these recollections; nothing an assistant said is a fact."""
    return [
        Fact(hit, statement)
        for hit in hits
        if hit.role != "assistant"
        for statement in read_statements(hit.text, hit.speaker)
    ]


def outdated(facts: Sequence[Fact], moment: Moment) -> list[Recollection]:
    """The recollections that no longer hold.

    Those that are superseded, and those still in short-term memory that something said later
    in the same form excludes, which consolidation has not seen to yet.
    """
    latest: dict[str, Fact] = {}
    for fact in facts:
        rival = latest.get(fact.statement.subject)
        if rival is None or moment(rival.hit) <= moment(fact.hit):
            latest[fact.statement.subject] = fact
    return [
        fact.hit
        for fact in facts
        if fact.hit.superseded
        or (
            fact.statement.exclusive
            and not same_value(fact.statement.value, latest[fact.statement.subject].statement.value)
        )
    ]


def fitting(facts: Sequence[Fact], asked: Asked, moment: Moment) -> list[Fact]:
    """The facts of the form asked for: current ones first, of those the last said first."""
    found = [fact for fact in facts if asked.fits(fact.statement)]
    former = outdated(facts, moment)
    return sorted(found, key=lambda fact: (fact.hit not in former, moment(fact.hit)), reverse=True)


def current_and_former(found: Sequence[Fact]) -> tuple[Fact, Fact | None]:
    """Of facts in the order of ``fitting``, the one that holds and the last one that did."""
    current = found[0]
    for fact in found[1:]:
        excluded = fact.statement.subject == current.statement.subject or fact.hit.superseded
        same = same_value(fact.statement.value, current.statement.value)
        if fact.statement.exclusive and excluded and not same:
            return current, fact
    return current, None


def likely(
    hits: Sequence[Recollection], recollections: Recollections, asked: Asked
) -> list[Recollection]:
    """The recollections likely enough to be evidence, best first.

    What states the relation asked for of something else is no evidence: the cat's name does not
    answer for the dog's.
    """
    best: list[Recollection] = []
    for hit in hits:
        if hit.confidence < recollections.threshold:
            continue
        stated = [fact.statement for fact in facts_of([hit])]
        if stated and all(asked.about_another(statement) for statement in stated):
            continue
        best.append(hit)
    if not best:
        return []
    top = max(hit.confidence for hit in best)
    return [hit for hit in best if hit.confidence >= _NEARLY * top][:_MOST]


def dated(hits: Sequence[Recollection], question: str, asker: str) -> list[Recollection]:
    """The recollections that have every word asked about and name a time: answers to "when"."""
    own = first_person(question)
    return [
        hit
        for hit in hits
        if hit.role != "assistant"
        and (not own or hit.speaker == asker)
        and covers(f"{hit.text} {hit.speaker}", question)
        and (hit.dates or resolve_dates(hit.text, hit.said_at))
    ]


def listed(
    hits: Sequence[Recollection],
    recollections: Recollections,
    asked: Asked,
    asker: str,
    moment: Moment,
) -> list[Recollection]:
    """What is known about a topic: likely ones, and all that name it; current ones first."""
    found = []
    for hit in hits:
        if asked.teller and not _tells(hit, asked.teller):
            continue
        if asked.topic:
            named = covers(f"{hit.text} {hit.speaker}", asked.topic)
            if not named and hit.confidence < recollections.threshold:
                continue
        elif not asked.teller and hit.speaker != asker:
            continue
        found.append(hit)
    former = outdated(facts_of(found), moment)
    found.sort(key=lambda hit: hit in former)
    return found[:_MOST]


def _tells(hit: Recollection, teller: str) -> bool:
    """Whether a recollection is that person's words."""
    if teller == "assistant":
        return hit.role == "assistant"
    return hit.role != "assistant" and hit.speaker.casefold() == teller
