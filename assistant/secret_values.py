"""What a told value looks like: made up like a password, or an ordinary word of the sentence.

Knows nothing of where the value stood.
"""

from __future__ import annotations

import re
from typing import Final

_ORDINARY: Final = frozenset(
    """a an the my your his her our their its it this that these those what which who where when why
    how not no never always still also already now then just only so too very quite really pretty
    rather more most less least as like same different similar equal wrong right correct incorrect
    valid invalid expired active strong weak long short easy hard simple complex complicated secure
    insecure safe unsafe required optional needed necessary missing empty blank stored saved kept
    hidden visible written printed encrypted hashed lost forgotten known unknown secret private
    public new old good bad better best fine okay ok ready set unset reset changed changing gone on
    in at by for from of to with without under over behind inside near and or but if because until
    is was are be been being has have had do does did can could may might must shall should will
    would please thanks all any some every each none nothing something anything everything
    case here there somewhere anywhere everywhere important impossible possible available
    unavailable accepted rejected denied refused locked blocked disabled enabled default temporary
    permanent unique random obvious stupid silly funny terrible awful ugly crazy annoying nonsense
    working broken correctly below above attached found used unused reused leaked stolen
    compromised shared mine yours hers ours theirs him them you me we they i he she one two three
    four five six seven eight nine ten generated sent entered typed checked asked updated created
    protected sensitive confidential case-sensitive alphanumeric numeric mandatory useless
    obsolete outdated pending unreadable illegible true false null undefined redacted removed
    everything's nobody's somewhere's kept""".split()
)
_FUNCTION: Final = frozenset(
    "the a an is was are in on at of to it my your that this and or".split()
)
_HAN_ORDINARY: Final = re.compile(
    r"^(?:我|你|您|他|她|它|谁|哪|怎|什|多少|几|不|没|错|对|很|太|一样|相同|正确|安全|必|需|要|可|能|应|在|放|写|存"
    r"|保|记|从|由|用|为|是|的|那|这|已|还|就|都|也|无|有|空|随|默认|旧|新|简|复|数字|字母|加密|坚持|爱$|一)"
    r"|什么|多少|[吗呢吧啊了的么呀]$|生日|名字|电话|组成|一样|不对|过期|忘|密码"
)


def is_strong(value: str) -> bool:
    """Whether a value looks made up: digits in it, signs inside, or capitals inside a word.

    >>> is_strong("hunter2"), is_strong("wrong"), is_strong("12")
    (True, False, False)
    """
    if not 4 <= len(value) <= 200 or re.fullmatch(r"\[.*|<.*>|%.*%|\$?\{.*\}|\$\w+|[*x.-]+", value):
        return False  # a mask, or what stands for a password in instructions
    if value.isdigit():
        return True
    if re.fullmatch(r"\d{1,4}(?:[-/.:]\d{1,4}){1,2}(?:st|nd|rd|th|am|pm)?", value):
        return False  # a date, or a time
    digits = any(sign.isdigit() for sign in value)
    letters = any(sign.isalpha() for sign in value)
    signs = bool(re.search(r"[@#$%^&*_+=<>|~?!](?=.)|\w[/.:]\w*\d", value))
    return (digits and letters) or signs or (digits and bool(re.search(r"[^\d.,]", value)))


def is_mixed(value: str) -> bool:
    """Strong, and no mere number."""
    return is_strong(value) and not value.isdigit() and not re.fullmatch(r"\d+\D{1,3}", value)


def is_token(value: str) -> bool:
    """Mixed, and nothing that talk has letters and digits in otherwise.

    >>> is_token("Tulip#88x"), is_token("ana@example.org"), is_token("12GB"), is_token("SHA-256")
    (True, False, False, False)
    """
    if len(value) < 6 or value.lower().startswith("password") or not is_mixed(value):
        return False
    if not any(sign.isdigit() for sign in value):
        return False
    return not re.fullmatch(
        r"[\d.,:-]+[A-Za-z]{1,5}|[A-Za-z]{1,4}-?\d{1,5}|[vV]?\d+(?:\.\w+)+|\d{4}-\d\d-\d\d.*"
        r"|[\w.+-]+@[\w-]+\.[\w.-]+|\w+://.*|www\..*|/.*|\W+",
        value,
    )


def is_plain(value: str) -> bool:
    """A word that says nothing else about a password than what it is."""
    word = value.lower()
    if "[" in word or len(word) < 4:
        return False
    return is_strong(value) or (
        word.isalpha() and word not in _ORDINARY and not word.endswith(("ing", "ed", "able"))
    )


def is_phrase(value: str) -> bool:
    """Three words or more that make no sentence."""
    words = re.split(r"[ -]", value.lower())
    return len(words) >= 3 and _FUNCTION.isdisjoint(words) and words[0] not in _ORDINARY


def is_quoted(value: str) -> bool:
    """Whatever stands in quotation marks is meant literally."""
    return len(value) >= 3 and "[" not in value


def is_random(value: str) -> bool:
    """A key without a known prefix: long, with letters and digits."""
    if len(value) < 16 or "://" in value or "[" in value:
        return False
    digits = sum(sign.isdigit() for sign in value)
    letters = sum(sign.isalpha() for sign in value)
    cased = value.lower() != value != value.upper()
    return letters >= 2 and (digits >= 2 or (digits == 1 and cased))


def is_code(value: str) -> bool:
    """Digits, or three pairs of them."""
    return bool(re.fullmatch(r"\d{3,8}#?|\d{1,2}(?:-\d{1,2}){2,3}", value))


def is_han_word(value: str) -> bool:
    """Chinese words that are no description."""
    return 3 <= len(value) <= 12 and not _HAN_ORDINARY.search(value)
