"""Nothing shown can make a terminal do anything."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.terminal.data import to_json
from assistant.terminal.display import clean, clip, one_line, pad, width
from assistant.terminal.wrapping import WordWrap, fold

# Mostly the pieces that sequences are made of, so that they meet in every order.
DANGEROUS = st.text(
    st.one_of(
        st.sampled_from("\x1b\x9b[]()PX^_;?0123mHJ\x07\\\x9c\x90\x9d\r\n\b\x00\t \x7f\u202e\ud800"),
        st.characters(),
    ),
    max_size=60,
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_obeyed(character: str) -> bool:
    """Whether a terminal may do something else than draw it."""
    control = unicodedata.category(character) == "Cc" and character not in "\t\n"
    return control or character in BIDI or "\ud800" <= character <= "\udfff"


@given(DANGEROUS)
def test_no_control_character_is_left(text: str) -> None:
    assert not [character for character in clean(text) if is_obeyed(character)]


@given(DANGEROUS)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(DANGEROUS, DANGEROUS)
def test_a_sequence_cut_in_two_by_a_stream_is_harmless(one: str, other: str) -> None:
    assert not [character for character in clean(one) + clean(other) if is_obeyed(character)]


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@given(DANGEROUS)
def test_json_holds_the_text_and_nothing_that_is_obeyed(text: str) -> None:
    import json

    shown = to_json({"text": text})
    assert not [character for character in shown if is_obeyed(character) or character == "\n"]
    assert json.loads(shown)["text"] == text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[2J\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07words", "words"),
        ("\x1b]52;c;ZXZpbA==\x1b\\words", "words"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("\x1b_apc\x1b\\\x1b^pm\x1b\\after", "after"),
        ("\x1b(Bafter", "after"),
        ("\x1b]0;never ended", "␛]0;never ended"),
        ("\x1b\x1b[m[31m", "␛[31m"),
        ("ding\x07", "ding␇"),
        ("abc\b\b\bxyz", "abc␈␈␈xyz"),
        ("seen\rhidden", "seen␍hidden"),
        ("one\r\ntwo", "one\ntwo"),
        ("nul\x00", "nul␀"),
        ("del\x7f", "del␡"),
        ("txt.\u202eexe", "txt.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("lone \ud83d surrogate", "lone � surrogate"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("我的猫叫小泽。", "我的猫叫小泽。"),
        ("👨\u200d👩\u200d👧 and 🏳️\u200d🌈", "👨\u200d👩\u200d👧 and 🏳️\u200d🌈"),
        ("naïve café e\u0301", "naïve café e\u0301"),
    ],
)
def test_each_kind_of_sequence(given: str, shown: str) -> None:
    assert clean(given) == shown


@pytest.mark.parametrize(
    "piece", ["\x1b]", "\x9d", "\x9b1;", "\x1b[1;", "1;", "\x1b ", "\x1bP\x9d"]
)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(count: int) -> float:
        text = "\x1b[" + piece * count
        started = time.process_time()
        clean(text)
        return time.process_time() - started

    assert seconds(40_000) < 10 * seconds(10_000) + 0.05


@given(DANGEROUS, st.integers(0, 40))
def test_clipped_text_fits(text: str, columns: int) -> None:
    shown = clip(text, columns)
    assert width(shown) <= columns
    assert "\n" not in shown


def test_clipping_says_that_it_cut() -> None:
    assert clip("我的猫叫小泽", 7) == "我的猫…"
    assert clip("short", 5) == "short"
    assert clip("x" * 10_000_000, 4) == "xxx…"


@given(DANGEROUS, st.integers(0, 40))
def test_padded_text_has_that_width(text: str, columns: int) -> None:
    assert width(pad(one_line(text), columns)) == columns


@given(st.text("ab我。 \n", max_size=80), st.integers(1, 20), st.integers(1, 7))
def test_wrapping_loses_nothing_but_blanks(text: str, columns: int, size: int) -> None:
    wrap = WordWrap(columns)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    shown = "".join(wrap.feed(piece) for piece in pieces) + wrap.finish()
    assert "".join(shown.split()) == "".join(text.split())
    assert shown == WordWrap(columns).feed(text + "\n").removesuffix("\n")


@given(st.lists(st.text("abc", min_size=1, max_size=8), max_size=12), st.integers(8, 30))
def test_no_word_is_broken_that_fits(words: list[str], columns: int) -> None:
    shown = fold(" ".join(words), columns)
    assert shown.split() == words
    assert all(width(line) <= columns for line in shown.split("\n"))


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert fold("我的猫叫小泽。", 12) == "我的猫叫小\n泽。"
