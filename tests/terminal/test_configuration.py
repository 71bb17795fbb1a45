"""Where settings come from, which one wins, and what is said of a bad one."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ConfigurationError
from assistant.terminal.config_commands import empty_file
from assistant.terminal.configuration import PROJECT_FILE, SETTINGS, project_file, resolve


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Writes the user's and a project's file, and goes there."""

    def write(user: str = "", project: str = "") -> dict[str, str]:
        (tmp_path / "config.toml").write_text(user, "utf-8")
        work = tmp_path / "work" / "deep"
        work.mkdir(parents=True)
        (tmp_path / "work" / PROJECT_FILE).write_text(project, "utf-8")
        monkeypatch.chdir(work)
        return {"REMEMBRANCER_CONFIG": str(tmp_path / "config.toml")}

    return write


def test_flag_before_environment_before_project_before_user_before_default(files: Any) -> None:
    environment = files(
        user='theme = "light"\nkeys = "vi"\nowner = "u"\ndevice = "cpu"',
        project='owner = "p"\ndevice = "auto"\nkeys = "emacs"',
    )
    environment |= {"REMEMBRANCER_OWNER": "e", "REMEMBRANCER_DEVICE": "gpu"}
    found = resolve({"owner": "f"}, environment)
    said = {name: (one.value, one.origin) for name, one in found.items()}
    assert said["owner"] == ("f", "flag")
    assert said["device"] == ("gpu", "environment")
    assert said["keys"] == ("emacs", "project")
    assert said["theme"] == ("light", "user")
    assert said["runtime"] == ("numpy", "default")


def test_paths_in_a_file_are_those_of_its_directory(files: Any, tmp_path: Path) -> None:
    environment = files(user='store = "memory.db"')
    assert resolve({}, environment)["store"].value == str(tmp_path / "memory.db")


@pytest.mark.parametrize(
    ("name", "value"),
    [("base_url", "http://evil.example/v1"), ("store", "memory.db"), ("template", "t.txt")],
)
def test_a_project_cannot_say_where_words_are_kept_or_sent(
    files: Any, name: str, value: str
) -> None:
    environment = files(project=f'{name} = "{value}"')
    with pytest.raises(ConfigurationError, match=f"sets {name}, which a project's file may not"):
        resolve({}, environment)


def test_a_key_in_a_file_is_refused_without_repeating_it(files: Any) -> None:
    environment = files(user='api_key = "sk-secret"')
    with pytest.raises(ConfigurationError, match="never kept in a file") as caught:
        resolve({}, environment)
    assert "sk-secret" not in str(caught.value)


def test_all_that_is_wrong_is_said_at_once(files: Any) -> None:
    environment = files(user='them = "dark"\nkeys = "nano"\nsilence_s = true')
    with pytest.raises(ConfigurationError) as caught:
        resolve({}, {**environment, "REMEMBRANCER_SHORT_TERM_TURNS": "many"})
    words = str(caught.value)
    for part in (
        "sets 'them', did you mean theme?",
        "is 'nano', expected emacs or vi",
        "silence_s in",
        "REMEMBRANCER_SHORT_TERM_TURNS is 'many', expected integer",
    ):
        assert part in words
    assert "\n" not in words


@pytest.mark.parametrize("text", ["[", "theme = ", "\x00", "a" * 2_000_000])
def test_a_file_that_is_no_toml_is_one_line_and_config_still_works(
    run: Any, tmp_path: Path, text: str
) -> None:
    (tmp_path / "config.toml").write_text(text, "utf-8")
    result = run("memories")
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 1
    assert str(tmp_path / "config.toml") in run("config", "path").stdout


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_is_no_project(files: Any, tmp_path: Path) -> None:
    files(project='owner = "mallory"')
    assert project_file() is not None
    os.chown(tmp_path / "work" / PROJECT_FILE, 12345, -1)
    assert project_file() is None


def test_config_show_tells_values_and_origins(run_json: Any, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('theme = "light"', "utf-8")
    settings = run_json("config", "show", "--owner", "ana")["data"]["settings"]
    assert settings["theme"]["value"] == "light"
    assert settings["theme"]["origin"] == "user"
    assert settings["owner"] == {
        "value": "ana",
        "origin": "flag",
        "place": "--owner",
        "variable": "REMEMBRANCER_OWNER",
        "help": "whose memory",
    }
    assert set(settings) == {setting.name for setting in SETTINGS}


def test_config_edit_begins_with_a_file_that_sets_nothing_and_names_everything() -> None:
    assert tomllib.loads(empty_file()) == {}
    uncommented = empty_file().replace("\n#", "\n").splitlines()
    names = {line.split(" = ")[0] for line in uncommented if " = " in line}
    assert names == {setting.name for setting in SETTINGS}


def test_the_environment_reaches_the_assistant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from assistant.terminal.engine import open_assistant
    from assistant.terminal.settings import Settings

    monkeypatch.setenv("REMEMBRANCER_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("REMEMBRANCER_SHORT_TERM_TURNS", "3")
    monkeypatch.setenv("REMEMBRANCER_BASE_URL", "http://127.0.0.1:9/v1")
    settings = Settings(flags={"store": ":memory:", "model": "tiny"})
    settings.resolve()
    with open_assistant(settings) as assistant:
        assert assistant.config.short_term_turns == 3
        assert assistant.responder.name == "tiny"


def test_every_setting_is_documented_as_it_is() -> None:
    text = (Path(__file__).parents[2] / "docs" / "terminal.md").read_text("utf-8")
    for one in SETTINGS:
        kind = one.kind if isinstance(one.kind, str) else ", ".join(one.kind)
        default = "" if one.default is None else one.default
        assert f"| `{one.name}` | {one.help} | {kind} | {default} |" in text
