"""Why a reply is as it is, and what it would have been without a memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from assistant import Assistant


def test_why_tells_what_would_have_come_without_each_memory(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    run("remember", "My dog is a beagle.")
    lines = "What is my dog called?\n/why --limit 2\n"
    reply, why = (
        json.loads(line) for line in run("chat", "--json", input=lines).stdout.splitlines()
    )
    first, second = why["data"]["hits"]
    assert reply["data"]["recollections"]["hits"][0]["text"] == first["text"]
    assert first["without_it"]["text"] == second["text"]
    assert second["without_it"] is None
    assert "without it: " + second["text"] in run("chat", input=lines).stdout


def test_what_was_just_said_would_not_have_come_in_the_place_of_a_memory(run: Any) -> None:
    run("remember", "Bruno eats fish on Sundays.")
    lines = "Plan a dinner for Bruno on Sunday.\n/why\n"
    _, why = (json.loads(line) for line in run("chat", "--json", input=lines).stdout.splitlines())
    assert [hit["without_it"] for hit in why["data"]["hits"]] == [None]


def test_recall_without_a_memory_is_as_if_it_had_not_been(
    open_assistant: Callable[..., Assistant],
) -> None:
    with open_assistant() as chat:
        old = chat.remember("My dog is called Bruno.").id
        new = chat.remember("My dog is called Rex.").id
        chat.new_session()
        asked = "What is my dog called?"
        assert [hit.memory for hit in chat.recall(asked)] == [new, old]
        assert [hit.memory for hit in chat.recall(asked, without=[new])] == [old]
        assert [hit.memory for hit in chat.recall(asked, without=[old])] == [new]
        assert len(chat.recall(asked, without=[old, new])) == 0
