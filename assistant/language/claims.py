"""What a text claims to be so, or not to be so any more: the ground on which turns are compared.

A statement (``statements``) is what may be kept as a fact, and leaves out what is negated. A claim
takes in negations, endings ("I quit ...", 不再), changes ("now", 改成) and corrections ("not
Monday"), so that two turns can be held against each other. Read from form alone; what is asked,
supposed, wished or quoted claims nothing. The forms are in ``claims_en`` and ``claims_zh``.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import claims_en, claims_zh, comparison_en, comparison_zh
from .claim import UNRELATED, Claim, Verdict
from .questions import asks
from .text import LONGEST_SENTENCE, has_han, sentences

__all__ = ["Claim", "compare_claims", "read_claims"]

MOST_CLAIMS = 12


@dataclass(slots=True)
class _Reading:
    """What carries over from one sentence to the next: "I was wrong. My boss is Tamara." """

    corrects: bool = False


def read_claims(text: str) -> tuple[Claim, ...]:
    """What a turn claims, in the order it is said; linear in the length of the text.

    >>> [(c.entity, c.verb, c.content, c.sign) for c in read_claims("I don't eat fish any more.")]
    [('i', 'eat', ('fish',), -1)]
    """
    found: list[Claim] = []
    reading = _Reading()
    for sentence in sentences(text[:20_000]):
        if len(sentence) > LONGEST_SENTENCE or asks(sentence):
            continue
        language = claims_zh if has_han(sentence) else claims_en
        claims, opened = language.read(sentence, corrects=reading.corrects)
        reading.corrects = opened
        found.extend(claims)
        if len(found) >= MOST_CLAIMS:
            break
    return tuple(found[:MOST_CLAIMS])


def compare_claims(old: Claim, new: Claim) -> Verdict:
    """How a claim bears on one made earlier by the same speaker."""
    if old.han != new.han:
        return UNRELATED
    return comparison_zh.compare(old, new) if new.han else comparison_en.compare(old, new)
