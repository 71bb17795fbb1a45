"""Completes a question that leans on the one before: "And Eva?" after "Where does Ana live?".

Works on the form of the two questions alone: what was asked about is replaced by what is named
now. Whatever is not plainly elliptical is returned as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import ellipsis_en, ellipsis_zh
from .questions import asks
from .small_talk import is_chat
from .text import collapse, has_han, sentences

_LONGEST = 120
_MOST_WORDS = 8
_POINTS_BACK = re.compile(
    r"\b(?:he|she|it|they|him|her|his|hers|its|their|them|the other|that one)\b"
    r"|[他她它]|那个|另一个",
    re.IGNORECASE,
)


def complete_question(text: str, earlier: Sequence[str]) -> str:
    """A question made whole with the help of earlier ones.

    Args:
        text: What was just said.
        earlier: Earlier questions, complete, newest last.

    Returns:
        The complete question, or ``text`` itself when it is not elliptical.

    >>> complete_question("And Eva?", ["Where does Ana live?"])
    'Where does Eva live?'
    """
    if len(text) > _LONGEST or not earlier or is_chat(text):
        return text
    chinese = has_han(text)
    for question in reversed(earlier):
        asking = [one for one in sentences(question[:2000]) if asks(one)]
        if not asking or has_han(question) != chinese:
            continue
        complete = ellipsis_zh.complete if chinese else ellipsis_en.complete
        completed = complete(collapse(text), collapse(asking[-1]))
        return completed or text
    return text


def is_incomplete(text: str) -> bool:
    """Whether a question leans on what was said before: "And Eva?", "What is her sister called?".

    >>> is_incomplete("and her sister?"), is_incomplete("Where does Ana live?")
    (True, False)
    """
    if len(text) > _LONGEST or is_chat(text):
        return False
    words = collapse(text)
    named = ellipsis_zh.named_in(words) if has_han(text) else ellipsis_en.named_in(words)
    if named is not None:
        return True
    short = len(words.split()) <= _MOST_WORDS and len(words) <= 60
    return short and asks(words) and _POINTS_BACK.search(words) is not None
