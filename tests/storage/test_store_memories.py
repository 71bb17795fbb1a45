"""What consolidation decides, written down and read back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from storage import DateSpan, Decision, LongTermStore

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def ids(memories):
    return [memory.id for memory in memories]


def test_a_kept_turn_becomes_a_memory_with_all_that_was_worked_out(store, said):
    [turn] = store.append([said("I met Ana yesterday, in the week of the fair.", speaker="Bo")])
    spans = (
        DateSpan("yesterday", date(2026, 5, 2), date(2026, 5, 2)),
        DateSpan("week of the fair", date(1, 1, 1), date(9999, 12, 31)),
    )
    decision = Decision(
        turn.id, "keep", salience=0.75, subject="met", value="Ana", dates=spans, pinned=True
    )
    [memory] = store.consolidate([decision])
    assert (memory.turn, memory.text, memory.speaker, memory.role) == (
        turn.id,
        turn.text,
        "Bo",
        "other",
    )
    assert (memory.said_at, memory.refs, memory.dates) == (turn.said_at, (turn.ref,), spans)
    assert (memory.salience, memory.strength, memory.pinned) == (0.75, 1.0, True)
    assert (memory.subject, memory.value, memory.superseded_by) == ("met", "Ana", None)
    assert store.memories() == [memory]
    assert store.memories_of_turns([turn.id, 99]) == {turn.id: memory}
    after = store.turns_by_id([turn.id])[turn.id]
    assert after.consolidated
    assert after.memory == memory.id


def test_memories_survive_closing_and_opening(path, said):
    with LongTermStore(path) as store:
        store.append([said()])
        kept = store.consolidate([Decision(1, "keep", subject="s")])
    with LongTermStore(path) as store:
        assert store.memories() == kept


def test_a_dropped_turn_stays_in_the_transcript_only(store, said):
    store.append([said()])
    assert store.consolidate([Decision(1, "drop")]) == []
    assert store.count_turns() == 1
    assert store.count_memories() == 0
    assert store.pending() == []


def test_deciding_twice_changes_nothing(store, said):
    store.append([said(), said()])
    decisions = [Decision(1, "keep"), Decision(2, "restate", target=1)]
    store.consolidate([decisions[0]])
    store.consolidate(decisions)
    [once] = store.memories()
    assert store.consolidate(decisions) == []
    assert store.consolidate([Decision(1, "drop"), Decision(99, "keep")]) == []
    assert store.memories() == [once]
    assert once.strength == 2


def test_a_turn_decided_twice_in_one_call_follows_the_first(store, said):
    store.append([said()])
    assert len(store.consolidate([Decision(1, "keep"), Decision(1, "keep")])) == 1
    assert store.count_memories() == 1


def test_a_restatement_adds_its_ref_and_strengthens(store, said):
    store.append([said("My dog is Bruno.", ref="a"), said("Bruno is my dog.", ref="b"), said()])
    [memory] = store.consolidate([Decision(1, "keep")])
    [again] = store.consolidate([Decision(2, "restate", target=memory.id)])
    [third] = store.consolidate([Decision(3, "restate", target=memory.id, pinned=True)])
    assert again.id == third.id == memory.id
    assert third.text == "My dog is Bruno."
    assert third.refs == ("a", "b", "r3")
    assert (again.strength, third.strength) == (2.0, 3.0)
    assert (again.pinned, third.pinned) == (False, True)
    assert store.memories_of_turns([2])[2] == third


def test_a_restatement_of_nothing_becomes_a_memory(store, said):
    store.append([said(), said()])
    kept = store.consolidate([Decision(1, "restate", target=7), Decision(2, "restate")])
    assert [memory.turn for memory in kept] == [1, 2]


def test_a_correction_supersedes_and_both_stay(store, said):
    store.append([said("I live in Lisbon."), said("I moved to Porto.")])
    [lisbon] = store.consolidate([Decision(1, "keep", subject="home", value="Lisbon")])
    [porto] = store.consolidate(
        [Decision(2, "keep", subject="home", value="Porto", supersedes=(lisbon.id, 99))]
    )
    assert store.memories(ids=[lisbon.id])[0].superseded_by == porto.id
    assert ids(store.memories(subject="home")) == [porto.id, lisbon.id]
    assert ids(store.memories(subject="home", include_superseded=False)) == [porto.id]


def test_what_is_said_again_after_a_correction_is_current_again(store, said):
    store.append([said("Lisbon"), said("Porto"), said("Lisbon, again")])
    [lisbon] = store.consolidate([Decision(1, "keep")])
    [porto] = store.consolidate([Decision(2, "keep", supersedes=(lisbon.id,))])
    store.consolidate([Decision(3, "restate", target=lisbon.id, supersedes=(porto.id,))])
    assert ids(store.memories(include_superseded=False)) == [lisbon.id]


def test_an_older_fact_that_comes_later_is_superseded_from_the_start(store, said):
    store.append([said("Porto"), said("Lisbon, years ago")])
    [porto] = store.consolidate([Decision(1, "keep")])
    [lisbon] = store.consolidate([Decision(2, "keep", superseded_by=porto.id)])
    assert lisbon.superseded_by == porto.id
    store.append([said()])
    [loose] = store.consolidate([Decision(3, "keep", superseded_by=77)])
    assert loose.superseded_by is None


def test_listing_narrows_pages_and_turns_around(store, said):
    store.append([said(f"parrot {n}", ref=f"p{n}") for n in range(6)])
    store.consolidate([Decision(n + 1, "keep", subject=f"s{n % 2}") for n in range(6)])
    assert ids(store.memories()) == [6, 5, 4, 3, 2, 1]
    assert ids(store.memories(newest_first=False, limit=2, offset=1)) == [2, 3]
    assert ids(store.memories(ids=[5, 2, 5, 99])) == [5, 2]
    assert ids(store.memories(ids=[5, 2, 1], offset=1, limit=1, newest_first=False)) == [2]
    assert store.memories(ids=[]) == []
    assert ids(store.memories(subject="s1")) == [6, 4, 2]
    assert ids(store.memories(search="parrots 3")) == [4]
    assert ids(store.memories(subject="s1", search="5")) == [6]
    assert store.count_memories() == 6


def test_use_strengthens(store, said):
    store.append([said(), said()])
    store.consolidate([Decision(1, "keep"), Decision(2, "keep")])
    store.record_uses([2, 2, 99], NOON)
    store.record_uses([2], NOON)
    assert [memory.strength for memory in store.memories()] == [3.0, 1.0]
    with pytest.raises(ValueError, match="no offset"):
        store.record_uses([2], NOON.replace(tzinfo=None))


def test_many_decisions_at_once(store, said):
    store.append([said() for _ in range(1500)])
    kept = store.consolidate([Decision(n + 1, "keep") for n in range(1500)])
    assert [memory.turn for memory in kept] == list(range(1, 1501))
    assert store.memories(ids=range(1, 1501), newest_first=False) == kept
