"""What the user decides about memories, through the class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant import Assistant, UsageError


@pytest.fixture
def chat(open_assistant: Callable[..., Assistant]) -> Any:
    with open_assistant() as assistant:
        yield assistant


def texts(chat: Assistant, **options: Any) -> list[str]:
    return [memory.text for memory in chat.store.memories(**options)]


def test_a_memory_is_pinned_and_let_go_of_once(chat: Assistant) -> None:
    number = chat.remember("I am allergic to peanuts.").id
    assert chat.pin([number]) == [number]
    assert chat.memories()[0].pinned
    assert chat.pin([number]) == []
    assert chat.pin([number], on=False) == [number]
    assert not chat.memories()[0].pinned


def test_other_words_are_recalled_and_what_they_state_is_read(chat: Assistant) -> None:
    number = chat.remember("My dog is called Bruno.").id
    edited = chat.edit(number, "My dog is called Biscuit.")
    assert (edited.id, edited.text, edited.value) == (
        number,
        "My dog is called Biscuit.",
        "Biscuit",
    )
    assert "Biscuit" in chat.recall("What is my dog called?")[0].text
    assert "Bruno" not in str([hit.text for hit in chat.recall("What is my dog called?")])
    assert chat.undo().kind == "edit"  # type: ignore[union-attr]
    assert texts(chat) == ["My dog is called Bruno."]


def test_an_answer_decides_between_two_memories_and_can_be_undone(
    chat: Assistant, clock: Any
) -> None:
    first = chat.remember("I like to sleep until nine.").id
    second = chat.remember("I get up at six.").id
    asked = chat.store.ask(first, second, "sleep", clock())
    assert [one.id for one in chat.inbox()] == [asked.id]
    assert chat.answer(asked.id, "now").answer == "now"
    assert chat.inbox() == []
    assert texts(chat, include_superseded=False) == ["I get up at six."]
    chat.undo()
    assert [one.id for one in chat.inbox()] == [asked.id]
    assert len(texts(chat, include_superseded=False)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda chat: chat.pin([7]),
        lambda chat: chat.pin([]),
        lambda chat: chat.edit(7, "words"),
        lambda chat: chat.edit(1, "  "),
        lambda chat: chat.answer(7, "now"),
    ],
)
def test_what_does_not_exist_is_said_so(chat: Assistant, wrong: Any) -> None:
    chat.remember("My dog is called Bruno.")
    with pytest.raises(UsageError, match=r"does not exist|was named|are empty|no question"):
        wrong(chat)


def test_nothing_to_undo_is_none_and_a_forgetting_is_not_undone(chat: Assistant) -> None:
    assert chat.undo() is None
    chat.remember("My dog is called Bruno.")
    chat.forget(memories=[1])
    undone = chat.undo()
    assert undone is not None
    assert undone.kind == "forget"
    assert texts(chat) == []
