"""Any string is survived, and none takes long."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.language import (
    asked_in,
    complete_question,
    is_question,
    is_small_talk,
    language_of,
    read_statements,
    resolve_dates,
    told_in,
)
from assistant.language.asked import read_question
from assistant.language.small_talk import kinds_of

AT = datetime(2026, 5, 3, tzinfo=UTC)
FRAGMENTS = (
    "my ;dog;'s ;is ;called ;Bruno;not ;I ;live in ;?;. ;, ;and ;what ;do ;you ;know about ;"
    'yesterday ;in May ;3 ;weeks ago ;“;";tell me ;how old ;am ;work as ;moved from ;to ;was born ;'
    "我;的;狗;叫;是;什么;呢;吗;昨天;五;月;岁;在;工作;关于;知道;的名字是;\ud800;\x00;\n;ꙮ;|;’"
).split(";")


def read_everything(text: str) -> None:
    language_of(text)
    is_question(text)
    is_small_talk(text)
    kinds_of(text)
    asked_in(text)
    told_in(text)
    resolve_dates(text, AT)
    read_statements(text, "user")
    read_question(text)
    complete_question(text, ["Where does Ana live?", "我的狗叫什么？"])
    complete_question("And Eva?", [text])
    complete_question("艾娃呢？", [text])


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_text_is_survived(text: str) -> None:
    read_everything(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_any_heap_of_the_words_of_the_forms_is_survived(text: str) -> None:
    read_everything(text)


@pytest.mark.parametrize(
    "unit",
    (
        "a;a ;my ;';a';is my ;?;? ;. ;.;,;“;\";in ;1 ;12/;last ;a couple of ;May 3 ;我;我的;叫;几;"
        "什么;是;在工作;5月;\n; ;\ud83d;\x00;and ;'s ;-a;about "
    ).split(";"),
)
def test_a_hundred_thousand_characters_of_anything_are_read_in_a_moment(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    read_everything(text)
    assert time.process_time() - started < 5.0
