"""The index in memory: always what a fresh reading of the file would give."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import fields

import numpy as np
import pytest

from storage import Decision, LongTermStore, TurnIndex, traits
from storage.traits import traits_of

ARRAYS = [one.name for one in fields(TurnIndex) if one.name not in ("speakers", "fingerprint")]


def unit(*numbers: float) -> np.ndarray:
    row = np.array(numbers, dtype=np.float32)
    return row / np.linalg.norm(row)


def assert_same(one: TurnIndex, other: TurnIndex) -> None:
    for name in ARRAYS:
        if name == "speaker":  # codes may differ, names may not
            names = [[index.speakers[code] for code in index.speaker] for index in (one, other)]
            assert names[0] == names[1]
        else:
            left, right = getattr(one, name), getattr(other, name)
            assert left.dtype == right.dtype, name
            np.testing.assert_array_equal(left, right, err_msg=name)


def test_every_column_says_what_the_turn_says(store, said):
    turns = store.append(
        [
            said("How old are you? ", speaker="Ana", vector=unit(1, 2), fingerprint="f"),
            said("我十八岁，你呢？", speaker="assistant", vector=unit(2, 1), fingerprint="other"),
            said("I am 18.", session="s2"),
        ]
    )
    index = store.index("f")
    assert index.ids.tolist() == [1, 2, 3]
    np.testing.assert_allclose(index.vectors, [unit(1, 2), [0, 0], [0, 0]], atol=1e-3)
    assert index.session[0] == index.session[1] != index.session[2]
    assert index.said_at.tolist() == [turn.said_at.timestamp() for turn in turns]
    assert index.role.tolist() == [2, 1, 0]
    assert [index.speakers[code] for code in index.speaker] == ["Ana", "assistant", "user"]
    assert index.length.tolist() == [17, 8, 8]
    assert index.asks.tolist() == [True, True, False]
    assert index.digits.tolist() == [False, False, True]
    assert index.memory.tolist() == [0, 0, 0]
    assert index.recallable.tolist() == [True, True, True]
    assert len(index) == 3


def test_an_empty_store_has_an_empty_index(store):
    index = store.index("f")
    assert index.ids.shape == (0,)
    assert index.vectors.shape == (0, 0)


def test_what_consolidation_decides_shows_in_the_next_index_and_not_in_the_last(store, said):
    store.append([said() for _ in range(4)])
    before = store.index("f")
    [first] = store.consolidate([Decision(1, "keep"), Decision(2, "drop")])
    [second] = store.consolidate([Decision(3, "keep", supersedes=(first.id,))])
    after = store.index("f")
    assert before.memory.tolist() == [0, 0, 0, 0]
    assert before.recallable.all()
    assert after.memory.tolist() == [first.id, 0, second.id, 0]
    assert after.recallable.tolist() == [True, False, True, True]
    assert after.superseded.tolist() == [True, False, False, False]


def test_an_index_cannot_be_written_to(store, said):
    store.append([said(vector=unit(1, 0), fingerprint="f")])
    index = store.index("f")
    with pytest.raises(ValueError, match="read-only"):
        index.memory[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        index.vectors[0] = 3


def test_a_vector_of_another_length_counts_as_missing(store, said):
    store.append([said(vector=unit(1, 0), fingerprint="f")])
    store.append([said(vector=unit(1, 0, 0), fingerprint="f")])
    np.testing.assert_array_equal(store.index("f").vectors, [[1, 0], [0, 0]])


def test_reencoding_shows(store, said):
    store.append([said(vector=unit(1, 0), fingerprint="old"), said()])
    np.testing.assert_array_equal(store.index("old").vectors, [[1, 0], [0, 0]])
    store.set_vectors([(1, unit(0, 1, 0)), (2, unit(0, 0, 1))], "new")
    np.testing.assert_array_equal(store.index("new").vectors, [[0, 1, 0], [0, 0, 1]])
    assert not store.index("old").vectors.any()


def test_it_stays_in_step_with_another_opening_of_the_file(path, said):
    with LongTermStore(path) as one, LongTermStore(path) as other:
        assert len(one.index("f")) == 0
        other.append([said(vector=unit(1, 0), fingerprint="f"), said(speaker="Ana")])
        assert one.index("f").ids.tolist() == [1, 2]
        other.consolidate([Decision(1, "drop")])
        assert one.index("f").recallable.tolist() == [False, True]
        other.forget([1])
        assert one.index("f").ids.tolist() == [2]
        assert one.index("f").speakers == ("Ana",)


def test_after_any_history_it_equals_a_fresh_one(path, said):
    dice = random.Random(7)
    with LongTermStore(path) as one, LongTermStore(path) as other:
        for _ in range(120):
            store = dice.choice([one, other])
            ids = [turn.id for turn in store.turns()]
            act = dice.choice(["append", "append", "decide", "decide", "encode", "forget"])
            if act == "append":
                vector = unit(dice.random(), 1, 2) if dice.random() < 0.7 else None
                name = dice.choice(["user", "Ana", "assistant"])
                new = [said(f"n {dice.random()}?", vector=vector, fingerprint="f", speaker=name)]
                store.append(new * dice.randint(1, 2) + [said()] * dice.randint(0, 9))
            elif act == "decide" and ids:
                known = [memory.id for memory in store.memories()]
                target = dice.choice(known) if known else None
                gone = tuple(dice.sample(known, 1)) if known and dice.random() < 0.4 else ()
                action = dice.choice(["keep", "drop", "restate"])
                store.consolidate([Decision(dice.choice(ids), action, target, supersedes=gone)])
            elif act == "encode" and ids:
                some = dice.sample(ids, min(3, len(ids)))
                pairs = [(one_id, unit(dice.random(), 2, 1)) for one_id in some]
                store.set_vectors(pairs, dice.choice("fg"))
            elif act == "forget" and ids and dice.random() < 0.4:
                store.forget(dice.sample(ids, min(2, len(ids))))
            with LongTermStore(path) as fresh:
                expected = fresh.index("f")
            assert_same(one.index("f"), expected)
            if dice.random() < 0.5:
                assert_same(other.index("f"), expected)
        assert one.check() == []


def test_nothing_new_costs_next_to_nothing(filed, said):
    filed.append([said() for _ in range(2000)])
    index = filed.index("f")
    times = []
    for _ in range(50):
        start = time.perf_counter()
        assert filed.index("f") is index
        times.append(time.perf_counter() - start)
    assert sorted(times)[25] < 0.3e-3


def test_threads_share_it(store, said):
    turns = [[said() for _ in range(5)] for _ in range(16)]
    problems: list[BaseException] = []

    def work(mine: list) -> None:
        try:
            for batch in mine:
                for written in store.append(batch):
                    assert written.id in store.index("f").ids
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(turns[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert store.index("f").ids.tolist() == list(range(1, 81))


def test_the_index_knows_what_a_turns_words_look_like() -> None:
    assert traits_of("We met Ana and Bo in Porto yesterday") == (
        traits.NAMES_TIME | traits.NAMES_PLACE | traits.ONE_NAME | traits.MANY_NAMES
    )
    assert traits_of("Wow! You have three “cats”") == (
        traits.EXCLAIMS | traits.ADDRESSES | traits.COUNTS | traits.QUOTES
    )
    assert traits_of("我昨天去了波尔图") & (
        traits.SPEAKS_OF_SELF | traits.NAMES_TIME | traits.NAMES_PLACE
    ) == (traits.SPEAKS_OF_SELF | traits.NAMES_TIME | traits.NAMES_PLACE)
    assert traits_of("") == 0


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He shouted "my dog is called Rex" across the yard.', True),
        ("她说：“我从来不吃肉。”", True),
        ('I said "my dog is called Rex".', False),
        ('He shouted "Rex" across my yard.', False),
        ('"It rains" is what he said.', False),
        ("My dog is called Rex.", False),
    ],
)
def test_what_somebody_else_says_of_themselves_is_told(text, quoted):
    assert bool(traits_of(text) & traits.QUOTES_SELF) is quoted


def test_the_short_cut_by_words_never_changes_what_a_turn_looks_like():
    words = (
        'yesterday I my you last week next Monday 1999 2024 in Paris the near ten " “ 我 昨天 3月 '
        "it's at 20 1999x Ago user_1 五 dozen once"
    ).split()
    rng = random.Random(1)
    for _ in range(2_000):
        text = " ".join(rng.choices(words, k=rng.randint(1, 6)))
        slowly = sum(bit for bit, pattern, _ in traits._PATTERNS if pattern.search(text))
        others = traits.EXCLAIMS | traits.ONE_NAME | traits.MANY_NAMES | traits.QUOTES_SELF
        fast = traits_of(text) & ~others
        assert fast == slowly, text


def test_the_turns_that_hold_a_term_are_found_without_scores(store, said):
    records = store.append([said("dogs bark"), said("cats purr"), said("one dog, two cats")])
    first, second, third = (record.id for record in records)
    found = store.holding([*store.terms("Dogs?"), "cat", "nothing"])
    assert {term: ids.tolist() for term, ids in found.items()} == {
        "dog": [first, third],
        "cat": [second, third],
        "nothing": [],
    }
