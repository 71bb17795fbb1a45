"""Writing turns and reading them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import Decision, LongTermStore, NewTurn, RefConflict, StorageError

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_a_turn_comes_back_as_it_was_said(store, said):
    at = datetime(2026, 5, 3, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    new = said("我的狗叫布鲁诺。", speaker="Ana", ref="D1:3", session="café", said_at=at)
    [written] = store.append([new])
    [read] = store.turns()
    assert written == read == store.turn("D1:3") == store.turns_by_id([written.id])[written.id]
    assert (read.text, read.speaker, read.role) == ("我的狗叫布鲁诺。", "Ana", "other")
    assert (read.session, read.ref, read.said_at) == ("café", "D1:3", at)
    assert read.said_at.utcoffset() == at.utcoffset()
    assert not read.consolidated
    assert read.memory is None


def test_turns_survive_closing_and_opening(path, said):
    with LongTermStore(path) as store:
        written = store.append([said(f"turn {n}") for n in range(3)])
    with LongTermStore(path) as store:
        assert store.turns() == written


def test_ids_ascend_in_the_order_of_insertion_whatever_the_times(store, said):
    late, early = said(said_at=NOON + timedelta(days=9)), said(said_at=NOON - timedelta(days=9))
    store.append([late, early])
    store.append([said()])
    ids = [turn.id for turn in store.turns()]
    assert ids == sorted(ids)
    assert [turn.ref for turn in store.turns()] == [late.ref, early.ref, "r3"]


def test_the_same_ref_with_the_same_words_is_a_noop(store, said):
    first = store.append([said("I live in Lisbon.", ref="a")])
    again = store.append([said("I live in Lisbon.", ref="a", speaker="Ana"), said("Hi.", ref="b")])
    assert again[0] == first[0]
    assert store.count_turns() == 2


def test_a_ref_twice_in_one_batch_is_one_turn(store, said):
    one, other = store.append([said("Hi.", ref="a"), said("Hi.", ref="a")])
    assert one == other
    assert store.count_turns() == 1


def test_the_same_ref_with_other_words_is_refused_and_nothing_is_written(store, said):
    store.append([said("I live in Lisbon.", ref="a")])
    with pytest.raises(RefConflict, match=r"'a'.*Lisbon.*Porto"):
        store.append([said("New."), said("I live in Porto.", ref="a")])
    with pytest.raises(ValueError, match="another ref"):
        store.append([said("One.", ref="x"), said("Two.", ref="x")])
    assert store.count_turns() == 1
    assert store.search("new", scope="transcript") == []


def test_a_batch_with_one_bad_turn_leaves_nothing_behind(store, said):
    naive = said(said_at=datetime(2026, 5, 3))  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="no offset"):
        store.append([said("Good."), naive])
    for vector in (np.array([1.0, np.nan]), np.zeros((2, 2)), np.zeros(0)):
        with pytest.raises(ValueError, match="vector"):
            store.append([said("Good."), said("Bad.", vector=vector, fingerprint="f")])
    with pytest.raises(ValueError, match="fingerprint"):
        store.append([said("Good."), said("Bad.", vector=np.ones(3))])
    assert store.count_turns() == 0
    assert store.index("f").ids.size == 0
    assert store.append([]) == []


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2024, 2, 29, 12, tzinfo=ZoneInfo("Europe/Lisbon")),
        datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=ZoneInfo("Europe/Lisbon")),
        datetime(1880, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")),
    ],
)
def test_any_instant_and_its_offset_survive(store, said, at):
    [turn] = store.append([said(said_at=at)])
    assert store.turn(turn.ref) == turn
    assert turn.said_at.utcoffset() == at.utcoffset()
    assert turn.said_at.replace(tzinfo=None) == at.replace(tzinfo=None)


def test_listing_narrows_by_session_place_and_words(store, said):
    for n in range(6):
        session = "even" if n % 2 == 0 else "odd"
        store.append([said(f"Number {n} met the parrots", session=session)])
    assert [turn.text[7] for turn in store.turns(session="odd")] == ["1", "3", "5"]
    assert [turn.id for turn in store.turns(after=4)] == [5, 6]
    assert [turn.id for turn in store.turns(limit=2, newest_first=True)] == [6, 5]
    assert [turn.id for turn in store.turns(search="parrot 4")] == [5]
    assert [turn.id for turn in store.turns(search="MBER 2 m")] == [3]
    assert store.turns(search="nothing of the kind") == []
    assert len(store.turns(search="  ")) == 6
    assert [turn.id for turn in store.iterate_turns()] == [1, 2, 3, 4, 5, 6]


def test_iterating_reads_every_page(store, said):
    store.append([said() for _ in range(1203)])
    assert [turn.id for turn in store.iterate_turns()] == list(range(1, 1204))


def test_neighbours_are_of_the_same_session(store, said):
    for session in ("a", "b", "a", "b", "a"):
        store.append([said(session=session)])
    around = store.neighbours([1, 3, 99], before=1, after=2)
    assert {key: [turn.id for turn in near] for key, near in around.items()} == {
        1: [3, 5],
        3: [1, 5],
    }
    assert store.neighbours([3], before=0, after=0) == {3: []}
    assert store.neighbours([]) == {}


def test_pending_turns_are_those_not_decided_about(store, said):
    store.append([said(session="a"), said(session="b"), said(session="a")])
    store.consolidate([Decision(1, "drop")])
    assert [turn.id for turn in store.pending()] == [2, 3]
    assert [turn.id for turn in store.pending(session="a")] == [3]
    assert [turn.id for turn in store.pending(other_than="a")] == [2]


def test_vectors_come_back_with_length_one(store, said):
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((3, 256)) * [[1e-6], [1.0], [1e6]]
    turns = store.append([said(vector=row, fingerprint="f") for row in rows] + [said()])
    found = store.vectors_of([turn.id for turn in turns])
    assert sorted(found) == [1, 2, 3]
    for turn_id, row in zip((1, 2, 3), rows, strict=True):
        assert found[turn_id].dtype == np.float32
        np.testing.assert_allclose(found[turn_id], row / np.linalg.norm(row), atol=1e-3)
        assert np.linalg.norm(found[turn_id]) == pytest.approx(1, abs=1e-6)


def test_reencoding_finds_what_is_stale_and_ends(store, said):
    store.append([said(vector=np.ones(4), fingerprint="old") for _ in range(2)] + [said()])
    assert [turn.id for turn in store.stale("new", limit=2)] == [1, 2]
    assert [turn.id for turn in store.stale("old")] == [3]
    store.set_vectors([(1, np.eye(3)[0]), (3, np.eye(3)[1]), (99, np.eye(3)[2])], "new")
    assert [turn.id for turn in store.stale("new")] == [2]
    assert store.fingerprints() == {"new": 2, "old": 1}
    np.testing.assert_array_equal(store.vectors_of([3])[3], [0, 1, 0])


def test_owners_never_see_each_other(path, said):
    with LongTermStore(path, owner="ana") as ana, LongTermStore(path, owner="bob") as bob:
        [hers] = ana.append(
            [said("My parrot is Zorp.", ref="x", vector=np.ones(3), fingerprint="f")]
        )
        [his] = bob.append(
            [said("My parrot is Quux.", ref="x", vector=np.ones(3), fingerprint="f")]
        )
        [memory] = ana.consolidate([Decision(hers.id, "keep", subject="parrot", value="Zorp")])
        assert bob.turns() == [his]
        assert bob.turns_by_id([hers.id]) == bob.vectors_of([hers.id]) == {}
        assert bob.neighbours([hers.id]) == bob.memories_of_turns([hers.id]) == {}
        assert bob.search("parrot zorp", scope="transcript") == [(his.id, pytest.approx(0, abs=9))]
        assert (
            bob.memories() == bob.memories(ids=[memory.id]) == bob.memories(subject="parrot") == []
        )
        assert bob.consolidate([Decision(hers.id, "keep")]) == []
        bob.consolidate([Decision(his.id, "keep", supersedes=(memory.id,))])
        bob.set_vectors([(hers.id, np.eye(3)[0])], "g")
        bob.record_uses([memory.id], NOON)
        assert bob.forget([hers.id]).turns == 0
        assert bob.index("f").ids.tolist() == [his.id]
        assert ana.memories() == [memory]
        assert ana.fingerprints() == {"f": 1}
        assert ana.count_memories() == bob.count_memories() == 1


def test_a_closed_store_says_so(path):
    store = LongTermStore(path)
    store.close()
    store.close()
    with pytest.raises(StorageError, match="closed"):
        store.turns()
    with pytest.raises(StorageError, match="closed"):
        store.index("f")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_any_text_survives_every_door(text):
    with LongTermStore(":memory:") as store:
        new = NewTurn("r" + text, "s" + text, "other", "n" + text, text, NOON)
        [turn] = store.append([new, new])[:1]
        assert store.turn("r" + text) == turn
        whole = text.encode("utf-8", "replace").decode() == text and "\x00" not in text
        assert turn.text == text or not whole
        assert "\x00" not in turn.text
        turn.text.encode("utf-8")
        [memory] = store.consolidate(
            [Decision(turn.id, "keep", subject="s" + text, value="v" + text)]
        )
        assert store.memories(subject="s" + text) == [memory]
        store.search(text)
        store.turns(search=text, session="s" + text)
        assert store.pending(session="s" + text) == []
        assert store.check() == []


def test_lone_surrogates_and_nul_become_the_replacement_character(store, said):
    [turn] = store.append([said("a\ud800b\x00c\ud83d\ude00")])
    assert store.turn(turn.ref).text == turn.text == "a\ufffdb\ufffdc😀"
    assert store.append([said("a\ud800b\x00c\ud83d\ude00", ref=turn.ref)]) == [turn]


def test_a_huge_text_is_kept_and_found(store, said):
    text = "needle " + "haystack " * 200_000
    [turn] = store.append([said(text)])
    assert store.turn(turn.ref).text == text
    assert store.search("needle")[0][0] == turn.id
    store.search(text)


def test_an_empty_text_is_a_turn(store, said):
    [turn] = store.append([said("")])
    assert store.turns() == [turn]
    assert store.search("") == []
