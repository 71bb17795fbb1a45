"""An English sentence cut into clauses, each a list of words that can be looked at by index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .text import QUOTES, Word, words_of
from .verbs_en import LEMMAS, lemma_of

CONJUNCTIONS = frozenset("and but because although though so".split())
BE = frozenset("is am are was were".split())
_SPLITTERS = ",;:—–"
_SUBJECTS = frozenset("i we my our he she they it his her their".split())
# After these, 's is "is": "my dog's called Bruno".
_IS_AFTER = frozenset(
    "called named nicknamed from a an not living working based allergic married born now".split()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of one clause.

    Args:
        text: The sentence it is part of.
        words: Its words.
        quoted: Where quotations begin and end in the sentence.
    """

    text: str
    words: tuple[Word, ...]
    quoted: tuple[tuple[int, int], ...]

    def low(self, i: int) -> str:
        """Word ``i`` in lower case; empty outside the clause."""
        return self.words[i].low if 0 <= i < len(self.words) else ""

    def capital(self, i: int) -> bool:
        """Whether word ``i`` is written with a capital."""
        return 0 <= i < len(self.words) and self.text[self.words[i].start].isupper()

    def quotes(self, first: int, last: int) -> bool:
        """Whether any of the words from ``first`` to ``last`` stands in a quotation."""
        start, end = self.words[first].start, self.words[min(last, len(self.words) - 1)].end
        return any(opens < end and start < closes for opens, closes in self.quoted)

    def opens_quotation(self, i: int) -> bool:
        """Whether a quotation begins right before word ``i``."""
        return i < len(self.words) and any(
            opens == self.words[i].start - 1 for opens, _ in self.quoted
        )

    def between(self, i: int) -> str:
        """What is written between word ``i - 1`` and word ``i``."""
        return self.text[self.words[i - 1].end : self.words[i].start]


def spelt_out(words: list[Word]) -> list[Word]:
    """The words with "dog's called" as "dog", "is", "called"."""
    result = []
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else None
        if word.low.endswith("'s") and following and following.low in _IS_AFTER:
            result.append(Word(word.low[:-2], word.start, word.end - 2))
            result.append(Word("is", word.end - 2, word.end))
        else:
            result.append(word)
    return result


def clauses(sentence: str) -> Iterator[Clause]:
    """The clauses of a sentence: one ends where a mark or "and" meets a new subject."""
    words = spelt_out(words_of(sentence))
    quoted = _quotations(sentence)
    start = 0
    for i, word in enumerate(words):
        if i == start:
            continue
        joined = words[i - 1].low in CONJUNCTIONS
        marked = any(sign in _SPLITTERS for sign in sentence[words[i - 1].end : word.start])
        begun = any(one.low in LEMMAS for one in words[start:i])
        # A mark before any verb sets off "No," or "Yesterday,"; after one it may stand in a list.
        ends = _begins_subject(sentence, words, i) if joined or (marked and begun) else marked
        if ends:
            yield Clause(sentence, tuple(words[start : i - joined]), quoted)
            start = i
    yield Clause(sentence, tuple(words[start:]), quoted)


def _begins_subject(sentence: str, words: list[Word], i: int) -> bool:
    low = words[i].low
    if low in _SUBJECTS or low.endswith("'s"):
        return True
    following = words[i + 1].low if i + 1 < len(words) else ""
    return sentence[words[i].start].isupper() and lemma_of(following) in LEMMAS.values()


def _quotations(sentence: str) -> tuple[tuple[int, int], ...]:
    """Where quotations begin and end; an unclosed one runs to the end."""
    spans, i = [], 0
    while i < len(sentence):
        closing = QUOTES.get(sentence[i])
        if closing is None:
            i += 1
            continue
        end = sentence.find(closing, i + 1)
        end = len(sentence) if end < 0 else end
        spans.append((i, end))
        i = end + 1
    return tuple(spans)
