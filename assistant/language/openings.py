"""What is said before something: "I was wrong:", "As I said,", 我说错了. It tells nothing."""

from __future__ import annotations

import re

from .text import has_han

# Said before something that is set right.
_CORRECTING_EN = re.compile(
    r"^\W*(?:(?:sorry|no|oh|oops|wait|ah|actually|well)\b[\s,.!:;–—-]*)*"
    r"(?:i (?:was|am|’m|'m) (?:wrong|mistaken)(?: (?:about (?:that|it)|before|earlier))?"
    r"|i (?:got|had) (?:that|it|this) wrong|i (?:made|have made) a mistake|my mistake"
    r"|i (?:meant|mistyped|misspoke|misremembered)(?: to say)?|correction|to correct myself"
    r"|let me correct (?:that|myself)|scratch that|that(?:['’]s| is| was) wrong)\b"
    r"(?:[\s,.!:;–—-]+(?:that\b)?|$)",
    re.IGNORECASE,
)
_OPENING_EN = re.compile(
    r"^\W*(?:as i (?:said|mentioned|told you)(?: before)?|it turns out(?: that)?)\b[\s,]*", re.I
)
# Said after something, and no part of it.
_ENDING_EN = re.compile(
    r"(?:[\s,]+(?:btw|by the way|lol|haha+|fyi|tho|though|xd|[:;]-?[()DP]+))+(?=[\s.!]*$)", re.I
)
_CORRECTING_ZH = re.compile(
    "^(?:不对|对不起|抱歉|不好意思|哦|啊|等等)?[，,。！!\\s]*"
    "(?:我?(?:刚才|之前|前面)?(?:说|记|搞|弄|写|打|讲)错了?|更正(?:一下)?|纠正(?:一下)?)[，,：:。；;！!\\s]*"
)
_OPENING_ZH = re.compile("^(?:就像|正如)?我(?:之前|刚才|以前)?(?:说|提)(?:过|到过?)[，,：:]?")


def without_opening(sentence: str) -> tuple[str, bool]:
    """A sentence without such words, and whether they announced a correction; what is put after
    one for company ("btw") is left out too.

    >>> without_opening("I was wrong: my boss is Tamara.")
    ('my boss is Tamara.', True)
    """
    han = has_han(sentence)
    sentence = (_OPENING_ZH if han else _OPENING_EN).sub("", sentence)
    if not han:
        sentence = _ENDING_EN.sub("", sentence)
    found = (_CORRECTING_ZH if han else _CORRECTING_EN).match(sentence)
    return (sentence[found.end() :], True) if found else (sentence, False)
