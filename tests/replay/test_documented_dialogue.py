"""The page about dialogues tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from assistant.replay import Pattern, parse_dialogue, render, run_dialogue
from assistant.replay.dialogue import Kind
from assistant.replay.reader import _EVERY, _RECALL, _REPLY
from assistant.replay.runner import default_opener

PAGE = (Path(__file__).parents[2] / "docs" / "dialogues.md").read_text("utf-8")


def test_the_examples_have_every_kind_of_step() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    dialogues = [parse_dialogue(example, Path("docs/dialogues.md")) for example in examples]
    assert {step.kind for dialogue in dialogues for step in dialogue.steps} == set(get_args(Kind))


def test_the_examples_go_as_written() -> None:
    opener = default_opener()
    for example in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL):
        dialogue = parse_dialogue(example, Path("docs/dialogues.md"))
        result = run_dialogue(dialogue, open_assistant=opener)
        assert result.passed, render([result])


def test_every_expectation_is_in_the_table() -> None:
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([a-z -]+)`", table))
    assert {*_EVERY, *_RECALL, *_REPLY} <= named


def test_words_between_slashes_can_be_looked_for_as_the_page_says() -> None:
    assert Pattern(r"/\/tmp\//").found_in("it is in /tmp/x")
    assert not Pattern(r"/\/tmp\//").found_in("it is in tmp")
