"""The page about dialogues tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.replay import Pattern, parse_dialogue
from assistant.replay.reader import _EVERY, _RECALL, _REPLY

PAGE = (Path(__file__).parents[2] / "docs" / "dialogues.md").read_text("utf-8")


def test_the_example_is_a_dialogue_with_every_kind_of_step() -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    dialogue = parse_dialogue(found[1], Path("docs/dialogues.md"))
    assert {step.kind for step in dialogue.steps} == {
        "user", "as", "advance", "restart", "kill", "new session", "remember", "forget", "recall",
    }  # fmt: skip


def test_every_expectation_is_in_the_table() -> None:
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([a-z -]+)`", table))
    assert {*_EVERY, *_RECALL, *_REPLY} <= named


def test_words_between_slashes_can_be_looked_for_as_the_page_says() -> None:
    assert Pattern(r"/\/tmp\//").found_in("it is in /tmp/x")
    assert not Pattern(r"/\/tmp\//").found_in("it is in tmp")
