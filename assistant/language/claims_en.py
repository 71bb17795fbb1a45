"""The forms of English claims: negation, ends, beginnings, "now", "instead", "X, not Y".

The verbs listed here are closed classes of grammar: those that end a state or a possession, those
that begin or change one, and those of liking. None says what a thing is about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from .claim import Claim
from .clauses_en import BE, Clause, clauses
from .dates import resolve_dates
from .openings import without_opening
from .predicates_en import PASSING_STATES, POINTING
from .statements_en import DOUBTS, OPENERS, subject_of
from .text import Word, words_of
from .values_en import is_number, kind_of
from .verbs_en import LEMMAS, PREPOSITIONS, lemma_of

# Words that say since when it is so, or that it is so no more, or that it is so besides; they are
# taken out of a clause before it is read.
_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (flag, tuple(phrase.split()))
    for flag, phrases in (
        ("fresh", "these days; from now on; as of now; as of today; now; nowadays; lately; again"),
        ("ended", "no longer; any more; any longer; no more; anymore"),
        ("added", "as well; too; also; additionally"),
    )
    for phrase in phrases.split("; ")
)
_EMPTY = frozenset(
    """a an the my our your his her its their this that these those some any very really quite just
    still already always usually often actually all both so more most there then even only
    being simply of completely totally absolutely ever finally mostly mainly currently""".split()
)
_PREDETERMINERS = frozenset("a an the my our some any".split())
_NEGATIONS = frozenset("not never cannot hardly".split())
_PARTICLE_ENDS = {
    "give": ("up", "away"), "get": ("rid",), "throw": ("out", "away"), "drop": ("out",),
    "break": ("up",), "opt": ("out",),
}  # fmt: skip
# The rest of a clause from here on gives a reason and restricts nothing.
_TAILS = frozenset("because since although though but whereas".split())
_HAVE = frozenset("have has had".split())
_DO = frozenset("do does did".split())
_LATER = frozenset("will would may might must shall should".split())
_ABLE = frozenset("can could cannot".split())
_HESITANT = frozenset("actually no wait sorry".split())
_BARE = frozenset("it that this he she they".split())
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty""".split()
    )
}
# Endings of a date in an ended clause are left out: "I stopped teaching in July". Any day will do.
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def stem(word: str) -> str:
    """A crude common form of a word's forms: "smoking", "smoked" and "smoke" are one.

    >>> stem("smoking"), stem("smoke"), stem("cancelled"), stem("swimming"), stem("buses")
    ('smok', 'smok', 'cancel', 'swim', 'bus')
    """
    word = word.removesuffix("'s").removesuffix("'")
    word = _NUMBERS.get(word, word)
    word = LEMMAS.get(word, word)
    if word.endswith("ing") and len(word) > 5:
        word = word[:-3]
        if word[-1] == word[-2] and word[-1] not in "sz":
            word = word[:-1]
        word = LEMMAS.get(word, LEMMAS.get(word + "e", word))
    else:
        word = lemma_of(word)
    if word.endswith("ll") and len(word) > 5:  # cancelled
        word = word[:-1]
    if word.endswith(("se", "xe", "che", "she")) and len(word) > 4:
        word = word[:-1]
    word = word.removesuffix("e") if len(word) > 3 else word
    if word.endswith("our") and len(word) > 4:  # colour, color
        word = word[:-3] + "or"
    consonant = len(word) > 3 and word[-2] not in "aeiou"
    return word[:-1] + "i" if word.endswith("y") and consonant else word


def _stems_of(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


_LIKING = _stems_of("like love enjoy adore")
_DISLIKING = _stems_of("hate dislike detest loathe despise")
# What ends a doing ("I quit smoking"), or having something ("I sold my ...").
_ENDING = _stems_of("stop quit cease abandon retire resign withdraw leave")
_PARTING = _stems_of("sell lose cancel return drop scrap donate unsubscribe divorce")
_CHANGING = _stems_of("change rename")
_MOVING = _stems_of("move shift postpone reschedule")
_SWITCHING = _stems_of("change switch swap move convert")
_TAKING = _stems_of("buy get adopt receive acquire")
_STARTING = _stems_of("start begin")
# These tell of the moment: "I know", "I'm sure".
_PASSING = _stems_of("know guess mean see understand agree bet suppose remember recall forget")
_BLANK = frozenset("be hav do".split())
_STANDING = frozenset("stand bear".split())


def read(sentence: str, *, corrects: bool = False) -> tuple[list[Claim], bool]:
    """The claims of an English sentence that is no question.

    Args:
        sentence: One sentence.
        corrects: The sentence before announced a correction.

    Returns:
        The claims, and whether this sentence only announced a correction.
    """
    sentence, opened = without_opening(sentence)
    corrects |= opened
    if opened and not words_of(sentence):
        return [], True
    if any(word.low in DOUBTS and word.low != "could" for word in words_of(sentence)):
        return [], False
    fresh = hesitant = False
    found = []
    for clause in clauses(sentence):
        if all(word.low in _HESITANT for word in clause.words):  # "No, ..."
            hesitant = True
            continue
        if _only_marks(clause):  # "These days, ..."
            fresh = True
            continue
        claim = _read_clause(clause)
        if claim:
            found.append(
                replace(
                    claim,
                    corrects=claim.corrects or corrects,
                    fresh=claim.fresh or fresh,
                    hesitant=claim.hesitant or hesitant,
                )
            )
            hesitant = False
    return found, False


def _only_marks(clause: Clause) -> bool:
    words, flags = _unmarked(clause)
    return not words and "fresh" in flags


def _unmarked(clause: Clause) -> tuple[tuple[Word, ...], set[str]]:
    """The words of a clause without those that only mark it, and the marks."""
    lows = [word.low for word in clause.words]
    kept: list[Word] = []
    flags: set[str] = set()
    i = 0
    while i < len(lows):
        for flag, phrase in _MARKS:
            if tuple(lows[i : i + len(phrase)]) == phrase:
                if phrase == ("no", "more") and i + 2 < len(lows):
                    continue  # "no more sugar": a negation
                flags.add(flag)
                i += len(phrase)
                break
        else:
            kept.append(clause.words[i])
            i += 1
    return tuple(kept), flags


def _read_clause(clause: Clause) -> Claim | None:
    words, flags = _unmarked(clause)
    if not words:
        return None
    written = clause.written
    clause = replace(clause, words=words)
    i = 0
    weak = False
    while clause.low(i) in (OPENERS | {"sorry", "instead", "turns", "out"}) and not (
        clause.low(i) == "the" and clause.low(i + 1) != "way"
    ):
        weak |= clause.low(i) in _HESITANT
        i += 1
    if clause.low(i) == "not":
        if not _names(clause, i + 1):  # "not much", "not like that"
            return None
        return Claim("", "", (), withdrawn=_stems(clause, i + 1, len(words)), words=written)
    if i >= len(words) or clause.quotes(i, len(words) - 1):
        return None
    if clause.low(i) in _BARE:
        entity, verb = "", i + 1
    else:
        found = subject_of(clause, i, any_subject=False)
        if found is None:
            return None
        entity, verb = _plain(found[0]), found[1]
    blank = Claim(
        entity, "", (), fresh="fresh" in flags, ended="ended" in flags, added="added" in flags,
        hesitant=weak, words=written,
    )  # fmt: skip
    return _Predicate(clause, blank).read(verb)


def _plain(entity: str) -> str:
    """We and I, ours and mine are one speaker's; a new one is one; "color" is "colour"."""
    words = ["i" if word == "we" else "my" if word == "our" else word for word in entity.split()]
    if words[0] == "my" and len(words) > 2 and words[1] == "new":
        del words[1]
    return " ".join([words[0], *map(_entity_word, words[1:])])


def _entity_word(word: str) -> str:
    return word[:-2] + "our" if word.endswith("or") and len(word) > 4 else word


@dataclass(slots=True)
class _Predicate:
    """Reads the rest of a clause into a claim."""

    clause: Clause
    blank: Claim
    negated: bool = False
    able: bool = False
    past: bool = False
    perfect: bool = False
    progressive: bool = False

    def read(self, i: int) -> Claim | None:
        """The claim that begins with the auxiliary, adverb or verb at word ``i``."""
        start = self._past_auxiliaries(i)
        if start is None or start >= len(self.clause.words):
            return None
        i = start
        word, verb = self.clause.low(i), stem(self.clause.low(i))
        following = self.clause.low(i + 1)
        if word in BE or word == "been":
            self.past = word in ("was", "were") and not self.perfect
            verb = "be"
        elif not (self.perfect or self.progressive):
            self.past = self.past or _is_past(word)
        claim = replace(self.blank, verb=verb, negated=self.negated, past=self.past)
        if word == "used" and following == "to":
            verb = "be" if self.clause.low(i + 2) == "be" else stem(self.clause.low(i + 2))
            return self._filled(replace(claim, verb=verb, ended=True, past=False), i + 3)
        return (
            self._end(claim, i)
            or self._change(claim, i + (verb == "be"))
            or self._state(claim, word, following, i)
        )

    def _past_auxiliaries(self, i: int) -> int | None:
        """The index of the main verb; None where the clause tells of what may come."""
        while i < len(self.clause.words):
            low = self.clause.low(i)
            if low in _LATER:
                return None
            if low in _NEGATIONS or low in _ABLE:
                self.negated |= low in _NEGATIONS
                self.able |= low in _ABLE
            elif low in _DO:
                self.past |= low == "did"
            elif low in _HAVE and self._forms_perfect(i):
                self.perfect = True
            elif (low in BE or low == "been") and self._forms_progressive(i):
                self.progressive, self.past = True, low in ("was", "were") and not self.perfect
            elif low not in _EMPTY:
                return i
            i += 1
        return i

    def _next(self, i: int) -> int:
        """The next word that is no adverb or negation; -1 where a noun phrase begins."""
        while self.clause.low(i) in _NEGATIONS | _EMPTY:
            if self.clause.low(i) in _PREDETERMINERS:
                return -1
            i += 1
        return i

    def _forms_perfect(self, i: int) -> bool:
        following = self.clause.low(self._next(i + 1))
        return bool(following) and (
            following in ("got", "been")
            or following in BE
            or (_is_past(following) and not following.endswith("ing"))
        )

    def _forms_progressive(self, i: int) -> bool:
        j = self._next(i + 1)
        following = self.clause.low(j)
        return following.endswith("ing") and len(following) > 4 and not self.clause.capital(j)

    def _state(self, claim: Claim, word: str, following: str, i: int) -> Claim | None:
        """Doing, being, having, liking."""
        verb = claim.verb
        if verb in _STARTING and following.endswith("ing"):
            claim = replace(claim, verb=stem(following), fresh=True, past=False)
            return self._filled(claim, i + 2)
        if self.able and self.negated and word in _STANDING:
            return self._filled(replace(claim, verb="lik", liking=-1, negated=False), i + 1)
        if verb in _LIKING | _DISLIKING and not self.able:
            return self._filled(replace(claim, liking=1 if verb in _LIKING else -1), i + 1)
        if self.able:
            return self._filled(replace(claim, verb=f"can {verb}"), i + 1)
        thing = following in _PREDETERMINERS or is_number(self.clause, i + 1)
        if (word == "got" and self.perfect) or (
            verb in _TAKING and thing and (self.past or self.perfect)
        ):
            claim = replace(claim, verb="hav", past=False)
        return self._filled(claim, i + 1)

    def _end(self, claim: Claim, i: int) -> Claim | None:
        """ "I quit X", "I gave up X", "I sold my X": what X was part of is over."""
        clause, word = self.clause, self.clause.low(i)
        if self.negated or not (self.perfect or self.progressive or _is_past(word)):
            return None
        particles = _PARTICLE_ENDS.get(LEMMAS.get(word, word), ())
        near = next((k for k in range(i + 1, i + 6) if clause.low(k) in particles), None)
        if near is None and claim.verb not in _ENDING | _PARTING:
            return None
        if claim.verb == "leav" and (clause.low(i + 1) in PREPOSITIONS or is_number(clause, i + 1)):
            return None
        dated = {
            word.low
            for date in resolve_dates(clause.text, _ANY_DAY)
            for word in words_of(date.phrase)
        }
        content = [
            stem(clause.low(k))
            for k in range(i + 1, _tail(clause, i + 1))
            if k != near and clause.low(k) not in _EMPTY | PREPOSITIONS | {"to"} | dated
        ]
        return replace(
            claim, verb="", content=tuple(content), ended=True, past=False,
            link="leave" if claim.verb == "leav" else "",
        )  # fmt: skip

    def _change(self, claim: Claim, i: int) -> Claim | None:
        """ "X has changed to B", "I changed my X to B", "I switched from A to B"."""
        clause, verb = self.clause, stem(self.clause.low(i))
        if self.negated or verb not in _CHANGING | _MOVING | _SWITCHING:
            return None
        last = _tail(clause, i)
        to = next((k for k in range(i + 1, last) if clause.low(k) in ("to", "into")), None)
        if to is None or to + 1 >= last:
            return None
        before, after = clause.words[i + 1 : to], _stems(clause, to + 1, last)
        changed = replace(claim, verb="be", content=after, fresh=True, past=False, link="moved")
        if not before and claim.entity not in ("i", ""):
            if verb in _CHANGING:
                return replace(changed, corrects=True, link="")
            return changed if verb in _MOVING else None
        if claim.entity != "i" or not before:
            return None
        owned = before[0].low in ("my", "our", "the")
        if owned and verb in _CHANGING | _MOVING:
            entity = _plain(" ".join(word.low for word in before))
            link = "moved" if verb in _MOVING else ""
            return replace(changed, entity=entity, corrects=verb in _CHANGING, link=link)
        if before[0].low == "from":
            withdrawn = tuple(stem(w.low) for w in before[1:] if w.low not in _EMPTY)
            return replace(changed, verb="", withdrawn=withdrawn)
        return None

    def _filled(self, claim: Claim, i: int) -> Claim | None:
        """A claim with what follows its verb."""
        clause, last = self.clause, _tail(self.clause, i)
        while clause.low(i) in _EMPTY - _PREDETERMINERS:
            i += 1
        link, kind = "", ""
        if clause.low(i) in ("not", "never", "no") and clause.low(i + 1) != "only":
            claim, i = replace(claim, negated=True), i + 1
        if clause.low(i) in PREPOSITIONS or clause.low(i) == "as":
            link = clause.low(i)
            kind = "the" if clause.low(i + 1) in ("the", "my", "our") else kind_of(clause, i + 1)
        content: list[str] = []
        withdrawn: tuple[str, ...] = ()
        fresh = claim.fresh
        for k in range(i, last):
            low, following = clause.low(k), clause.low(k + 1)
            if low == "not" and content and following != "even" and "," in clause.between(k):
                if claim.entity or _names(clause, k + 1):
                    withdrawn = _stems(clause, k + 1, last)
                break
            if (low, following) in (("instead", "of"), ("rather", "than")):
                withdrawn, fresh = _stems(clause, k + 2, last), True
                break
            if low == "instead":
                fresh, link = True, "instead"
            elif low not in _EMPTY | PREPOSITIONS | POINTING and low != "as":
                content.append(stem(low))
        if not content and i < last:  # "my blood type is A"
            content = [stem(clause.low(last - 1))]
        pointing = any(clause.low(k) in POINTING for k in range(i, last))
        if (pointing or claim.verb in _BLANK) and not content and not withdrawn:
            return None  # "I love it", "I'm not", "I've never seen those"
        passing = claim.verb == "be" and content[:1] and clause.low(i) in PASSING_STATES
        lasting = clause.low(i + 1) in PREPOSITIONS  # "afraid of spiders"
        if claim.verb in _PASSING or (passing and claim.entity == "i" and not lasting):
            return None
        if content[-2:] == ["year", "old"]:
            del content[-2:]
        return replace(
            claim, content=tuple(content), fresh=fresh, withdrawn=withdrawn, link=link, kind=kind
        )


def _names(clause: Clause, i: int) -> bool:
    """Whether what follows is a name, a number, a time, or "a ...", "the ..."; and it is short."""
    kind = kind_of(clause, i)
    return kind != "other" and len(clause.words) - i <= 4


def _is_past(word: str) -> bool:
    """Whether a verb stands in the past, or as its participle."""
    if word == "quit":
        return True
    return (LEMMAS.get(word, word) != word and not word.endswith(("s", "ing"))) or (
        word not in LEMMAS and word.endswith("ed") and len(word) > 4
    )


def _tail(clause: Clause, i: int) -> int:
    """Where the part of a clause ends that bears on what is claimed."""
    for k in range(i + 1, len(clause.words)):
        if clause.low(k) in _TAILS or (clause.low(k) == "so" and "," in clause.between(k)):
            return k
    return len(clause.words)


def _stems(clause: Clause, i: int, j: int) -> tuple[str, ...]:
    return tuple(
        stem(clause.low(k))
        for k in range(i, min(j, len(clause.words)))
        if clause.low(k) not in _EMPTY | PREPOSITIONS | {"it", "is"}
    )
