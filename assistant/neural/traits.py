"""A few traits of a turn that its vector tells badly: who speaks, how long, whether it asks.

Language-neutral where possible; English and Chinese words for the rest. Knows no topic.
"""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np

from assistant.encoder import Array

_FIRST: Final = re.compile(r"\b(i|i'm|i've|i'd|i'll|me|my|mine|myself)\b|[我俺咱]", re.IGNORECASE)
_SECOND: Final = re.compile(r"\b(you|you're|your|yours|yourself)\b|[你您]", re.IGNORECASE)
_MINE: Final = re.compile(r"\b(my|our)\s+\w+|我[们的]?\w{0,4}的?|我家", re.IGNORECASE)
_ASKING: Final = re.compile(
    r"^\W*(who|what|when|where|why|how|which|whose|do|does|did|is|are|was|were|can|could|will|would|"
    r"have|has|should)\b|[吗呢么]\W*$|什么|怎么|哪里|哪儿|谁|几点|多少|为什么",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_COURTESY: Final = re.compile(
    r"^\W*(hi|hey|hello|thanks|thank you|thx|ok|okay|yes|yeah|yep|no|nope|sure|bye|goodbye|great|"
    r"cool|wow|lol|haha|good (morning|night|evening)|see you|你好|您好|谢谢|好的?|嗯|哦|再见|哈+|"
    r"是的?|不客气|早上好|晚安)(?![a-z])",
    re.IGNORECASE,
)
_CJK: Final = re.compile("[\u3400-\u9fff]")

NAMES: Final = (
    "user", "assistant", "other", "asks", "begins as a question", "first person",
    "first person share", "second person", "possession", "digits", "names", "courtesy",
    "length", "short", "long", "exclaims", "Chinese", "several sentences",
)  # fmt: skip
_READ: Final = 2000


def traits(text: str, role: str) -> Array:
    """The traits named in ``NAMES``, (18,), each between 0 and about 1.

    >>> dict(zip(NAMES, traits("What is my dog called?", "user")))["asks"]
    np.float32(1.0)
    """
    text = text[:_READ]
    stripped = text.strip()
    chinese = len(_CJK.findall(text))
    words = len(text.split()) + chinese / 1.5
    first = len(_FIRST.findall(text))
    values = (
        role == "user",
        role == "assistant",
        role not in ("user", "assistant"),
        stripped.endswith(("?", "？")),
        bool(_ASKING.search(stripped)),
        first > 0,
        min(1.0, 4 * first / max(words, 1.0)),
        bool(_SECOND.search(text)),
        bool(_MINE.search(text)),
        any(c.isdigit() for c in text),
        min(1.0, len(_NAME.findall(text)) / 3),
        bool(_COURTESY.match(stripped)),
        math.log1p(words) / 5,
        words < 3.5,
        words > 60,
        stripped.endswith(("!", "！")),
        chinese > 0,
        min(1.0, len(re.findall(r"[.!?。！？]+", text)) / 4),
    )
    return np.array(values, np.float32)
