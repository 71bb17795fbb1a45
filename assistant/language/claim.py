"""A claim: something said to be so, not so, no longer so, or so from now on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["contradiction", "refinement", "restatement", "similar", "unrelated"]
Certainty = Literal["sure", "unsure"]
# How a later claim bears on an earlier one.
Verdict = tuple[Kind, Certainty]
UNRELATED: Verdict = ("unrelated", "sure")
SIMILAR: Verdict = ("similar", "sure")
UNSURE: Verdict = ("contradiction", "unsure")
REFINED: Verdict = ("refinement", "sure")
RESTATED: Verdict = ("restatement", "sure")
SURE: Verdict = ("contradiction", "sure")
# Of several verdicts the last of these stands.
ORDER = (UNRELATED, SIMILAR, UNSURE, REFINED, RESTATED, SURE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One clause as it bears on other claims about the same thing.

    Args:
        entity: Who or what, as in a statement: "i", "my dog"; empty for a bare "it" or "that".
        verb: What is said of it, in a crude common form ("be", "eat"); empty where a noun alone
            names what ended ("I quit the choir").
        content: What follows, reduced: stems in English, characters in Chinese. In order.
        han: Whether the content is Chinese characters.
        negated: "not", "never", 不, 没.
        ended: It was so and is no more: "no longer", "used to", "I sold ...", 不再.
        fresh: It is so since lately, or instead: "now", "instead", 改成, 现在.
        added: It comes on top of something: "too", "also", 也.
        corrects: It is said to set something right: "I was wrong: ...", 更正.
        withdrawn: What is taken back: "monday" of "it is Tuesday, not Monday".
        past: It tells of something over, with no word on the present.
        liking: 1 for liking, -1 for disliking, 0 for all else.
        hesitant: It begins with "actually" or "no", which often corrects and often does not.
        link: The word between verb and what follows: "in", "at", "as"; mostly empty.
        kind: What follows the link: "the", "name", "time", "number", "thing", "other".
        words: The clause as it was written.
    """

    entity: str
    verb: str
    content: tuple[str, ...]
    han: bool = False
    negated: bool = False
    ended: bool = False
    fresh: bool = False
    added: bool = False
    corrects: bool = False
    withdrawn: tuple[str, ...] = ()
    past: bool = False
    liking: int = 0
    hesitant: bool = False
    link: str = ""
    kind: str = ""
    words: str = ""

    @property
    def sign(self) -> int:
        """1 where it is said to hold, -1 where it is said not to; disliking is not liking."""
        holds = -1 if self.negated or self.ended else 1
        return holds * (self.liking or 1)
