"""What a turn's words look like, as bits: read once, when a turn enters the index.

A question of "when" is answered by words that name a time, one of "who" by names. Recall ranks
thousands of turns by such marks without reading their text again.
"""

from __future__ import annotations

import re
from typing import Final

NAMES_TIME: Final = 1
NAMES_PLACE: Final = 2
QUOTES: Final = 4
SPEAKS_OF_SELF: Final = 8
ADDRESSES: Final = 16
EXCLAIMS: Final = 32
COUNTS: Final = 64  # has a digit or a word for a number
ONE_NAME: Final = 128  # a capital letter within a sentence
MANY_NAMES: Final = 256
QUOTES_SELF: Final = 512  # says "I" in what it quotes and nowhere else

_MONTHS = "january|february|march|april|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_TIME = re.compile(
    rf"\b(?:yesterday|today|tonight|tomorrow|recently|ago|since|weekend|{_MONTHS}|{_DAYS}"
    r"|(?:last|next|this) (?:week|night|month|year|morning|summer|winter|spring|fall|autumn"
    r"|weekend|\w+day)|(?:19|20)\d\d)\b"
    r"|昨天|今天|明天|前天|后天|上周|下周|上个月|下个月|去年|明年|今年|星期|周末|最近|刚|\d+[年月日号]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")  # all of it that has no word to be told by
_PLACE = re.compile(r"\b(?:in|at|to|from|near) (?:the )?[A-Z]|[在去到][^，。,.]")
_QUOTE = re.compile(r"[\"“《「]")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」")
FIRST_PERSON: Final = re.compile(r"\b(?:i|me|my|mine|myself)\b|我", re.IGNORECASE)
SECOND_PERSON: Final = re.compile(r"\b(?:you|your|yours|yourself)\b|你|您", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twice|once|dozen)\b|[一二两三四五六七八九十]",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=[a-z,;:'\"] )[A-Z][a-z]+")
_OPENING = 25  # characters in which an exclamation mark is a mere "Wow!"
_READ = 2_000  # characters read: a page says enough about its kind


def traits_of(words: str) -> int:
    """The bits above, of a turn's words.

    >>> traits_of("I saw it yesterday.") == NAMES_TIME | SPEAKS_OF_SELF
    True
    >>> traits_of('She said "I saw it."') == QUOTES | SPEAKS_OF_SELF | QUOTES_SELF
    True
    """
    words = words[:_READ]
    spoken = set(_WORD.findall(words.lower()))
    plain = words.isascii()
    bits = 0
    for bit, pattern, hints in _PATTERNS:
        # A set of words is looked through ten times as fast as a text, and mostly says no.
        if (not plain or not hints.isdisjoint(spoken)) and pattern.search(words):
            bits |= bit
    if _DIGIT.search(words):
        bits |= COUNTS
        if not bits & NAMES_TIME and _YEAR.search(words):
            bits |= NAMES_TIME
    if '"' in words:
        bits |= QUOTES
    if bits & QUOTES and bits & SPEAKS_OF_SELF and not FIRST_PERSON.search(_QUOTED.sub(" ", words)):
        bits |= QUOTES_SELF
    if "!" in words[:_OPENING] or "！" in words[: _OPENING // 2]:
        bits |= EXCLAIMS
    names = len(_NAME.findall(words))
    if names:
        bits |= MANY_NAMES | ONE_NAME if names > 1 else ONE_NAME
    return bits


def _hints(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Each with words of which ASCII text without digits and quotation marks has one where it matches.
_PATTERNS: Final = (
    (
        NAMES_TIME,
        _TIME,
        _hints(
            "yesterday today tonight tomorrow recently ago since weekend last next this "
            f"{_MONTHS} {_DAYS}".replace("|", " ")
        ),
    ),
    (NAMES_PLACE, _PLACE, _hints("in at to from near")),
    (QUOTES, _QUOTE, _hints("")),
    (SPEAKS_OF_SELF, FIRST_PERSON, _hints("i me my mine myself")),
    (ADDRESSES, SECOND_PERSON, _hints("you your yours yourself")),
    (COUNTS, _NUMBER, _hints("one two three four five six seven eight nine ten twice once dozen")),
)
