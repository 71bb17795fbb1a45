"""What a text is about: its words without those that only hold a sentence together."""

from __future__ import annotations

import re

from .text import has_han, words_of
from .verbs_en import lemma_of

_FUNCTION_WORDS = frozenset(
    """a an the and or but of in on at to for with from about by is are am was were be been being
    do does did done have has had i you he she it we they me my your his her its our their mine us
    them myself what who whom whose where when why which how that this these those not no so if
    than then there can could will would should may might must please tell know remember recall say
    said told called named name now all any some just also ever again long ago still time""".split()
)
_HAN_FUNCTION = re.compile(
    "什么时候|是不是|有没有|什么|时候|怎么|哪里|哪儿|哪天|哪年|多少|几号|几点|知道|记得|告诉|关于|我们?家的?|名字|名叫|叫做|"
    "[我你您他她它们的了吗呢吧啊是在谁哪有和也都过着要几叫]"
)

_OWN_HAN = re.compile("(?:^|[，,。])我们?(?!的)")


def content_of(text: str) -> frozenset[str]:
    """The words a text is about, in a crude common form; Chinese by pairs of characters.

    >>> sorted(content_of("When did Ana pass her driving tests?"))
    ['ana', 'driving', 'pass', 'test']
    """
    found: set[str] = set()
    for word in words_of(text[:4000]):
        low = word.low.removesuffix("'s")
        if has_han(low):
            for part in _HAN_FUNCTION.sub(" ", low).split():
                found.update([part[i : i + 2] for i in range(len(part) - 1)] or [part])
        elif low not in _FUNCTION_WORDS:
            found.add(lemma_of(low).rstrip("e") or low)
    return frozenset(found)


def first_person(text: str) -> bool:
    """Whether the speaker is the subject: "I" or 我, not only "my"."""
    if has_han(text):
        return _OWN_HAN.search(text) is not None
    return any(word.low in ("i", "we") for word in words_of(text[:4000]))


def covers(text: str, topic: str) -> bool:
    """Whether a text has everything that a topic is about; never so for an empty topic."""
    chinese = [part for part in _HAN_FUNCTION.sub(" ", topic).split() if has_han(part)]
    chinese = ["".join(sign for sign in part if has_han(sign)) for part in chinese]
    others = {word for word in content_of(topic) if not has_han(word)}
    return bool(chinese or others) and (
        all(part in text for part in chinese) and others <= content_of(text)
    )
