"""What is remembered about the texts that the rules of language have just read."""

from __future__ import annotations

import pkgutil
from datetime import date
from importlib import import_module

from assistant import Assistant, language
from assistant.language import let_go, words_of
from assistant.language.memo import KEPT, LONGEST, Memo
from assistant.testing import HashEncoder, LengthNetwork


def test_a_text_is_read_once_and_a_long_one_is_not_held() -> None:
    read: list[str] = []

    def length(text: str) -> int:
        read.append(text)
        return len(text)

    measured = Memo(length)
    assert [measured("abc"), measured("abc")] == [3, 3]
    assert read == ["abc"]
    long = "x" * (LONGEST + 1)
    assert [measured(long), measured(long)] == [len(long)] * 2
    assert read == ["abc", long, long]


def test_no_more_texts_are_held_than_a_few_turns_have() -> None:
    measured = Memo(len)
    for number in range(3 * KEPT):
        measured(str(number))
    assert measured.cached.cache_info().currsize == KEPT


def test_all_that_was_read_is_let_go_of() -> None:
    memos = {
        memo.__name__: memo
        for module in pkgutil.iter_modules(language.__path__)
        for memo in vars(import_module(f"assistant.language.{module.name}")).values()
        if isinstance(memo, Memo)
    }
    assert {"asks", "words_of"} <= set(memos)
    for name, memo in memos.items():
        memo("Where is my tuffle?", *([date(2026, 5, 3)] if name == "named_in" else []))
        assert memo.cached.cache_info().currsize > 0
    let_go()
    assert [name for name, memo in memos.items() if memo.cached.cache_info().currsize] == []


def test_forgetting_lets_go_of_the_words_that_were_read() -> None:
    with Assistant(":memory:", encoder=HashEncoder(), network=LengthNetwork()) as a:
        a.reply("My tuffle is called Zorp.")
        assert words_of.cached.cache_info().currsize > 0
        a.new_session()
        a.forget(query="tuffle Zorp")
        assert words_of.cached.cache_info().currsize == 0
