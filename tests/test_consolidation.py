"""How what is said meets what is remembered: repeated, corrected, in part, or asked about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from assistant import Assistant, Turn
from assistant.responders.prompt import memory_line

Open = Callable[..., Assistant]


def told(a: Assistant, clock: Any, *texts: str, speaker: str = "user") -> None:
    """Each said a day after the one before, in a session of its own."""
    for text in texts:
        a.observe(text, speaker=speaker)
        a.new_session()
        clock.advance(days=1)


def standing(a: Assistant) -> list[str]:
    return [m.text for m in a.memories() if m.superseded_by is None]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("I live in Lisbon.", "I moved to Porto last week."),
        ("I love the zither.", "I hate the zither."),
        ("I work at Brindle & Sons.", "I no longer work at Brindle & Sons."),
        ("My meeting with the luthier is on Monday.", "Actually, it's Tuesday, not Monday."),
        ("My sister drives a Zorvex.", "My sister sold her Zorvex."),
        ("我住在里斯本。", "我搬到波尔图了。"),
    ],
)
def test_what_takes_something_back_replaces_it_and_both_stay(
    open_assistant: Open, clock: Any, earlier: str, later: str
) -> None:
    with open_assistant() as a:
        told(a, clock, earlier, later)
        assert standing(a) == [later]
        [old] = [m for m in a.memories() if m.text == earlier]
        [new] = [m for m in a.memories() if m.text == later]
        assert old.superseded_by == new.id
        assert old.superseded_at == new.said_at


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I like the zither.", "I like the ocarina."),
        ("I have a brother in Braga.", "I have a sister in Braga."),
        ("I ate fish at the harbour.", "I ate fish at the market."),
        ("我喜欢爵士乐。", "我喜欢蓝调音乐。"),
    ],
)
def test_what_is_merely_alike_stands_side_by_side(
    open_assistant: Open, clock: Any, one: str, other: str
) -> None:
    with open_assistant() as a:
        told(a, clock, one, other)
        assert standing(a) == [other, one]
        assert a.store.inbox() == []


def test_another_speakers_words_are_never_corrected(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "I love the zither.", speaker="Ana")
        told(a, clock, "I hate the zither.")
        assert len(standing(a)) == 2


def test_what_the_assistant_says_corrects_nothing(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "I live in Lisbon.")
        told(a, clock, "You moved to Porto. I live in Porto.", speaker="assistant")
        assert "I live in Lisbon." in standing(a)


def test_of_two_facts_told_at_once_one_can_be_corrected(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "I live in Lisbon and I work at Acme.", "I moved to Porto.")
        [both] = [m for m in a.memories() if "Acme" in m.text]
        assert both.superseded_by is None
        stated = {s.value: s.superseded_by is None for s in a.store.statements([both.id])[both.id]}
        assert stated == {"Lisbon": False, "Acme": True}
        assert a.reply("Where do I work?").text.startswith("Acme.")
        assert a.reply("Where do I live?").text.startswith("Porto.")


def test_a_statement_that_was_taken_back_is_not_told_as_current(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "I love the zither and I work at Acme.", "I hate the zither.")
        hits = a.recall("Acme")
        [both] = [hit for hit in hits if "Acme" in hit.text]
        assert [both.statements[i].value for i in both.replaced] == ["the zither"]  # type: ignore[index]
        assert "I hate the zither." in [hit.text for hit in hits]
        assert 'no longer true of it: "I love the zither' in memory_line(both)


def test_a_memory_gives_way_as_a_whole_once_all_that_it_states_has(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "I live in Lisbon and I work at Acme.")
        told(a, clock, "I moved to Porto.", "I no longer work at Acme.")
        [both] = [m for m in a.memories() if "Lisbon" in m.text]
        assert both.superseded_by is not None


def test_the_day_of_a_change_ends_what_was_true_before(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "I live in Lisbon.", "I moved to Porto last week.")
        new, old = a.memories()
        assert new.valid_from == old.valid_to == date(2026, 4, 27)


def test_words_say_since_when_and_until_when_they_are_true(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "I have worked at Brindle since 2019.", "I am in Berlin until 9 May 2026.")
        berlin, brindle = a.memories()
        assert (brindle.valid_from, brindle.valid_to) == (date(2019, 1, 1), None)
        assert (berlin.valid_from, berlin.valid_to) == (None, date(2026, 5, 9))


def test_a_restatement_in_fewer_words_is_a_use_and_no_second_memory(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(
            a, clock, "I really love the zither.", "I love the zither!", "i really LOVE the zither"
        )
        [memory] = a.memories()
        assert len(memory.refs) == 3
        assert memory.uses == 2


def test_the_same_words_about_another_day_are_another_memory(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, *["I went to the ferry museum yesterday."] * 2)
        assert len(a.memories()) == 2


def test_what_may_contradict_is_put_to_the_user_and_nothing_is_replaced(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "My tent is green.", "Actually my tent is brown.")
        assert len(standing(a)) == 2
        [question] = a.store.inbox()
        earlier, later = (
            a.store.memories(ids=[n])[0].text for n in (question.earlier, question.later)
        )
        assert (earlier, later) == (
            "My tent is green.",
            "Actually my tent is brown.",
        )


def test_an_old_turn_imported_late_gives_way_to_what_was_said_after_it(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "I hate the zither.")
        a.observe("I love the zither.", at=clock() - timedelta(days=400))
        a.new_session()
        assert standing(a) == ["I hate the zither."]
        hits = a.recall("zither", as_of=clock() - timedelta(days=200))
        assert [(hit.text, hit.superseded) for hit in hits] == [("I love the zither.", False)]


def test_of_an_old_turn_imported_late_only_what_was_corrected_since_gives_way(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "I moved to Porto.")
        a.observe("I live in Lisbon and I work at Acme.", at=clock() - timedelta(days=400))
        a.new_session()
        [both] = [m for m in a.memories() if "Acme" in m.text]
        assert both.superseded_by is None
        stated = {s.value: s.superseded_by is None for s in a.store.statements([both.id])[both.id]}
        assert stated == {"Lisbon": False, "Acme": True}


def test_words_about_nothing_repeat_nothing(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "I love the zither.")
        a.remember("It is what it is.")
        a.remember("I am who I am.")
        assert len(standing(a)) == 3


def test_a_correction_in_the_same_bulk_as_what_it_corrects_counts(
    open_assistant: Open, clock: Any
) -> None:
    texts = [
        "I love the zither.",
        "I saw a heron by the river.",
        "I hate the zither.",
        "I live in Faro.",
    ]
    with open_assistant() as a:
        a.observe_many([Turn(t, at=clock() + timedelta(minutes=n)) for n, t in enumerate(texts)])
        a.new_session()
        assert "I love the zither." not in standing(a)
        assert len(standing(a)) == 3
