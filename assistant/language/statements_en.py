"""The forms of English statements: subject, verb, value.

A clause is read from its beginning: a subject (I, a possessive, a name), the first verb after it,
and what follows up to where the value ends. A second value replaces the first only where the form
says that there is one at a time; where the words leave that open, it does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from .clauses_en import BE, Clause, clauses
from .frame import Frame
from .predicates_en import Predicate
from .text import words_of
from .verbs_en import LEMMAS, MODALS

# Anywhere in a sentence, these make it no statement of the speaker's own: conditions, wishes,
# guesses, and what others say.
DOUBTS = frozenset(
    """if would could might should maybe perhaps probably possibly unless suppose supposing imagine
    pretend pretended wish wishes wished hope hopes hoped wonder wonders dream dreamed dreamt guess
    apparently supposedly allegedly whether say says said saying tell tells told telling ask asked
    asks think thinks thought believe believes believed claim claims claimed hear heard hears
    reckon suspect joke joked joking kidding lie lied quote quoted write writes wrote read
    assume assuming assumed almost nearly hypothetically""".split()
)
# Words before the subject that change nothing.
OPENERS = frozenset(
    """actually no yes yeah well oh so and but also ok okay hey hi hello btw by the way now
    currently please remember note that know fyi sorry wait correction anyway today yesterday
    recently lately nowadays then because although though nope hmm um uh ah alright right
    just you can""".split()
)
ADVERBS = frozenset(
    """now currently also still always usually often really just actually both all already mostly
    mainly sometimes recently finally simply absolutely truly quite very much only officially
    originally generally definitely certainly totally basically secretly even""".split()
)
# A subject with one of these in it is no plain noun phrase.
_NOT_IN_SUBJECT = frozenset(
    """who which that whom whose i we you he she they it not to never no what where when why how
    if is am are was were""".split()
)
_DETERMINERS = frozenset("the a an this that these those my our his her their its some any".split())
# Capitals at the beginning of a sentence that are no names.
_NO_NAMES = frozenset(
    """there here lets let all most many one another other others each every everyone everything
    everybody nobody someone something somebody anyone nothing if as for in on at to with from
    after before since when while people guys both neither either such same more less having
    being doing going thanks thank""".split()
)
_TIME_OWNERS = frozenset(
    "today's yesterday's tomorrow's tonight's week's month's year's one's everyone's".split()
)
_LONGEST_SUBJECT = 7


# Kin called by what they are, like a name.
_KIN = frozenset("mum mom mam dad mummy mommy daddy mama papa grandma grandpa granny nana".split())


def read(sentence: str, *, any_subject: bool = False) -> Iterator[Frame]:
    """The frames of an English sentence.

    Args:
        sentence: One sentence, not a question.
        any_subject: Take whatever stands before the verb for the subject, names in lower case
            too; for questions made into statements.
    """
    if any(word.low in DOUBTS for word in words_of(sentence)):
        return
    for clause in clauses(sentence):
        frame = _read_clause(clause, any_subject)
        if frame:
            yield frame


def _read_clause(clause: Clause, any_subject: bool) -> Frame | None:
    i = 0
    while clause.low(i) in OPENERS and not (clause.low(i) == "the" and clause.low(i + 1) != "way"):
        i += 1
    if clause.low(i) == "call" and clause.low(i + 1) == "me":
        return Predicate(clause, "i", any_subject).called(i + 2)
    found = subject_of(clause, i, any_subject)
    if found is None:
        return None
    entity, verb = found
    if clause.quotes(i, verb):
        return None
    return Predicate(clause, entity, any_subject).read(_past_adverbs(clause, verb))


def subject_of(clause: Clause, i: int, any_subject: bool) -> tuple[str, int] | None:
    """The subject in its normal form, and the index of the verb or adverb after it."""
    first = clause.low(i)
    if first in ("i", "we"):
        return first, i + 1
    if first in _KIN and _is_verb(clause, i + 1):  # whoever says "mum" means their own
        return f"my {first}", i + 1
    owned = first in ("my", "our") or (first.endswith(("'s", "s'")) and first not in _TIME_OWNERS)
    named = not owned and first not in _DETERMINERS | _NO_NAMES and clause.capital(i)
    if not first or not (owned or named or first == "the" or any_subject):
        return None
    j = i + (2 if owned or first == "the" else 1)
    while j < len(clause.words) and j - i <= _LONGEST_SUBJECT and not _is_verb(clause, j):
        if clause.low(j) == "to" and clause.capital(j + 1):  # "my flight to Oslo"
            j += 2
            continue
        strange = named and not clause.capital(j) and not any_subject
        if (strange or clause.low(j) in _NOT_IN_SUBJECT) and clause.low(j) not in ADVERBS:
            return None
        j += 1
    noun = [clause.low(k) for k in range(i, min(j, len(clause.words)))]
    while noun and noun[-1] in ADVERBS:
        noun.pop()
    if not _is_verb(clause, j) or not noun or (owned and len(noun) < 2):
        return None
    if any(word in _NOT_IN_SUBJECT - {"to"} for word in noun):
        return None
    return _normal(noun), j


def _is_verb(clause: Clause, j: int) -> bool:
    """Whether word ``j`` is the verb: not the noun of "my work is" or "my favourite book is"."""
    low = clause.low(j)
    if low in BE or low in MODALS or low in ("do", "does", "did"):
        return True
    if clause.low(j + 1) in BE:
        return False
    if LEMMAS.get(low) == low and BE & {clause.low(j + 2), clause.low(j + 3)}:
        return False
    return low in LEMMAS


def _past_adverbs(clause: Clause, i: int) -> int:
    while clause.low(i) in ADVERBS and i + 1 < len(clause.words):
        i += 1
    return i


def _normal(noun: list[str]) -> str:
    """A noun phrase in its normal form: one spelling, no indefinite article."""
    noun = ["favourite" if word == "favorite" else word for word in noun]
    if len(noun) > 1 and noun[0] in ("a", "an"):
        noun = noun[1:]
    return " ".join(noun)
