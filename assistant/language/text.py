"""Text into sentences and words, and which of the two languages it is in.

Knows nothing of what the words mean. Everything here is linear in the length of the text and
takes any string, lone surrogates and NUL included.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .memo import Memo

Language = Literal["en", "zh"]

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOP = re.compile(r"[.!?…]+|[。！？]+|\n+")
_CLOSING = "\"”’'」』）)]"
_SPACE = re.compile(r"\s+")

# A full stop after one of these does not end the sentence.
_ABBREVIATIONS = frozenset("mr mrs ms dr prof st jr sr vs etc eg ie no approx".split())

QUOTES = {"“": "”", '"': '"', "「": "」", "『": "』", "«": "»", "‘": "’"}

# Longer than this, a sentence is prose to quote and not a form to read.
LONGEST_SENTENCE = 400


class Word(NamedTuple):
    """One word and where it stands: ``low`` is its lower-case, contraction-free form."""

    low: str
    start: int
    end: int


def language_of(text: str) -> Language:
    """The language a text is mostly in; what is neither counts as English.

    >>> language_of("我住在 New York"), language_of("My dog is called 小白")
    ('zh', 'en')
    """
    han = _HAN.search(text)
    if han is None:
        return "en"
    latin = _LATIN_WORD.search(text)
    if latin is None:
        return "zh"
    characters, words = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    if characters == words:
        return "zh" if han.start() < latin.start() else "en"
    return "zh" if characters > words else "en"


def collapse(text: str) -> str:
    """The text on one line: every run of white space is one space."""
    return _SPACE.sub(" ", text).strip()


@Memo
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with its own closing mark.

    >>> sentences("Dr. Ana came. Did you know? 好的。我也是")
    ('Dr. Ana came.', 'Did you know?', '好的。', '我也是')
    """
    found, start = [], 0
    for mark in _STOP.finditer(text):
        if mark.start() < start:
            continue
        end = mark.end()
        while end < len(text) and text[end] in _CLOSING:
            end += 1
        sign = mark.group()
        following = text[end : end + 1]
        if sign[0] in ".…!?" and following and not (following.isspace() or has_han(following)):
            continue  # 3.5, example.org
        if sign == "." and _is_abbreviation(text, start, mark.start()):
            continue
        found.append(text[start:end].strip())
        start = end
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if sentence)


def _is_abbreviation(text: str, start: int, dot: int) -> bool:
    first = dot
    while first > start and dot - first < 8 and text[first - 1].isalpha():
        first -= 1
    word = text[first:dot]
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    return word.lower() in _ABBREVIATIONS and dot + 1 < len(text)


# What stands after the apostrophe, spelt out.
_CONTRACTED = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
# Typed in haste; those that are words of their own ("its", "were", "well") are not among them.
_UNMARKED = {
    **{f"{verb}nt": (verb, "not") for verb in "do does did is are was has have could".split()},
    **{f"{who}s": (who, "is") for who in "what where who when how that".split()},
    "dont": ("do", "not"), "im": ("i", "am"), "ive": ("i", "have"), "youre": ("you", "are"),
    "theyre": ("they", "are"), "cant": ("can", "not"), "wont": ("will", "not"),
    **dict.fromkeys(("waht", "whta", "hwat", "wht"), ("what",)),
    **dict.fromkeys(("wehn", "whne", "hwen"), ("when",)),
    **dict.fromkeys(("wehre", "hwere", "whre", "wher"), ("where",)),
    **dict.fromkeys(("whcih", "wich", "wihch"), ("which",)), "hwo": ("how",),
}  # fmt: skip
_NEGATED = {"can": "can", "won": "will", "shan": "shall", "ain": "is"}
# A word whose 's is always "is": no possessive is made of these.
_NEVER_OWN = frozenset(
    "i he she it that this there here what who where when how why which let".split()
)


@Memo
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in lower case, with contractions spelt out.

    "I've" is "i", "have"; "isn't" is "is", "not"; a possessive stays one word ("dog's").

    >>> [word.low for word in words_of("I’ve Ana's book")]
    ['i', 'have', "ana's", 'book']
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        low = match.group().lower().replace("’", "'")
        start, end = match.span()
        if "'" not in low:  # nearly always
            for part in _UNMARKED.get(low, (low,)):
                found.append(Word(part, start, end))
            continue
        head, apostrophe, tail = low.rpartition("'")
        if apostrophe and tail == "t" and head.endswith("n"):
            stem = head[:-1]
            parts = [_NEGATED.get(head, stem or "not"), "not"]
        elif apostrophe and tail in _CONTRACTED:
            parts = [head, _CONTRACTED[tail]]
        elif apostrophe and tail == "s" and head in _NEVER_OWN:
            parts = [head, "us" if head == "let" else "is"]
        else:
            parts = [low]
        found.extend(Word(part, start, end) for part in parts)
    return tuple(found)


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return _HAN.search(text) is not None
