"""How two things said bear on each other, over a set written for this and over single forms."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.correction import Relation, Said, relation
from assistant.language import read_claims
from language.nonsense import chinese_word, english_word

SET = Path(__file__).parents[1] / "data" / "contradictions.jsonl"
PAIRS = [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


def judged(earlier: str, later: str) -> Relation:
    return relation(Said.read(earlier), Said.read(later))


def held_out(pair: dict[str, str]) -> bool:
    """The half that no rule was written with in view: decided by a hash of the words."""
    words = f"{pair['earlier']}\n{pair['later']}".encode()
    return bool(hashlib.blake2b(words, digest_size=2).digest()[0] % 2)


def test_the_set_is_large_and_of_all_kinds() -> None:
    kinds = Counter((pair["language"], pair["kind"]) for pair in PAIRS)
    assert len(PAIRS) >= 400
    assert len({(pair["earlier"], pair["later"]) for pair in PAIRS}) == len(PAIRS)
    for language in ("en", "zh"):
        for kind in ("contradiction", "refinement", "restatement", "similar", "unrelated"):
            assert kinds[language, kind] >= 10


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("half", [False, True], ids=["development", "held out"])
def test_a_sure_contradiction_mostly_is_one_and_most_are_found(language: str, half: bool) -> None:
    right = wrong = missed = 0
    for pair in PAIRS:
        if pair["language"] != language or held_out(pair) != half:
            continue
        found = judged(pair["earlier"], pair["later"])
        sure = (found.kind, found.certainty) == ("contradiction", "sure")
        if pair["kind"] == "contradiction":
            right, missed = right + sure, missed + (not sure)
        else:
            wrong += sure
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.8


def test_what_is_told_of_other_things_is_not_corrected() -> None:
    """Turns of different pairs, taken at random, correct each other only where they really do."""
    rng = random.Random(11)
    english = [pair for pair in PAIRS if pair["language"] == "en"]
    earlier = [Said.read(pair["earlier"]) for pair in english]
    later = [Said.read(pair["later"]) for pair in english]
    crossed = [(rng.choice(earlier), rng.choice(later)) for _ in range(5000)]
    hits = [(a.text, b.text) for a, b in crossed if relation(a, b).kind == "contradiction"]
    assert len(hits) < 60, hits


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("I {verb} {thing}s.", "I don't {verb} {thing}s any more."),
        ("My {thing} is {other}.", "My {thing} is no longer {other}."),
        ("I have a {thing}.", "I sold my {thing}."),
        ("I love {thing}s.", "I hate {thing}s."),
        ("I take the {thing} to the {other}.", "I take the {verb} to the {other} now."),
        ("My {thing} is called {Other}.", "I was wrong: my {thing} is called {Verb}."),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_invented_things_are_corrected_like_known_ones(earlier: str, later: str, seed: int) -> None:
    rng = random.Random(seed)
    words = {name: english_word(rng) for name in ("verb", "thing", "other")}
    words |= {name.capitalize(): word.capitalize() for name, word in words.items()}
    assert judged(earlier.format(**words), later.format(**words)).kind == "contradiction"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("我喜欢{thing}。", "我讨厌{thing}。"),
        ("我的{thing}是{other}的。", "我的{thing}不是{other}的了。"),
        ("我有一个{thing}。", "我没有{thing}了。"),
        ("我养了一只{thing}。", "我把{thing}送人了。"),
        ("我的{thing}叫{other}。", "我说错了，我的{thing}叫{verb}。"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_invented_chinese_things_too(earlier: str, later: str, seed: int) -> None:
    rng = random.Random(seed)
    words = {name: chinese_word(rng) for name in ("verb", "thing", "other")}
    if len(set(words.values())) < 3:
        pytest.skip("the same word twice")
    assert judged(earlier.format(**words), later.format(**words)).kind == "contradiction"


def test_only_the_fact_that_changed_is_hit() -> None:
    earlier = "I live in Lisbon and work as a nurse."
    found = judged(earlier, "I work as a teacher now.")
    assert found == Relation("contradiction", "sure", hits=(1,), whole=False)
    found = judged(earlier, "I moved to Porto.")
    assert (found.hits, found.whole) == ((0,), False)
    found = judged("我住在青岛，在医院工作。", "我不在医院工作了。")
    assert (found.hits, found.whole) == ((1,), False)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("我的大哥叫王明。", "我说错了，我的大姐叫李明。"),
        ("我的嗒嗡哐叫嘟嚓哐。", "我说错了，我的嗒咕叽叫嗒咕哐。"),
        ("我的小船是红色。", "更正：我的小屋是绿色。"),
    ],
)
def test_a_chinese_correction_leaves_other_things_alone_that_begin_and_end_alike(
    earlier: str, later: str
) -> None:
    assert judged(earlier, later).kind != "contradiction"


def test_one_fact_alone_is_hit_as_a_whole() -> None:
    found = judged("I love jazz.", "I hate jazz.")
    assert (found.hits, found.whole) == ((0,), True)
    assert judged("I don't eat fish.", "I eat fish again.").whole


def test_a_restatement_with_something_new_is_a_refinement() -> None:
    assert judged("I live in Ghent.", "I live in Ghent.").kind == "restatement"
    assert judged("I live in Ghent.", "I live in Ghent, near the river.").kind == "refinement"
    assert judged("I live in Ghent.", "I live in Ghent and keep bees.").kind == "refinement"


def test_two_places_in_one_sitting_are_asked_about() -> None:
    at = datetime(2026, 5, 3, 9, tzinfo=UTC)
    ohio = Said.read("I live in Ohio.", at=at)
    soon = Said.read("I live in Columbus.", at=at + timedelta(minutes=5))
    late = Said.read("I live in Columbus.", at=at + timedelta(days=90))
    moved = Said.read("I moved to Columbus.", at=at + timedelta(minutes=5))
    assert relation(ohio, soon).certainty == "unsure"
    assert relation(ohio, late).certainty == "sure"
    assert relation(ohio, moved).certainty == "sure"


@pytest.mark.parametrize(
    "later",
    [
        "If I hated jazz, I would tell you.",
        'He shouted "I hate jazz".',
        "Ana says I hate jazz.",
        "Do I hate jazz?",
        "Maybe I hate jazz.",
        "I don't know.",
        "No.",
        "",
        "\x00\ud800",
        "not " * 5000,
        "不" * 5000,
    ],
)
def test_what_claims_nothing_takes_nothing_back(later: str) -> None:
    assert judged("I love jazz.", later).kind in ("unrelated", "similar")
    assert judged("我喜欢爵士乐。", later).kind in ("unrelated", "similar")


def test_claims_say_how_it_stands() -> None:
    (claim,) = read_claims("I no longer work at Acme.")
    assert (claim.entity, claim.content, claim.ended, claim.sign) == ("i", ("acm",), True, -1)
    (claim,) = read_claims("I can't stand olives.")
    assert (claim.liking, claim.content, claim.sign) == (-1, ("oliv",), -1)
    (claim,) = read_claims("It's Tuesday, not Monday.")
    assert (claim.entity, claim.content, claim.withdrawn) == ("", ("tuesday",), ("monday",))
    (claim,) = read_claims("我不喝咖啡了。")
    assert (claim.negated, claim.ended, "".join(claim.content)) == (True, True, "喝咖啡")


def test_a_correction_announced_alone_reaches_the_next_sentence() -> None:
    assert read_claims("I was wrong. My tent is brown.")[0].corrects
    assert judged("My tent is green.", "I was wrong. My tent is brown.").certainty == "sure"
