"""Long talks: nothing is remembered that no one said, nothing twice, every correction holds.

The model in the loop says again whatever it is shown, as its own words.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.fusion import FusionRanker
from assistant.replay.parrot import Parrot
from assistant.replay.runner import ManualClock, default_opener
from assistant.testing import HashEncoder, LengthNetwork
from soak.talk import Fact, Talk
from storage import MemoryRecord

SESSION = 25  # turns


def talked(assistant: Assistant, clock: ManualClock, talk: Talk, count: int) -> None:
    """Have the talk, a new session every so often, and all of it consolidated in the end."""
    for number, text in enumerate(talk.turns(count), 1):
        assistant.reply(text)
        clock.advance(timedelta(minutes=2))
        if number % SESSION == 0:
            assistant.new_session()
            clock.advance(timedelta(hours=9))
    assistant.new_session()


def about(memories: list[MemoryRecord], fact: Fact, value: str) -> list[MemoryRecord]:
    return [
        one
        for one in memories
        if value in one.text and (fact.thing == "" or fact.thing in one.text.casefold())
    ]


def check(assistant: Assistant, talk: Talk) -> None:
    """What must be so after any talk."""
    memories = assistant.memories()
    assert len(memories) >= len(talk.facts)
    said = {text.strip() for text in talk.said}
    invented = [one.text for one in memories if one.text.strip() not in said]
    assert not invented, f"{len(invented)} memories of what no user said, such as {invented[:3]}"
    for fact in talk.facts:
        for value in fact.values[:-1]:
            old = [one for one in about(memories, fact, value) if one.superseded_by is None]
            assert not old, f"{value} was corrected to {fact.values[-1]}: {old[0].text}"
        current = about(memories, fact, fact.values[-1])
        standing = [one.text for one in current if one.superseded_by is None]
        assert len(standing) == 1, f"of {fact} there stand {standing}"
    assert not assistant.inbox(), "what is plain was asked about"


def check_recall(assistant: Assistant, talk: Talk) -> None:
    """What is current comes before what it replaced, and first of all."""
    for fact in talk.facts:
        hits = assistant.recall(fact.question, k=10)
        texts = [hit.text for hit in hits]
        place = next((i for i, text in enumerate(texts) if fact.values[-1] in text), None)
        assert place is not None, f"{fact.question} brought {texts[:3]}"
        before = [text for text in texts[:place] if any(v in text for v in fact.values[:-1])]
        assert not before, f"{fact.question} brought {before[0]} before {texts[place]}"


@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
def test_after_150_turns_the_facts_stand_as_they_were_last_told(
    tmp_path: Path, chinese: bool
) -> None:
    clock = ManualClock(datetime(2026, 5, 3, 9, tzinfo=UTC))
    talk = Talk(7, chinese=chinese)
    with Assistant(
        tmp_path / "memory.db",
        clock=clock,
        encoder=HashEncoder(),
        network=LengthNetwork(),
        ranker=FusionRanker(),
        responder=Parrot(),
    ) as assistant:
        talked(assistant, clock, talk, 150)
        check(assistant, talk)
        check_recall(assistant, talk)


def with_shipped_weights(path: Path, talk: Talk, count: int) -> None:
    """Have a talk with the shipped weights, sleep, and check what must be so."""
    clock = ManualClock(datetime(2026, 5, 3, 9, tzinfo=UTC))
    with default_opener()(path, clock, "default") as assistant:
        assistant.responder = Parrot()
        talked(assistant, clock, talk, count)
        assistant.sleep()
        check(assistant, talk)
        check_recall(assistant, talk)


@pytest.mark.slow
@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
def test_after_200_turns_too_with_the_shipped_weights(tmp_path: Path, chinese: bool) -> None:
    with_shipped_weights(tmp_path / "memory.db", Talk(3, chinese=chinese), 200)


@pytest.mark.faults
@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
@pytest.mark.parametrize("seed", [1, 2])
def test_after_1000_turns_as_well(tmp_path: Path, chinese: bool, seed: int) -> None:
    with_shipped_weights(tmp_path / "memory.db", Talk(seed, chinese=chinese), 1000)
