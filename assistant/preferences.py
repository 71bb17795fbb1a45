"""Which memories are standing preferences, and which of them bear on a request.

"I'm vegetarian" shares no word with "plan dinner for Friday". What a user is, cannot, does not,
never does, likes and hates holds in general, and is told by form: the speaker is the subject, the
verb is in the habitual present, and no day is named; or it is told by what was learned
(``neural.areas``). Such memories are few even in a large store, so that a request can be held
against each of them. Knows nothing of stores; recall gives the
candidates and the responder's prompt takes the result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import islice

from assistant.language import (
    is_question,
    is_small_talk,
    language_of,
    read_claims,
    resolve_dates,
)
from assistant.language.requests import is_request
from assistant.language.text import words_of

__all__ = [
    "Candidate",
    "is_request",
    "is_standing",
    "preferences_for",
    "to_be_heeded",
    "travels_always",
]

MOST = 32
"""How many bear on a request at most: a model has room for them, and the encoder's order is not
good enough to leave more out."""

HOLDS = 0.5
"""How likely a memory has to hold in general, by its vector, if its form does not tell."""

SURELY = 0.75
"""From when on it is likely enough."""

LEARNED = 0.2
"""How much more such a memory has to bear on a request than one that its form tells."""

LACKING = 0.5
"""How much more for each unit of log-odds that it is less likely than surely."""

LONGEST = 200
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# "On Fridays", "every day", 每天: a habit and no single day.
_HABITUAL = re.compile(
    r"\b(?:every|always|never|usually|often|mostly|(?:mon|tues|wednes|thurs|fri|satur|sun)days|"
    r"weekdays|weekends|evenings|mornings|nights)\b|每|总|从来|从不|平时|经常|通常|星期.不|周.不",
    re.IGNORECASE,
)
# What something does to the speaker as a rule: "Wool makes my skin itch", "My back hurts".
_AFFECTS = re.compile(
    r"\b(?:makes?|gives?|upsets?|bothers?|hurts?|scares?|annoys?|bores?|disgusts?|stress(?:es)?|"
    r"disturbs?|drives?|keeps?|wakes?) (?:me|my)\b|"
    r"^\W*my [a-z ]{2,24} (?:hurts?|aches?|itch(?:es)?|swells?)\b"
    r"|^[^我]{1,12}(?:让|使|害|令)我(?!.*[了过])",
    re.IGNORECASE,
)
_ALLERGY = re.compile(r"\ballerg(?:ic|y|ies)\b|\bintoleran(?:t|ce)\b|过敏|不耐受", re.IGNORECASE)
# Whose allergy it is: what stands before the verb, or before 对 and 有.
_ALLERGIC_EN = re.compile(
    r"([^.!?,;:]{1,60}?)(?:'s|\u2019s)? "
    r"(?:is|are|has|have|had|was|gets?|suffers?|became|turned|might|may|can't|cannot)\b"
    r"[^.!?;]{0,80}?\b(?:allerg(?:ic|y|ies)|intoleran(?:t|ce))\b",
    re.IGNORECASE,
)
_ALLERGIC_ZH = re.compile("([\u4e00-\u9fff]{2,12}?)(?:对|有|[吃喝]).{0,20}?(?:过敏|不耐受)")
_NOBODY = frozenset(
    "i me my mine we us our you your he him his she her it its they them their a an the this "
    "that and or of to in on at for with by from but so because since who both all also one very "
    "is".split()
)
_SPEAKERS = re.compile(r"\b(?:i|im|ive|me|my|we|our)\b|我", re.IGNORECASE)
_OWN = re.compile("^我(?!们)")
# Somebody or something of the speaker's is the subject: 我姐姐住在成都, 我的车是灰色的.
_OWNED = re.compile(
    "^我的?(?:[小大老]?(?:外[公婆甥孙祖]|侄|嫂|婶|伯|岳|孙|公公|婆婆|爸|妈|爷|奶|叔|姑|姨|舅|哥|姐|弟|妹|儿|女|孩|丈|妻|老公|老婆|男友|女友|朋友|同事|老板|"
    "邻居|老师|同学|表|堂|家人|狗|猫|车|家的))|^我的(?!.{1,4}(?:不|很|有点))"
)
# It happened, and is over: 了 after a verb, 过, a day.
_HAPPENED = re.compile(
    "(?<!怀孕)(?<![不养有会])了(?![.。！!]*$)|(?<=[见去看吃买跑来])过|刚|把|出生|昨|去年|上[周个]|捡到|看见|今天|今早|昨晚"
)
_ENDED = re.compile("(?:卖|丢|买|写|摔|换|到|生|来|停|关|完)(?:掉|完|好|碎)?了[。.！!]*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory that may bear on a request.

    Args:
        text: Its words.
        similarity: How much it bears on the request; higher is more.
        pinned: Whether the user pinned it.
        likely: How likely it holds in general, as learned, 0 to 1.
    """

    text: str
    similarity: float
    pinned: bool = False
    likely: float = 0.0

    @property
    def doubt(self) -> float:
        """What its bearing on a request loses for want of likelihood, if its form does not tell."""
        return LACKING * max(_log_odds(SURELY) - _log_odds(self.likely), 0.0)


def is_standing(text: str) -> bool:
    """Whether a user's words tell what holds of the user in general.

    >>> is_standing("I'm vegetarian."), is_standing("I met Tom in Lisbon."), is_standing("我不吃肉")
    (True, False, True)
    """
    if len(text) > LONGEST or not _SPEAKERS.search(text):  # what costs little comes first
        return False
    affects = _AFFECTS.search(text) is not None
    chinese = language_of(text) == "zh"
    if (
        chinese
        and not affects
        and (
            not _OWN.match(text)
            or _OWNED.match(text)
            or _HAPPENED.search(text)
            or _ENDED.search(text)
        )
    ):
        return False
    if is_small_talk(text) or is_question(text):
        return False
    if not _HABITUAL.search(text) and resolve_dates(text, _ANY_DAY):
        return False
    return chinese or affects or any(
        (claim.entity == "i" or (claim.entity.startswith("my ") and claim.verb == "be"
         and not claim.link and claim.negated))
        and not claim.past
        and not (claim.ended and not claim.negated and not claim.verb)
        for claim in read_claims(text)
    )  # fmt: skip


def travels_always(text: str, pinned: bool) -> bool:
    """Whether a memory goes into every prompt: what the user pinned, and allergies of the user's.

    >>> travels_always("I'm allergic to nuts.", False), travels_always("I like nuts.", False)
    (True, False)
    """
    return pinned or (_ALLERGY.search(text) is not None and is_standing(text))


def to_be_heeded(text: str, request: str) -> bool:
    """Whether a memory tells of an allergy of somebody who is named in a request.

    >>> to_be_heeded("My sister Ada is allergic to nuts.", "What should I cook for Ada?")
    True
    >>> to_be_heeded("我妹妹对虾过敏", "给妹妹做什么菜好？")
    True
    >>> to_be_heeded("Ada likes nuts.", "What should I cook for Ada?")
    False
    """
    if len(text) > LONGEST or not _ALLERGY.search(text):
        return False
    asked = {_person(word.low) for word in words_of(request[:LONGEST])} - _NOBODY
    for whose in _ALLERGIC_EN.finditer(text):
        if asked & {_person(word.low) for word in words_of(whose[1])}:
            return True
    subjects = (
        whose[1].removeprefix("我").removeprefix("的") for whose in _ALLERGIC_ZH.finditer(text)
    )
    return any(who[i : i + 2] in request for who in subjects for i in range(len(who) - 1))


def preferences_for(
    request: str,
    candidates: Sequence[Candidate],
    *,
    most: int = MOST,
    holds: Callable[[str], bool] = is_standing,
    asks: bool | None = None,
) -> list[int]:
    """Positions of the candidates that a request should be answered with, best first.

    Args:
        request: What the user asks for. A question about the past is none: see ``is_request``.
        candidates: Memories of the user's own words that still hold.
        most: How many at most; what always travels comes on top.
        holds: Whether words tell what holds in general by their form.
        asks: Whether it asks for something; by its form when None.

    Returns:
        First what always travels, then allergies of somebody the request names, then standing
        preferences by similarity. Without a request, only the first.
    """
    ranked = sorted(range(len(candidates)), key=lambda i: -candidates[i].similarity)
    always = [i for i in ranked if travels_always(candidates[i].text, candidates[i].pinned)]
    if not (is_request(request) if asks is None else asks):
        return always
    always += [i for i in ranked if i not in always and to_be_heeded(candidates[i].text, request)]
    others = [i for i in ranked if i not in always]
    return [*always, *islice(_standing(candidates, others, holds), most)]


def _standing(
    candidates: Sequence[Candidate], among: Sequence[int], holds: Callable[[str], bool]
) -> Iterator[int]:
    """Those that hold in general, what bears most first; the form is read only of what may be
    next. They come by similarity, the greatest first."""
    heap = [(-candidates[i].similarity, i, False) for i in among]  # in order, and so a heap
    while heap:
        _, i, read = heappop(heap)
        one = candidates[i]
        if read or holds(one.text):
            yield i
        elif one.likely >= HOLDS:
            heappush(heap, (LEARNED + one.doubt - one.similarity, i, True))


def _person(word: str) -> str:
    """A word without the ending of a possessive."""
    return word.removesuffix("'s").removesuffix("\u2019s")


def _log_odds(likely: float) -> float:
    return (
        math.log(likely / (1 - likely)) if 0 < likely < 1 else math.copysign(math.inf, likely - 0.5)
    )
