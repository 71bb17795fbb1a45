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


def test_why_names_what_the_reply_was_taken_from(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    run("remember", "I live in Lisbon.")
    told = run("chat", input="What is my dog called?\n/why\n").stdout
    assert "“What is my dog called?” was answered from 1" in told
    assert "1. My dog is called Bruno." in told


def test_a_reply_as_data_names_the_turns_that_it_was_taken_from(run: Any, run_json: Any) -> None:
    run("remember", "My dog is called Bruno.")
    reply = run_json("ask", "What is my dog called?")["data"]
    assert reply["used"] == reply["recollections"]["hits"][0]["refs"]
    assert run_json("ask", "Hello!")["data"]["used"] == []


def test_why_says_of_an_answer_given_below_the_threshold_that_it_was_given(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    lines = "What is my dog called?\n/why\n"
    options = {"REMEMBRANCER_CONFIDENCE_THRESHOLD": "0.999999"}
    told = run("chat", input=lines, env=options).stdout
    assert told.startswith("Bruno. You told me")
    assert "was answered from 1, which says what was asked, though recall was unsure:" in told
    assert "No memory was found" not in told


def test_why_takes_no_greeting_for_a_question_that_memory_could_not_answer(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    told = run("chat", input="Hello!\n/why\n").stdout
    assert "“Hello!” was answered from no memory; the nearest:" in told
    told = run("chat", input="What is my sister called?\n/why\n").stdout
    assert "No memory was found to answer “What is my sister called?”; the nearest:" in told


def test_why_keeps_words_of_many_lines_on_one(run: Any) -> None:
    run("remember", "My boat is called Ulla.\nShe is blue.")
    told = run("chat", input="What is my boat called?\n/why\n").stdout
    assert "1. My boat is called Ulla. She is blue.\n" in told


def test_why_shows_what_can_hardly_be_an_answer_only_when_asked_for_more(run: Any) -> None:
    for name in ("Ada", "Bea", "Cleo", "Dora", "Edda"):
        run("remember", f"{name} grows tulips, peas and beans in her garden by the river.")
    run("remember", "My dog is called Bruno.")
    data = run("chat", "--json", input="What is my dog called?\n/why\n/why --limit 6\n").stdout
    some, all_of_them = (json.loads(line)["data"]["hits"] for line in data.splitlines()[-2:])
    assert len(all_of_them) == 6
    assert some == all_of_them[: len(some)]
    assert len(some) < 6
    assert all(hit["confidence"] >= 0.01 or hit["used"] for hit in some)
    assert [hit["used"] for hit in all_of_them] == [True] + [False] * 5


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
