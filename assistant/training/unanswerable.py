"""Questions made to have no answer: a question of people's about something that was never said.

One noun of the question becomes the noun of another question, one that no turn of the store holds:
"What did Nora cook for the wedding?" becomes "What did Nora cook for the marathon?". The rest still
matches, so that matching words are no longer enough.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

_NOUN: Final = re.compile(
    r"(?<![\w'])(?:the|my|an?|his|her|their|our|your|\w+'s) ([a-z]{3,})(?![\w'])"
)
_CHINESE_NOUN: Final = re.compile(r"的([一-鿿]{2,4}?)(?=是|叫|在|有|吗|呢|[？?])")
TRIES: Final = 8


def nouns(text: str) -> list[tuple[int, int]]:
    """Where the nouns of a question are, as far as its articles and possessives tell.

    >>> [("what did Nora cook for the wedding?")[a:b] for a, b in nouns(
    ...     "what did Nora cook for the wedding?")]
    ['wedding']
    """
    return [match.span(1) for pattern in (_NOUN, _CHINESE_NOUN) for match in pattern.finditer(text)]


def unanswerable(question: str, others: Sequence[str], told: str, rng: random.Random) -> str | None:
    """The question about what was never said; None where it has no noun or none is found.

    Args:
        question: To be changed.
        others: Questions to take nouns from.
        told: All that was ever said, in small letters.
        rng: All chance.
    """
    places = nouns(question)
    if not places or not others:
        return None
    start, end = rng.choice(places)
    for _ in range(TRIES):
        other = rng.choice(others)
        found = nouns(other)
        if not found:
            continue
        first, last = rng.choice(found)
        noun = other[first:last]
        if noun.isascii() == question[start:end].isascii() and _stem(noun) not in told:
            return question[:start] + noun + question[end:]
    return None


def _stem(noun: str) -> str:
    """So much of a word that its other forms hold it too."""
    return noun[: max(3, len(noun) - 2)] if noun.isascii() else noun
