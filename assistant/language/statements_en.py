"""The forms of English statements: subject, verb, value.

A clause is read from its beginning: a subject (I, a possessive, a name), the first verb after it,
and what follows up to where the value ends. Verbs are looked up in ``verbs_en``.
"""

from __future__ import annotations

from collections.abc import Iterator

from .frame import SLOT, Frame
from .text import QUOTES, Word, words_of
from .verbs_en import LEMMAS, PREPOSITIONS, lemma_of

_SPLITTERS = ",;:—–"
_CONJUNCTIONS = frozenset("and but because although though so".split())

# Anywhere in a sentence, these make it no statement of the speaker's own: conditions, wishes,
# guesses, and what others say.
_DOUBTS = frozenset(
    """if would could might should maybe perhaps probably possibly unless suppose supposing imagine
    pretend pretended wish wishes wished hope hopes hoped wonder wonders dream dreamed dreamt guess
    apparently supposedly allegedly whether say says said saying tell tells told telling ask asked
    asks think thinks thought believe believes believed claim claims claimed hear heard hears
    reckon suspect joke joked joking kidding lie lied quote quoted write writes wrote read
    assume assuming assumed call_it almost nearly hypothetically""".split()
)
_NEGATIONS = frozenset("not never no nobody none neither nor hardly without cannot nothing".split())
_BE = frozenset("is am are was were".split())
_MODALS = frozenset("will would could can may might must shall should".split())

# Words before the subject that change nothing.
_OPENERS = frozenset(
    """actually no yes yeah well oh so and but also ok okay hey hi hello btw by the way now
    currently please remember note that know fyi sorry wait correction anyway today yesterday
    recently lately nowadays then because although though nope hmm um uh ah alright right
    just you""".split()
)
# Words between the subject and the verb, or verb and value, that change nothing.
_ADVERBS = frozenset(
    """now currently also still always usually often really just actually both all already mostly
    mainly sometimes recently finally simply absolutely truly quite very much kind-of only
    officially originally generally definitely certainly totally basically secretly even""".split()
)
# A subject with one of these in it is not a plain noun phrase.
_NOT_IN_SUBJECT = frozenset(
    """who which that whom whose i we you he she they it not to never no what where when why how
    if is am are was were""".split()
)
# Where a value ends, when in lower case and not its first word.
_VALUE_ENDS = frozenset(
    """because since although though but so which who whom whose that when where while as if until
    after before with without near now anymore nowadays too anyway again already today currently
    these right at by instead however unfortunately luckily thankfully please though unless
    then also yet from for actually officially""".split()
)
# Of these only the ones in _EVENT_ENDS end the value of an open verb ("like", "adopt"): there the
# rest of the clause belongs to it.
_EVENT_ENDS = frozenset("because although though but which while unless anyway please".split())
_TRAILING = frozenset(
    """now too anyway again already today currently nowadays though please also anymore actually
    instead as-well either and or but so""".split()
)
_TIME_OWNERS = frozenset(
    "today's yesterday's tomorrow's tonight's week's month's year's one's everyone's it's".split()
)
# After these, 's is "is": "my dog's called Bruno".
_IS_AFTER = frozenset(
    "called named nicknamed from a an not living working based allergic married born now".split()
)
_SUPERLATIVES = frozenset("favourite first second third best worst last main current only".split())
_DEMONYMS = ("ese", "ish", "ian")
_DETERMINERS = frozenset("the a an this that these those my our his her their its some any".split())
_NUMBERS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety""".split()
)
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december noon midnight""".split()
)
_PARTICLES = frozenset("off in back to for out up upon by on after as it".split())


def read(sentence: str, *, any_subject: bool = False) -> Iterator[Frame]:
    """The frames of an English sentence.

    Args:
        sentence: One sentence, not a question.
        any_subject: Take whatever stands before the verb for the subject, names in lower case
            too; for questions made into statements.
    """
    words = _spelt_out(words_of(sentence))
    if any(word.low in _DOUBTS for word in words):
        return
    quoted = _quoted(sentence)
    for clause in _clauses(sentence, words):
        frame = _Clause(sentence, clause, quoted, any_subject).read()
        if frame:
            yield frame


def _spelt_out(words: list[Word]) -> list[Word]:
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


def _quoted(sentence: str) -> list[tuple[int, int]]:
    """Where quotations begin and end; an unclosed one runs to the end."""
    spans, i = [], 0
    while i < len(sentence):
        closing = QUOTES.get(sentence[i])
        if closing is None:
            i += 1
            continue
        end = sentence.find(closing, i + 1)
        if end < 0:
            end = len(sentence)
        spans.append((i, end))
        i = end + 1
    return spans


def _clauses(sentence: str, words: list[Word]) -> Iterator[list[Word]]:
    """The clauses of a sentence: a new one begins where a mark or "and" meets a new subject."""
    start = 0
    for i, word in enumerate(words):
        if i == start:
            continue
        joined = words[i - 1].low in _CONJUNCTIONS
        marked = any(sign in _SPLITTERS for sign in sentence[words[i - 1].end : word.start])
        begun = any(one.low in LEMMAS for one in words[start:i])
        if _begins_subject(sentence, words, i) if joined or marked and begun else marked:
            yield words[start : i - joined]
            start = i
    yield words[start:]


def _begins_subject(sentence: str, words: list[Word], i: int) -> bool:
    low = words[i].low
    if low in ("i", "we", "my", "our", "he", "she", "they", "it", "his", "her", "their"):
        return True
    following = words[i + 1].low if i + 1 < len(words) else ""
    if low.endswith("'s"):
        return True
    return sentence[words[i].start].isupper() and lemma_of(following) in LEMMAS.values()


class _Clause:
    """Reads one clause, left to right."""

    def __init__(
        self, text: str, words: list[Word], quoted: list[tuple[int, int]], any_subject: bool
    ) -> None:
        self.text, self.words, self.quoted, self.any_subject = text, words, quoted, any_subject

    def low(self, i: int) -> str:
        return self.words[i].low if 0 <= i < len(self.words) else ""

    def read(self) -> Frame | None:
        i = 0
        while self.low(i) in _OPENERS and not self._is_call_me(i):
            i += 1
        if self._is_call_me(i):
            return self._valued("i", "called", i + 2, True)
        subject = self._subject(i)
        if subject is None:
            return None
        entity, verb = subject
        if self._in_quotation(i, verb):
            return None
        return self._predicate(entity, verb)

    def _is_call_me(self, i: int) -> bool:
        return self.low(i) == "call" and self.low(i + 1) == "me"

    def _in_quotation(self, first: int, last: int) -> bool:
        if last >= len(self.words):
            return False
        start, end = self.words[first].start, self.words[last].end
        return any(opens < end and start < closes for opens, closes in self.quoted)

    def _subject(self, i: int) -> tuple[str, int] | None:
        """The subject in lower case and the index of the verb (or adverb) after it."""
        first = self.low(i)
        if first in ("i", "we"):
            return first, i + 1
        owned = first in ("my", "our") or (
            first.endswith(("'s", "s'")) and first not in _TIME_OWNERS
        )
        named = not owned and first not in _DETERMINERS and self._capital(i)
        if not (owned or named or first == "the" or (self.any_subject and first)):
            return None
        j = i + 1 if named or not (owned or first == "the") else i + 2
        while j < len(self.words) and j - i <= 7 and not self._is_verb(j):
            if self.low(j) in _NOT_IN_SUBJECT or (
                named and not self._capital(j) and not self.any_subject
            ):
                if self.low(j) not in _ADVERBS:
                    return None
            j += 1
        if j >= len(self.words) or not self._is_verb(j):
            return None
        noun = [self.low(k) for k in range(i, j)]
        if any(word in _NOT_IN_SUBJECT or word in _DOUBTS for word in noun):
            return None
        while noun and noun[-1] in _ADVERBS:
            noun.pop()
        if not noun or (owned and len(noun) < 2):
            return None
        return _thing(noun), j

    def _is_verb(self, j: int) -> bool:
        """Whether word ``j`` is the verb: "my work is" and "my favourite book is" are nouns."""
        low, following = self.low(j), self.low(j + 1)
        if low in _BE:
            return True
        if following in _BE or (
            LEMMAS.get(low) == low and _BE & {self.low(j + 2), self.low(j + 3)}
        ):
            return False
        return (
            self.low(j) in LEMMAS or self.low(j) in _MODALS or self.low(j) in ("do", "does", "did")
        )

    def _capital(self, i: int) -> bool:
        return i < len(self.words) and self.text[self.words[i].start].isupper()

    def _past_adverbs(self, i: int) -> int:
        while self.low(i) in _ADVERBS and i + 1 < len(self.words):
            i += 1
        return i

    def _predicate(self, entity: str, i: int) -> Frame | None:
        i = self._past_adverbs(i)
        verb = self.low(i)
        if not verb or verb in _MODALS or verb in _NEGATIONS:
            return None
        if verb in ("do", "does", "did"):
            i = self._past_adverbs(i + 1)
            verb = self.low(i)
        after = self._past_adverbs(i + 1)
        if any(self.low(k) in _NEGATIONS for k in (i, i + 1, after)):
            return None
        if verb in ("is", "am", "are"):
            return self._copula(entity, after)
        if verb in ("was", "were"):
            return self._was(entity, after)
        if verb in ("have", "has"):
            following = self.low(after)
            if following == "to":
                return None
            if following == "got":
                return self._valued(entity, "have", after + 1, False, open_ended=True)
            if following in LEMMAS and following not in ("a", "had") and following != "been":
                return self._verb(entity, after)
            if following == "been":
                return None
            return self._valued(entity, "have", after, False, open_ended=True)
        return self._verb(entity, i)

    def _copula(self, entity: str, i: int) -> Frame | None:
        word, following = self.low(i), self.low(i + 1)
        if word in ("called", "named", "nicknamed"):
            if following in _PARTICLES and not self._capital(i + 1):
                return None
            return self._valued(entity, "called", i + 1, not entity.startswith("the "))
        if word == "from":
            return self._valued(entity, "from", i + 1, True)
        if word in ("living", "based") and following in ("in", "at", "on"):
            return self._valued(entity, "live in", i + 2, True)
        if word == "working" and following in ("at", "for", "as"):
            return self._valued(entity, "work as" if following == "as" else "work at", i + 2, True)
        if word == "born":
            return self._born(entity, i)
        if self._is_number(i):
            return self._number(entity, i)
        if word in ("a", "an"):
            return self._valued(entity, "is a", i, False)
        if word in PREPOSITIONS:
            kind = self._kind(i + 1)
            exclusive = entity not in ("i", "we") and kind in ("number", "time")
            return self._valued(entity, f"is {word} {kind}", i + 1, exclusive)
        if word == "going":
            return None
        if following in PREPOSITIONS and not self._capital(i):
            return self._valued(entity, f"is {word} {following}", i + 2, False)
        if word.endswith("ing") and not self._capital(i):
            return None
        return self._is(entity, i)

    def _is(self, entity: str, i: int) -> Frame | None:
        """The plain copula: single-valued only where the value names, counts or dates."""
        named = entity.rpartition(" ")
        if entity == "my name" or (named[2] == "name" and named[0].endswith("'s")):
            owner = "i" if entity == "my name" else named[0][:-2]
            return self._valued(owner, "called", i, True)
        owned = entity.startswith(("my ", "our ")) or "'s " in entity
        if any(word in _SUPERLATIVES for word in entity.split()):
            return self._valued(entity, "is", i, owned)
        kind = self._kind(i)
        relation = "is" if kind == "other" else f"is {kind}"
        return self._valued(entity, relation, i, owned and kind != "other")

    def _number(self, entity: str, i: int) -> Frame | None:
        j = i + 1
        while self._is_number(j):
            j += 1
        if self.low(j) in ("years", "year", "months", "month", "weeks", "week") and self.low(
            j + 1
        ) in ("old", "of"):
            years = self.low(j) in ("years", "year")
            return self._slice(entity, "age", i, j if years else j + 1, True)
        if self.low(i).endswith(("-year-old", "-years-old")) or (
            entity == "i" and j == len(self.words)
        ):
            return self._slice(entity, "age", i, j, True)
        return self._is(entity, i)

    def _was(self, entity: str, i: int) -> Frame | None:
        if self.low(i) == "born":
            return self._born(entity, i)
        if self.low(i) in ("called", "named"):
            if self.low(i + 1) in _PARTICLES:
                return None
            return self._valued(entity, "was called", i + 1, False)
        if self.low(i).endswith("ing"):
            return None
        return self._valued(entity, "was", i, False, open_ended=True)

    def _born(self, entity: str, i: int) -> Frame | None:
        where = self.low(i + 1)
        if where not in ("in", "on", "at"):
            return None
        kind = "date" if self._kind(i + 2) in ("number", "time") else "place"
        return self._valued(entity, f"born {kind}", i + 2, True)

    def _verb(self, entity: str, i: int) -> Frame | None:
        """A full verb; the ones that hold one value at a time are told apart by their preposition."""
        verb, following = lemma_of(self.low(i)), self.low(i + 1)
        past = self.low(i) != verb and not self.low(i).endswith("s")
        if self.low(i) == "used" and following == "to":
            return None
        if verb == "live" and following in ("in", "at", "on"):
            return self._valued(entity, "lived in" if past else "live in", i + 2, not past)
        if verb in ("move", "relocate") and past:
            return self._moved(entity, i)
        if verb == "work" and following in ("at", "for", "as"):
            relation = "work as" if following == "as" else "work at"
            return self._valued(entity, f"past {relation}" if past else relation, i + 2, not past)
        if verb == "come" and following == "from" and not past:
            return self._valued(entity, "from", i + 2, True)
        if verb == "turn" and self._is_number(i + 1):
            return self._slice(entity, "age", i + 1, i + 2, True)
        if entity not in ("i", "we") and verb not in LEMMAS.values() and not self.any_subject:
            return None
        infinitive = following == "to" and self.low(i + 2) == lemma_of(self.low(i + 2))
        infinitive = infinitive and verb in (
            "want",
            "need",
            "like",
            "love",
            "hate",
            "prefer",
            "learn",
        )
        if following in PREPOSITIONS and i + 2 < len(self.words) and not infinitive:
            return self._valued(entity, f"{verb} {following}", i + 2, False, open_ended=True)
        return self._valued(entity, verb, i + 1, False, open_ended=True)

    def _moved(self, entity: str, i: int) -> Frame | None:
        """Moving to a place named is living there; to the sofa, or in 1990, is not."""
        j = i + 1
        if self.low(j) == "from":
            while j < len(self.words) and self.low(j) != "to":
                j += 1
        if self.low(j) not in ("to", "into") or j + 1 >= len(self.words):
            return self._valued(entity, "move", i + 1, False, open_ended=True)
        rest = [self.low(k) for k in range(j + 1, len(self.words))]
        long_ago = any(
            (word.isdecimal() and len(word) == 4) or word in ("when", "ago", "briefly", "once")
            for word in rest
        )
        place = rest[0] not in _DETERMINERS or (rest[0] == "the" and self._capital(j + 2))
        if long_ago or not place:
            return self._valued(entity, "move to", j + 1, False, open_ended=True)
        return self._valued(entity, "live in", j + 1, True)

    def _is_number(self, i: int) -> bool:
        word = self.low(i)
        return (
            word[:1].isdecimal()
            or word == SLOT + "n"
            or (word != "" and word.split("-")[0] in _NUMBERS)
        )

    def _kind(self, i: int) -> str:
        """Whether a value begins with a name, a number, a time, or anything else."""
        word = self.low(i)
        if word == "the" and self._capital(i + 1):
            word, i = self.low(i + 1), i + 1
        if word in _TIMES:
            return "time"
        if any(sign.isdecimal() for sign in word) or word in _NUMBERS:
            return "number"
        if (self._capital(i) or self._opens_quotation(i)) and not word.endswith(_DEMONYMS):
            return "name"
        return "other"

    def _opens_quotation(self, i: int) -> bool:
        return i < len(self.words) and any(
            opens == self.words[i].start - 1 for opens, _ in self.quoted
        )

    def _valued(
        self, entity: str, relation: str, i: int, exclusive: bool, *, open_ended: bool = False
    ) -> Frame | None:
        """The frame whose value begins at word ``i`` and ends where a value ends."""
        ends = _EVENT_ENDS if open_ended else _VALUE_ENDS
        j = i
        while j < len(self.words):
            low = self.low(j)
            if j > i:
                between = self.text[self.words[j - 1].end : self.words[j].start]
                if any(sign in ";:—–(" for sign in between) or ("," in between and not open_ended):
                    break
                if low in ends and not self._capital(j):
                    break
                if low in _CONJUNCTIONS and self.low(j + 1) in (
                    "i",
                    "he",
                    "she",
                    "we",
                    "they",
                    "it",
                ):
                    break
                if (
                    not open_ended
                    and low in ("in", "on")
                    and self._kind(j + 1) in ("number", "time")
                ):
                    break
                if not open_ended and low in ("last", "this", "next", "two", "three", "few"):
                    if self.low(j + 1) in ("week", "month", "year", "weeks", "months", "years"):
                        break
            j += 1
        return self._slice(entity, relation, i, j, exclusive)

    def _slice(self, entity: str, relation: str, i: int, j: int, exclusive: bool) -> Frame | None:
        while j > i and self.low(j - 1) in _TRAILING:
            j -= 1
        if j <= i or any(
            self.low(k) in _NEGATIONS for k in (i, i + 1) if k < j and not self._capital(k)
        ):
            return None
        start, end = self.words[i].start, self.words[j - 1].end
        value = self.text[start:end]
        return Frame(entity, relation, value, exclusive)


def _thing(words: list[str]) -> str:
    """A noun phrase in its normal form."""
    words = [{"favorite": "favourite", "mum": "mum"}.get(word, word) for word in words]
    if len(words) > 1 and words[0] in ("a", "an"):
        words = words[1:]
    return " ".join(words)
