"""Preferences that serve a request sharing no word with them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant, Recollection, Request
from assistant.encoder import spoken
from assistant.language.text import words_of
from assistant.neural import load_encoder
from assistant.neural.areas import AreasOfLife, load_areas
from assistant.preferences import (
    SURELY,
    Candidate,
    is_request,
    is_standing,
    preferences_for,
    to_be_heeded,
    travels_always,
)
from assistant.replay.runner import ManualClock, default_opener
from assistant.responders.prompt import estimate_tokens, memory_line
from assistant.standing import MAY_ASK

DATA = Path(__file__).parent / "data"
ROWS = [
    json.loads(line)
    for line in (DATA / "preference_requests.jsonl").read_text("utf-8").splitlines()
]
FACTS = [json.loads(line) for line in (DATA / "plain_facts.jsonl").read_text("utf-8").splitlines()]
NAMES = "Ana Ben Cleo Dov Eli Fay Gus Hal Ida Jon Kay Leo Mia Ned Ola Pia Quin Rob Sue Tad".split()
ZH_NAMES = "小安 小贝 小程 小丁 小方 小高 小何 小江 小孔 小林 小马 小宁 小潘 小秦 小任 小宋".split()


# The share found, less .03: .915 and .93, .864 and .837, .79 and .70, .562 and .519; before pairs
# were learned from .85 and .93, .777 and .821, .74 and .63, .388 and .269.
LEAST = {
    ("first", "en"): 0.89,
    ("first", "zh"): 0.9,
    ("unseen", "en"): 0.83,
    ("unseen", "zh"): 0.8,
    ("third", "en"): 0.76,
    ("third", "zh"): 0.67,
    ("wild", "en"): 0.53,
    ("wild", "zh"): 0.48,
}


def held_out(row: dict[str, str]) -> bool:
    """The half that no method was chosen by: decided by a hash of the words."""
    words = f"{row['preference']}\n{row['request']}".encode()
    return bool(hashlib.blake2b(words, digest_size=2).digest()[0] % 2)


def other_facts(language: str) -> Iterator[str]:
    """A few hundred things that are no preference of the user's, always the same."""
    yield from (fact["text"] for fact in FACTS if fact["language"] == language)
    rng = random.Random(language)
    for number in range(250):
        if language == "zh":
            yield f"{rng.choice(ZH_NAMES)}{number}号去过{rng.choice('东南西北')}山。"
        else:
            yield f"{rng.choice(NAMES)} met {rng.choice(NAMES)} in room {number} on Tuesday."


SETS = {
    "first": "preference_requests",
    "unseen": "preference_requests_unseen",
    "third": "preference_requests_third",
    "wild": "preference_requests_wild",
}


def rows_of(name: str, language: str) -> list[dict[str, str]]:
    """One of the three sets written for the project."""
    lines = (DATA / f"{SETS[name]}.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["language"] == language]


@cache
def vector(text: str, kind: str) -> np.ndarray:
    said = spoken("user", text) if kind == "turn" else text
    return np.asarray(_encoder().encode([said], kind=kind)[0])


@cache
def _encoder():  # type: ignore[no-untyped-def]
    return load_encoder()


@cache
def _areas() -> AreasOfLife:
    return load_areas()


holds = cache(is_standing)


def ranked(request: str, store: list[str]) -> list[str]:
    """What of a store bears on a request, by form and areas of life, best first."""
    turns = np.stack([vector(text, "turn") for text in store])
    bearing = _areas().bearing(vector(request, "query"), turns).tolist()
    likely = _areas().holds(turns).tolist()
    near = [
        Candidate(text, value, likely=learned)
        for text, value, learned in zip(store, bearing, likely, strict=True)
    ]
    asks = is_request(request) or _areas().asks(vector(request, "query")) >= MAY_ASK
    return [near[i].text for i in preferences_for(request, near, holds=holds, asks=asks)]


def found(row: dict[str, str], others: int) -> bool:
    """Whether the preference is in the first five among so many other preferences."""
    rng = random.Random(row["request"])
    rest = [
        one["preference"]
        for one in ROWS
        if one["language"] == row["language"] and one["area"] != row["area"]
    ]
    store = [row["preference"], *rng.sample(rest, others), *other_facts(row["language"])]
    return row["preference"] in ranked(row["request"], store)[:5]


def share_found(rows: list[dict[str, str]], others: int, draws: int) -> float:
    """How often the preference needed is in the first five of a person's, the others drawn anew
    from the whole set each time, among 300 other things told."""
    hits = 0
    for row in rows:
        rng = random.Random(row["request"])
        rest = [one["preference"] for one in rows if one is not row]
        facts = list(other_facts(row["language"]))
        for _ in range(draws):
            store = [row["preference"], *rng.sample(rest, others), *facts]
            hits += row["preference"] in ranked(row["request"], store)[:5]
    return hits / len(rows) / draws


def test_there_are_fifty_requests_in_each_language_and_they_share_no_word() -> None:
    assert [row["language"] for row in ROWS].count("en") >= 50
    assert [row["language"] for row in ROWS].count("zh") >= 50
    for row in ROWS:
        if row["language"] == "en":
            words = [{word.low for word in words_of(row[key])} for key in ("preference", "request")]
            shared = words[0] & words[1] - set(
                "i a the for of my to have in on is me am do".split()
            )
        else:
            pairs = [
                {row[key][i : i + 2] for i in range(len(row[key]) - 1)}
                for key in ("preference", "request")
            ]
            shared = pairs[0] & pairs[1]
        assert not shared, (row, shared)


def test_requests_and_preferences_are_told_by_their_form() -> None:
    assert [row["request"] for row in ROWS if not is_request(row["request"])] == []
    assert [row["preference"] for row in ROWS if not is_standing(row["preference"])] == []
    taken = [fact["text"] for fact in FACTS if is_standing(fact["text"])]
    assert len(taken) <= len(FACTS) // 20, taken
    assert [fact["text"] for fact in FACTS if is_request(fact["text"])] == []


@pytest.mark.parametrize("text", ["周末帮我们订个餐厅", "下周五请帮我约个理发", "帮我订个闹钟"])
def test_a_request_may_begin_with_its_day(text: str) -> None:
    assert is_request(text)


@pytest.mark.parametrize(
    "text",
    [
        "What is my dog called?",
        "Where do I live?",
        "Thanks!",
        "I met Tom in Lisbon.",
        "我的狗叫什么？",
        "我住在哪里？",
        "谢谢！",
        "",
    ],
)
def test_what_asks_for_a_memory_is_no_request(text: str) -> None:
    assert not is_request(text)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("half", [False, True], ids=["development", "held out"])
def test_the_preference_is_among_the_first_five_of_a_store_with_few_preferences(
    language: str, half: bool
) -> None:
    rows = [row for row in ROWS if row["language"] == language and held_out(row) == half]
    share = sum(found(row, others=5) for row in rows) / len(rows)
    assert share >= (0.9 if language == "en" else 0.7), share


def test_allergies_and_pins_always_travel() -> None:
    assert travels_always("I'm allergic to nuts.", pinned=False)
    assert travels_always("我对花生过敏。", pinned=False)
    assert travels_always("The bins go out on Tuesday.", pinned=True)
    assert not travels_always("Omar is allergic to bees.", pinned=False)
    assert not travels_always("小王对蜜蜂过敏。", pinned=False)
    near = [Candidate("I like nuts.", 0.9), Candidate("I'm allergic to nuts.", -0.5)]
    assert preferences_for("Where do I live?", near) == [1]
    assert preferences_for("Plan dinner.", near) == [1, 0]


@pytest.mark.parametrize(
    ("told", "request_", "heeded"),
    [
        ("Omar is allergic to bees.", "Plan a walk for Omar", True),
        ("Omar\u2019s wife is lactose intolerant.", "What can I cook for Omar\u2019s wife?", True),
        ("My son Gil and his friend Ivo are allergic to cats.", "Plan an afternoon for ivo", True),
        ("Omar is allergic to bees.", "Plan a walk for Lena", False),
        ("Omar likes bees. Lena is allergic to eggs.", "Plan a walk for Omar", False),
        ("My aunt is allergic to bees.", "Plan a walk for my cousin", False),
        ("Omar keeps bees.", "Plan a walk for Omar", False),
        ("小王对蜜蜂过敏。", "帮我给小王安排郊游", True),
        ("我女儿吃虾过敏", "帮我给女儿安排晚餐", True),
        ("小王对蜜蜂过敏。", "帮我安排郊游", False),
        ("Omar is allergic to bees.", "", False),
    ],
)
def test_an_allergy_is_heeded_in_a_request_that_names_whose_it_is(
    told: str, request_: str, heeded: bool
) -> None:
    assert to_be_heeded(told, request_) is heeded
    candidates = [Candidate("I like nuts.", 0.9), Candidate(told, -0.5)]
    assert preferences_for(request_, candidates, asks=True) == ([1, 0] if heeded else [0])
    assert preferences_for(request_, candidates, asks=False) == []


class Model:
    """Stands in for a language model: its words are its own."""

    name = "model"
    recites = False

    def respond(self, request: Request) -> Iterator[str]:
        """Say something."""
        yield "In Ghent, I think."


def test_a_request_without_a_form_of_its_own_is_told_by_what_was_learned() -> None:
    for request in ("A quick lunch near the station?", "周末想带爸妈出去走走"):
        assert not is_request(request)
        assert _areas().asks(vector(request, "query")) >= MAY_ASK, request
    for other in ("What is my dog called?", "Who did Nora meet in Ghent?", "我的狗叫什么？"):
        assert _areas().asks(vector(other, "query")) < MAY_ASK, other
    near = [Candidate("I like nuts.", 0.9)]
    assert preferences_for("A quick lunch near the station?", near) == []
    assert preferences_for("A quick lunch near the station?", near, asks=True) == [0]


def test_a_preference_without_a_form_of_its_own_is_told_by_what_was_learned() -> None:
    told = [
        "Anything with bones in it stays on my plate.",
        "no meat on my plate, ever",
        "坐飞机我腿都发软",
    ]
    for text in told:
        assert not is_standing(text)
        assert _areas().holds(vector(text, "turn")[None])[0] >= SURELY, text
    passing = [fact["text"] for fact in FACTS]
    likely = _areas().holds(np.stack([vector(text, "turn") for text in passing]))
    assert [text for text, p in zip(passing, likely, strict=True) if p >= SURELY] == []
    near = [Candidate(told[0], 0.1), Candidate(passing[0], 0.9)]
    assert preferences_for("Plan dinner.", near) == []
    near[0] = Candidate(told[0], 0.1, likely=0.9)
    assert preferences_for("Plan dinner.", near) == [0]


def test_the_less_surely_it_holds_the_more_it_has_to_bear() -> None:
    by_form, words = "I like nuts.", "Anything with bones in it stays on my plate."
    near = [
        Candidate(by_form, 0.3),
        Candidate(words, 0.45, likely=0.8),
        Candidate(words, 0.45, likely=0.6),
        Candidate(words, 0.95, likely=0.4),
        Candidate(by_form, 0.2),
        Candidate(words, 0.52, likely=1.0),
    ]
    assert preferences_for("Plan dinner.", near) == [5, 0, 1, 4, 2]
    assert preferences_for("Plan dinner.", near, most=2) == [5, 0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_is_given_a_preference_that_has_no_form(language: str) -> None:
    told, passing, asked = {
        "en": ("no meat on my plate, ever", "The meat is in the freezer.", "Plan dinner."),
        "zh": ("坐飞机我腿都发软", "飞机模型在书架上。", "帮我们安排一次旅行。"),
    }[language]
    with Assistant(":memory:", responder=Model()) as a:
        a.observe(told)
        a.observe(passing)
        held = [hit.text for hit in a.reply(asked).recollections if hit.standing]
        a.new_session()
        kept = [hit.text for hit in a.reply(asked).recollections if hit.standing]
        assert held == kept == [told]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_is_given_preferences_for_a_request_that_has_no_form(language: str) -> None:
    told, asked = {
        "en": ("I never eat meat.", "A quick lunch near the station?"),
        "zh": ("我不吃肉。", "晚上聚餐点些啥"),
    }[language]
    with Assistant(":memory:", responder=Model()) as a:
        a.observe(told)
        a.new_session()
        heeded = [hit.text for hit in a.reply(asked).recollections if hit.standing]
        assert heeded == [told]
        assert not any(hit.standing for hit in a.reply("我叫什么？").recollections)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_one_needed_of_twelve_preferences_among_300_other_turns_is_in_the_first_five(
    name: str, language: str
) -> None:
    """Chance finds five of twelve. The third set was written before the areas were trained."""
    share = share_found(rows_of(name, language), others=11, draws=4)
    assert share >= LEAST[name, language], share


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["first", "unseen"])
def test_of_fifty_preferences_of_one_person_the_one_needed_is_mostly_in_the_prompt(
    language: str, name: str
) -> None:
    """The nearest five hold it less than half of the time, so that a model is given more of them.
    The second set was written when the way was fixed for the first, and changed nothing."""
    rows = rows_of(name, language)
    store = [row["preference"] for row in rows]
    found = 0
    for row in rows:
        chosen = ranked(row["request"], store)
        lines = [memory_line(recalled(text)) for text in chosen]
        assert estimate_tokens("\n".join(lines)) < 1400  # half of the room of a small model's
        found += row["preference"] in chosen
    assert found / len(rows) >= (0.75 if name == "unseen" else 0.95), found / len(rows)


def recalled(text: str) -> Recollection:
    return Recollection(text, "user", "user", datetime(2026, 5, 3, 9, tzinfo=UTC), 0, 0, ("a",))


def test_they_are_in_the_recollections_and_make_no_recall_confident(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 5, 3, 9, tzinfo=UTC))
    with default_opener()(tmp_path / "memory.db", clock, "default") as assistant:
        assert isinstance(assistant, Assistant)
        for text in ("I'm vegetarian.", "I'm allergic to nuts.", "My sister lives in Ghent."):
            assistant.remember(text)
        assistant.pin([assistant.remember("The bins go out on Tuesday.").id])
        assistant.new_session()
        reply = assistant.reply("Plan dinner for Friday.")
        heeded = {hit.text for hit in reply.recollections if hit.standing}
        assert heeded == {
            "I'm vegetarian.",
            "I'm allergic to nuts.",
            "The bins go out on Tuesday.",
        }
        assert not reply.recollections.confident
        assistant.responder = Model()  # what always travels is for a model; memory needs none
        reply = assistant.reply("Where does my sister live?")
        assert "Ghent" in reply.recollections[0].text
        always = {hit.text for hit in reply.recollections if hit.standing}
        assert always == {"I'm allergic to nuts.", "The bins go out on Tuesday."}
