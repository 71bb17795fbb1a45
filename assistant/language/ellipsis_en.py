"""English ellipses: "And Eva?", "and her sister?", "what about Porto?", "and in May?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .dates_en import find as find_times
from .inversion import AUXILIARIES, WH, Inversion, invert
from .text import words_of
from .verbs_en import PREPOSITIONS

_OPENERS = (
    ("what", "about"),
    ("how", "about"),
    ("and", "what", "about"),
    ("and",),
    ("or",),
    ("but",),
)
_POSSESSIVE_PRONOUNS = frozenset("his her their its".split())
_OWNERS = frozenset("my your our".split()) | _POSSESSIVE_PRONOUNS
_DETERMINERS = _OWNERS | frozenset("the a an this that these those".split())
_PRONOUNS = frozenset("i you he she it we they".split())
# After these nothing is completed: "and you?" is company, the others point at what is not named.
_NOT_NAMED = frozenset("you it that this he she they them him so then now not yes no why".split())
_PLURAL = frozenset("i you we they".split())
_SINGULAR = {"do": "does", "am": "is", "are": "is", "have": "has", "were": "was"}
_FIRST_PERSON = {"does": "do", "is": "am", "are": "am", "has": "have", "were": "was"}
_MOST_WORDS = 5
_TOPIC = re.compile(r"\byou\b.{1,40}?\babout ([^?!.]{1,60}?)[ ?!.]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """What an elliptical question names: its words, and whether "what about" came before."""

    text: str
    about: bool


def named_in(text: str) -> Named | None:
    """What an elliptical question names, or None when the text is something else."""
    words = words_of(text)
    lows = [word.low for word in words]
    opener = next(
        (o for o in sorted(_OPENERS, key=len, reverse=True) if tuple(lows[: len(o)]) == o), ()
    )
    rest = words[len(opener) :]
    if not rest or len(rest) > _MOST_WORDS or any(word.low in WH | AUXILIARIES for word in rest):
        return None
    about = "about" in opener
    first = rest[0].low
    if first in _NOT_NAMED and not (first in ("that", "this") and len(rest) > 1):
        return None
    if not text.rstrip(" \"”').!").endswith("?") and not about:
        return None
    noun_like = first in _DETERMINERS or first in ("me", "i") or text[rest[0].start].isupper()
    if not opener and not noun_like and not first.endswith("'s"):
        return None
    phrase = text[rest[0].start : rest[-1].end]
    if first in _DETERMINERS or first in PREPOSITIONS:
        phrase = phrase[:1].lower() + phrase[1:]
    return Named("I" if first == "me" and len(rest) == 1 else phrase, about)


def complete(text: str, question: str) -> str | None:
    """The earlier question with what it was about replaced; None when nothing is to complete."""
    named = named_in(text)
    if named is None:
        return None
    words = words_of(named.text)
    if _time_in(named.text) == (0, len(named.text)):
        return _replace_time(named.text, question)
    if words[0].low in PREPOSITIONS and len(words) > 1:
        return _replace_place(named.text, words[0].low, question)
    topic = _TOPIC.search(question)
    if topic:  # "What do you know about me?"
        return question[: topic.start(1)] + named.text + question[topic.end(1) :]
    parts = invert(question)
    if parts is None or parts.start >= parts.end:
        return _replace_name(named.text, question)
    subject = _text(question, parts, parts.start, parts.end)
    if len(words) == 1 and named.text.lower().endswith(("'s", "’s")):
        return _replace_owner(named.text, question, parts)
    if words[0].low in _POSSESSIVE_PRONOUNS:
        owner = _owner_of(subject)
        phrase = (
            f"{owner} {named.text[words[1].start :]}" if owner and len(words) > 1 else named.text
        )
        return _with_subject(phrase, question, parts)
    place = _other_place(named, words[0].low in _DETERMINERS, question, parts, subject)
    if place:
        return question[: place[0]] + named.text + question[place[1] :]
    owner = words_of(subject)[0].low
    owned = owner in ("my", "our") or owner.endswith("'s")
    whose = (
        owner.endswith("'s")
        or parts.tail[:1] in (["called"], ["named"])
        or (parts.wh == ["what"] and not parts.tail)
    )
    if owned and whose and words[0].low not in _DETERMINERS:
        return _replace_owner(f"{named.text}'s", question, parts)
    return _with_subject(named.text, question, parts)


def _text(question: str, parts: Inversion, start: int, end: int) -> str:
    return question[parts.words[start].start : parts.words[end - 1].end]


def _owner_of(subject: str) -> str:
    """Whose: "Ana's" of "Ana" and of "Ana's dog", "my mother's" of "my mother", "my" of "I"."""
    words = words_of(subject)
    if words[0].low == "i":
        return "my"
    if words[0].low in _PRONOUNS:
        return ""
    if len(words) > 1 and words[0].low.endswith("'s"):
        return subject[: words[0].end]
    return f"{subject}'s"


def _other_place(
    named: Named, determined: bool, question: str, parts: Inversion, subject: str
) -> tuple[int, int] | None:
    """Where in the rest of the question the same kind of thing stands, if that is what is meant.

    Beside a pronoun for a subject it is; beside a name for one, only after "what about".
    """
    if not (subject.lower() in _PRONOUNS or (named.about and not determined)):
        return None
    tail = [word for word in parts.words[parts.end :] if word.low not in AUXILIARIES]
    for k, word in enumerate(tail):
        if determined and (word.low in _DETERMINERS or word.low.endswith("'s")):
            end = next(
                (j for j in range(k + 1, len(tail)) if tail[j].low in PREPOSITIONS), len(tail)
            )
            return word.start, tail[end - 1].end
        if not determined and question[word.start].isupper() and word.low not in ("i",):
            end = k + 1
            while end < len(tail) and question[tail[end].start].isupper():
                end += 1
            return word.start, tail[end - 1].end
    return None


def _with_subject(phrase: str, question: str, parts: Inversion) -> str:
    """The question with another subject, its auxiliary made to agree."""
    start, end = parts.words[parts.start].start, parts.words[parts.end - 1].end
    head = question[:start]
    if parts.aux >= 0:
        aux = parts.words[parts.aux]
        old, new = parts.words[parts.start].low, phrase.lower()
        low = question[aux.start : aux.end].lower()
        agreed = low
        if new == "i":
            agreed = _FIRST_PERSON.get(low, low)
        elif old in _PLURAL and new not in _PLURAL:
            agreed = _SINGULAR.get(low, low)
        if agreed != low:
            agreed = agreed.capitalize() if question[aux.start].isupper() else agreed
            head = question[: aux.start] + agreed + question[aux.end : start]
    return head + phrase + question[end:]


def _replace_owner(owner: str, question: str, parts: Inversion) -> str | None:
    for word in parts.words:
        if word.low in _OWNERS or word.low.endswith("'s"):
            return question[: word.start] + owner + question[word.end :]
    return None


def _replace_name(phrase: str, question: str) -> str | None:
    """For "Who adopted a parrot?" and the like: the last name, or the last noun phrase."""
    words = words_of(question)
    for k in range(len(words) - 1, 0, -1):
        if question[words[k].start].isupper() and words[k].low != "i":
            first = k
            while first > 1 and question[words[first - 1].start].isupper():
                first -= 1
            if words[first - 1].low in _DETERMINERS:
                return None
            return question[: words[first].start] + phrase + question[words[k].end :]
    for k in range(len(words) - 1, 0, -1):
        if words[k].low in _DETERMINERS:
            return question[: words[k].start] + phrase + question[words[-1].end :]
    return None


def _time_in(text: str) -> tuple[int, int] | None:
    """Where a time is named; which one does not matter here."""
    found = min(find_times(text, date(2000, 1, 1)), key=lambda one: (one[0], -one[1]), default=None)
    return found[:2] if found else None


def _replace_time(phrase: str, question: str) -> str | None:
    """ "And yesterday?": the time that the question names, or else put at the end."""
    place = _time_in(question)
    if place is None:
        return _replace_place(phrase, "", question)
    start, end = place
    for preposition in ("on ", "in ", "at "):
        if question[:start].lower().endswith(" " + preposition):
            start -= len(preposition)
    return question[:start] + phrase + question[end:]


def _replace_place(phrase: str, preposition: str, question: str) -> str | None:
    """ "And in May?": what follows the same preposition, or else put at the end."""
    words = words_of(question)
    if not words:
        return None
    for k in range(len(words) - 1, 0, -1):
        if words[k].low == preposition and k + 1 < len(words):
            return question[: words[k].start] + phrase + question[words[-1].end :]
    return f"{question[: words[-1].end]} {phrase}{question[words[-1].end :]}"
