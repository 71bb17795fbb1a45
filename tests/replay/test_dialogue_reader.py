from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.replay import DialogueError, Pattern, load_dialogue, parse_dialogue
from assistant.replay.dialogue import Dialogue, parse_span, spell_span

HEAD = "name: a test\nclock: 2026-05-03T09:00+01:00\nsteps:\n"


def read(steps: str, head: str = HEAD) -> Dialogue:
    return parse_dialogue(head + steps, Path("talk.dialogue.yaml"))


def error(text: str) -> str:
    with pytest.raises(DialogueError) as caught:
        parse_dialogue(text, Path("talk.dialogue.yaml"))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    dialogue = read(
        "  - user: no\n  - user: 12:30\n  - user: 2026-05-03\n  - user: null\n  - as on: 1e3\n"
        "    expect: {stored: [no, 12:30, 0x10, ~]}\n"
    )
    assert [step.text for step in dialogue.steps] == ["no", "12:30", "2026-05-03", "null", "1e3"]
    assert dialogue.steps[4].speaker == "on"
    assert [str(p) for p in dialogue.steps[4].expect.stored or ()] == ["no", "12:30", "0x10", "~"]


def test_every_kind_of_step_is_read() -> None:
    dialogue = read(
        "  - user: Hi\n  - as Ana Maria: Hello\n  - advance: 1 day 2 hours\n  - restart\n"
        "  - new session\n  - kill\n  - remember: this\n  - forget: that\n  - recall: what?\n"
    )
    assert [step.kind for step in dialogue.steps] == [
        "user", "as", "advance", "restart", "new session", "kill", "remember", "forget", "recall",
    ]  # fmt: skip
    assert dialogue.steps[1].speaker == "Ana Maria"
    assert dialogue.steps[2].span == timedelta(days=1, hours=2)
    assert [step.line for step in dialogue.steps] == list(range(4, 13))


def test_every_expectation_is_read() -> None:
    step = read(
        "  - user: Hi\n    expect:\n      reply: Bruno\n      not: [a, b]\n      learned: []\n"
        "      recalled: [c]\n      first: d\n      not recalled: e\n      order: [f, g]\n"
        "      abstains: false\n      stored: [h]\n      not stored: [i]\n      memories: 3\n"
        "      short-term: {turns: 2, holds: [j], lacks: k, leaves next: l}\n"
    ).steps[0]
    expect = step.expect
    assert expect.reply == (Pattern("Bruno"),)
    assert expect.lacks == (Pattern("a"), Pattern("b"))
    assert expect.learned == ()
    assert expect.recalled == (Pattern("c"),)
    assert expect.first == (Pattern("d"),)
    assert expect.not_recalled == (Pattern("e"),)
    assert expect.order == (Pattern("f"), Pattern("g"))
    assert expect.abstains is False
    assert expect.stored == (Pattern("h"),)
    assert expect.not_stored == (Pattern("i"),)
    assert expect.memories == 3
    short = expect.short_term
    assert short is not None
    assert (short.turns, short.holds, short.lacks) == (2, (Pattern("j"),), (Pattern("k"),))
    assert short.leaves_next == Pattern("l")
    assert not short.empty


def test_a_list_for_short_term_is_what_it_holds_and_an_empty_one_is_nothing() -> None:
    full, empty = read(
        "  - user: Hi\n    expect: {short-term: [a, b]}\n  - new session\n  - recall: x\n"
        "    expect: {short-term: []}\n"
    ).steps[::2]
    assert full.expect.short_term
    assert full.expect.short_term.holds == (Pattern("a"), Pattern("b"))
    assert empty.expect.short_term
    assert empty.expect.short_term.empty


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("  - usr: Hi\n", [":4:", "'usr'", "did you mean 'user'"]),
        ("  - restrat\n", [":4:", "'restrat'", "did you mean 'restart'"]),
        ("  - user: Hi\n    expcet: {}\n", [":4:", "'expcet'", "one step"]),
        ("  - user: Hi\n    expect: {recaled: [a]}\n", [":5:", "did you mean 'recalled'"]),
        ("  - user: Hi\n    expect: {}\n", [":5:", "an empty {}|an empty expect"]),
        ("  - user: Hi\n    as Ana: Ho\n", [":4:", "'user' and 'as Ana'"]),
        ("  - user: Hi\n    expect: {abstains: no}\n", [":5:", "'no'", "true or false"]),
        ("  - user: Hi\n    expect: {memories: many}\n", [":5:", "'many'", "whole number"]),
        ("  - user: Hi\n    expect: {memories: -1}\n", [":5:", "'-1'"]),
        ("  - user: Hi\n    expect: {order: [a]}\n", [":5:", "two or more"]),
        ("  - user: Hi\n    expect: {stored: []}\n", [":5:", "at least one"]),
        ("  - user: Hi\n    expect: {stored: ['']}\n", [":5:", "an empty text"]),
        ("  - user: Hi\n    expect: {reply: '/(/'}\n", [":5:", "regular expression"]),
        ("  - user: Hi\n    expect: {short-term: {turn: 1}}\n", [":5:", "'turns'"]),
        ("  - user: Hi\n    expect: {stored: [{a: b}]}\n", [":5:", "a text for stored"]),
        ("  - as Ana: Hi\n    expect: {reply: a}\n", [":5:", "'reply' after 'as'", "'user'"]),
        ("  - recall: Hi\n    expect: {learned: a}\n", [":5:", "'learned' after 'recall'"]),
        ("  - advance: soon\n", [":4:", "'soon'", "'3 days'"]),
        ("  - advance: 3 fortnights\n", [":4:", "3 fortnights"]),
        ("  - advance: 999999999999 days\n", [":4:", "'999999999999 days'"]),
        ("  - as: Hi\n", [":4:", "without a name"]),
        ("  - user:\n", [":4:", "nothing", "a text"]),
        ("  - user: [a]\n", [":4:", "a list"]),
        ("  - restart: now\n", [":4:", "a value after 'restart'"]),
        ("  - user: Note: this\n", [":4:", "in quotes"]),
        ("  - user: a\n    user: b\n", [":5:", "a second time"]),
        ("  - expect: {stored: a}\n", [":4:", "only 'expect'"]),
        ("  - [a]\n", [":4:", "a list"]),
        ("  []\n", [":4:", "an empty list", "list of steps"]),
    ],
)
def test_a_mistake_is_told_with_file_line_found_and_expected(steps: str, words: list[str]) -> None:
    message = error(HEAD + steps)
    assert message.startswith("talk.dialogue.yaml:")
    for word in words:
        assert any(choice in message for choice in word.split("|")), message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty file"),
        ("just words", "'just words'"),
        ("- user: Hi", "a list"),
        ("name: a\nclock: 2026-05-03T09:00+01:00\n", "no 'steps'"),
        ("name: a\nclock: 2026-05-03T09:00\nsteps:\n  - restart\n", "without an offset"),
        ("name: a\nclock: noon\nsteps:\n  - restart\n", "'noon' for clock"),
        ("nam: a\nclock: noon\nsteps:\n  - restart\n", "did you mean 'name'"),
        (HEAD.replace("name: a test", "name: a test\nlanguage: fr"), "'fr'"),
        ("a: [", "not YAML"),
        ("a: \x07", "not YAML"),
        ("[" * 5000, "not"),
        (HEAD + "  - user: !!python/object:os.system x\n---\nb: c\n", "not YAML"),
    ],
)
def test_what_is_no_dialogue_is_refused_in_one_line(text: str, words: str) -> None:
    assert words in error(text)


def test_a_file_that_is_missing_or_not_utf8_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DialogueError, match="cannot be read"):
        load_dialogue(tmp_path / "none.dialogue.yaml")
    bad = tmp_path / "bad.dialogue.yaml"
    bad.write_bytes(b"name: \xff")
    with pytest.raises(DialogueError, match="byte 6 is not UTF-8"):
        load_dialogue(bad)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    message = ""
    try:
        parse_dialogue(HEAD + text, Path("x"))
    except DialogueError as caught:
        message = str(caught)
    assert "\n" not in message


def test_words_match_anywhere_in_any_case_and_expressions_as_written() -> None:
    assert Pattern("dog  is").found_in("My DOG\nis here")
    assert Pattern("cafe\u0301").found_in("the café")
    assert not Pattern("cat").found_in("My dog")
    assert Pattern("/^My .og$/").found_in("My dog")
    assert not Pattern("/my/").found_in("My dog")
    assert Pattern("/my/i").found_in("My dog")


def test_a_path_is_no_expression() -> None:
    assert Pattern("/etc/hosts").found_in("it is in /etc/hosts")
    assert not Pattern("/etc/hosts").found_in("it is in etc")
    assert Pattern("/").found_in("and/or")


@settings(deadline=None)
@given(st.integers(0, 10**8))
def test_a_span_in_words_reads_back(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_span(spell_span(span)) == span
