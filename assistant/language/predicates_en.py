"""The English verbs and copulas that forms turn on, and which of them hold one value at a time."""

from __future__ import annotations

from dataclasses import dataclass

from .clauses_en import BE, Clause
from .frame import Frame
from .values_en import NEGATIONS, is_number, kind_of, value_between, value_from
from .verbs_en import LEMMAS, MODALS, PREPOSITIONS, lemma_of

_ADVERBS = frozenset(
    """now currently also still always usually often really just actually already mostly mainly
    sometimes recently finally simply absolutely truly quite very only officially originally
    definitely certainly totally basically even""".split()
)
# There is one of each.
_SINGLE = frozenset("favourite first second third last main current only best worst".split())
# "called off", "named after": no name follows.
_PARTICLES = frozenset("off in back to for out up upon by on after as it a an the so too".split())
_INFINITIVE = frozenset("want need like love hate prefer learn".split())
# In the present these tell of the moment and not of anything lasting: "I see", "I mean ...".
_PASSING = frozenset(
    """mean bet see know feel get understand agree need hear look try go come make take seem suppose
    apologize appreciate swear promise care mind remember forget stop start keep""".split()
)
PASSING_STATES = frozenset(
    """sorry glad sure afraid happy fine well ok okay good great here back ready done busy tired
    able unable aware welcome confused curious interested supposed expected""".split()
)
# "I like it" says nothing without what came before.
POINTING = frozenset(
    "it that this them him her you so me us one those these like what how there here".split()
)
_UNITS = frozenset("years year months month weeks week days".split())


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a clause says of its subject.

    Args:
        clause: The clause.
        entity: Its subject, in normal form.
        any_verb: Take a verb that is not listed after any subject; for questions.
    """

    clause: Clause
    entity: str
    any_verb: bool = False

    def read(self, i: int) -> Frame | None:
        """The frame that begins with the verb at word ``i``."""
        verb = self.clause.low(i)
        if verb in ("do", "does", "did"):
            i = self._past_adverbs(i + 1)
            verb = self.clause.low(i)
        after = self._past_adverbs(i + 1)
        if not verb or verb in MODALS or NEGATIONS & {verb, *map(self.clause.low, (i + 1, after))}:
            return None
        if verb in ("is", "am", "are"):
            return self._copula(after)
        if verb in ("was", "were"):
            return self._was(after)
        if verb in ("have", "has"):
            return self._have(after)
        return self._verb(i)

    def called(self, i: int) -> Frame | None:
        """Is called, is named, "my name is": one name at a time, but for "the ..."."""
        if self.clause.low(i) in _PARTICLES and not self.clause.capital(i):
            return None
        return self._frame("called", i, not self.entity.startswith("the "))

    def _past_adverbs(self, i: int) -> int:
        while self.clause.low(i) in _ADVERBS and i + 1 < len(self.clause.words):
            i += 1
        return i

    def _frame(
        self, relation: str, i: int, exclusive: bool, *, open_ended: bool = False
    ) -> Frame | None:
        value = value_from(self.clause, i, open_ended=open_ended)
        return Frame(self.entity, relation, value, exclusive) if value else None

    def _open(self, relation: str, i: int) -> Frame | None:
        return self._frame(relation, i, False, open_ended=True)

    def _age(self, i: int, j: int) -> Frame | None:
        value = value_between(self.clause, i, j)
        return Frame(self.entity, "age", value, True) if value else None

    # To be

    def _copula(self, i: int) -> Frame | None:
        clause = self.clause
        word, following = clause.low(i), clause.low(i + 1)
        if word in ("called", "named", "nicknamed"):
            return self.called(i + 1)
        if word == "from":
            return self._from(i + 1)
        if word in ("living", "based") and following in ("in", "at", "on"):
            return self._home(i + 2)
        if word == "working" and following in ("at", "for", "as"):
            return self._work(following, i + 2)
        if word == "born":
            return self._born(i)
        if is_number(clause, i):
            return self._number(i)
        if word in ("a", "an"):
            return self._frame("is a", i, False)
        if word in PREPOSITIONS:
            kind = kind_of(clause, i + 1)
            owned = self.entity not in ("i", "we") and not self.entity.startswith("the ")
            kind = "other" if kind == "thing" else kind
            return self._frame(f"is {word} {kind}", i + 1, owned and kind in ("number", "time"))
        own = self.entity in ("i", "we")
        if (
            word == "going"
            or (own and word in PASSING_STATES)
            or (word.endswith("ing") and not clause.capital(i))
        ):
            return None
        if following in PREPOSITIONS and not clause.capital(i):
            return self._frame(f"is {word} {following}", i + 2, False)
        return self._is(i)

    def _is(self, i: int) -> Frame | None:
        """The plain copula: one value at a time only where it names, counts or dates."""
        owner, _, noun = self.entity.rpartition(" ")
        if noun == "name" and (owner == "my" or owner.endswith("'s")):
            owner = "i" if owner == "my" else owner[:-2]
            return Predicate(self.clause, owner, self.any_verb).called(i)
        owned = self.entity.startswith(("my ", "our ")) or "'s " in self.entity
        if _SINGLE & set(self.entity.split()):
            return self._frame("is", i, owned)
        kind = kind_of(self.clause, i)
        if kind in ("thing", "other"):
            return self._frame("is", i, False)
        return self._frame(f"is {kind}", i, owned)

    def _number(self, i: int) -> Frame | None:
        clause, j = self.clause, i + 1
        while is_number(clause, j):
            j += 1
        if clause.low(j) in _UNITS and clause.low(j + 1) in ("old", "of"):
            return self._age(i, j if clause.low(j).startswith("year") else j + 1)
        if j == len(clause.words) and (self.entity == "i" or self._is_named(i)):
            return self._age(i, j)
        return self._is(i)

    def _is_named(self, i: int) -> bool:
        """Whether a name stands before the verb that ends at word ``i``: "Lena", "my son Max"."""
        verb = next((k for k in range(i - 1, 0, -1) if self.clause.low(k) in BE), 0)
        subject = self.entity.split()
        determined = bool(subject) and subject[0] in ("the", "this", "that")
        return verb > 0 and self.clause.capital(verb - 1) and not determined

    def _was(self, i: int) -> Frame | None:
        word = self.clause.low(i)
        if word == "born":
            return self._born(i)
        if word in ("called", "named"):
            particle = self.clause.low(i + 1) in _PARTICLES
            return None if particle else self._frame("was called", i + 1, False)
        return None if word.endswith("ing") else self._open("was", i)

    def _born(self, i: int) -> Frame | None:
        if self.clause.low(i + 1) not in ("in", "on", "at"):
            return None
        dated = kind_of(self.clause, i + 2) in ("number", "time")
        plain = kind_of(self.clause, i + 2) != "thing"
        return self._frame("born date" if dated else "born place", i + 2, plain)

    # Other verbs

    def _have(self, i: int) -> Frame | None:
        word = self.clause.low(i)
        if word in ("to", "been"):
            return None
        if word == "got":
            return self._open("have", i + 1)
        return self._verb(i) if word in LEMMAS else self._open("have", i)

    def _verb(self, i: int) -> Frame | None:
        clause = self.clause
        word, following = clause.low(i), clause.low(i + 1)
        verb = lemma_of(word)
        past = word != verb and not word.endswith("s")
        if word == "used" and following == "to":
            return None
        if verb == "live" and following in ("in", "at", "on"):
            return self._frame("lived in", i + 2, False) if past else self._home(i + 2)
        if verb in ("move", "relocate") and past:
            return self._moved(i)
        if verb == "work" and following in ("at", "for", "as"):
            return self._frame("worked", i + 2, False) if past else self._work(following, i + 2)
        if verb == "come" and following == "from" and not past:
            return self._from(i + 2)
        if verb == "turn" and past and is_number(clause, i + 1):
            return self._age(i + 1, i + 2)
        if self.entity not in ("i", "we") and verb not in LEMMAS.values() and not self.any_verb:
            return None
        if not self.any_verb and (
            (verb in _PASSING and not past)
            or (following in POINTING and i + 2 >= len(clause.words))
            or (following in ("it", "that", "you", "like", "so", "what", "how"))
        ):
            return None
        infinitive = following == "to" and verb in _INFINITIVE
        if following in PREPOSITIONS and i + 2 < len(clause.words) and not infinitive:
            return self._open(f"{verb} {following}", i + 2)
        return self._open(verb, i + 1)

    def _from(self, i: int) -> Frame | None:
        """Where somebody comes from; "the clip is from ..." is of another kind."""
        single = kind_of(self.clause, i) != "thing" and not self.entity.startswith("the ")
        return self._frame("from", i, single)

    def _home(self, i: int) -> Frame | None:
        """Where somebody lives; "a small flat" excludes no town."""
        return self._frame("live in", i, kind_of(self.clause, i) != "thing")

    def _work(self, preposition: str, i: int) -> Frame | None:
        """At, for: one named employer; as: one "a ..."; at night, as hard: neither."""
        kind = kind_of(self.clause, i)
        if preposition == "as":
            return self._frame("work as", i, kind == "thing")
        return self._frame("work at", i, kind == "name")

    def _moved(self, i: int) -> Frame | None:
        """Moving to a place named is living there; to the sofa, or in 1990, is not."""
        clause, j = self.clause, i + 1
        if clause.low(j) == "from":
            while clause.low(j) not in ("to", ""):
                j += 1
        if clause.low(j) not in ("to", "into"):
            return self._open("move", i + 1)
        rest = [word.low for word in clause.words[j + 1 :]]
        long_ago = any(
            word in ("when", "ago", "briefly", "once")
            # "in 1990" and not "on 2 May 2026": a day is told of what is new.
            or (word.isdecimal() and len(word) == 4 and rest[k - 1 : k] == ["in"])
            for k, word in enumerate(rest)
        )
        if long_ago or kind_of(clause, j + 1) == "thing":
            return self._open("move to", j + 1)
        return self._frame("live in", j + 1, True)
