"""An English sentence cut into clauses, each a list of words that can be looked at by index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .text import QUOTES, Word, words_of
from .verbs_en import LEMMAS, lemma_of

CONJUNCTIONS = frozenset("and but because although though so".split())
BE = frozenset("is am are was were".split())
_SPLITTERS = ",;:—–"
# What reaches over a second verb: its scope is not known, and it is not read.
_SCOPES = frozenset(
    """not never no cannot can could will would may might must shall should let whether if
    who which that""".split()
)
_PARTICIPLES_ONLY = frozenset("been done gone seen known taken given".split())
# What follows a verb and hardly ever a noun.
_AFTER_VERB = frozenset(
    """a an the my our as at in on for with from to it him her them this that these those no
    two three four five""".split()
)
_NEVER_NOUNS = frozenset(
    """live enjoy prefer want own relocate adopt learn attend graduate receive remember admire adore
    eat speak give know lose buy see have teach keep wear sell build begin choose become""".split()
)
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
        carried: How many of the words are the subject of the clause before, said only there.
    """

    text: str
    words: tuple[Word, ...]
    quoted: tuple[tuple[int, int], ...]
    carried: int = 0

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

    @property
    def written(self) -> str:
        """The clause as it stands in the sentence, without a subject that is carried over."""
        first = min(self.carried, len(self.words) - 1)
        return self.text[self.words[first].start : self.words[-1].end] if self.words else ""

    def between(self, i: int) -> str:
        """What is written between word ``i - 1`` and word ``i``."""
        return self.text[self.words[i - 1].end : self.words[i].start]


def spelt_out(words: Sequence[Word]) -> list[Word]:
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
    """The clauses of a sentence: one ends where a mark or "and" meets a new subject, or another
    verb of the same subject: "I live in Lisbon and work as a nurse" is "I live in Lisbon" and "I
    work as a nurse"."""
    words = spelt_out(words_of(sentence))
    quoted = _quotations(sentence)
    start = 0
    subject: tuple[Word, ...] = ()
    for i, word in enumerate(words):
        if i == start:
            continue
        joined = words[i - 1].low in CONJUNCTIONS
        marked = any(sign in _SPLITTERS for sign in sentence[words[i - 1].end : word.start])
        begun = any(one.low in LEMMAS for one in words[start:i])
        # A mark before any verb sets off "No," or "Yesterday,"; after one it may stand in a list.
        ends = _begins_subject(sentence, words, i) if joined or (marked and begun) else marked
        listed = marked and sentence[words[i - 1].end : word.start].strip() == ","
        again = begun and not ends and (joined or listed)
        again = again and _goes_on(sentence, words, start, i, subject)
        if ends or again:
            yield Clause(sentence, (*subject, *words[start : i - joined]), quoted, len(subject))
            subject = (subject or _subject_before(words, start)) if again else ()
            start = i
    yield Clause(sentence, (*subject, *words[start:]), quoted, len(subject))


def _subject_before(words: list[Word], start: int) -> tuple[Word, ...]:
    """The words of a clause before its verb, "I now" of "I now live in ..."."""
    verb = next((k for k in range(start + 1, len(words)) if words[k].low in LEMMAS), start)
    return tuple(words[start:verb])


def _goes_on(
    sentence: str, words: list[Word], start: int, i: int, subject: tuple[Word, ...]
) -> bool:
    """Whether word ``i``, after "and", is a second verb of the subject before.

    Not so where the first is in the scope of something that reaches over both: "I want to live in
    Lisbon and work there", "I don't live in Lisbon and work at Acme". A form that is also a noun
    must be followed by what follows verbs: "and work as", not "and work".
    """
    low = words[i].low
    lemma = LEMMAS.get(low)
    joined = words[i - 1].low in CONJUNCTIONS
    before = [word.low for word in words[start : i - joined]]
    if lemma is None or sentence[words[i].start].isupper() or _SCOPES & set(before):
        return False
    if any(word == "to" and LEMMAS.get(then) == then for word, then in pairwise(before)):
        return False
    if not subject and not _subject_before(words, start):
        return False
    if (joined and words[i - 1].low not in ("and", "but")) or low in _PARTICIPLES_ONLY:
        return False
    first = (subject or words[start : start + 1])[0].low
    if lemma == low:  # the base form: of "I" and "we" only, and where no noun can stand
        following = words[i + 1].low if i + 1 < len(words) else ""
        clear = following in _AFTER_VERB or (bool(following) and low in _NEVER_NOUNS)
        clear = clear or (bool(subject) and bool(following))  # the third of a series
        return first in ("i", "we") and clear
    if low.endswith("ing") or (not joined and not low.endswith("s")):
        return False  # "I have a dog, called Bruno"
    return low in BE or not low.endswith("s") or first not in ("i", "we")


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
