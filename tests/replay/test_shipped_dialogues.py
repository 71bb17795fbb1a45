"""The dialogues of ``tests/dialogues`` as a whole: enough of them, and able to fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.replay import Dialogue, find_dialogues, load_dialogue, render, run_dialogue
from assistant.replay.runner import Opener
from assistant.turn import Recollections

FOLDER = Path(__file__).parents[1] / "dialogues"
DIALOGUES = [load_dialogue(path) for path in find_dialogues([FOLDER])]


def asks(dialogue: Dialogue) -> bool:
    """Whether something must be brought back."""
    return any(
        step.expect.first or step.expect.recalled or step.expect.abstains is False
        for step in dialogue.steps
    )


def test_there_are_at_least_forty_in_both_languages() -> None:
    languages = [dialogue.language for dialogue in DIALOGUES]
    assert len(DIALOGUES) >= 40
    assert languages.count("en") >= 25
    assert languages.count("zh") >= 15


def test_their_names_differ() -> None:
    assert len({dialogue.name for dialogue in DIALOGUES}) == len(DIALOGUES)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.path.name[:-14])
def test_each_one_expects_something_of_its_end(dialogue: Dialogue) -> None:
    assert dialogue.steps[-1].expect or dialogue.steps[-2].expect


@pytest.mark.parametrize(
    "name", ["dog_across_a_restart", "moved_house", "zh_invented_word", "killed_before_the_end"]
)
def test_recall_that_brings_nothing_turns_them_red(
    name: str, opener: Callable[..., Opener]
) -> None:
    def forgetful(path: Path, clock: object, owner: str) -> Assistant:
        assistant = opener()(path, clock, owner)  # type: ignore[arg-type]
        assistant._recall = lambda text, **_: Recollections([], query=text)  # type: ignore
        return assistant

    dialogue = next(one for one in DIALOGUES if one.path.name == f"{name}.dialogue.yaml")
    assert asks(dialogue)
    result = run_dialogue(dialogue, open_assistant=forgetful)
    assert not result.passed
    assert "but nothing was recalled" in render([result])


def test_a_memory_that_forgets_at_every_restart_turns_them_red(
    opener: Callable[..., Opener],
) -> None:
    def amnesic(path: Path, clock: object, owner: str) -> Assistant:
        for file in path.parent.iterdir():
            file.unlink()
        return opener()(path, clock, owner)  # type: ignore[arg-type]

    dialogue = next(one for one in DIALOGUES if one.path.name.startswith("dog_across"))
    result = run_dialogue(replace(dialogue, name="amnesia"), open_assistant=amnesic)
    assert [step.passed for step in result.steps][-1] is False
