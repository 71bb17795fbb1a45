"""What a command changes can be kept, and the settings file stays what it was otherwise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ConfigurationError
from assistant.terminal.config_commands import empty_file
from assistant.terminal.keeping import keep


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMEMBRANCER_CONFIG", str(tmp_path / "deep" / "config.toml"))
    return tmp_path / "deep" / "config.toml"


def test_a_file_is_made_for_its_owner_only(path: Path) -> None:
    assert keep({"theme": "light"}) == path
    assert path.read_text("utf-8") == 'theme = "light"\n'
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_setting_is_changed_where_it_stands_and_nothing_else_is(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('# mine\ntheme = "dark"  # for now\nkeys = "vi"\n', "utf-8")
    keep({"theme": "mono", "owner": 'ana "the 小" \\'})
    assert path.read_text("utf-8").startswith('# mine\ntheme = "mono"\nkeys = "vi"\nowner')
    assert tomllib.loads(path.read_text("utf-8"))["owner"] == 'ana "the 小" \\'


def test_the_comment_of_a_setting_gives_way_to_it(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(empty_file(), "utf-8")
    keep({"theme": "light"})
    after = path.read_text("utf-8")
    assert len(after.splitlines()) == len(empty_file().splitlines())
    assert tomllib.loads(after) == {"theme": "light"}


@pytest.mark.parametrize("text", ['theme = """\ndark"""\n', "theme = ", "[more]\nx = 1\n", "\x00"])
def test_what_cannot_be_changed_safely_is_left_alone(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="assistant config edit"):
        keep({"theme": "light"})
    assert path.read_text("utf-8") == text
    assert list(path.parent.iterdir()) == [path]


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "dotfiles.toml")
    keep({"theme": "light"})
    assert path.is_symlink()
    assert (tmp_path / "dotfiles.toml").read_text("utf-8") == 'theme = "light"\n'


def test_a_theme_is_kept_when_asked(run: Any, run_json: Any) -> None:
    run("chat", input="/theme light\n")
    assert run_json("config", "show")["data"]["settings"]["theme"]["value"] == "dark"
    assert "Kept in" in run("chat", input="/theme light --keep\n").stdout
    assert run_json("config", "show")["data"]["settings"]["theme"]["value"] == "light"


def test_the_device_changes_while_the_chat_goes_on(tmp_path: Path) -> None:
    import json

    from click.testing import CliRunner

    from assistant.terminal.cli import build

    said = "My dog is called Bruno.\n/device cpu\nWhat is my dog called?\n/device tpu\n"
    given = ["--store", str(tmp_path / "me.db"), "chat", "--json"]
    result = CliRunner().invoke(build(), given, input=said)
    _, switched, reply, unknown = map(json.loads, result.stdout.splitlines())
    assert switched["data"]["device"] == "cpu"
    assert "was asked for" in switched["data"]["reason"]
    assert "Bruno" in reply["data"]["reply"]
    assert "expected auto, cpu, gpu" in unknown["error"]["message"]
