"""Where settings come from: a flag, the environment, a project's file, the user's file, a default.

The first that says something wins, and ``assistant config`` tells which one that was. Files are
TOML with the names below. A project's file is ``.remembrancer.toml`` in the working directory or
above it, if it belongs to the user; it cannot say where words are kept or sent.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.errors import ConfigurationError
from assistant.terminal.themes import DEFAULT_THEME, THEMES

PROJECT_FILE = ".remembrancer.toml"
FILE_VARIABLE = "REMEMBRANCER_CONFIG"
_LARGEST = 1_000_000

Origin = Literal["flag", "environment", "project", "user", "default"]


@dataclass(frozen=True)
class Setting:
    """A setting: its name, what it is for, what it can be.

    Args:
        name: In files; the flag and the variable REMEMBRANCER_* are called so too.
        help: One phrase.
        kind: "text", "path", "integer", "number", or the words to choose from.
        default: When nobody says anything; None leaves it to whatever reads it.
        project: Whether a project's file may say it.
    """

    name: str
    help: str
    kind: str | tuple[str, ...] = "text"
    default: Any = None
    project: bool = True

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return f"REMEMBRANCER_{self.name.upper()}"


@dataclass(frozen=True)
class Value:
    """What a setting is, who said so, and in which file, variable or flag."""

    value: Any
    origin: Origin
    place: str = ""


SETTINGS = (
    Setting("store", "the memory's file", "path", project=False),
    Setting("owner", "whose memory", default="default"),
    Setting("runtime", "what runs the LSTMs", ("numpy", "keras"), "numpy"),
    Setting("device", "where they run", ("auto", "cpu", "gpu"), "auto"),
    Setting("keys", "how a line is edited", ("emacs", "vi"), "emacs"),
    Setting("theme", "colours", tuple(theme.name for theme in THEMES), DEFAULT_THEME),
    Setting("mode", "what is written", ("normal", "read-only", "off-record"), "normal"),
    Setting("model", "which language model words the replies; none for memory alone"),
    Setting("base_url", "address of an OpenAI-compatible endpoint", project=False),
    Setting("api_key_source", "variable that holds its key, or keyring, or none", project=False),
    Setting("template", "file with the words of the prompt", "path", project=False),
    Setting("budget_tokens", "most tokens of a prompt", "integer"),
    Setting("reply_tokens", "most tokens of a reply", "integer"),
    Setting("alive_s", "seconds that a silent endpoint is waited for", "number"),
    Setting("first_token_s", "seconds to a model's first word", "number"),
    Setting("between_tokens_s", "seconds between two words", "number"),
    Setting("short_term_turns", "most turns in short-term memory", "integer", 12),
    Setting("short_term_tokens", "most tokens in short-term memory", "integer", 1024),
    Setting("silence_s", "seconds of silence that end a session", "number", 1800.0),
    Setting("salience_threshold", "from where on turns are kept, 0 to 1", "number"),
    Setting("confidence_threshold", "from where on recall is sure, 0 to 1", "number"),
    Setting(
        "secrets",
        "what becomes of passwords and keys told",
        ("ask", "refuse", "mask", "store"),
        "ask",
        project=False,
    ),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def user_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's own settings; REMEMBRANCER_CONFIG names another file."""
    if named := environment.get(FILE_VARIABLE):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_config_path("remembrancer", appauthor=False) / "config.toml"


def project_file(start: Path | None = None) -> Path | None:
    """The nearest project's file at or above a directory, if it is the user's own."""
    try:
        here = start or Path.cwd()
        for directory in (here, *here.parents):
            path = directory / PROJECT_FILE
            if path.is_file():
                ours = os.name != "posix" or path.stat().st_uid == os.getuid()
                return path if ours else None
    except OSError:
        return None
    return None


def resolve(
    flags: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> dict[str, Value]:
    """Every setting with its origin.

    Raises:
        ConfigurationError: Something cannot be used; all of it is named at once.
    """
    problems: list[str] = []
    found = {setting.name: Value(setting.default, "default") for setting in SETTINGS}
    found.update(_from_file(user_file(environment), "user", problems))
    project = project_file()
    if project is not None:
        found.update(_from_file(project, "project", problems))
    for setting in SETTINGS:
        said = environment.get(setting.variable)
        if said:
            value = _read(setting, said, setting.variable, problems, Path())
            found[setting.name] = Value(value, "environment", setting.variable)
    for name, value in flags.items():
        found[name] = Value(value, "flag", "--" + name.replace("_", "-"))
    if problems:
        raise ConfigurationError("; ".join(problems))
    return found


def _from_file(path: Path, origin: Origin, problems: list[str]) -> Iterator[tuple[str, Value]]:
    """What a file says, if there is one."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return
    except OSError as error:
        problems.append(f"{path} cannot be read: {(error.strerror or str(error)).lower()}")
        return
    if len(data) > _LARGEST:
        problems.append(f"{path} is larger than {_LARGEST:,} bytes, the most that settings can be")
        return
    import tomllib

    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        problems.append(f"{path} is not TOML: {error}")
        return
    for name, value in said.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            problems.append(f"{path} sets {name[:40]!r}, {_instead_of(name)}")
        elif origin == "project" and not setting.project:
            problems.append(
                f"{path} sets {name}, which a project's file may not; "
                f"set it in {user_file()} or as {setting.variable}"
            )
        else:
            place = f"{name} in {path}"
            yield (
                name,
                Value(_read(setting, value, place, problems, path.parent), origin, str(path)),
            )


def _instead_of(name: str) -> str:
    if name.lower() in ("store_key", "passphrase"):
        return (
            "but a key is never kept in a file; put it into REMEMBRANCER_STORE_KEY or the system "
            "keyring ('assistant encrypt --keyring')"
        )
    if "key" in name.lower() and name != "keys":
        return (
            "but a key is never kept in a file; put it into REMEMBRANCER_API_KEY or the system "
            'keyring (api_key_source = "keyring")'
        )
    near = difflib.get_close_matches(name[:40], list(_BY_NAME), n=1)
    return f"did you mean {near[0]}?" if near else "expected one of " + ", ".join(_BY_NAME)


def _read(setting: Setting, value: Any, place: str, problems: list[str], base: Path) -> Any:
    """A value of the setting's kind, or a problem."""
    kind = setting.kind
    text = str(value)
    expected = kind if isinstance(kind, str) else " or ".join(kind)
    try:
        if isinstance(value, (bool, dict, list)):
            raise ValueError
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
        if isinstance(kind, tuple) and text not in kind:
            raise ValueError
    except ValueError:
        problems.append(f"{place} is {text[:60]!r}, expected {expected}")
        return None
    if kind == "path" and "://" not in text and text != ":memory:" and base != Path():
        return str(base / Path(text).expanduser())
    return text
