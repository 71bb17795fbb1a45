"""What docs/models.md says is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.responders.endpoint import LONGEST_REPLY
from assistant.responders.model_settings import ENVIRONMENT, ModelSettings
from assistant.responders.prompt import CLOSE, OPEN
from assistant.responders.template import DEFAULT_TEMPLATE, PLACEHOLDERS

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")


@pytest.mark.parametrize("variable", ENVIRONMENT.values())
def test_every_variable_is_documented(variable: str) -> None:
    assert variable in PAGE


def test_the_defaults_are_those_documented() -> None:
    settings = ModelSettings(base_url="http://127.0.0.1/v1")
    found = dict(re.findall(r"`(REMEMBRANCER_\w+)`\s+\((\d[\d.]*)\)", PAGE))
    assert len(found) == 5
    for name, variable in ENVIRONMENT.items():
        if variable in found:
            assert float(found[variable]) == getattr(settings, name), name
    assert f"{LONGEST_REPLY:,} characters" in PAGE


def test_the_template_and_the_marks_are_those_documented() -> None:
    assert f"```\n{DEFAULT_TEMPLATE}```" in PAGE
    for name, meaning in PLACEHOLDERS.items():
        assert f"| `{{{name}}}` | {meaning} |" in PAGE
    assert f"\n{OPEN}\n" in PAGE
    assert f"\n{CLOSE}\n" in PAGE
