from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import conversations
from assistant.conversations import (
    Conversation,
    ConversationError,
    parse_conversation,
    read_conversations,
)
from assistant.source_times import parse_time

TURN = {"id": "D1:1", "session": 1, "speaker": "Ana", "time": "2026-05-03T09:00", "text": "Hi"}


def line(*turns: dict[str, Any], **rest: Any) -> bytes:
    return json.dumps({"id": "c1", "turns": list(turns or [TURN]), **rest}).encode()


def read(raw: bytes) -> Conversation:
    return parse_conversation(raw, "talk.jsonl:1")


def test_a_conversation_is_read() -> None:
    question = {"text": "Who?", "answer": "Ana", "evidence": ["D1:1", "D1:1"], "category": "4"}
    found = read(line(TURN, {**TURN, "id": "D1:2", "speaker": "user"}, questions=[question]))
    assert found.id == "c1"
    assert [(turn.id, turn.role) for turn in found.turns] == [("D1:1", "other"), ("D1:2", "user")]
    assert found.turns[0].at == datetime(2026, 5, 3, 9, tzinfo=UTC)
    assert found.questions[0].evidence == ("D1:1",)
    assert read(line()).questions == ()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1:56 pm on 8 May, 2023", "2023-05-08T13:56:00+00:00"),
        ("12:10 am on 11 August, 2023", "2023-08-11T00:10:00+00:00"),
        ("12:05 PM on 1 Sep 2023", "2023-09-01T12:05:00+00:00"),
        ("2026-05-03T09:00:00.25+01:00", "2026-05-03T09:00:00.250000+01:00"),
        ("2026-05-03T09:00:00Z", "2026-05-03T09:00:00+00:00"),
        ("2026-05-03", "2026-05-03T00:00:00+00:00"),
    ],
)
def test_times_are_read_as_sources_write_them(text: str, iso: str) -> None:
    found = parse_time(text)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "text", ["", "soon", "13:00 pm on 8 May, 2023", "1:00 pm on 31 June, 2023", "1:00 pm on 8 M, 1"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


def test_a_turn_without_a_readable_time_is_20_seconds_after_the_one_before() -> None:
    found = read(
        line(TURN, {**TURN, "id": "b", "time": "later"}, {**TURN, "id": "c", "time": None})
    )
    assert [turn.at.second for turn in found.turns] == [0, 20, 40]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"id": "c1", "turns": [', "not JSON"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b"[]", "the line is a list"),
        (b"12", "the number 12"),
        (b"{}", "no 'id'"),
        (b'{"id": 3, "turns": []}', "'id' of the conversation is the number 3; expected a string"),
        (b'{"id": "a"}', "no 'turns'"),
        (b'{"id": "a", "turns": {}}', "an object; expected a list"),
        (line(3), "turn 1 is the number 3"),  # type: ignore[arg-type]
        (line(TURN, {**TURN, "id": 7}), "'id' of turn 2 is the number 7"),
        (line({**TURN, "id": " "}), "'id' of turn 1 is empty"),
        (line({**TURN, "speaker": ""}), "'speaker' of turn 1 is empty"),
        (line({**TURN, "session": "1"}), "the string '1'; expected a whole number"),
        (line({**TURN, "session": True}), "true or false; expected a whole number"),
        (line({**TURN, "time": 12}), "'time' of turn 1 is the number 12"),
        (line({**TURN, "text": None}), "'text' of turn 1 is null"),
        (line({**TURN, "role": "boss"}), "'role' of turn 1 is 'boss'"),
        (line(TURN, {**TURN, "text": "Ho"}), "turn 2 has the id 'D1:1' of an earlier turn"),
        (line(TURN, questions=3), "'questions' is the number 3"),
        (line(TURN, questions=[3]), "question 1 is the number 3"),
        (line(TURN, questions=[{"text": "a", "evidence": [1]}]), "'evidence' of question 1"),
        (line(TURN, sessions={"a": "b"}), "'sessions' is"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"id": ' + b"1" * 5000 + b"}", "a number too long"),
    ],
)
def test_a_bad_line_is_told_in_one_line_with_its_number(raw: bytes, words: str) -> None:
    with pytest.raises(ConversationError) as caught:
        read(raw)
    assert str(caught.value).startswith("talk.jsonl:1: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_turn_twice_counts_once() -> None:
    assert len(read(line(TURN, TURN)).turns) == 1


def test_surrogates_and_nul_become_replacement_characters() -> None:
    found = read(line({**TURN, "text": "a\ud800b\0c", "speaker": "\udfff"}))
    assert found.turns[0].text == "a\ufffdb\ufffdc"
    assert found.turns[0].speaker == "\ufffd"


def test_lines_are_numbered_and_empty_ones_passed_over() -> None:
    file = io.BytesIO(b"\xef\xbb\xbf" + line() + b"\n\n  \r\n" + line() + b"\nbad")
    found = read_conversations(file, "talk.jsonl")
    assert next(found).line == 1
    assert next(found).line == 4
    with pytest.raises(ConversationError, match=r"^talk\.jsonl:5: not JSON"):
        next(found)


def test_a_huge_line_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MAX_LINE_BYTES", 2**20)
    file = io.BytesIO(b"x" * 2**22)
    with pytest.raises(ConversationError, match="longer than 1 MiB"):
        next(read_conversations(file, "talk.jsonl"))
    assert file.tell() <= 2**20 + 1


keys = st.sampled_from(["id", "turns", "text", "session", "time", "x"])
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
)


@settings(deadline=None)
@given(values)
def test_any_json_is_read_or_refused_in_one_line(value: object) -> None:
    message = ""
    try:
        read(json.dumps(value).encode())
    except ConversationError as error:
        message = str(error)
    assert "\n" not in message
