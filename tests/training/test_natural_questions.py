"""The questions written for the project."""

from __future__ import annotations

import re

import pytest

from assistant.training.natural import NaturalQuestion, natural_questions


def test_a_question_is_put_about_the_people_of_a_timeline() -> None:
    question = NaturalQuestion("Did {A} thank {B}?", (1,), "third")
    assert question.put(["Nora", "Emil"]) == "Did Nora thank Emil?"
    assert question.put(["user", "assistant"]) is None
    assert NaturalQuestion("Does {B} ski?", (1,), "third").put(["Nora", "Emil"]) == "Does Emil ski?"


def test_a_question_in_the_first_person_is_the_users() -> None:
    question = NaturalQuestion("Where did I ski?", (1,), "first")
    assert question.put(["user", "assistant"]) == "Where did I ski?"
    assert question.put(["Nora", "Emil"]) is None


@pytest.fixture(scope="module")
def written() -> list[NaturalQuestion]:
    return [question for asked in natural_questions().values() for question in asked]


def test_there_are_thousands_in_both_languages_and_persons(
    written: list[NaturalQuestion],
) -> None:
    assert len(written) > 2_000
    chinese = sum(bool(re.search("[\u4e00-\u9fff]", question.text)) for question in written)
    first = sum(question.person == "first" for question in written)
    assert chinese > 300
    assert 500 < first < len(written) - 500
    unanswerable = sum(not question.evidence for question in written)
    assert 1_000 < unanswerable < len(written) / 3


def test_every_written_question_can_be_put(written: list[NaturalQuestion]) -> None:
    for question in written:
        people = ["user", "assistant"] if question.person == "first" else ["Nora", "Emil"]
        put = question.put(people)
        assert put, question
        assert "{" not in put, question
        assert min(question.evidence, default=0) >= 0
