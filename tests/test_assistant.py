"""The class as a developer uses it: with test doubles for the weights, and a real store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Request, Turn
from assistant.errors import ConfigurationError, UsageError
from assistant.testing import HashEncoder, LengthNetwork
from storage import LongTermStore

Open = Callable[..., Assistant]


def test_what_was_told_is_recalled_after_a_restart(open_assistant: Open) -> None:
    with open_assistant() as a:
        assert a.reply("My dog is called Biscuit.").learned == ("My dog is called Biscuit.",)
    with open_assistant() as a:
        reply = a.reply("What is my dog called?")
        assert "Biscuit" in reply.text
        assert reply.recollections[0].text == "My dog is called Biscuit."
        assert reply.learned == ()


def test_a_stream_gives_the_words_of_the_reply(open_assistant: Open) -> None:
    with open_assistant() as a:
        pieces = list(a.stream("My dog is called Biscuit."))
        assert a.last_reply is not None
        assert "".join(pieces) == a.last_reply.text


class OneWordAtATime:
    """A responder that says what it was asked, slowly."""

    name = "echo"
    recites = False

    def respond(self, request: Request) -> Any:
        for word in request.text.split():
            yield word + " "


def test_a_stream_left_early_keeps_what_was_said(open_assistant: Open) -> None:
    with open_assistant(responder=OneWordAtATime()) as a:
        stream = a.stream("one two three")
        next(stream)
        stream.close()  # type: ignore[attr-defined]
        assert [turn.text for turn in a.store.turns()] == ["one two three", "one "]


class Broken:
    name = "broken"
    recites = False

    def respond(self, request: Request) -> Any:
        raise RuntimeError("no words")
        yield ""


def test_the_turn_is_committed_before_the_responder_is_asked(open_assistant: Open) -> None:
    with open_assistant(responder=Broken()) as a, pytest.raises(RuntimeError, match="no words"):
        a.reply("My dog is called Biscuit.")
    with open_assistant() as a:
        assert a.recall("dog Biscuit")[0].text == "My dog is called Biscuit."


def test_a_naive_time_is_refused(open_assistant: Open) -> None:
    with open_assistant() as a:
        with pytest.raises(ValueError, match="without an offset"):
            a.observe("hello", at=datetime(2026, 5, 3))  # noqa: DTZ001
        with pytest.raises(ValueError, match="without an offset"):
            a.recall("hello", now=datetime(2026, 5, 3))  # noqa: DTZ001
        assert a.store.count_turns() == 0


def test_the_same_ref_with_the_same_text_is_a_noop(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("I adopted a parrot.", speaker="Ana", ref="D1:3")
        a.observe("I adopted a parrot.", speaker="Ana", ref="D1:3")
        assert a.store.count_turns() == 1
        assert len(a.short_term.turns) == 1
        with pytest.raises(ValueError, match="D1:3"):
            a.observe("I adopted a cat.", speaker="Ana", ref="D1:3")


def test_many_turns_are_taken_all_or_none(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("one thing", ref="1")
        with pytest.raises(ValueError, match="another"):
            a.observe_many([Turn("new", ref="0"), Turn("another thing", ref="1")])
        assert [turn.text for turn in a.store.turns()] == ["one thing"]


def test_many_turns_give_the_same_memories_as_one_by_one(
    open_assistant: Open, tmp_path: Path, clock: Any
) -> None:
    turns = [
        Turn(f"I really like the number {n} very much", at=clock() + timedelta(minutes=n * 7))
        for n in range(40)
    ]
    turns[20] = Turn("hi", at=turns[20].at)
    with open_assistant(tmp_path / "bulk.db") as bulk, open_assistant(tmp_path / "one.db") as one:
        bulk.observe_many(turns)
        for turn in turns:
            one.observe(turn.text, at=turn.at)
        for a in (bulk, one):
            a.new_session()
        assert [m.text for m in bulk.memories()] == [m.text for m in one.memories()]
        assert len(bulk.memories()) == 39


def test_silence_ends_a_session(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        a.observe("I really like long walks in the rain")
        first = a.session
        clock.advance(minutes=29)
        a.observe("I also like short walks in the sun")
        assert a.session == first
        clock.advance(minutes=31)
        a.observe("Good morning")
        assert a.session != first
        assert len(a.short_term.turns) == 1
        assert len(a.memories()) == 2


def test_a_new_session_consolidates_and_zeroes_the_state(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("I really like long walks in the rain")
        assert a.memories() == []
        a.new_session()
        assert a.short_term.turns == ()
        assert not a.short_term.state.h.any()
        assert len(a.memories()) == 1


def test_what_a_crash_left_undecided_is_consolidated_at_the_next_start(
    open_assistant: Open,
) -> None:
    crashed = open_assistant()
    crashed.observe("I really like long walks in the rain")  # never closed
    with open_assistant() as a:
        assert a.recall("walks in the rain")[0].memory is None
        a.observe("hi")
        assert [m.text for m in a.memories()] == ["I really like long walks in the rain"]


def test_a_new_session_also_consolidates_what_a_crash_left(open_assistant: Open) -> None:
    crashed = open_assistant()
    crashed.observe("I really like long walks in the rain")  # never closed
    with open_assistant() as a:
        a.new_session()
        assert [m.text for m in a.memories()] == ["I really like long walks in the rain"]


def test_recall_writes_nothing(open_assistant: Open, tmp_path: Path) -> None:
    with open_assistant() as a:
        a.remember("My flimbert is called Zorp.")
    before = (tmp_path / "me.db").read_bytes()
    store = LongTermStore(tmp_path / "me.db")
    with open_assistant(store) as a:
        a.recall("flimbert")
        a.recall("flimbert", scope="transcript")
        store.close()
    assert (tmp_path / "me.db").read_bytes() == before


def test_a_restatement_adds_its_ref_to_the_memory(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("My dog is called Bruno.", ref="a")
        a.new_session()
        a.observe("my dog is called Bruno!", ref="b")
        a.new_session()
        assert [m.refs for m in a.memories()] == [("a", "b")]
        assert a.recall("dog")[0].refs == ("a", "b")


def test_a_corrected_value_is_superseded_and_comes_second(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        a.observe("My dog is called Bruno.")
        a.new_session()
        clock.advance(days=3)
        a.observe("My dog is called Rex.")
        a.new_session()
        hits = a.recall("What is my dog called?")
        assert [(hit.text, hit.superseded) for hit in hits] == [
            ("My dog is called Rex.", False),
            ("My dog is called Bruno.", True),
        ]


def test_an_old_turn_imported_late_does_not_replace_what_is_current(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        a.observe("My dog is called Rex.")
        a.new_session()
        a.observe("My dog is called Bruno.", at=clock() - timedelta(days=400))
        a.new_session()
        assert [hit.text for hit in a.recall("What is my dog called?") if not hit.superseded] == [
            "My dog is called Rex."
        ]


def test_forgetting_removes_the_words_and_their_echoes(
    open_assistant: Open, tmp_path: Path
) -> None:
    with open_assistant() as a:
        a.reply("My flimbert is called Zorp.")
        a.new_session()
        a.reply("What is my flimbert called?")
        receipt = a.forget(memories=[m.id for m in a.memories(search="Zorp")])
        assert receipt.memories == 1
        assert not [hit for hit in a.recall("flimbert") if "Zorp" in hit.text]
    for path in tmp_path.iterdir():
        assert b"Zorp" not in path.read_bytes(), path.name


def test_forgetting_something_unknown_says_so(open_assistant: Open) -> None:
    with open_assistant() as a:
        with pytest.raises(ValueError, match="memory 7 does not exist"):
            a.forget(memories=[7])
        with pytest.raises(ValueError, match="nothing to forget"):
            a.forget(query="  ")


def test_forgetting_by_time_takes_what_was_said_then_and_can_be_tried_first(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
        clock.advance(days=1)
        evening = clock()
        a.reply("My flimbert is called Zorp.")
        a.reply("What is my flimbert called?")
        clock.advance(days=1)
        a.remember("My cat is called Zorp too.")
        tried = a.forget(since=evening, until=evening, dry_run=True)
        assert (tried.turns, tried.memories, tried.scanned) == (4, 1, ())
        assert a.forget(query="Zorp", until=evening, dry_run=True).turns == 3
        assert a.store.count_turns() == 6
        assert a.forget(since=evening, until=evening).turns == 4
        a.new_session()
        assert [m.text for m in a.memories()] == [
            "My cat is called Zorp too.",
            "My dog is called Bruno.",
        ]
        with pytest.raises(ValueError, match="since is 2026-05-03"):
            a.forget(since=datetime(2026, 5, 3))  # noqa: DTZ001


def test_what_was_recited_from_memory_is_never_recalled(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.reply("My flimbert is called Zorp.")
        a.reply("What is my flimbert called?")
        a.new_session()
        hits = a.recall("flimbert Zorp remember told")
        assert "My flimbert is called Zorp." in [hit.text for hit in hits]
        assert not [hit for hit in hits if hit.role == "assistant"]


def test_owners_of_one_file_do_not_see_each_other(open_assistant: Open) -> None:
    with open_assistant(owner="ana") as ana, open_assistant(owner="eva") as eva:
        ana.remember("My flimbert is called Zorp.")
        assert len(ana.recall("flimbert")) == 1
        assert len(eva.recall("flimbert")) == 0
        assert eva.memories() == []


def test_two_assistants_on_one_file_see_each_others_turns_at_once(open_assistant: Open) -> None:
    with open_assistant() as one, open_assistant() as two:
        one.observe("My flimbert is called Zorp.")
        assert two.recall("flimbert")[0].text == "My flimbert is called Zorp."
        two.observe("My wug is called Blick.")
        assert one.recall("wug")[0].text == "My wug is called Blick."


def test_threads_take_turns(open_assistant: Open) -> None:
    with open_assistant() as a:
        threads = [
            threading.Thread(
                target=lambda t=t: [a.reply(f"My number {t} {n} is {n}") for n in range(5)]
            )
            for t in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = [turn for turn in a.store.turns() if turn.role == "user"]
        assert len(said) == 20


def test_async_twins_do_the_same(open_assistant: Open) -> None:
    async def chat() -> tuple[str, list[str], str]:
        async with open_assistant() as a:
            await a.areply("My dog is called Biscuit.")
            await a.anew_session()
            pieces = [piece async for piece in a.astream("What is my dog called?")]
            hits = await a.arecall("dog")
            return "".join(pieces), pieces, hits[0].text

    said, _, hit = asyncio.run(chat())
    assert "Biscuit" in said
    assert hit == "My dog is called Biscuit."


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "\x1b[31mred", "a" * 100_000, "🐕‍🦺", "咕"]
)
def test_any_text_is_survived(open_assistant: Open, text: str) -> None:
    with open_assistant() as a:
        a.reply(text)
        a.observe(text, speaker="Ana")
        a.recall(text)
        a.new_session()
        assert a.store.count_turns() == 3


def test_a_closed_assistant_says_so(open_assistant: Open) -> None:
    a = open_assistant()
    a.close()
    a.close()
    with pytest.raises(ValueError, match="closed"):
        a.reply("hello")


def test_bad_arguments_are_named(open_assistant: Open) -> None:
    with open_assistant() as a:
        with pytest.raises(ValueError, match="k is 0"):
            a.recall("x", k=0)
        with pytest.raises(ValueError, match="scope is 'all'"):
            a.recall("x", scope="all")  # type: ignore[arg-type]


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="postgresql"):
        Assistant("postgresql://localhost/x")


def test_an_encoder_that_the_network_does_not_fit_is_refused_and_the_store_let_go(
    tmp_path: Path,
) -> None:
    path = tmp_path / "me.db"
    with pytest.raises(ConfigurationError, match="vectors of 64 and the network takes 128; pass"):
        Assistant(path, encoder=HashEncoder(64), network=LengthNetwork())
    with pytest.raises(ConfigurationError, match="LengthNetwork goes with HashEncoder"):
        Assistant(path, encoder=HashEncoder())
    Assistant(path, encoder=HashEncoder(), network=LengthNetwork()).close()


def test_what_is_no_address_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match="the store is 5; expected a path, ':memory:', or"):
        Assistant(5)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [5, None, b"bytes"])
def test_what_is_no_text_is_named_and_nothing_is_written(open_assistant: Open, words: Any) -> None:
    with open_assistant() as a:
        for door in (a.reply, a.observe):
            with pytest.raises(TypeError, match=r"a turn's text is .*; expected a string"):
                door(words)
        assert a.store.count_turns() == 0


def test_nothing_is_nothing_to_remember(open_assistant: Open) -> None:
    with open_assistant() as a:
        for words in ("", " \n"):
            with pytest.raises(UsageError, match="there is nothing to remember"):
                a.remember(words)
        assert a.memories() == []
