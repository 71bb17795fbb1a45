"""The value of an English form: of what kind it is, and where it ends."""

from __future__ import annotations

from typing import Literal

from .clauses_en import CONJUNCTIONS, Clause
from .frame import SLOT
from .verbs_en import LEMMAS

Kind = Literal["name", "number", "time", "thing", "other"]

NEGATIONS = frozenset("not never no nobody none neither nor hardly without cannot nothing".split())
_DETERMINERS = frozenset("the a an this that these those my our his her their its some any".split())
_NUMBERS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety""".split()
)
TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december noon midnight""".split()
)
# Capitals that describe rather than name: Portuguese, Polish, Italian.
_DEMONYMS = ("ese", "ish", "ian")
# A value ends before one of these, when it is in lower case and not the first word.
_ENDS = frozenset(
    """because since although though but so which who whom whose that when where while as if until
    after before with without near now anymore nowadays too anyway again already today currently
    these right at by instead however please unless then also yet from for actually""".split()
)
# The value of an open verb ("like", "adopt") goes on further: the rest of the clause is part of it.
_OPEN_ENDS = frozenset("because although though but which while unless anyway please".split())
_TRAILING = frozenset(
    """now too anyway again already today currently nowadays though please also anymore actually
    instead either and or but so""".split()
)
_MARKS = (";", ":", "—", "–", "(", "- ", " -")
_PERIODS = frozenset("week weeks month months year years".split())


def is_number(clause: Clause, i: int) -> bool:
    """Whether word ``i`` is a number, in digits or letters, or the slot of one."""
    word = clause.low(i)
    return word[:1].isdecimal() or word == NUMBER_SLOT or word.split("-")[0] in _NUMBERS


def kind_of(clause: Clause, i: int) -> Kind:
    """What a value that begins at word ``i`` is, judged by its first words."""
    word = clause.low(i)
    determined = word in _DETERMINERS
    if determined and not (word == "the" and clause.capital(i + 1)):
        return "thing"
    if determined:
        word, i = clause.low(i + 1), i + 1
    if word in TIMES:
        return "time"
    if clause.low(i + 1) != "of" and (
        any(sign.isdecimal() for sign in word) or word.split("-")[0] in _NUMBERS
    ):
        return "number"
    if (clause.capital(i) or clause.opens_quotation(i)) and not word.endswith(_DEMONYMS):
        return "name"
    return "other"


def value_from(clause: Clause, i: int, *, open_ended: bool = False) -> str:
    """The value that begins at word ``i``, verbatim; empty when there is none."""
    j = i
    while j < len(clause.words) and not (j > i and _ends(clause, j, open_ended)):
        j += 1
    return value_between(clause, i, j)


def value_between(clause: Clause, i: int, j: int) -> str:
    """Words ``i`` to ``j`` as written, without trailing adverbs; empty when they are negated."""
    while j > i and clause.low(j - 1) in _TRAILING:
        j -= 1
    if j <= i or any(clause.low(k) in NEGATIONS and not clause.capital(k) for k in range(i, j)[:2]):
        return ""
    start, end = clause.words[i].start, clause.words[j - 1].end
    inside = any(start < opens < end <= closes for opens, closes in clause.quoted)
    return clause.text[start : end + 1 if inside else end]


def _ends(clause: Clause, j: int, open_ended: bool) -> bool:
    """Whether a value ends before word ``j``."""
    low, following = clause.low(j), clause.low(j + 1)
    between = clause.between(j)
    if any(sign in between for sign in (";", ":", "—", "–", "(", "- ", " -")) or (
        "," in between and not open_ended
    ):
        return True
    if low in (_OPEN_ENDS if open_ended else _ENDS) and not clause.capital(j):
        return True
    if low in CONJUNCTIONS and _begins_clause(clause, j + 1):
        return True
    if low in CONJUNCTIONS and not open_ended and following in _DETERMINERS:
        return True
    if open_ended:
        return False
    if low in ("in", "on") and kind_of(clause, j + 1) in ("number", "time"):
        return True
    return following in _PERIODS and not clause.capital(j)


def _begins_clause(clause: Clause, i: int) -> bool:
    """Whether "and" before word ``i`` joins clauses: "and she ...", "and works ..."."""
    low = clause.low(i)
    if low in ("i", "he", "she", "we", "they", "it", "you"):
        return True
    lemma = LEMMAS.get(low)
    return lemma is not None and lemma != low and not clause.capital(i)


NUMBER_SLOT = SLOT + "n"
