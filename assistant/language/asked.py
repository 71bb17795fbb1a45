"""What a question asks for: the value of a form, a time, a list, a yes or no, or just words.

A question is turned into the statement that would answer it, with a slot for the value, and read
by the readers of statements: "what is my dog called" asks for the slot of "my dog is called ...".
So whatever can be stated can be asked, whatever it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from . import asked_en, asked_zh
from .frame import SLOT
from .statements import Statement, absolute, same_value, speaker_key
from .text import LONGEST_SENTENCE, has_han

Wanted = Literal["value", "who", "when", "list", "check", "said", "request", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question read.

    Args:
        wanted: "value" fills a slot; "who" names whom a value is true of; "when" a time; "list"
            all about a topic; "check" is yes or no; "said" when something was said;
            "request" that something be done, which memory cannot; "other" none of these.
        entity: Who or what it is about, as ``Statement.entity``; empty when not read.
        relation: As ``Statement.relation``; empty when not read.
        value: For "check", the value asked about.
        topic: For "list", the words after "about"; empty for everything.
        teller: For "list", whose words are asked for; empty for anybody's.
        former: It asks for how things used to be.
        many: More than one answer is expected.
        slot: For "value", the words before and after the slot that belong to the value: "to
            eat " in "what do I like to eat".
    """

    wanted: Wanted
    entity: str = ""
    relation: str = ""
    value: str = ""
    topic: str = ""
    teller: str = ""
    former: bool = False
    many: bool = False
    slot: tuple[str, str] = ("", "")

    def fits(self, statement: Statement) -> bool:
        """Whether a statement has the form asked for."""
        return (
            bool(self.relation)
            and _alike(self.relation, statement.relation)
            and (
                same_value(self.value, statement.value)
                if self.wanted == "who"
                else _same_entity(self.entity, statement.entity)
                and self._holds_slot(statement.value)
            )
        )

    def _holds_slot(self, value: str) -> bool:
        before, after = self.slot
        low = value.casefold()
        return (
            low.startswith(before) and low.endswith(after) and len(low) > len(before) + len(after)
        )

    def filled(self, statement: Statement) -> str:
        """What fills the slot, of a statement that fits."""
        before, after = self.slot
        return statement.value[len(before) : len(statement.value) - len(after)].strip()

    def about_another(self, statement: Statement) -> bool:
        """Whether a statement has the relation asked for, but of somebody or something else."""
        return (
            bool(self.relation)
            and self.wanted != "who"
            and not _same_entity(self.entity, statement.entity)
            and statement.exclusive
            and _alike(self.relation, statement.relation)
        )

    def confirms(self, statement: Statement) -> bool:
        """Whether a statement that fits says what a yes-or-no question asks."""
        return same_value(self.value, statement.value)


def _same_entity(asked: str, stated: str) -> bool:
    """Whether the same is meant: "my sister Eva" is my sister, and Eva."""
    asked, stated = asked.replace("的", ""), stated.replace("的", "")
    return asked == stated or stated.startswith(asked + " ") or stated.endswith(" " + asked)


# What else answers: forms that say as much, and the same form in the other language.
_ALSO: dict[str, tuple[str, ...]] = {
    "called": ("is name", "叫"),
    "age": ("is number", "岁"),
    "live in": ("住",),
    "lived in": ("live in",),
    "from": ("来自", "born place"),
    "work at": ("work in", "在…工作"),
    "work as": ("is a",),
    "like": ("love", "enjoy", "adore", "喜欢", "喜爱", "热爱"),
    "hate": ("dislike", "detest", "讨厌"),
    "叫": ("是", "called"),
    "是": ("叫",),
    "岁": ("age",),
    "住": ("live in",),
    "来自": ("from", "出生"),
    "在…工作": ("work at",),
    "喜欢": ("喜爱", "热爱", "爱", "like", "love", "enjoy"),
    "讨厌": ("hate", "dislike"),
}


def _alike(asked: str, stated: str) -> bool:
    """Whether two relations fill the same slot: "what is my X" is answered by any "is"."""
    if asked.rstrip("e") == stated.rstrip("e"):  # "typed" may be of "typ" or of "type"
        return True
    if asked == "is":
        kinds = ("is name", "is number", "is time", "is a", "is on", "is at", "called", "was")
        return stated.startswith(kinds)
    if asked.startswith("is in "):
        return stated.startswith(("is in ", "is on ", "is at ", "is under ", "is near ", "live in"))
    return stated in _ALSO.get(asked, ())


def read_question(text: str, speaker: str = "user") -> Asked:
    """Read one sentence that asks.

    Args:
        text: The question, its ellipsis completed.
        speaker: Who asks; "I" and "my" are theirs.

    >>> asked = read_question("What is my dog called?")
    >>> asked.wanted, asked.entity, asked.relation
    ('value', "user's dog", 'called')
    """
    if len(text) > LONGEST_SENTENCE:
        return Asked("other")
    reader = asked_zh if has_han(text) else asked_en
    raw = reader.read(text)
    wanted: Wanted = raw.wanted
    who = speaker_key(speaker)
    if raw.frame is None:
        teller = absolute(raw.teller, who) if raw.teller else ""
        return Asked(wanted, topic=raw.topic, teller=teller, former=raw.former, many=raw.many)
    before, found, after = raw.frame.value.casefold().partition(SLOT)
    return Asked(
        wanted,
        slot=(before, after) if found and raw.frame.relation not in ("age", "岁") else ("", ""),
        entity=absolute(raw.frame.entity, who),
        relation=raw.frame.relation,
        value="" if SLOT in raw.frame.value else raw.frame.value,
        former=raw.former,
        many=raw.many,
    )
