"""Histories of facts told one by one: what is asked of them, and what is not answered there."""

from __future__ import annotations

import gzip
import json
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.matching import FEATURES
from assistant.neural.checkpoint import WEIGHTS
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.ranker import LSTMRanker, load_ranker
from assistant.training.natural import natural_questions
from assistant.training.plain import PlainFact, plain_facts
from assistant.training.reading_lists import Gatherer
from assistant.training.readings import ASKED, MASKED, UNANSWERABLE, Readings
from assistant.training.timelines import Timeline
from assistant.training.told import ASKED as ASKED_AT_MOST
from assistant.training.told import Material, told_timeline, told_timelines
from assistant.training.unanswerable import nouns, unanswerable


@cache
def shipped() -> tuple[NumpyEncoder, LSTMRanker]:
    return NumpyEncoder.of(WEIGHTS / "encoder.safetensors"), load_ranker(FEATURES)


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Dialogues of the names that questions were written for, and nothing else."""
    rows = [
        {
            "dialogue": f"synthetic-persona-chat/made-{dialogue}",
            "turn": turn,
            "speaker": f"User {turn % 2 + 1}",
            "text": f"I once kept {dialogue + 2} goats and {turn + 2} geese on a farm",
            "lang": "en",
            "source": "synthetic-persona-chat",
        }
        for dialogue in range(40)
        for turn in range(4)
    ]
    asked = next(iter(natural_questions()))
    rows += [row | {"dialogue": asked} for row in rows[:4]]
    with gzip.open(tmp_path / "turns.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    with gzip.open(tmp_path / "qa.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("")
    return tmp_path


def histories(corpora: Path, count: int = 60, *, held_out: bool = False) -> list[Timeline]:
    build = told_timelines(corpora, held_out=held_out, seed=0)
    return [build(number) for number in range(count)]


def test_every_plain_fact_has_questions_of_both_kinds_and_names_filled_alike() -> None:
    facts = plain_facts()
    assert {fact.lang for fact in facts} == {"en", "zh"}
    assert len({fact.said for fact in facts}) == len(facts) > 300
    for fact in facts:
        assert fact.said
        assert fact.asked
        assert fact.absent
        assert not set(fact.asked) & set(fact.absent)
        named = fact.named(random.Random(1))
        for text in (named.said, *named.asked, *named.absent):
            assert "{" not in text
    fact = PlainFact("en", "{P} met {Q} in {T}.", ("Who met {Q}?",), ("Who met {P}?",))
    said, asked = fact.named(random.Random(2)).said, fact.named(random.Random(2)).asked[0]
    assert asked.removeprefix("Who met ").rstrip("?") == said.split()[2]


def test_a_history_tells_what_is_asked_and_asks_what_is_not_told(corpora: Path) -> None:
    told = histories(corpora)
    sizes = [len(one.turns) - len(one.replies) for one in told]
    assert min(sizes) < 10
    assert max(sizes) > 30
    plain = {fact.said: fact for fact in plain_facts()}
    for one in told:
        texts = {turn.ref: turn.text for turn in one.turns}
        assert len(texts) == len(one.turns)
        for question in one.questions:
            assert set(question.evidence) <= set(texts)
            answers = [texts[ref] for ref in question.evidence if texts[ref] in plain]
            for said in answers:
                allowed = {text.lower().rstrip("?？。. ") for text in plain[said].asked}
                assert question.text.lower().rstrip("?？。. ") in allowed
        answered = sum(bool(question.evidence) for question in one.questions)
        assert answered <= ASKED_AT_MOST
    assert sum(not q.evidence for one in told for q in one.questions) > 50
    assert len({turn.session for one in told for turn in one.turns}) > 2 * len(told)


def test_some_histories_have_an_assistant_who_acknowledges_what_it_is_told(corpora: Path) -> None:
    told = histories(corpora)
    acknowledged = [one for one in told if one.replies]
    assert 0 < len(acknowledged) < len(told)
    for one in acknowledged:
        roles = {turn.ref: turn.role for turn in one.turns}
        order = [turn.ref for turn in one.turns]
        for turn, reply in one.replies.items():
            assert (roles[turn], roles[reply]) == ("user", "assistant")
            assert order.index(reply) == order.index(turn) + 1
    quoting = [
        one
        for one in acknowledged
        for turn in one.turns
        if turn.role == "assistant" and "你说" not in turn.text and "remember" in turn.text
    ]
    assert quoting


def test_what_is_held_out_is_told_in_no_history_of_training(corpora: Path) -> None:
    learned, judged = (
        {fact.said for facts in Material(corpora, held_out=out).plain.values() for fact in facts}
        for out in (False, True)
    )
    assert learned
    assert judged
    assert not learned & judged
    assert len(learned | judged) == len(plain_facts())


def test_the_same_number_gives_the_same_history(corpora: Path) -> None:
    material = Material(corpora, held_out=False)
    one, other, third = (told_timeline(material, random.Random(s), 3) for s in (1, 1, 2))
    assert one == other
    assert one != third


def test_what_was_never_told_was_not_acknowledged_either(corpora: Path) -> None:
    material = Material(corpora, held_out=False)
    found = (told_timeline(material, random.Random(seed), seed) for seed in range(400))
    one = next(
        t
        for t in found
        if len(t.turns) < 30
        and sum(bool(question.evidence) for question in t.questions) >= 3
        and all(question.text.isascii() for question in t.questions)
        and any("“" in turn.text for turn in t.turns)
    )
    one.questions = [question for question in one.questions if question.evidence][:3]
    encoder, ranker = shipped()
    made = Gatherer(encoder, ranker, {"en": [], "zh": []}).readings(one, random.Random(0))
    texts = {turn.ref: turn.text for turn in one.turns}
    kinds = [kind for kind in (ASKED, MASKED) for _ in one.questions]
    assert sorted(made.kind[made.kind <= MASKED].tolist()) == kinds
    for kind, told in ((ASKED, True), (MASKED, False)):
        for question, i in zip(one.questions, np.flatnonzero(made.kind == kind), strict=True):
            read = [_words(row, encoder) for row in made.ids[i]]
            beginning = texts[question.evidence[0]].casefold()[:16]
            assert any(beginning in text for text in read) is told
            assert made.evidence[i].sum() == told
            turns = [row[part == 1] for row, part in zip(made.ids[i], made.part[i], strict=True)]
            assert not any(_words(row, encoder).startswith("assistant") for row in turns)


def _words(pieces: NDArray[np.int32], encoder: NumpyEncoder) -> str:
    """The words of a passage again, in small letters."""
    joined = "".join(encoder.tokenizer.piece(int(i)) for i in pieces[pieces >= 0])
    return joined.replace("▁", " ").strip()


def test_a_question_without_evidence_is_asked_once_and_nothing_there_answers_it(
    corpora: Path,
) -> None:
    build = told_timelines(corpora, held_out=False, seed=0)
    one = next(t for t in map(build, range(50)) if 2 < len(t.turns) < 30 and not t.replies)
    one.questions = [question for question in one.questions if not question.evidence][:4]
    made = Gatherer(*shipped()).readings(one, random.Random(0))
    assert made.kind.tolist() == [UNANSWERABLE] * len(one.questions)
    assert not made.evidence.any()


def test_a_noun_that_nobody_spoke_of_takes_the_place_of_one_that_is_asked_about() -> None:
    rng = random.Random(0)
    question, others = "What did Nora cook for the wedding?", ["Who won the marathon?", "Why?"]
    changed = unanswerable(question, others, "nora cooked soup for the wedding", rng)
    assert changed == "What did Nora cook for the marathon?"
    assert unanswerable(question, others, "two marathons and a wedding", rng) is None
    assert unanswerable("Why did Nora leave?", others, "", rng) is None
    assert unanswerable(question, ["你的猫叫什么？"], "", rng) is None
    assert unanswerable("妈妈的生日是几号？", ["爸爸的医生是谁？"], "", rng) == "妈妈的医生是几号？"
    assert [question[a:b] for a, b in nouns(question)] == ["wedding"]


def test_readings_are_cut_to_the_best_candidates() -> None:
    none = Readings.empty().first(6)
    assert none.ids.shape[1] == none.scores.shape[1] == none.evidence.shape[1] == 6
    assert isinstance(none.kind, np.ndarray)
