"""Which of the recollections answer a question, and which of them still hold.

Chooses; words nothing. A turn that only asked something answers nothing; one that states what was
asked, in the same form, answers it whatever its score; anything else must be likely enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ..language import resolve_dates
from ..language.amendment import amends_time
from ..language.asked import Asked
from ..language.content import covers, first_person
from ..language.periods import Period
from ..language.statements import Statement, same_value
from ..turn import Recollection, Recollections, Turn
from .quoting import tidy
from .readings import Readings

# Of several answers, those at least this likely beside the best.
_NEARLY = 0.6
_MOST = 6
_MOST_OF_A_TIME = 8
# 木匠什么时候来: that something comes or goes need not have been said of an appointment.
# An age is told without these words.
_OLD = re.compile(r"\b(?<=how )old\b|多大|岁", re.IGNORECASE)
_COMING = re.compile("[回过]?[来去到](?=[了的呢啊？?。\\s]*$)")


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and the recollection it was read from.

    ``replaced`` says that consolidation found something that takes it back.
    """

    hit: Recollection
    statement: Statement
    replaced: bool = False


class Evidence:
    """Recollections, read once: what people state in them, and what of it no longer holds.

    Args:
        recollections: As they were brought back, best first.
        question: What is asked; a recollection in the same words is left out.
        asker: Who asks.
        short_term: The turns in short-term memory, oldest first: of things said at the same
            instant, the later one there is the later.
        readings: Reads what was not read before.
    """

    def __init__(
        self,
        recollections: Recollections,
        question: str,
        asker: str,
        short_term: Sequence[Turn] = (),
        *,
        readings: Readings | None = None,
    ) -> None:
        readings = readings or Readings()
        self.asker = asker
        self._threshold = recollections.threshold
        self._places = {turn.ref: place for place, turn in enumerate(short_term)}
        telling = [hit for hit in recollections if readings.tells(hit)]
        self.facts = [
            Fact(hit, statement, position in hit.replaced)
            for hit in telling
            if hit.role != "assistant"  # nothing an assistant said is a fact
            for position, statement in enumerate(readings.of(hit))
        ]
        self._former = [*self._outdated(), *(hit for hit in telling if hit.superseded)]
        self.hits = _distinct(telling, question)

    def facts_in(self, hit: Recollection) -> list[Statement]:
        """What one recollection states."""
        return [fact.statement for fact in self.facts if fact.hit is hit]

    def is_former(self, hit: Recollection) -> bool:
        """Whether something said later replaces it, in consolidation or in short-term memory."""
        return any(hit is one for one in self._former)

    def replaces(self, current: Recollection, former: Recollection) -> bool:
        """Whether two recollections state the same of the same thing, with other values."""
        if self.set_right(former) is current:
            return True
        subjects = {statement.subject for statement in self.facts_in(current)}
        return any(statement.subject in subjects for statement in self.facts_in(former))

    def set_right(self, hit: Recollection) -> Recollection | None:
        """What says that something replaced is at another time; it stands before it."""
        at = next((i for i, one in enumerate(self.hits) if one is hit), 0)
        found = None
        while at > 0 and hit.superseded and amends_time(self.hits[at - 1].text):
            at -= 1
            found, hit = self.hits[at], self.hits[at]
        return found

    def fitting(self, asked: Asked) -> list[Fact]:
        """The facts of the form asked for: those that hold first, of those the last said first."""
        told = [fact for fact in self.facts if any(fact.hit is hit for hit in self.hits)]
        found = [fact for fact in told if asked.fits(fact.statement)]
        if not found:  # "How old is Lena?" of "my daughter", who is called Lena
            meant = _known_as(asked.entity, told) | _known_closer(asked.entity, told)
            meant |= _named_after(asked.entity, told)
            named = [replace(asked, entity=entity) for entity in meant]
            found = [f for f in told if any(one.fits(f.statement) for one in named)]
        if not found and asked.relation == "called":
            found = _named_beside(asked.entity, told)
        return sorted(
            found,
            key=lambda fact: (not self.is_former(fact.hit), self._moment(fact.hit)),
            reverse=True,
        )

    def likely(self, asked: Asked) -> list[Recollection]:
        """The recollections likely enough to be evidence, best first.

        What states the relation asked for of something else is none: the cat's name does not
        answer for the dog's.
        """
        best = self._from(self._threshold, asked)
        top = max((hit.confidence for hit in best), default=0.0)
        return [hit for hit in best if hit.confidence >= _NEARLY * top][:_MOST]

    def nearest(self, asked: Asked, question: str) -> Recollection | None:
        """What comes closest where nothing is likely: a third as sure as it would have to be, or
        with every word asked about, as "We have a daughter, Mina" has for "Who is Mina?"."""
        about = _OLD.sub("", question)
        near = self._from(self._threshold / 3, asked) or [
            hit
            for hit in self._from(0.0, asked)
            if hit.role != "assistant" and covers(f"{hit.text} {hit.speaker}", about)
        ]
        return max(near, key=lambda hit: hit.confidence, default=None)

    def _from(self, confidence: float, asked: Asked) -> list[Recollection]:
        found = []
        for hit in self.hits:
            stated = self.facts_in(hit)
            of_another = bool(stated) and all(map(asked.about_another, stated))
            if hit.confidence >= confidence and not of_another:
                found.append(hit)
        return found

    def dated(self, question: str) -> list[Recollection]:
        """What has every word asked about and names a time: answers to "when"."""
        own = first_person(question)
        question = _COMING.sub("", question)
        return [
            hit
            for hit in self.hits
            if hit.role != "assistant"
            and (not own or hit.speaker == self.asker)
            and covers(f"{hit.text} {hit.speaker}", question)
            and (hit.dates or resolve_dates(hit.text, hit.said_at))
        ]

    def listed(self, asked: Asked, days: Sequence[tuple[date, date]] = ()) -> list[Recollection]:
        """What is known about a topic: what is likely, and all that names it; former things last.

        Without a topic, all that the one asked about, or else the asker, said. With ``days``, only
        what was said on one of these, each a first and a last.
        """
        found = []
        for hit in self.hits:
            if asked.teller == "assistant":
                fits = hit.role == "assistant"
            elif asked.teller or not asked.topic:
                fits = hit.speaker.casefold() == (asked.teller or self.asker.casefold())
            else:
                fits = True
            if fits and asked.topic:
                named = covers(f"{hit.text} {hit.speaker}", asked.topic)
                fits = named or hit.confidence >= self._threshold
            if days and not any(first <= hit.said_at.date() <= last for first, last in days):
                continue
            if fits:
                found.append(hit)
        told = [self.set_right(hit) or hit for hit in found]
        found += [hit for hit in told if not any(hit is one for one in found)]
        return sorted(found, key=self.is_former)[:_MOST]

    def within(self, days: Sequence[tuple[date, date]], period: Period) -> list[Recollection]:
        """What the asker said on certain days, or what of it happened or is to happen on them;
        in the order of time, what no longer holds last."""
        found: list[tuple[bool, date, datetime, int, Recollection]] = []
        for hit in self.hits:
            times = [(hit.said_at.date(), hit.said_at.date())]
            if period == "event":
                dates = hit.dates or resolve_dates(hit.text, hit.said_at)
                times = [(one.start, one.end) for one in dates]
            shared = [
                start for start, end in times for one in days if start <= one[1] and end >= one[0]
            ]
            if shared and hit.speaker == self.asker:
                found.append((self.is_former(hit), min(shared), hit.said_at, len(found), hit))
        return [hit for *_, hit in sorted(found, key=lambda one: one[:4])][:_MOST_OF_A_TIME]

    def _moment(self, hit: Recollection) -> tuple[datetime, int, int]:
        """When something was said, to tell which of two was said later."""
        place = max((self._places.get(ref, -1) for ref in hit.refs), default=-1)
        return hit.said_at, place, hit.memory or 0

    def _outdated(self) -> list[Recollection]:
        latest: dict[str, Fact] = {}
        for fact in self.facts:
            rival = latest.get(fact.statement.subject)
            if rival is None or self._moment(rival.hit) <= self._moment(fact.hit):
                latest[fact.statement.subject] = fact
        return [
            fact.hit
            for fact in self.facts
            if fact.hit.superseded
            or fact.replaced
            or (
                fact.statement.exclusive
                and not same_value(
                    fact.statement.value, latest[fact.statement.subject].statement.value
                )
            )
        ]


def _known_as(name: str, facts: Sequence[Fact]) -> set[str]:
    """Whoever, or whatever, is said to be called so."""
    return {
        fact.statement.entity
        for fact in facts
        if name
        and fact.statement.relation in ("called", "is name", "叫")
        and fact.statement.value.casefold() == name
    }


def _named_after(entity: str, facts: Sequence[Fact]) -> set[str]:
    """The names told beside what is meant: "ola" of "my sister", after "my sister Ola"."""
    others = (fact.statement.entity for fact in facts)
    return {one.removeprefix(entity + " ") for one in others if one.startswith(entity + " ")}


def _known_closer(name: str, facts: Sequence[Fact]) -> set[str]:
    """What is named by one word more: "my phone number" for "my number"."""
    owner, _, noun = name.rpartition(" ")
    return {
        entity
        for entity in (fact.statement.entity for fact in facts)
        if owner.endswith("'s")
        and entity.startswith(owner + " ")
        and entity.endswith(" " + noun)
        and entity.count(" ") == name.count(" ") + 1
    }


def _named_beside(entity: str, facts: Sequence[Fact]) -> list[Fact]:
    """Names that stand beside what they name: "my wife Julia is a nurse"."""
    found = []
    for fact in facts:
        stated = fact.statement
        name = stated.entity.removeprefix(entity + " ")
        at = fact.hit.text.casefold().find(name)
        written = fact.hit.text[at : at + len(name)]
        if name != stated.entity and at >= 0 and all(w[:1].isupper() for w in written.split()):
            subject = stated.subject.rpartition("|")[0] + "|called"
            found.append(replace(fact, statement=Statement(subject, written, False, stated.words)))
    return found


def current_and_former(found: Sequence[Fact]) -> tuple[Fact, Fact | None]:
    """Of facts in the order of ``fitting``, the one that holds and the last one that did."""
    current = found[0]
    for fact in found[1:]:
        excluded = fact.statement.subject == current.statement.subject or fact.hit.superseded
        same = same_value(fact.statement.value, current.statement.value)
        if fact.statement.exclusive and excluded and not same:
            return current, fact
    return current, None


def _distinct(telling: Sequence[Recollection], question: str) -> list[Recollection]:
    """Each set of words once; what the assistant recited of another recollection not at all."""
    seen = {tidy(question).casefold()}
    kept: list[Recollection] = []
    for hit in telling:
        words = tidy(hit.text).casefold()
        if words not in seen:
            seen.add(words)
            kept.append(hit)
    said = [tidy(hit.text) for hit in kept if hit.role != "assistant" and len(hit.text) > 8]
    return [
        hit
        for hit in kept
        if hit.role != "assistant" or not any(words in tidy(hit.text) for words in said)
    ]
