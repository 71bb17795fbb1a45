"""Whether a question asks where the answer before it came from: "Who told you that?"."""

from __future__ import annotations

import re

_SOURCE = re.compile(
    r"\W*(?:and |so |but )?(?:who (?:told you|said|says)(?: (?:that|this|so|it))?|says who|"
    r"how (?:do|did|would|can) you know(?: (?:that|this|it))?|are you (?:really |quite )?sure"
    r"(?: (?:about|of) (?:that|this|it))?|where (?:did|do) you (?:get|have|know|hear) "
    r"(?:that|this|it)(?: from)?|when did i (?:say|tell you|mention) (?:that|this|it|so)|"
    r"did i (?:really )?(?:say|tell you) (?:that|this|so))\W*",
    re.IGNORECASE,
)
_SOURCE_ZH = re.compile(
    "(?:那|这)?(?:是)?(?:谁(?:告诉|跟|和)你(?:说)?的|谁说的|你(?:是)?(?:怎么|从哪里?|从哪儿)知道的?|"
    "你(?:能)?(?:确定|肯定)(?:吗|么)?|(?:这|那)?(?:是)?我(?:是)?什么时候(?:说|告诉你)的)"
)
_MARKS = re.compile(r"[\s，,。.！!？?呢啊呀]+")


def asks_for_source(question: str) -> bool:
    """Whether it does, and asks nothing else.

    >>> asks_for_source("Who told you that?"), asks_for_source("Who told you about Ana?")
    (True, False)
    """
    if len(question) > 60:
        return False
    bare = _MARKS.sub("", question)
    return bool(_SOURCE.fullmatch(question) or _SOURCE_ZH.fullmatch(bare))
