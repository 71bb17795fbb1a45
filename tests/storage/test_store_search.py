"""Full text, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage import Decision, Lexicon, LongTermStore, NewTurn


def found(store, query, scope="transcript"):
    return [turn_id for turn_id, _ in store.search(query, scope=scope)]


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("I adopted two parrots.", "which parrot?"),
        ("She was running late.", "who runs"),
        ("Ana's sister visited.", "ana"),
        ("O'Brien called.", "obrien"),
        ("My flimbert is called Zorp.", "flimberts"),
        ("It cost 1,024 euros.", "1024"),
        ("The code is 0042-B7.", "0042"),
        ("Meet at 12:30.", "12:30?"),
        ("Le café est fermé.", "CAFE ferme"),
        ("ＦＵＬＬ width", "full"),
        ("We met in May.", "what happened in May?"),
        ("我的咕噜叫小泽", "小泽是谁"),
        ("我昨天去了北京的长城", "长城"),
        ("我喜欢吃苹果", "苹"),
        ("我买了iPhone手机", "iphone"),
        ("彼は東京に住んでいます", "東京"),
        ("저는 서울에 살아요", "서울"),
        ("Look at this 🦜", "🦜"),
        ("Straße", "STRASSE"),
    ],
)
def test_a_turn_is_found_by_a_word_in_another_form(store, said, words, query):
    store.append([said("Something else entirely: weather, 天气"), said(words)])
    assert found(store, query) == [2]


def test_the_rarer_word_weighs_more(store, said):
    store.append([said("I like my garden.") for _ in range(5)] + [said("I like my axolotl.")])
    assert found(store, "like axolotl")[0] == 6
    scores = [score for _, score in store.search("like axolotl")]
    assert scores == sorted(scores, reverse=True)


def test_stop_words_do_not_bring_turns_back_unless_there_is_nothing_else(store, said):
    store.append([said("What is it that you do?"), said("My dog is called Bruno.")])
    assert found(store, "What is it that my dog does?") == [2]
    assert found(store, "who are you?") == [1]
    store.append([said("你好吗"), said("小狗的名字")])
    assert found(store, "我的小狗在哪") == [4]


def test_a_name_that_is_also_a_stop_word_is_kept_within_a_sentence():
    lexicon = Lexicon()
    assert lexicon.query("Did you see Will?") == ["see", "will"]
    assert lexicon.query("Will you see?") == ["see"]
    assert lexicon.query("I think I'm late. My bus left") == ["think", "late", "bus", "left"]
    assert lexicon.query("WHERE IS MY DOG") == ["dog"]


def test_a_chinese_question_is_reduced_to_characters_and_pairs_that_tell_something():
    lexicon = Lexicon()
    assert lexicon.query("我们的会议几点") == ["议", "点", "会议", "议几", "几点"]
    assert lexicon.query("他吃的小面") == ["吃", "小", "面", "他吃", "小面"]
    assert lexicon.query("你是谁") == ["你", "是", "谁", "你是", "是谁"]


def test_memories_are_searched_with_what_is_pending_and_without_what_was_dropped(store, said):
    store.append([said("parrot one"), said("parrot two"), said("parrot three")])
    store.consolidate([Decision(1, "keep"), Decision(2, "drop")])
    assert sorted(found(store, "parrot", "memories")) == [1, 3]
    assert sorted(found(store, "parrot", "transcript")) == [1, 2, 3]
    with pytest.raises(ValueError, match="'memories' or 'transcript'"):
        store.search("parrot", scope="all")


def test_no_more_than_k_come_back(store, said):
    store.append([said("parrot") for _ in range(20)])
    assert len(store.search("parrot", k=7)) == 7
    assert store.search("parrot", k=0) == []


@pytest.fixture(scope="module")
def single() -> Iterator[LongTermStore]:
    """One store for all examples of a property: opening thousands would take a minute."""
    with LongTermStore(":memory:") as store:
        said_at = datetime(2026, 5, 3, tzinfo=UTC)
        store.append([NewTurn("r", "s", "user", "user", "x a near drop table turn 1", said_at)])
        yield store


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(), max_size=60))
@example(text='"')
@example(text="a AND OR NOT NEAR( ) * ^ : - + {x} 'y")
@example(text='terms : "x" OR 1=1; DROP TABLE turn; --')
@example(text="I'I'I")
@example(text="\ud800\x00\udfff")
@example(text="a" * 100_000)
@example(text=" ".join(f"w{n}" for n in range(5_000)))
def test_no_query_is_an_error(single, text):
    assert {turn_id for turn_id, _ in single.search(text, scope="transcript")} <= {1}
    assert {turn.id for turn in single.turns(search=text)} <= {1}


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_a_text_is_found_by_itself(text):
    lexicon = Lexicon()
    assert set(lexicon.query(text)) <= set(lexicon.terms(text))
    assert bool(lexicon.query(text)) == bool(lexicon.terms(text))


def test_turns_that_share_the_rarer_terms_come_first_and_of_equals_the_last(store, said):
    store.append(
        [
            said("I like rain."),
            said("The axolotl sleeps."),
            said("I like the axolotl."),
            said("It rained."),
            said("I like rivers."),
            said("I like roads."),
        ]
    )
    shared = store.sharing("Which axolotl does she like?")
    assert [one.id for one in shared] == [3, 2, 6, 5, 1]
    assert [one.id for one in store.sharing("Which axolotl does she like?", k=2)] == [3, 2]
    assert store.sharing("volcano") == store.sharing("") == store.sharing("\x00'\" OR *") == []


def test_turns_of_other_owners_are_never_among_those_that_share_terms(path, said):
    with LongTermStore(path, owner="ana") as ana, LongTermStore(path, owner="bo") as bo:
        ana.append([said("My parrot is called Kiki.")])
        bo.append([said("My parrot is called Koko.")])
        assert [one.text for one in ana.sharing("parrot")] == ["My parrot is called Kiki."]
