"""The subject of a Chinese clause: what may be one, and its normal form.

Chinese writes no spaces, so a reader that takes whatever stands before a verb for the subject
takes half a sentence for one. A subject is the speaker, something of the speaker's, a short name,
or something of somebody's; with a verb, a pronoun or a particle in it, it is none.
"""

from __future__ import annotations

import re

from .frame import SLOT

SELF = ("我们", "咱们", "我")
_OWN = ("我们家的", "我家的", "我们的", "咱们的", "我的", "我们家", "我家", "我们")
# Words before a subject or between it and the verb that change nothing.
_ADVERBS = (
    "现在|目前|如今|最近|刚刚|刚才|刚|已经|一直|也|还是|还|都|其实|真的|真|很|非常|特别|就|总是|经常|常常|"
    "平时|一般|今年|今天|昨天|前天|去年|上周|上个月|又|仍然|依然|才|总|确实|从小|快要|快"
)
_AROUND = re.compile(f"^(?:{_ADVERBS})+|(?:{_ADVERBS})+$")
# What cannot stand in a bare subject, and the little that cannot even stand after 我的.
_STRANGE = re.compile(
    "[了会要想去来有是在给让把被请对从到能可找推带着得过说记并且后时吗吧些每个做这那哪什么如和与或但而因为于及等"
    "更再不没您你他她它很太挺越已只自我说叫住]"
)
_STRANGE_EVEN_OWN = re.compile("[了请您你想要把被给让找和吗吧]|并且|一个人")
_LONGEST_NAME = 8
_LONGEST_OWN = 12


def subject_of(words: str) -> str | None:
    """The normal form of the words before a verb, or None when they are no subject.

    >>> subject_of("我家的狗现在"), subject_of("安娜"), subject_of("我会记")
    ('我的狗', '安娜', None)
    """
    words = _AROUND.sub("", words.strip())
    if words in SELF:
        return "我"
    if words == SLOT:
        return words
    own = next((own for own in _OWN if words.startswith(own)), "")
    rest = words[len(own) :]
    if own:
        plain = not _STRANGE_EVEN_OWN.search(rest)
    elif words.startswith("我"):
        # 我妈妈, 我女儿的老师, 我最喜欢的颜色
        rest, owner = words[1:], words[1:].partition("的")
        if owner[1]:
            plain = bool(owner[2]) and not _STRANGE_EVEN_OWN.search(rest)
        else:
            plain = len(rest) <= 4 and not _STRANGE.search(rest)
    else:
        plain = 2 <= len(words) <= _LONGEST_NAME and not _STRANGE.search(words)
        plain = plain and not words.startswith("的")
    if not plain or not rest or rest.endswith("的") or len(rest) > _LONGEST_OWN:
        return None
    return thing(words)


def thing(words: str) -> str:
    """A subject in its normal form: 我家的狗, 我们的狗 and 我狗 are 我的狗.

    >>> thing("我妈妈"), thing("我们家的狗"), thing("安娜的狗")
    ('我的妈妈', '我的狗', '安娜的狗')
    """
    words = words.casefold().strip()
    if words in SELF:
        return "我"
    for own in _OWN:
        if words.startswith(own) and len(words) > len(own):
            return "我的" + words[len(own) :]
    return "我的" + words[1:] if words.startswith("我") else words
