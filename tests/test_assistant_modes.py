"""Read-only and off the record: what is said goes no further than short-term memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Request, UsageError
from storage import LongTermStore

Open = Callable[..., Assistant]
SILENT = ("read-only", "off-record")


class OneReply:
    """A model that always says the same."""

    name, recites = "one", False

    def __init__(self, words: str) -> None:
        self.words = words

    def respond(self, request: Request) -> Any:
        yield self.words


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("mode", SILENT)
def test_nothing_reaches_the_files_in_a_mode_that_writes_nothing(
    open_assistant: Open, tmp_path: Path, mode: Any
) -> None:
    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
    store = LongTermStore(tmp_path / "me.db")
    before = everything(tmp_path)
    with open_assistant(store, mode=mode) as a:
        assert "Bruno" in a.reply("What is my dog called?").text
        for n in range(9):
            reply = a.reply(f"I really like the flimbert number {n} very much")
            assert (reply.learned, reply.ref) == ((), "")
        a.observe("Ana adopted a parrot.", speaker="Ana")
        assert a.consolidate() == []
        a.new_session()
    after = everything(tmp_path)
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if b"flimbert" in after[name]]
    store.close()


@pytest.mark.parametrize("mode", SILENT)
def test_what_is_said_meanwhile_is_at_hand_until_the_mode_ends(
    open_assistant: Open, mode: Any
) -> None:
    with open_assistant() as a:
        a.reply("My cat is called Miso.")
        a.mode = mode
        a.reply("My flimbert is called Zorp.")
        assert a.reply("What is my flimbert called?").text.startswith("Zorp.")
        assert a.reply("What is my cat called?").text.startswith("Miso.")
        a.mode = "normal"
        assert "Zorp" not in a.reply("What is my flimbert called?").text
        assert a.short_term.turns[0].turn.text == "My cat is called Miso."
        assert not [t for t in a.store.turns() if "Zorp" in t.text]


def test_what_was_said_before_is_consolidated_when_the_mode_begins(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.reply("My cat is called Miso.")
        a.mode = "off-record"
        assert [m.text for m in a.memories()] == ["My cat is called Miso."]
        assert a.store.pending() == []


def test_a_memory_quoted_off_the_record_is_not_noted_as_used(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
        a.mode = "read-only"
        a.reply("What is my dog called?")
        a.mode = "normal"
        assert a.short_term.turns
        assert a.memories()[0].uses == 0


@pytest.mark.parametrize("mode", SILENT)
def test_what_can_only_be_written_is_refused_by_name(open_assistant: Open, mode: Any) -> None:
    with open_assistant() as a:
        number = a.remember("My dog is called Bruno.").id
        a.mode = mode
        for write in (
            lambda: a.remember("My cat is called Miso."),
            lambda: a.forget(memories=[number]),
            lambda: a.pin([number]),
            lambda: a.edit(number, "My dog is called Rex."),
            lambda: a.undo(),
            lambda: a.answer(1, "both"),
            lambda: a.sleep(),
        ):
            with pytest.raises(UsageError, match=f"{mode} mode; switch to normal"):
                write()
        assert [m.text for m in a.memories()] == ["My dog is called Bruno."]


def test_an_unknown_mode_is_refused_and_leaves_the_one_there_is(open_assistant: Open) -> None:
    with pytest.raises(UsageError, match="the mode is 'silent'; expected one of 'normal'"):
        open_assistant(mode="silent")
    with open_assistant() as a:
        with pytest.raises(UsageError, match="'silent'"):
            a.mode = "silent"  # type: ignore[assignment]
        assert a.mode == "normal"


def test_a_reply_that_only_repeats_a_memory_is_none_itself(open_assistant: Open) -> None:
    with open_assistant(responder=OneReply("Your dog is called Bruno.")) as a:
        a.remember("My dog is called Bruno.")
        a.reply("What is my dog called?")
        a.new_session()
        assert [m.role for m in a.memories()] == ["user"]


def test_a_reply_that_adds_something_can_be_kept(open_assistant: Open) -> None:
    advice = "Take Bruno to the lakeside meadow near Sintra on Saturday morning."
    with open_assistant(responder=OneReply(advice)) as a:
        a.remember("My dog is called Bruno.")
        a.reply("Where could I take my dog?")
        a.new_session()
        assert advice in [m.text for m in a.memories()]
