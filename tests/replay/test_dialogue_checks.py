"""Every kind of expectation: met, and red when it is not, with what was there instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.replay.checks import Outcome, check
from assistant.replay.dialogue import Expectations, Pattern, ShortTerm
from assistant.turn import Recollection, Recollections, Reply


def hit(text: str, confidence: float) -> Recollection:
    at = datetime(2026, 5, 3, tzinfo=UTC)
    return Recollection(text, "Ana", "other", at, confidence, confidence, (text,))


HITS = Recollections(
    [hit(f"{word} is here", 0.9 - n / 10) for n, word in enumerate("one two three four".split())]
    + [hit("five", 0.3), hit("six", 0.2)],
    threshold=0.5,
)
OUTCOME = Outcome(
    reply=Reply("Your dog is called Bruno.\nYou said so.", HITS, ("My dog is Bruno",), "r"),
    recollections=HITS,
    memories=("My dog is Bruno", "I like tea"),
    kept=("I moved to Porto",),
    buffer=("Hello", "I moved to Porto", "Bye"),
)


def patterns(*texts: str) -> tuple[Pattern, ...]:
    return tuple(Pattern(text) for text in texts)


MET = {
    "reply": Expectations(reply=patterns("bruno", "/so\\.$/")),
    "not": Expectations(lacks=patterns("parrot")),
    "learned": Expectations(learned=patterns("Bruno")),
    "recalled": Expectations(recalled=patterns("three", "five")),
    "first": Expectations(first=patterns("one", "here")),
    "not recalled": Expectations(not_recalled=patterns("seven")),
    "order": Expectations(order=patterns("one", "three", "six")),
    "abstains": Expectations(abstains=False),
    "stored": Expectations(stored=patterns("Bruno", "tea", "Porto")),
    "not stored": Expectations(not_stored=patterns("Hello", "Bye")),
    "memories": Expectations(memories=2),
    "turns": Expectations(short_term=ShortTerm(turns=3)),
    "holds": Expectations(short_term=ShortTerm(holds=patterns("Hello", "Bye"))),
    "lacks": Expectations(short_term=ShortTerm(lacks=patterns("dog"))),
    "leaves next": Expectations(short_term=ShortTerm(leaves_next=Pattern("Hello"))),
}

UNMET = {
    "reply": (Expectations(reply=patterns("Bruno", "Rex")), '"Rex"', "Your dog is called Bruno."),
    "not": (Expectations(lacks=patterns("bruno")), 'no "bruno"', "Your dog is called Bruno."),
    "learned": (Expectations(learned=patterns("Rex")), '"Rex"', "My dog is Bruno"),
    "nothing learned": (Expectations(learned=()), "nothing", "My dog is Bruno"),
    "recalled": (Expectations(recalled=patterns("six")), '"six"', "1. [0.90] Ana: one is here"),
    "first": (Expectations(first=patterns("two")), '"two"', "[0.90] Ana: one"),
    "not recalled": (Expectations(not_recalled=patterns("six")), 'no "six"', "6. [0.20]"),
    "order": (Expectations(order=patterns("two", "one")), '"two" before "one"', "2. [0.80]"),
    "order of what is not there": (
        Expectations(order=patterns("one", "seven")),
        '"seven"',
        "[0.90]",
    ),
    "order of one and the same": (Expectations(order=patterns("one", "here")), "before", "[0.9"),
    "abstains": (Expectations(abstains=True), "no confident", "confident from 0.50"),
    "stored": (Expectations(stored=patterns("coffee")), '"coffee"', "to be kept: I moved"),
    "stored, but held only": (
        Expectations(stored=patterns("Hello")),
        '"Hello"',
        'in short-term memory, but not to be kept: "Hello"',
    ),
    "not stored": (Expectations(not_stored=patterns("tea")), 'no "tea"', "memory: I like tea"),
    "not to be kept": (Expectations(not_stored=patterns("Porto")), 'no "Porto"', "to be kept"),
    "memories": (Expectations(memories=3), "3", "there are 2"),
    "turns": (Expectations(short_term=ShortTerm(turns=2)), "2 turns", "holds 3"),
    "holds": (
        Expectations(short_term=ShortTerm(holds=patterns("Bye", "Hello"))),
        "in this order",
        "Hello",
    ),
    "lacks": (Expectations(short_term=ShortTerm(lacks=patterns("bye"))), 'no "bye"', "Bye"),
    "leaves next": (
        Expectations(short_term=ShortTerm(leaves_next=Pattern("Bye"))),
        '"Bye" to leave next',
        "Hello",
    ),
    "empty": (Expectations(short_term=ShortTerm(empty=True)), "nothing", "holds 3"),
}


@pytest.mark.parametrize("name", MET)
def test_an_expectation_that_is_met_fails_nothing(name: str) -> None:
    assert check(MET[name], OUTCOME) == ()


@pytest.mark.parametrize("name", UNMET)
def test_an_expectation_that_is_not_met_says_what_was_there_instead(name: str) -> None:
    expect, expected, found = UNMET[name]
    (failure,) = check(expect, OUTCOME)
    assert expected in failure.expected
    assert found in failure.found
    assert expected in str(failure)


def test_confidence_without_hits_is_abstaining() -> None:
    nothing = replace(OUTCOME, recollections=Recollections([]))
    assert check(Expectations(abstains=True), nothing) == ()
    (failure,) = check(Expectations(abstains=False), nothing)
    assert "nothing was recalled" in failure.found


def test_empty_places_are_named_as_such() -> None:
    empty = Outcome(reply=Reply("", HITS, (), "r"), recollections=Recollections([]))
    asked = Expectations(
        reply=patterns("a"),
        learned=patterns("a"),
        recalled=patterns("a"),
        stored=patterns("a"),
        memories=1,
        short_term=ShortTerm(turns=1),
    )
    found = [failure.found for failure in check(asked, empty)]
    assert found == [
        "the reply was empty",
        "it learned nothing",
        "nothing was recalled",
        "nothing is stored",
        "there are none",
        "short-term memory is empty",
    ]
    left = Expectations(short_term=ShortTerm(leaves_next=Pattern("a")))
    assert check(left, empty)
    assert not check(Expectations(short_term=ShortTerm(empty=True)), empty)
