"""The parts of an English question: question words, auxiliary, subject, and the rest.

Shared by what reads a question and by what completes an elliptical one.
"""

from __future__ import annotations

from dataclasses import dataclass

from .clauses_en import BE, spelt_out
from .text import Word, words_of
from .verbs_en import LEMMAS, PREPOSITIONS

WH = frozenset("what who whom whose where when why which how".split())
AUXILIARIES = BE | frozenset("do does did have has had can could will would should".split())
_PRONOUNS = frozenset("i you he she it we they".split())
_DETERMINERS = frozenset("my your his her its our their the a an this that these those".split())
_OPENERS = frozenset(
    "and so but hey ok okay please well also then now oh hi hello um uh by actually btw".split()
)
# "Do you know what ...": what is asked comes after.
_WRAPPERS = tuple(
    phrase.split()
    for phrase in (
        "do you know", "do you remember", "do you still know", "do you still remember",
        "do you recall", "do you happen to know", "can you tell me", "could you tell me",
        "can you remind me", "could you remind me", "can you remember", "can you recall",
        "please tell me", "tell me", "remind me", "i forgot", "i have forgotten",
        "i can not remember", "i do not remember", "i want to know", "i would like to know",
        "i wonder", "let me know", "have i told you", "did i tell you", "do you have any idea",
        "remember",
    )
)  # fmt: skip
# After a form of "be", the subject ends before one of these.
_AFTER_SUBJECT = frozenset(
    "called named nicknamed from born living working based married allergic about like for".split()
)
TRAILING = frozenset(
    "now currently today again then before previously originally already anymore nowadays still "
    "these days please exactly formerly".split()
)


@dataclass(frozen=True, slots=True)
class Inversion:
    """Indices into ``words``: question words ``[first, aux)``, subject ``[start, end)``.

    ``aux`` is -1 where the order is that of a statement ("what my dog is called"), and then the
    question words are ``[first, start)``; ``first == aux`` where there is no question word.
    """

    words: tuple[Word, ...]
    first: int
    aux: int
    start: int
    end: int
    wrapped: bool

    def lows(self, start: int, end: int | None = None) -> list[str]:
        """Words in lower case."""
        return [word.low for word in self.words[start:end]]

    @property
    def wh(self) -> list[str]:
        """The question words: ["how", "old"]; empty for a yes-or-no question."""
        return self.lows(self.first, self.start if self.aux < 0 else self.aux)

    @property
    def tail(self) -> list[str]:
        """What follows the subject, trailing adverbs left out."""
        tail = self.lows(self.end)
        while len(tail) > 1 and tail[-1] in TRAILING:
            tail.pop()
        return tail


def invert(sentence: str) -> Inversion | None:
    """Find the parts of a question; None when it has another shape."""
    words = tuple(spelt_out(words_of(sentence)))
    lows = [word.low for word in words]
    i, wrapped = _begin(lows)
    if i >= len(lows):
        return None
    if lows[i] not in WH:
        if wrapped and lows[i] in ("if", "whether"):
            i += 1
        elif wrapped or lows[i] not in AUXILIARIES:
            return None
        else:
            return _with_subject(words, lows, i, i, wrapped)
        end = _noun_phrase(lows, i, ends_at_verb=True)
        return Inversion(words, i, -1, i, end, wrapped) if end > i else None
    aux = next((k for k in range(i + 1, min(i + 5, len(lows))) if lows[k] in AUXILIARIES), -1)
    embedded = i + 1 < len(lows) and (
        (lows[i + 1] in _PRONOUNS | _DETERMINERS or lows[i + 1].endswith("'s")) or wrapped
    )
    if embedded and aux != i + 1 and lows[i] != "whose":
        start = i + 2 if lows[i] == "how" and lows[i + 1] in ("old", "much", "many") else i + 1
        end = _noun_phrase(lows, start, ends_at_verb=True)
        return Inversion(words, i, -1, start, end, wrapped) if start < end else None
    if aux < 0:
        return None
    return _with_subject(words, lows, i, aux, wrapped)


def _begin(lows: list[str]) -> tuple[int, bool]:
    """Where the question proper begins, and whether "do you know" or the like came before."""
    i, wrapped = 0, False
    while i < len(lows):
        phrase = next((p for p in _WRAPPERS if lows[i : i + len(p)] == p), None)
        if phrase:
            i, wrapped = i + len(phrase), True
        elif lows[i] in _OPENERS:
            i += 1
        else:
            break
    return i, wrapped


def _with_subject(
    words: tuple[Word, ...], lows: list[str], first: int, aux: int, wrapped: bool
) -> Inversion | None:
    start = aux + 1
    if start >= len(lows):
        return None
    end = _noun_phrase(lows, start, ends_at_verb=lows[aux] not in BE)
    return Inversion(words, first, aux, start, end, wrapped)


def _noun_phrase(lows: list[str], start: int, *, ends_at_verb: bool) -> int:
    """Where the noun phrase that begins at ``start`` ends."""
    if start >= len(lows):
        return start
    if lows[start] in _PRONOUNS:
        return start + 1
    least = start + (2 if lows[start] in _DETERMINERS or lows[start].endswith("'s") else 1)
    stop = len(lows)
    while stop > least and lows[stop - 1] in TRAILING:
        stop -= 1
    for k in range(least, stop):
        if ends_at_verb:
            if lows[k] in LEMMAS or lows[k] in AUXILIARIES:
                return k
        elif lows[k] in _AFTER_SUBJECT or lows[k] in PREPOSITIONS - {"of"}:
            return k
    if not ends_at_verb:
        return stop
    # An unknown verb: the last word that is not a preposition.
    last = stop - 1
    while last > least and lows[last] in PREPOSITIONS:
        last -= 1
    return max(last, least) if least < stop else stop
