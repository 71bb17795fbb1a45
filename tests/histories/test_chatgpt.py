from __future__ import annotations

from typing import Any

import pytest

from assistant.histories.chatgpt import read_chatgpt
from tests.histories.exports import START, chatgpt, node, talk


def said(conversation: dict[str, Any]) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in read_chatgpt(conversation).turns()]


def test_user_and_assistant_are_told_apart_and_keep_their_times() -> None:
    turns = read_chatgpt(talk("c1", "I have a parrot.", "Lovely!")).turns()
    assert [(t.speaker, t.role, t.text) for t in turns] == [
        ("user", "user", "I have a parrot."),
        ("assistant", "assistant", "Lovely!"),
    ]
    assert [t.at.isoformat() for t in turns if t.at] == [
        "2023-11-14T22:13:20+00:00",
        "2023-11-14T22:14:20+00:00",
    ]
    assert [t.ref for t in turns] == ["chatgpt:c1:c1-m0", "chatgpt:c1:c1-m1"]
    assert {t.session for t in turns} == {"c1"}


def test_only_the_branch_on_the_screen_is_read() -> None:
    history = read_chatgpt(
        chatgpt(
            "c1",
            node("root", None),
            node("a", "root", "user", "I have a parot.", at=START),
            node("b", "a", "assistant", "A what?", at=START + 1),
            node("c", "root", "user", "I have a parrot.", at=START + 2),
            node("d", "c", "assistant", "Lovely!", at=START + 3),
        )
    )
    assert [m.text for m in history.messages] == ["I have a parrot.", "Lovely!"]
    assert history.left_out == {"messages of branches given up": 2}


def test_without_a_current_node_the_branch_written_last_is_read() -> None:
    conversation = chatgpt(
        "c1",
        node("a", None, "user", "Hello", at=START),
        node("c", "a", "assistant", "Newer", at=START + 9),
        node("b", "a", "assistant", "Older", at=START + 1),
    )
    for missing in (None, "nowhere", 7, ["a"]):
        conversation["current_node"] = missing
        assert [text for _, text in said(conversation)] == ["Hello", "Newer"]


def test_what_nobody_said_is_left_out_and_counted() -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    history = read_chatgpt(
        chatgpt(
            "c1",
            node("a", None, "system", "You are helpful."),
            node("b", "a", "user", content={"content_type": "user_editable_context"}),
            node("c", "b", "user", "secret", metadata=hidden),
            node("d", "c", "user", "Draw a parrot."),
            node("e", "d", "assistant", "{}", recipient="dalle.text2im"),
            node("f", "e", "tool", "drawn"),
            node("g", "f", "assistant", content={"content_type": "thoughts", "thoughts": []}),
            node("h", "g", "assistant", {"content_type": "image_asset_pointer"}),
            node("i", "h", "assistant", "Here it is."),
        )
    )
    assert [m.text for m in history.messages] == ["Draw a parrot.", "Here it is."]
    assert history.left_out == {
        "system and tool messages": 2,
        "custom instructions": 1,
        "hidden messages": 1,
        "messages to a tool": 1,
        "reasoning": 1,
        "messages without words": 1,
    }


def test_words_are_found_in_every_kind_of_content() -> None:
    spoken = {"content_type": "audio_transcription", "text": "spoken aloud"}
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://x"}
    for content, words in [
        ({"content_type": "text", "parts": ["one", "two"]}, "one\ntwo"),
        ({"content_type": "text", "parts": [None, "one", 3, [], ""]}, "one"),
        ({"content_type": "multimodal_text", "parts": [picture, "a parrot", None]}, "a parrot"),
        ({"content_type": "multimodal_text", "parts": [spoken, picture]}, "spoken aloud"),
        ({"content_type": "code", "language": "py", "text": "print(1)"}, "print(1)"),
        ("plain words", "plain words"),
    ]:
        assert said(chatgpt("c", node("a", None, "user", content=content))) == [("user", words)]


def test_marks_of_private_use_go_and_the_words_in_them_stay() -> None:
    text = (
        'In \ue200entity\ue202["city","Paris","capital"]\ue201 it rains.'
        "\ue200cite\ue202turn0search1\ue201 See \ue200url\ue202the page\ue202https://x\ue201, "
        "\ue200entity\ue202Lyon\ue201, \ue200entity\ue202[broken\ue201."
    )
    conversation = chatgpt("c", node("a", None, "assistant", text))
    assert said(conversation) == [("assistant", "In Paris it rains. See the page, Lyon, .")]


def test_a_time_that_is_missing_follows_the_turn_before_by_a_second() -> None:
    times: list[Any] = [None, START + 60, None, "soon", float("nan"), 1e300, True, -5]
    nodes = [node(str(n), str(n - 1), "user", f"{n}", at=at) for n, at in enumerate(times)]
    turns = read_chatgpt(chatgpt("c", *nodes)).turns()
    seconds = [turn.at.timestamp() - START for turn in turns if turn.at]
    assert seconds == [0, 60, 61, 62, 63, 64, 65, 66]


def test_a_conversation_without_any_time_begins_in_2000() -> None:
    conversation = chatgpt("c", node("a", None, "user", "Hi"), node("b", "a", "user", "Ho"))
    conversation["create_time"] = None
    ats = [turn.at.isoformat() for turn in read_chatgpt(conversation).turns() if turn.at]
    assert ats == ["2000-01-01T00:00:00+00:00", "2000-01-01T00:00:01+00:00"]


def test_a_tree_bent_into_a_ring_ends_where_it_began() -> None:
    ring = chatgpt("c", node("a", "b", "user", "one"), node("b", "a", "assistant", "two"))
    assert said(ring) == [("user", "one"), ("assistant", "two")]
    itself = chatgpt("c", node("a", "a", "user", "one"))
    assert said(itself) == [("user", "one")]


def test_a_missing_parent_begins_the_conversation() -> None:
    assert said(chatgpt("c", node("a", "lost", "user", "one"))) == [("user", "one")]


@pytest.mark.parametrize("odd", [None, 3, "x", [], {}, {"message": 3}, {"message": {"author": 1}}])
def test_odd_nodes_are_passed_over(odd: Any) -> None:
    conversation = chatgpt("c", node("a", "odd", "user", "one"), leaf="a")
    conversation["mapping"]["odd"] = odd
    assert said(conversation) == [("user", "one")]


def test_ids_that_are_missing_are_made_up_the_same_way_each_time() -> None:
    def nameless() -> dict[str, Any]:
        conversation = talk("c", "I have a parrot.", "Lovely!")
        del conversation["id"], conversation["conversation_id"]
        return conversation

    first, again = read_chatgpt(nameless()).turns(), read_chatgpt(nameless()).turns()
    assert [t.ref for t in first] == [t.ref for t in again]
    assert str(first[0].session).startswith("unnamed-")
    other = nameless()
    other["mapping"]["c-m0"]["message"]["content"]["parts"] = ["I have a cat."]
    assert read_chatgpt(other).turns()[0].session != first[0].session


def test_no_two_messages_share_a_ref() -> None:
    one = chatgpt("a:b", node("c", None, "user", "x")), chatgpt("a", node("b:c", None, "user", "y"))
    refs = [read_chatgpt(conversation).turns()[0].ref for conversation in one]
    assert refs == ["chatgpt:a%3Ab:c", "chatgpt:a:b%3Ac"]
    same = chatgpt("c", node("p", None, "user", "x"), node("q", "p", "user", "y", id="p"))
    assert [t.ref for t in read_chatgpt(same).turns()] == ["chatgpt:c:p", "chatgpt:c:p~2"]
    long = chatgpt("c", node("x" * 10_000, None, "user", "x"))
    assert len(str(read_chatgpt(long).turns()[0].ref)) < 100
