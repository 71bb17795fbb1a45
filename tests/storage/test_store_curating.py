"""Memories pinned, archived, edited, replaced, merged and asked about: and every step undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from storage import Decision, LongTermStore, NewTurn, StatementRecord

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
NAIVE = NOON.replace(tzinfo=None)


def states(subject, value, exclusive=True):
    return StatementRecord(subject, value, exclusive, f"{subject} {value}")


def kept(store, said, *texts, **fields):
    """Memories of these texts, one each."""
    turns = store.append([said(text) for text in texts])
    return store.consolidate([Decision(turn.id, "keep", **fields) for turn in turns])


def everything(store):
    """All that an owner can see of their memories."""
    memories = store.memories(include_archived=True, newest_first=False)
    ids = [memory.id for memory in memories]
    index = store.index("f")
    columns = [index.ids, index.memory, index.recallable, index.superseded, index.pinned]
    return (
        memories,
        store.uses(ids),
        store.statements(ids),
        store.inbox(open_only=False),
        [column.tolist() for column in (*columns, index.archived)],
        [turn for turn, _ in store.search("dog cat Lisbon Porto")],
    )


def test_pinning_shows_everywhere_and_is_undone(store, said):
    kept(store, said, "one", "two")
    before = everything(store)
    assert store.pin([2, 99], at=NOON) == [2]
    assert store.pin([2], at=NOON) == []
    assert [memory.pinned for memory in store.memories()] == [True, False]
    assert store.index("f").pinned.tolist() == [False, True]
    done = store.undo(LATER)
    assert (done.kind, done.memories, done.at, done.undone_at) == ("pin", (2,), NOON, LATER)
    assert everything(store) == before
    assert store.undo(LATER) is None
    assert [one.kind for one in store.changes()] == ["pin"]
    assert store.check() == []


def test_what_is_archived_is_found_only_when_asked_for_and_restored_by_use(store, said):
    kept(store, said, "one", "two", "three")
    store.archive([1, 2], NOON)
    assert [memory.id for memory in store.memories()] == [3]
    assert [memory.id for memory in store.memories(ids=[1, 3])] == [3, 1]
    assert [m.archived_at for m in store.memories(include_archived=True)] == [None, NOON, NOON]
    assert store.index("f").archived.tolist() == [True, True, False]
    assert len(store.memories(as_of=NOON - timedelta(days=1))) == 0
    store.record_uses([1], LATER)
    assert store.restore([2], LATER) == [2]
    assert len(store.memories()) == 3
    assert store.index("f").archived.tolist() == [False] * 3
    store.undo(LATER)
    assert store.memories(ids=[2])[0].archived_at == NOON
    assert store.check() == []


def test_told_again_a_memory_leaves_the_archive(store, said):
    kept(store, said, "one")
    store.archive([1], NOON)
    store.append([said("one")])
    [memory] = store.consolidate([Decision(2, "restate", target=1)])
    assert memory.archived_at is None
    assert store.check() == []


def test_uses_and_restatements_are_one_row_each(store, said):
    turns = store.append([said("one"), said("one")])
    store.consolidate([Decision(1, "keep")])
    store.consolidate([Decision(2, "restate", target=1)])
    store.record_uses([1, 1], LATER)
    store.record_uses([1], NOON)
    assert store.uses([1, 7]) == {1: (NOON, turns[1].said_at, LATER), 7: ()}
    [memory] = store.memories()
    assert (memory.uses, memory.strength) == (3, 4.0)
    assert store.memories(as_of=LATER - timedelta(days=1))[0].uses == 2


def test_a_correction_has_a_time_and_what_was_believed_then_is_found(store, said):
    store.append([said("I live in Lisbon."), said("I moved to Porto in March.")])
    [lisbon] = store.consolidate([Decision(1, "keep", valid_from=date(2020, 1, 1))])
    moved = Decision(2, "keep", supersedes=(1,), valid_from=date(2026, 3, 1))
    [porto] = store.consolidate([moved])
    [lisbon] = store.memories(ids=[1])
    assert (lisbon.superseded_by, lisbon.superseded_at) == (2, porto.said_at)
    assert (lisbon.valid_from, lisbon.valid_to) == (date(2020, 1, 1), date(2026, 3, 1))
    then = porto.said_at - timedelta(seconds=1)
    [believed] = store.memories(as_of=then)
    assert (believed.id, believed.superseded_by) == (1, None)
    assert [m.id for m in store.memories(as_of=LATER, include_superseded=False)] == [2]
    assert store.undo(LATER).kind == "supersede"
    assert store.memories(ids=[1])[0].superseded_by is None
    assert store.memories(ids=[1])[0].valid_to is None
    assert store.index("f").superseded.tolist() == [False, False]


def test_superseding_by_hand_takes_a_moment_of_truth_with_its_offset(store, said):
    kept(store, said, "one", "two")
    until = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert store.supersede(1, by=2, at=LATER, valid_to=until) == [1, 2]
    [old] = store.memories(ids=[1])
    assert (old.superseded_at, old.valid_to) == (LATER, until)
    assert store.supersede(1, by=99, at=LATER) == []
    assert store.supersede(2, by=1, at=LATER) == [2, 1]
    assert [m.superseded_by for m in store.memories(newest_first=False)] == [None, 1]
    with pytest.raises(ValueError, match="no offset"):
        store.supersede(1, by=2, at=LATER, valid_to=NAIVE)


def test_one_statement_gives_way_and_the_others_stand(store, said):
    store.append([said("I live in Lisbon and work at Acme."), said("I moved to Porto.")])
    both = (states("home", "Lisbon"), states("work", "Acme"))
    store.consolidate([Decision(1, "keep", statements=both)])
    before = everything(store)
    moved = (states("home", "Porto"),)
    store.consolidate(
        [Decision(2, "keep", statements=moved, supersedes_statements=((1, 0), (1, 7), (9, 0)))]
    )
    home, work = store.statements([1])[1]
    assert (home.value, home.superseded_by, home.superseded_at.day) == ("Lisbon", 2, 3)
    assert (work.value, work.superseded_by, work.position) == ("Acme", None, 1)
    assert [one.value for one in store.statements_about("home")] == ["Porto"]
    every = store.statements_about("home", include_superseded=True)
    assert [(one.memory, one.value) for one in every] == [(1, "Lisbon"), (2, "Porto")]
    assert store.memories(ids=[1])[0].superseded_by is None
    store.undo(LATER)
    assert store.statements([1]) == before[2]
    assert store.supersede(1, by=2, at=LATER, statement=0) == [1]
    assert store.statements([1])[1][0].superseded_at == LATER
    assert store.check() == []


def test_a_replaced_statement_stays_replaced_in_the_words_of_a_restatement(store, said):
    store.append([said("I live in Lisbon."), said("lisbon is my home"), said("Porto now.")])
    store.consolidate([Decision(1, "keep", statements=(states("home", "Lisbon"),))])
    again = Decision(2, "restate", target=1, statements=(states("home", "lisbon"),))
    store.consolidate([again])
    store.consolidate([Decision(3, "keep", supersedes_statements=((1, 0),))])
    store.forget([1])
    [home] = store.statements([1])[1]
    assert (home.value, home.superseded_by) == ("lisbon", 2)
    assert store.check() == []
    store.forget([3])
    [home] = store.statements([1])[1]
    assert (home.superseded_by, home.superseded_at) == (None, None)
    assert store.check() == []


def test_editing_gives_new_words_and_keeps_the_old_in_history(store, said):
    store.append([said("My dog is Bruno.", vector=np.ones(2), fingerprint="f"), said("Bruno!")])
    store.consolidate(
        [
            Decision(1, "keep", salience=0.5, subject="dog", statements=(states("dog", "Bruno"),)),
        ]
    )
    store.consolidate([Decision(2, "restate", target=1)])
    before = everything(store)
    reading = Decision(0, "keep", subject="cat", statements=(states("cat", "Luna"),))
    edited = store.edit(
        1, "My cat is Luna.", LATER, reading=reading, vector=np.array([1, 0]), fingerprint="f"
    )
    assert (edited.id, edited.text, edited.subject) == (1, "My cat is Luna.", "cat")
    assert (edited.said_at, edited.refs) == (before[0][0].said_at, ("r1~2", "r1", "r2"))
    assert [one.value for one in store.statements([1])[1]] == ["Luna"]
    assert store.search("Bruno dog") == []
    assert [turn for turn, _ in store.search("cat")] == [3]
    assert len(store.search("Bruno", scope="transcript")) == 2
    assert store.index("f").recallable.tolist() == [False, False, True]
    [then] = store.memories(as_of=LATER - timedelta(seconds=1))
    assert (then.text, then.subject) == ("My dog is Bruno.", "dog")
    assert store.memories(as_of=LATER)[0].text == "My cat is Luna."
    assert store.check() == []
    assert store.undo(LATER).kind == "edit"
    after = everything(store)
    assert after[0][0].text == "My dog is Bruno."
    assert after[0][0].refs == ("r1", "r2", "r1~2")
    assert after[1:4] == before[1:4]
    assert after[5] == before[5]
    assert store.index("f").recallable.tolist() == [True, True, False]
    assert store.edit(1, "Third", LATER).refs[0] == "r1~3"
    assert store.check() == []


def test_a_memory_that_is_not_there_or_no_words_cannot_be_edited(store, said):
    kept(store, said, "one")
    with pytest.raises(ValueError, match="memory 7 does not exist"):
        store.edit(7, "x", NOON)
    with pytest.raises(ValueError, match="new words are empty"):
        store.edit(1, " ", NOON)
    assert store.count_turns() == 1


def test_merging_makes_restatements_and_is_undone(store, said):
    kept(store, said, "My dog is Bruno.", "Bruno is my dog.", "Lisbon", "Porto", subject="dog")
    store.record_uses([2], LATER)
    store.supersede(3, by=2, at=NOON)
    store.ask(1, 2, "dog", NOON)
    store.ask(2, 4, "dog", NOON)
    before = everything(store)
    assert store.merge(1, [2, 1, 77], LATER) == [2]
    [one] = store.memories(ids=[1])
    assert (one.refs, one.uses) == (("r1", "r2"), 2)
    assert store.memories(ids=[2]) == []
    assert store.memories(ids=[3])[0].superseded_by == 1
    assert store.inbox() == []
    assert store.index("f").memory.tolist() == [1, 1, 3, 4]
    assert store.check() == []
    assert store.undo(LATER).kind == "merge"
    assert everything(store) == before
    assert store.check() == []
    assert store.merge(77, [1], LATER) == []


def test_merging_what_was_replaced_by_its_own_duplicate_leaves_it_current(store, said):
    kept(store, said, "one", "two")
    store.supersede(1, by=2, at=NOON)
    before = everything(store)
    store.merge(1, [2], LATER)
    assert store.memories(ids=[1])[0].superseded_by is None
    assert store.check() == []
    store.undo(LATER)
    assert everything(store) == before


@pytest.mark.parametrize(
    ("answer", "gone", "archived"),
    [("now", [1], []), ("then", [2], []), ("both", [], []), ("wrong", [2], [2])],
)
def test_an_answer_does_what_it_says_and_is_undone(store, said, answer, gone, archived):
    kept(store, said, "Lisbon", "Porto")
    question = store.ask(1, 2, "home", NOON)
    assert store.ask(1, 2, "other", LATER) == question
    assert store.inbox() == [question]
    before = everything(store)
    answered = store.answer(question.id, answer, LATER)
    assert (answered.answer, answered.answered_at) == (answer, LATER)
    assert store.inbox() == []
    assert store.inbox(open_only=False) == [answered]
    memories = store.memories(include_archived=True)
    assert [memory.id for memory in memories if memory.superseded_by] == gone
    assert [memory.id for memory in memories if memory.archived_at] == archived
    with pytest.raises(ValueError, match="was answered"):
        store.answer(question.id, answer, LATER)
    assert store.undo(LATER).kind == "answer"
    assert everything(store) == before
    assert store.check() == []


def test_questions_about_nothing_and_answers_that_are_none_are_refused(store, said):
    kept(store, said, "one", "two")
    for earlier, later in ((1, 1), (1, 9)):
        with pytest.raises(ValueError, match="expected two that exist"):
            store.ask(earlier, later, None, NOON)
    asked = store.ask(1, 2, None, NOON)
    with pytest.raises(ValueError, match="expected one of now, then, both, wrong"):
        store.answer(asked.id, "perhaps", NOON)
    with pytest.raises(ValueError, match="no question has the number 9"):
        store.answer(9, "now", NOON)


def test_undoing_goes_back_step_by_step(store, said):
    kept(store, said, "Lisbon", "Porto", "dog")
    states_seen = [everything(store)]
    for act in (
        lambda: store.pin([1, 3], at=NOON),
        lambda: store.supersede(1, by=2, at=NOON),
        lambda: store.archive([1], NOON),
        lambda: store.pin([1], on=False, at=NOON),
        lambda: store.supersede(2, by=1, at=NOON),
        lambda: store.merge(3, [2], NOON),
        lambda: store.restore([1], NOON),
    ):
        act()
        states_seen.append(everything(store))
        assert store.check() == []
    assert states_seen.pop() == everything(store)
    while states_seen:
        assert store.undo(LATER) is not None
        assert everything(store) == states_seen.pop()
    assert store.undo(LATER) is None


def test_forgetting_is_final_and_undo_says_so(store, said):
    kept(store, said, "one", "two", "three")
    store.pin([3], at=NOON)
    store.pin([1], at=NOON)  # cannot be undone either: the step after it is missing
    store.supersede(1, by=2, at=NOON)
    store.forget([2], LATER)
    assert [one.kind for one in store.changes()] == ["forget", "pin"]
    final = store.undo(LATER)
    assert (final.kind, final.memories, final.at) == ("forget", (), LATER)
    assert store.memories(ids=[3])[0].pinned
    assert store.undo(LATER).kind == "pin"
    assert not store.memories(ids=[3])[0].pinned
    assert store.undo(LATER) is None
    assert store.memories(ids=[1])[0].pinned


def test_an_edited_memory_is_forgotten_in_all_its_words(store, said):
    kept(store, said, "xylophagous one", "two")
    store.edit(1, "zanzibarian one", NOON)
    refs = store.memories(ids=[1])[0].refs
    store.forget([store.turn(ref).id for ref in refs])
    assert [turn.text for turn in store.turns()] == ["two"]
    assert store.check() == []
    kept(store, said, "three")
    edited = store.edit(3, "drei", NOON)
    store.forget([edited.turn])
    assert [memory.id for memory in store.memories()] == [2]
    assert store.check() == []


def test_restatements_are_found_by_their_words_and_speaker(store, said):
    turns = store.append([said("My dog!"), said("my dog"), said("my dog", speaker="Ana")])
    store.consolidate([Decision(turns[0].id, "keep", words_key="my dog")])
    store.consolidate([Decision(turns[1].id, "restate", target=1, words_key="my dog")])
    store.consolidate([Decision(turns[2].id, "keep", words_key="my dog")])
    found = store.same_words("user", ["my dog", "none"])
    assert {key: [memory.id for memory in found[key]] for key in found} == {
        "my dog": [1],
        "none": [],
    }
    assert [memory.id for memory in store.same_words("Ana", ["my dog"])["my dog"]] == [2]
    store.forget([1, 2])
    assert store.same_words("user", ["my dog"]) == {"my dog": []}


def test_turns_and_decisions_are_committed_together_or_not_at_all(store, said):
    store.append([said("one")])
    turns, memories = store.commit(
        [said("two", ref="new")], [Decision(1, "drop"), Decision("new", "keep", pinned=True)]
    )
    assert [(one.turn, one.pinned) for one in memories] == [(turns[0].id, True)]
    assert store.pending() == []
    bad = Decision("r9", "keep", valid_from=NAIVE)
    with pytest.raises(ValueError, match="no offset"):
        store.append([said("three", ref="r9")], [bad])
    assert store.turn("r9") is None
    assert store.append([], [Decision(1, "keep")]) == []
    assert store.count_memories() == 1


def test_owners_curate_apart(path, said):
    with LongTermStore(path, owner="ana") as ana, LongTermStore(path, owner="bob") as bob:
        kept(ana, said, "one", "two")
        kept(bob, said, "three")
        before = everything(ana)
        assert bob.pin([1]) == bob.archive([1]) == bob.merge(3, [1]) == bob.supersede(1, by=3) == []
        bob.record_uses([1], NOON)
        with pytest.raises(ValueError, match="does not exist"):
            bob.edit(1, "x")
        with pytest.raises(ValueError, match="two that exist"):
            bob.ask(1, 3)
        question = ana.ask(1, 2)
        with pytest.raises(ValueError, match="no question"):
            bob.answer(question.id, "now")
        ana.pin([1])
        assert bob.undo() is None
        assert bob.changes() == bob.inbox() == []
        assert bob.uses([1]) == bob.statements([1]) == {1: ()}
        ana.undo()
        assert everything(ana)[:3] == before[:3]


def test_times_without_an_offset_are_refused(store, said):
    kept(store, said, "one", "two")
    naive = NAIVE
    for act in (
        lambda: store.pin([1], at=naive),
        lambda: store.archive([1], naive),
        lambda: store.record_uses([1], naive),
        lambda: store.ask(1, 2, None, naive),
        lambda: store.edit(1, "x", naive),
        lambda: store.memories(as_of=naive),
    ):
        with pytest.raises(ValueError, match="no offset"):
            act()
    assert store.changes() == []


def test_the_last_hours_of_the_year_9999_supersede_too(store):
    at = datetime(9999, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-10)))
    store.append([NewTurn(str(n), "s", "user", "user", "x", at) for n in range(2)])
    store.consolidate([Decision(1, "keep")])
    store.consolidate([Decision(2, "keep", supersedes=(1,))])
    assert store.memories(ids=[1])[0].superseded_at is not None
