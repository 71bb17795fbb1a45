"""The examples of the README and of docstrings do what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import assistant
import storage

ROOT = Path(__file__).parents[1]
# Rooms whose modules import what only training needs.
HEAVY = (
    "assistant.training",
    "assistant.neural.encoder_keras",
    "assistant.neural.short_term_keras",
)


def modules() -> list[str]:
    found = ["assistant", "storage"]
    for package in (assistant, storage):
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        found += [module.name for module in walked if not module.name.startswith(HEAVY)]
    return [name for name in found if not name.endswith("__main__") and "migrations" not in name]


@pytest.mark.parametrize("name", modules())
def test_docstring_examples_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def readme_blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("block", readme_blocks("python"))
def test_the_readmes_python_runs(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    assert capsys.readouterr().out.strip()


def test_the_readmes_first_example_says_the_dogs_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(readme_blocks("python")[0], "README.md", "exec"), {"__name__": "readme"})
    assert "Biscuit" in capsys.readouterr().out


def test_the_readmes_dialogue_passes(tmp_path: Path) -> None:
    from assistant.replay import run_files

    dialogues = [block for block in readme_blocks("yaml") if "steps:" in block]
    assert dialogues
    for number, block in enumerate(dialogues):
        path = tmp_path / f"{number}.dialogue.yaml"
        path.write_text(block, "utf-8")
        results = run_files([path])
        assert all(result.passed for result in results), results
