"""Which of the recollections answer a question, and which of them is current.

Chooses; words nothing. A turn that only asked something answers nothing; one that states what was
asked, in the same form, answers it whatever its score; anything else must be likely enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.asked import Asked
from ..language.questions import told_in
from ..language.statements import Statement, read_statements, same_value
from ..turn import Recollection, Recollections
from .quoting import content_of, tidy

# Of several answers, those at least this likely beside the best.
_NEARLY = 0.6
_MOST = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement and the recollection it was read from."""

    hit: Recollection
    statement: Statement


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


def fitting(facts: Sequence[Fact], asked: Asked) -> list[Fact]:
    """The facts of the form asked for: current ones first, of those the last said first.

    Where one value excludes another, a value said before the current one is as good as
    superseded, even when consolidation has not seen to it yet.
    """
    found = [fact for fact in facts if asked.fits(fact.statement)]
    return sorted(found, key=lambda fact: (not fact.hit.superseded, fact.hit.said_at), reverse=True)


def current_and_former(found: Sequence[Fact]) -> tuple[Fact, Fact | None]:
    """Of facts that exclude each other, the one that holds and the last one that did."""
    current = found[0]
    for fact in found[1:]:
        if fact.statement.exclusive and not same_value(
            fact.statement.value, current.statement.value
        ):
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


def listed(
    hits: Sequence[Recollection], recollections: Recollections, asked: Asked, asker: str
) -> list[Recollection]:
    """What is known about a topic: likely ones, and all that name it; current ones first."""
    topic = content_of(asked.topic)
    found = []
    for hit in hits:
        if asked.teller and not _tells(hit, asked.teller, asker):
            continue
        if topic:
            named = topic <= content_of(f"{hit.text} {hit.speaker}")
            if not named and hit.confidence < recollections.threshold:
                continue
        elif not asked.teller and hit.speaker != asker:
            continue
        found.append(hit)
    found.sort(key=lambda hit: hit.superseded)
    return found[:_MOST]


def _tells(hit: Recollection, teller: str, asker: str) -> bool:
    """Whether a recollection is that person's words."""
    if teller == "assistant":
        return hit.role == "assistant"
    return hit.role != "assistant" and hit.speaker.casefold() in (teller, f"@{asker}")
