"""Letters that are no words, and names that might look like it."""

from __future__ import annotations

import random

import pytest

from assistant.language import is_nonsense
from language.nonsense import english_word


@pytest.mark.parametrize(
    "text",
    ["asdkjh", "asdf", "sdfgsdf lkjlkj", "zzzzzzzz", "hjkl!", "jklsdf  kjsdf", "asdf qwer", "poiu"],
)
def test_keys_hit_at_random_are_nonsense(text: str) -> None:
    assert is_nonsense(text)


@pytest.mark.parametrize(
    "text",
    [
        "bruno",
        "brno",
        "strengths",
        "knightsbridge",
        "Krzysztof",
        "my dog is called asdkjh",
        "asdkjh is my password",
        "grimpozz",
        "xk42",
        "property",
        "the zxcv folder",
        "qwertz keyboard",
        "wxyz-9931",
        "旺财",
        "дщжк",
        "ok",
        "lol",
        "",
        "...",
        "\x00\ud800",
        "asdkjh " * 20,
    ],
)
def test_names_codes_sentences_and_other_scripts_are_not(text: str) -> None:
    assert not is_nonsense(text)


def test_invented_names_survive() -> None:
    rng = random.Random(5)
    lost = [word for word in (english_word(rng) for _ in range(1000)) if is_nonsense(word)]
    assert len(lost) <= 15, lost
