"""Histories of plain facts told one by one, as a new user tells them, with plain questions.

From three to two hundred short turns of one person, or of two, in one sitting or in several, with
an assistant's acknowledgements between them or none. Each question is about one of the facts; some
ask what was not told.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from assistant.training.corpora import read_dialogues, read_questions
from assistant.training.facts import tell_facts
from assistant.training.natural import NaturalQuestion, natural_questions
from assistant.training.plain import PlainFact, plain_facts
from assistant.training.timelines import (
    NAMES,
    Timeline,
    TimelineQuestion,
    is_held_out,
    part_of,
)
from assistant.turn import Turn

FEWEST, MOST = 3, 200  # turns of people
ASKED = 24  # questions of one history at most, and half as many about what was not told
NAMED_SHARE = 0.2  # of the histories are of people with names, asked about in the third person
CHINESE_SHARE = 0.33
ACKNOWLEDGED = 0.4  # of the histories
GENERATED = 0.1  # of the facts are invented ones
LONGEST = 240  # characters of a turn that stands for itself
_IDLE: Final = ("synthetic-persona-chat", "chitchat", "self-dialogue", "smilechat", "lccc-toy")
_QUOTING: Final = {
    "en": ("I'll remember: “{f}”", "Noted: {f}", "Got it, you said: {f}", "You told me: {f}"),
    "zh": ("我记住了：“{f}”", "记下了：{f}", "好的，你说：{f}", "收到：{f}"),
}
_PLAIN: Final = {
    "en": tuple(
        """
        Noted.|Got it.|Thanks for telling me!|Good to know.|Okay, I'll keep that in mind.
        Oh, that's interesting. How do you feel about it?|I see. Anything else on your mind?
        I'm glad you shared that with me.|That sounds like quite a day!|Understood.|Alright, saved.
        Sure, I have written that down for you.|Nice! Tell me more whenever you like.
        Ah, I didn't know. Let me know if I can help with it.
        Sorry to hear it if it's bad news, and congratulations if it's good.
        """.strip()
        .replace("\n        ", "|")
        .split("|")
    ),
    "zh": tuple(
        """
        好的。|记住了。|谢谢你告诉我！|明白了。|知道了，我会记得的。|原来如此，还有别的吗？
        听起来不错！|收到，已经记下。|嗯嗯，我在听。|有什么我能帮忙的就告诉我。|真有意思，再说说？
        """.strip()
        .replace("\n        ", "|")
        .split("|")
    ),
}


@dataclass(frozen=True, slots=True)
class _Told:
    """One turn of a person, what it answers, and what it does not."""

    speaker: str
    text: str
    questions: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    source: str = "idle"


class Material:
    """What is told, by language, read once.

    Args:
        corpora: Folder of the corpora.
        held_out: Of the part that nothing is trained on.
    """

    def __init__(self, corpora: Path, *, held_out: bool) -> None:
        self.plain: dict[str, list[PlainFact]] = defaultdict(list)
        self.natural: dict[str, list[tuple[str, NaturalQuestion, int]]] = defaultdict(list)
        self.idle: dict[str, list[str]] = defaultdict(list)
        for fact in plain_facts():
            if is_held_out(fact.said) is held_out:
                self.plain[fact.lang].append(fact)
        written = natural_questions()
        for turns in read_dialogues(corpora):
            first = turns[0]
            if is_held_out(first.dialogue) is not held_out:
                continue
            lang = "zh" if first.lang == "zh" else "en"
            if first.source in _IDLE:
                self.idle[lang] += [turn.text for turn in turns if _stands_alone(turn.text)][:3]
            speakers = list(dict.fromkeys(turn.speaker for turn in turns))
            said = {turn.turn: turn for turn in turns}
            for question in written.get(first.dialogue, ()):
                if len(question.evidence) == 1 and question.evidence[0] in said:
                    turn = said[question.evidence[0]]
                    who = speakers.index(turn.speaker)
                    if who < 2 and _stands_alone(turn.text):
                        self.natural[lang].append((turn.text, question, who))
        self.idle["en"] += [
            persona.question
            for persona in read_questions(corpora)
            if persona.kind == "persona_fact"
            and persona.dialogue is not None
            and is_held_out(persona.dialogue) is held_out
        ]


def _stands_alone(text: str) -> bool:
    """A statement long enough to say something by itself, and short enough to be told so."""
    words = len(text.split()) if text.isascii() else len(text) // 2
    return words >= 4 and len(text) <= LONGEST and not text.rstrip().endswith(("?", "？"))


def told_timelines(corpora: Path, *, held_out: bool, seed: int) -> Callable[[int], Timeline]:
    """Builds the history of a number; the corpora are read when the first is asked for."""
    material: list[Material] = []
    part = part_of(held_out)

    def build(number: int) -> Timeline:
        if not material:
            material.append(Material(corpora, held_out=held_out))
        return told_timeline(material[0], random.Random(f"told {seed} {part} {number}"), number)

    return build


def told_timeline(material: Material, rng: random.Random, number: int) -> Timeline:
    """One history; all chance is the ``rng``'s, the number names its turns."""
    lang = "zh" if rng.random() < CHINESE_SHARE else "en"
    size = int(FEWEST * (MOST / FEWEST) ** rng.random())
    people = rng.sample(NAMES[lang], 2) if rng.random() < NAMED_SHARE else ["user"]
    facts = max(1, round(size * rng.uniform(0.2, 0.9)))
    told = _facts(material, lang, people, facts, rng)
    idle = material.idle[lang]
    idle = rng.sample(idle, min(len(idle), max(0, size - len(told))))
    told += [_Told(rng.choice(people), text) for text in idle]
    rng.shuffle(told)
    timeline = Timeline(days=10 ** rng.uniform(-3, 2.5))
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(1500))
    kinds = _acknowledgements(lang, rng) if people == ["user"] else ()
    session, ends = 0, rng.choice((0.0, 0.0, 0.05, 0.3))
    refs: list[str] = []
    for line, one in enumerate(told):
        if line and rng.random() < ends:
            session += 1
            at += timedelta(days=rng.expovariate(1 / 4))
        at += timedelta(seconds=rng.randrange(20, 900))
        refs.append(f"P{number}:{line}")
        timeline.turns.append(Turn(one.text, one.speaker, at, refs[-1], f"{number}:{session}"))
        if kinds and rng.random() < 0.95:
            words = rng.choice(kinds).replace("{f}", one.text)
            reply = Turn(
                words, "assistant", at + timedelta(seconds=2), f"{refs[-1]}r", f"{number}:{session}"
            )
            timeline.turns.append(reply)
            timeline.replies[refs[-1]] = reply.ref or ""
    asked = [line for line, one in enumerate(told) if one.questions]
    for line in rng.sample(asked, min(len(asked), ASKED)):
        one = told[line]
        text = rng.choice(one.questions)
        timeline.questions.append(TimelineQuestion(_careless(text, rng), (refs[line],), one.source))
    absent = [(text, one.source) for one in told for text in one.absent]
    said = {one.text for one in told}
    for fact in rng.sample(material.plain[lang], min(6, len(material.plain[lang]))):
        if people == ["user"]:
            other = fact.named(rng)
            if other.said not in said and not _near(fact, told):
                absent.append((rng.choice(other.asked), "plain"))
    for text, source in rng.sample(absent, min(len(absent), ASKED // 2)):
        timeline.questions.append(TimelineQuestion(_careless(text, rng), (), source))
    return timeline


def _facts(
    material: Material, lang: str, people: list[str], count: int, rng: random.Random
) -> list[_Told]:
    """Facts of these people, about so many."""
    found: list[_Told] = []
    made = sum(rng.random() < GENERATED for _ in range(count))
    if made:
        lines, asked = tell_facts(lang, people, made, rng)
        by_line = {of[0]: text for text, of in asked}
        found += [
            _Told(who, text, (by_line[i],), source="facts") for i, (who, text) in enumerate(lines)
        ]
    count -= made
    plain = (
        rng.sample(material.plain[lang], len(material.plain[lang])) if people == ["user"] else []
    )
    natural = rng.sample(material.natural[lang], len(material.natural[lang]))
    while count > 0 and (plain or natural):
        if plain and (rng.random() < 0.6 or not natural):
            fact = plain.pop().named(rng)
            found.append(_Told("user", fact.said, fact.asked, fact.absent, "plain"))
        elif natural:
            text, question, who = natural.pop()
            if (question.person == "first") is not (people == ["user"]):
                continue
            if people == ["user"]:
                if who:
                    continue
                put, speaker = question.text, "user"
            else:
                cast = people if rng.random() < 0.5 else people[::-1]
                speaker = cast[who]
                filled = question.put(cast)
                if filled is None:
                    continue
                put = filled
            found.append(_Told(speaker, text, (put,), source="natural"))
        count -= 1
    return found


def _near(fact: PlainFact, told: list[_Told]) -> bool:
    """Whether the fact, under other names perhaps, has been told."""
    start = fact.said.split("{")[0]
    return any(len(start) > 3 and start in one.text for one in told) or not start


def _acknowledgements(lang: str, rng: random.Random) -> tuple[str, ...]:
    """What an assistant says to what it is told; () for nothing."""
    if rng.random() > ACKNOWLEDGED:
        return ()
    if rng.random() < 0.3:
        return (rng.choice(_QUOTING[lang]),)
    return _PLAIN[lang] + (_QUOTING[lang] if rng.random() < 0.3 else ())


def _careless(text: str, rng: random.Random) -> str:
    """As people type: some without capitals, some without a question mark."""
    if rng.random() < 0.3:
        text = text.lower()
    if rng.random() < 0.15:
        text = text.rstrip("?？. ")
    return text
