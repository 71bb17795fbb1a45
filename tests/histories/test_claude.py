from __future__ import annotations

from typing import Any

import pytest

from assistant.histories.claude import read_claude
from tests.histories.exports import claude, message


def said(*messages: Any) -> list[tuple[str, str]]:
    return [(t.speaker, t.text) for t in read_claude(claude("c", *messages)).turns()]


def test_human_and_assistant_are_told_apart_and_keep_their_times() -> None:
    asked = message("m1", "human", "I have a parrot.", created_at="2024-05-01T12:00:00+02:00")
    turns = read_claude(claude("c1", asked, message("m2", "assistant", "Lovely!"))).turns()
    assert [(t.speaker, t.role, t.text) for t in turns] == [
        ("user", "user", "I have a parrot."),
        ("assistant", "assistant", "Lovely!"),
    ]
    assert [t.at.isoformat() for t in turns if t.at] == [
        "2024-05-01T12:00:00+02:00",
        "2024-05-01T10:00:00.123456+00:00",
    ]
    assert [t.ref for t in turns] == ["claude:c1:m1", "claude:c1:m2"]
    assert {t.session for t in turns} == {"c1"}


def test_only_blocks_of_text_are_words() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "name": "search", "input": {}},
        {"type": "tool_result", "content": [{"type": "text", "text": "found"}]},
        {"type": "text", "text": "A parrot lives long."},
    ]
    shown = "Let me look. This block is not supported on your current device yet."
    whole = message("m", "assistant", shown, content=blocks)
    assert said(whole) == [("assistant", "Let me look.\nA parrot lives long.")]
    unsaid = message("m", "assistant", shown, content=blocks[2:4])
    history = read_claude(claude("c", unsaid))
    assert (history.messages, history.left_out) == ((), {"messages without words": 1})


@pytest.mark.parametrize("content", [None, [], [None, 3, {}], "x", [{"type": "text"}]])
def test_older_messages_have_their_words_in_text(content: Any) -> None:
    assert said(message("m", "human", "I have a parrot.", content=content)) == [
        ("user", "I have a parrot.")
    ]


def test_only_the_branch_written_last_is_read_where_parents_are_told() -> None:
    root = "00000000-0000-4000-8000-000000000000"
    messages = [
        message("a", "human", "I have a parot.", parent_message_uuid=root),
        message("b", "assistant", "A what?", parent_message_uuid="a"),
        message("c", "human", "I have a parrot.", parent_message_uuid=root),
        message("d", "assistant", "Lovely!", parent_message_uuid="c"),
    ]
    assert said(*messages) == [("user", "I have a parrot."), ("assistant", "Lovely!")]
    conversation = claude("c", *messages) | {"current_leaf_message_uuid": "b"}
    history = read_claude(conversation)
    assert [m.text for m in history.messages] == ["I have a parot.", "A what?"]
    assert history.left_out == {"messages of branches given up": 2}


def test_without_parents_every_message_is_read() -> None:
    assert len(said(*(message(f"m{n}", "human", f"{n}") for n in range(3)))) == 3


def test_parents_in_a_ring_end_where_they_began() -> None:
    ring = [
        message("a", "human", "one", parent_message_uuid="b"),
        message("b", "assistant", "two", parent_message_uuid="a"),
    ]
    assert said(*ring) == [("user", "one"), ("assistant", "two")]


def test_odd_messages_are_passed_over_and_nameless_ones_named_by_their_place() -> None:
    odd: list[Any] = [None, 3, [], {}, {"sender": ["x"]}, {"sender": "human", "text": None}]
    nameless = message("", "human", "I have a parrot.", created_at="soon")
    history = read_claude(claude("c", *odd, nameless, message("m", "system", "Be kind.")))
    (turn,) = history.turns()
    assert turn.ref == "claude:c:#7"
    assert turn.at is not None
    assert turn.at.isoformat() == "2024-05-01T10:00:00+00:00"
    assert history.left_out == {"system and tool messages": 6, "messages without words": 1}
