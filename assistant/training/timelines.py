"""Strings corpus dialogues into long histories with questions, to train the recall ranker on.

A timeline is the life of one store: dozens of dialogues become its sessions, days apart; their
speakers become the same two or three people throughout, with names drawn at random so that none
can be learned, or a user and an assistant; passages become the assistant's long replies. Each
question knows the turns that answer it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.training.corpora import (
    CorpusQuestion,
    CorpusTurn,
    read_dialogues,
    read_questions,
)
from assistant.training.facts import tell_facts
from assistant.training.natural import NaturalQuestion, natural_questions
from assistant.training.questions import questions_about
from assistant.turn import Turn

NAMES = {
    "en": (
        "Ava Noah Mia Liam Zoe Omar Ivy Hugo Nina Theo Lena Amir Cora Felix Rosa Jude Elif Mateo "
        "Priya Oscar Freya Diego Hana Silas Ines Ravi Greta Kofi Maeve Anton Leila Bruno Tessa "
        "Yusuf Clara Emil Naomi Pablo Wren Idris Marta Jonas Aisha Dario Petra Soren Lucia Kenji "
        "Olive Tariq Paula Ewan Sana Rufus Bianca Levi Iris Marek Dalia Otto Fiona Hamid June Enzo"
    ).split(),
    "zh": (
        "小明 丽华 志强 婷婷 建国 晓雯 子轩 美玲 浩然 雅琴 俊杰 思思 国栋 佳怡 文博 秀英"
    ).split(),
}

MAX_EVIDENCE = 6
# How often a source is drawn: keeps templates and passages from crowding out people.
WEIGHTS = {
    "friendsqa": 16,
    "molweni": 8,
    "qmsum": 8,
    "canard-dev": 10,
    "gecor-camrest": 3,
    "synthetic-persona-chat": 12,
    "sgd": 1,
    "multiwoz": 1,
    "irc-disentangle": 3,
    "crd3": 3,
    "kdconv": 3,
    "crosswoz": 1,
}
PASSAGE_WEIGHT = 2.5
DATED_SHARE = 0.15  # of the questions name the time when the answer was said
NATURAL_SHARE = 0.4  # of the scenes, as long as there are any with questions written for them
DISTRACTORS = ("chitchat", "self-dialogue", "topical-chat", "synthetic-persona-chat", "mt-rag")
DISTRACTORS_ZH = ("lccc-toy", "smilechat", "kdconv", "crosswoz")


@dataclass(frozen=True, slots=True)
class TimelineQuestion:
    """A question about a timeline and the refs of the turns that answer it."""

    text: str
    evidence: tuple[str, ...]
    source: str


@dataclass(slots=True)
class Timeline:
    """One history: its turns in order, and questions asked ``days`` after the last of them.

    ``replies`` are refs of what an assistant only acknowledged, by the ref of the turn that told
    it: they are no memories, and had that turn never been said there would be none.
    """

    turns: list[Turn] = field(default_factory=list)
    questions: list[TimelineQuestion] = field(default_factory=list)
    days: float = 1.0
    replies: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A dialogue on its way into a timeline: (speaker, text) lines, questions on line numbers."""

    lines: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, tuple[int, ...]], ...]
    source: str
    passage: bool = False
    natural: tuple[NaturalQuestion, ...] = ()


class ScenePool:
    """Scenes by language and source, read once from a corpora folder.

    Args:
        folder: The corpora.
        held_out: Take the dialogues held out of training (one in ten) instead of the others.
    """

    def __init__(self, folder: Path, *, held_out: bool = False) -> None:
        self.scenes: dict[str, dict[str, list[_Scene]]] = {
            "en": defaultdict(list),
            "zh": defaultdict(list),
        }
        self.natural: dict[str, list[_Scene]] = {"en": [], "zh": []}
        written = natural_questions()
        asked: dict[str, list[CorpusQuestion]] = defaultdict(list)
        contexts: dict[tuple[str, ...], list[CorpusQuestion]] = defaultdict(list)
        for question in read_questions(folder):
            if question.kind in ("topic",) or len(question.evidence) > MAX_EVIDENCE:
                continue
            if question.dialogue is not None:
                asked[question.dialogue].append(question)
            elif question.kind not in ("faq", "reasoning_facts", "dialogue_to_document"):
                contexts[question.context].append(question)
        for turns in read_dialogues(folder):
            first = turns[0]
            if is_held_out(first.dialogue) is not held_out:
                continue
            questions = asked.get(first.dialogue, [])
            wanted = DISTRACTORS + DISTRACTORS_ZH
            if questions or (first.source in wanted and len(turns) >= 4):
                for scene in _scenes(turns, questions):
                    self.scenes[first.lang][first.source].append(scene)
            if first.dialogue in written:
                self.natural[first.lang].append(_natural_scene(turns, written[first.dialogue]))
        for context, questions in contexts.items():
            if is_held_out(context[0]) is held_out:
                scene = _passage(context, questions)
                self.scenes[questions[0].lang][f"passage:{questions[0].source}"].append(scene)


def part_of(held_out: bool) -> str:
    """The name of a part of the corpora."""
    return "held-out" if held_out else "train"


def is_held_out(key: str) -> bool:
    """Whether a dialogue or passage is kept out of training: one in ten, by its name."""
    return random.Random(f"held out {key}").random() < 0.1


def _scenes(turns: Sequence[CorpusTurn], questions: Sequence[CorpusQuestion]) -> Iterator[_Scene]:
    """A dialogue as a scene; a long one as windows of at most 60 turns around its questions."""
    where = {turn.turn: i for i, turn in enumerate(turns)}
    lines = [(turn.speaker, turn.text) for turn in turns]
    placed = []
    for question in questions:
        evidence = tuple(where[t] for t in question.evidence if t in where)
        if evidence and question.kind != "summary":
            placed.append((question.question, evidence, question.question_turn))
    source = turns[0].source
    if len(turns) <= 60:
        # A question that was asked in the dialogue would be its own best match: leave it out.
        asked = {where[q] for _, _, q in placed if q in where} if source == "canard-dev" else set()
        keep = [i for i in range(len(lines)) if i not in asked]
        number = {old: new for new, old in enumerate(keep)}
        yield _Scene(
            tuple(lines[i] for i in keep),
            tuple(
                (text, tuple(number[e] for e in evidence))
                for text, evidence, _ in placed
                if all(e in number for e in evidence)
            ),
            source,
        )
        return
    for text, evidence, _ in placed:
        start = max(0, min(evidence) - 20)
        stop = min(len(lines), start + 60)
        if max(evidence) < stop:
            yield _Scene(
                tuple(lines[start:stop]), ((text, tuple(e - start for e in evidence)),), source
            )


def _natural_scene(turns: Sequence[CorpusTurn], questions: Sequence[NaturalQuestion]) -> _Scene:
    """A whole dialogue with the questions written about it; their evidence by line number."""
    where = {turn.turn: i for i, turn in enumerate(turns)}
    placed = tuple(
        replace(question, evidence=tuple(where[t] for t in question.evidence))
        for question in questions
        if all(t in where for t in question.evidence)
    )
    return _Scene(tuple((turn.speaker, turn.text) for turn in turns), (), "natural", natural=placed)


def _passage(context: Sequence[str], questions: Sequence[CorpusQuestion]) -> _Scene:
    lines = tuple(("passage", sentence) for sentence in context)
    placed = tuple((q.question, q.evidence) for q in questions)
    return _Scene(lines, placed, questions[0].source, passage=True)


def corpora_timelines(corpora: Path, *, held_out: bool, seed: int) -> Callable[[int], Timeline]:
    """Builds the timeline of a number from corpora, which are read when the first is asked for."""
    pools: list[ScenePool] = []
    part = part_of(held_out)

    def build(number: int) -> Timeline:
        if not pools:
            pools.append(ScenePool(corpora, held_out=held_out))
        return build_timeline(pools[0], random.Random(f"{seed} {part} {number}"), number)

    return build


def build_timeline(
    pool: ScenePool, rng: random.Random, number: int, *, chat: tuple[str, int] | None = None
) -> Timeline:
    """One timeline of 2 to about 2,000 turns, in one language (one in three Chinese).

    Every other one is short, since a new user's store holds a handful of turns and each of its
    few questions matters; sizes are spread evenly over their logarithm.

    Args:
        pool: Where the dialogues come from.
        rng: All chance.
        number: Names the turns.
        chat: Language and size of a chat of a user and an assistant; both by chance when None.
    """
    lang = "zh" if rng.random() < 0.33 else "en"
    size = int(2 * 15 ** rng.random()) if rng.random() < 0.5 else int(30 * 60 ** rng.random())
    with_assistant = rng.random() < 0.4
    if chat is not None:
        lang, size = chat
        with_assistant = True
    people = ["user", "assistant"] if with_assistant else rng.sample(NAMES[lang], 2)
    others = [
        name for name in rng.sample(NAMES[lang], min(16, len(NAMES[lang]))) if name not in people
    ]
    chosen = _choose(pool, rng, lang, size)
    told = rng.randint(1, 8)
    chosen.insert(rng.randrange(len(chosen) + 1), _facts(lang, people, others, told, rng))
    timeline = Timeline(days=10 ** rng.uniform(-3, 2.5))
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(1500))
    for session, scene in enumerate(chosen):
        at += timedelta(days=rng.expovariate(1 / 6), minutes=rng.randrange(600))
        cast = {} if scene.source == "facts" else _cast(scene, people, others, rng)
        merged = scene.passage and rng.random() < 0.6
        lines, moved = _lines(scene, people, merged, rng)
        refs = [f"T{number}:{session}:{i}" for i in range(len(lines))]
        for ref, (speaker, text) in zip(refs, lines, strict=True):
            at += timedelta(seconds=rng.randrange(5, 120))
            timeline.turns.append(
                Turn(
                    _renamed(text, cast),
                    cast.get(speaker, speaker),
                    at,
                    ref,
                    f"{number}:{session}",
                )
            )
        for question in scene.natural:
            put = question.put([cast.get(s, s) for s in _speakers(scene)])
            if put:
                timeline.questions.append(
                    TimelineQuestion(put, tuple(refs[e] for e in question.evidence), "natural")
                )
        if not scene.passage and scene.source not in ("facts", "natural"):
            timeline.questions += _generated(timeline.turns[-len(lines) :], people, rng)
        limit = 4 if scene.source == "facts" else 2
        for text, evidence in rng.sample(scene.questions, min(limit, len(scene.questions))):
            spoken = {cast.get(lines[moved[e]][0], lines[moved[e]][0]) for e in evidence}
            timeline.questions.append(
                TimelineQuestion(
                    _asked(_renamed(text, cast), scene.source, spoken, rng),
                    tuple(dict.fromkeys(refs[moved[e]] for e in evidence)),
                    scene.source,
                )
            )
    timeline.questions = [_dated(question, timeline, rng) for question in timeline.questions]
    return timeline


def _dated(question: TimelineQuestion, timeline: Timeline, rng: random.Random) -> TimelineQuestion:
    """Some questions name the time, as people do who remember: "last week", "in May 2021"."""
    if rng.random() > DATED_SHARE:
        return question
    said = {turn.ref: turn.at for turn in timeline.turns}
    times = [at for ref in question.evidence if (at := said[ref])]
    last = timeline.turns[-1].at
    if not times or last is None or (max(times) - min(times)).days > 1:
        return question
    now = last + timedelta(days=timeline.days)
    chinese = not question.text.isascii() and any("\u4e00" <= c <= "\u9fff" for c in question.text)
    phrase = rng.choice(time_phrases(min(times), now, chinese=chinese))
    text = question.text.rstrip("?？。. ")
    text = f"{phrase}，{text}？" if chinese else f"{text} {phrase}?"
    return replace(question, text=text)


def time_phrases(at: datetime, now: datetime, *, chinese: bool) -> list[str]:
    """Ways to name the time ``at`` from ``now``.

    >>> time_phrases(datetime(2023, 5, 8), datetime(2023, 5, 9), chinese=False)[-1]
    'yesterday'
    """
    days = (now.date() - at.date()).days
    months = (now.year - at.year) * 12 + now.month - at.month
    weeks = (now.date() - timedelta(days=now.weekday()) - at.date()).days
    if chinese:
        found = [f"{at.year}年{at.month}月{at.day}日", f"{at.year}年{at.month}月"]
        relative = {"昨天": days == 1, "上周": 0 < weeks <= 7, "上个月": months == 1}
    else:
        month = at.strftime("%B")
        found = [f"on {at.day} {month}, {at.year}", f"on {month} {at.day}, {at.year}"]
        found += [f"in {month} {at.year}", f"in {month}, {at.year}"]
        relative = {"last week": 0 < weeks <= 7, "last month": months == 1, "yesterday": days == 1}
    return found + [phrase for phrase, true in relative.items() if true]


def _facts(
    lang: str, people: Sequence[str], others: Sequence[str], count: int, rng: random.Random
) -> _Scene:
    tellers = [name for name in people if name != "assistant"] + list(others[:2])
    lines, asked = tell_facts(lang, tellers, count, rng)
    return _Scene(tuple(lines), tuple(asked), "facts")


def _generated(
    turns: Sequence[Turn], people: Sequence[str], rng: random.Random
) -> Iterator[TimelineQuestion]:
    """Questions made from what the timeline's people say of themselves in these turns."""
    for turn in rng.sample(turns, min(len(turns), 2)):
        if turn.speaker in people and turn.speaker != "assistant":
            name = None if turn.speaker == "user" else turn.speaker
            questions = questions_about(turn.text, rng, name)
            if questions:
                yield TimelineQuestion(rng.choice(questions), (turn.ref or "",), "generated")


def _choose(pool: ScenePool, rng: random.Random, lang: str, size: int) -> list[_Scene]:
    """Scenes that add up to about ``size`` turns: half with questions, half distractors."""
    by_source = pool.scenes[lang]
    asked = [source for source in sorted(by_source) if any(s.questions for s in by_source[source])]
    weight = [PASSAGE_WEIGHT if s.startswith("passage:") else WEIGHTS.get(s, 2) for s in asked]
    idle = [s for s in (DISTRACTORS if lang == "en" else DISTRACTORS_ZH) if by_source.get(s)]
    chosen: list[_Scene] = []
    total = 0
    written = rng.sample(pool.natural[lang], len(pool.natural[lang]))
    while total < size:
        if written and rng.random() < NATURAL_SHARE:
            scene = written.pop()
            if total + len(scene.lines) <= 2 * size or not chosen:
                chosen.append(scene)
                total += len(scene.lines)
                continue
        source = rng.choices(asked, weight)[0] if rng.random() < 0.6 else rng.choice(idle)
        scene = rng.choice(by_source[source])
        if total + len(scene.lines) > 2 * size:  # too long for so short a life: its beginning
            scene = _Scene(scene.lines[: size - total], (), scene.source, scene.passage)
        chosen.append(scene)
        total += len(scene.lines)
    return chosen


def _cast(
    scene: _Scene, people: Sequence[str], others: Sequence[str], rng: random.Random
) -> dict[str, str]:
    """Who plays whom: the two who say most become the timeline's people, in either order."""
    lines: dict[str, int] = defaultdict(int)
    for speaker, text in scene.lines:
        lines[speaker] += len(text)
    if scene.natural:
        first_person = any(question.person == "first" for question in scene.natural)
        speakers = _speakers(scene)
        main = list(people)
        if people[0] != "user":
            rng.shuffle(main)
        elif not first_person and rng.random() < 0.5:
            main = list(others[:2])
        return dict(zip(speakers, [*main, *others[2:]], strict=False))
    speakers = sorted(lines, key=lambda s: -lines[s])
    main = list(people)
    if people[0] != "user":
        rng.shuffle(main)
    elif {s.casefold() for s in speakers[:2]} >= {"user", "assistant"} or "user" in speakers:
        speakers.sort(key=lambda s: s.casefold() != "user")
    return dict(zip(speakers, [*main, *others], strict=False))


def _speakers(scene: _Scene) -> list[str]:
    """Who speaks in a scene, in the order in which they begin."""
    return list(dict.fromkeys(speaker for speaker, _ in scene.lines))


def _lines(
    scene: _Scene, people: Sequence[str], merged: bool, rng: random.Random
) -> tuple[list[tuple[str, str]], dict[int, int]]:
    """The scene's lines, and where each of its original lines went.

    A passage becomes one long reply of the second person, after a prompt by the first; or its
    sentences are said in turn.
    """
    if not scene.passage:
        return list(scene.lines), {i: i for i in range(len(scene.lines))}
    texts = [text for _, text in scene.lines]
    if merged:
        topic = " ".join(texts[0].split()[:4])
        opening = rng.choice(("Tell me about {}", "What do you know about {}?", "{}"))
        prompt = opening.format(topic if texts[0].isascii() else texts[0][:8])
        return [(people[0], prompt), (people[1], " ".join(texts))], dict.fromkeys(
            range(len(texts)), 1
        )
    return [(people[(i + 1) % 2], text) for i, text in enumerate(texts)], {
        i: i for i in range(len(texts))
    }


def _renamed(text: str, cast: dict[str, str]) -> str:
    """A text with the names of the corpus replaced by those of the timeline."""
    for old, new in cast.items():
        if new in ("user", "assistant") or len(old) < 3:
            continue
        first = old.split()[0]
        if first.casefold() in ("user", "assistant", "speaker", "passage", "the"):
            continue
        text = re.sub(rf"\b{re.escape(old)}\b|\b{re.escape(first)}\b", new, text)
    return text


_I = re.compile(r"\b(I am|I'm|I've|I|my|me|mine|myself)\b", re.IGNORECASE)
_THIRD = {
    "i am": "{} is",
    "i'm": "{} is",
    "i've": "{} has",
    "i": "{}",
    "my": "{}'s",
    "me": "{}",
    "mine": "{}'s",
    "myself": "{}",
}
_ASKS = {
    "user": ("What did I say about {}?", "{}?", "Did I mention {}?", "When did I tell you {}?"),
    "other": ("What did {who} say about {}?", "Does {who} talk about {}?", "{}?", "{}"),
}
_SAID_BY = {
    "user": ("I told you: {}", "In my own words, {}", "我说过：{}"),
    "assistant": ("You told me: {}", "What was your answer to this: {}", "你说过：{}"),
    "other": ("According to {who}, {}", "What did {who} say: {}", "{who}: {}", "{who}说过：{}"),
}


def _asked(text: str, source: str, speakers: set[str], rng: random.Random) -> str:
    """A question as it would be put in this timeline.

    A persona sentence ("I work as a school teacher.") loses some of its words, so that it does
    not give its answer away, and becomes a question in the first or third person. Of the other
    questions one in three says who is meant, as people do who remember a conversation.
    """
    if len(speakers) != 1:
        return text
    who = next(iter(speakers))
    if source == "synthetic-persona-chat":
        words = [word for word in text.rstrip(".!").split() if rng.random() > 0.3] or text.split()
        text = " ".join(words)
        if who != "user":
            text = _I.sub(lambda m: _THIRD[m.group().casefold()].format(who), text)
        form = rng.choice(_ASKS["user" if who == "user" else "other"])
    elif rng.random() < 0.35 and who.casefold() not in text.casefold():
        forms = _SAID_BY[who if who in _SAID_BY else "other"]
        form = rng.choice(forms[-1:] if not text.isascii() else forms[:-1])
    else:
        return text
    return form.replace("{who}", who).replace("{}", text)
