"""What a text states: who or what, in which relation, with which value.

Read from the form of a sentence alone; no word for a topic occurs here, so that an invented noun
is read as well as a known one. Precision comes first: questions, negations, conditions, wishes,
guesses, reported speech and quotations state nothing. The forms are in ``statements_en`` and
``statements_zh``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import statements_en, statements_zh
from .frame import Frame
from .openings import without_opening
from .questions import asks
from .text import LONGEST_SENTENCE, collapse, has_han, sentences, words_of

MOST_STATEMENTS = 8


@dataclass(frozen=True, slots=True)
class Statement:
    """Something a text states.

    Args:
        subject: Speaker, thing and relation, "user|my dog|called": the same for the same form
            with another value.
        value: The words that fill the form, verbatim.
        exclusive: There is one value at a time: a second one replaces the first. "Is called" is
            exclusive, "likes" is not.
        words: The sentence it was read from.
    """

    subject: str
    value: str
    exclusive: bool
    words: str

    @property
    def entity(self) -> str:
        """Who or what it is about, the same whoever says it: "user's dog", "ana"."""
        speaker, thing, _ = self.subject.split("|")
        return absolute(thing, speaker)

    @property
    def relation(self) -> str:
        """The relation alone, "called"."""
        return self.subject.rpartition("|")[2]


def absolute(thing: str, speaker: str) -> str:
    """Who or what is meant by the words of a speaker.

    >>> absolute("my dog", "ana"), absolute("i", "user"), absolute("ana's dog", "user")
    ("ana's dog", 'user', "ana's dog")
    """
    if thing in ("i", "we", "me", "us", "我", "我们", "咱们"):
        return speaker
    for own in ("my ", "our "):
        if thing.startswith(own):
            return f"{speaker}'s {thing[len(own) :]}"
    for own in ("我的", "我们的", "咱们的"):
        if thing.startswith(own):
            return f"{speaker}的{thing[len(own) :]}"
    return thing


def speaker_key(speaker: str) -> str:
    """A speaker's name as it stands in a subject."""
    return collapse(speaker).casefold().replace("|", "/")


def read_statements(text: str, speaker: str) -> tuple[Statement, ...]:
    """What a turn states, in the order it is stated; mostly nothing, often one thing.

    >>> read_statements("My dog is called Bruno.", "user")[0].subject
    'user|my dog|called'
    """
    found = (
        Statement(
            f"{speaker_key(speaker)}|{frame.entity}|{frame.relation}",
            frame.value,
            frame.exclusive,
            words,
        )
        for words, frame in _frames(text)
    )
    return tuple(one for one, _ in zip(found, range(MOST_STATEMENTS), strict=False))


def _frames(text: str) -> Iterator[tuple[str, Frame]]:
    for sentence in sentences(text[:20_000]):
        if len(sentence) > LONGEST_SENTENCE or asks(sentence):
            continue
        language = statements_zh if has_han(sentence) and _opens_in_han(sentence) else statements_en
        told, _ = without_opening(sentence)
        for frame in language.read(told):
            if frame.value and "|" not in frame.entity:
                yield sentence, frame


def _opens_in_han(sentence: str) -> bool:
    """Chinese forms begin in Chinese, whatever the names in them are written in."""
    return any(has_han(letter) for letter in sentence[:8]) or not words_of(sentence[:8])


def same_value(first: str, second: str) -> bool:
    """Whether two values say the same, articles and case apart, or one only adds to the other.

    >>> same_value("Lisbon", "lisbon, Portugal"), same_value("Bruno", "Rex")
    (True, False)
    """
    one, other = _bare(first), _bare(second)
    if len(one) > len(other):
        one, other = other, one
    return bool(one) and other[: len(one)] == one


def _bare(value: str) -> list[str]:
    if has_han(value):
        return [sign for sign in value if sign.isalnum()]
    articles = ("the", "a", "an")
    return [word.low for word in words_of(value) if word.low not in articles]
