"""Which language model words the replies, and how long to wait for it: checked as a whole.

Knows nothing of HTTP. The settings hold where a key is found, never the key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .template import DEFAULT_TEMPLATE, Template

ENVIRONMENT: Final[Mapping[str, str]] = {
    "base_url": "REMEMBRANCER_BASE_URL",
    "model": "REMEMBRANCER_MODEL",
    "api_key_source": "REMEMBRANCER_API_KEY_SOURCE",
    "template": "REMEMBRANCER_TEMPLATE",
    "budget_tokens": "REMEMBRANCER_BUDGET_TOKENS",
    "reply_tokens": "REMEMBRANCER_REPLY_TOKENS",
    "alive_s": "REMEMBRANCER_ALIVE_S",
    "first_token_s": "REMEMBRANCER_FIRST_TOKEN_S",
    "between_tokens_s": "REMEMBRANCER_BETWEEN_TOKENS_S",
}
"""The environment variable of each setting; ``template`` names a file."""

OWN_KEY: Final = "REMEMBRANCER_API_KEY"
OPENAI_KEY: Final = "OPENAI_API_KEY"
_OPENAI_URL: Final = "OPENAI_BASE_URL"
_OPENAI_HOST: Final = "api.openai.com"
_OFF: Final = ("", "none", "off", "memory")
_LARGEST_TEMPLATE: Final = 100_000
_LOCAL_HOSTS: Final = ("localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """A model and the endpoint that offers it.

    >>> ModelSettings(base_url="http://127.0.0.1:11434/v1/", model="llama3.2").where
    '127.0.0.1:11434'

    Args:
        base_url: Address of an OpenAI-compatible endpoint, up to and with ``/v1``.
        model: The model's name there; empty takes the first that the endpoint offers.
        api_key_source: The environment variable that holds the key, "keyring", or "none".
        template: The words of the prompt; see ``Template``.
        budget_tokens: Most tokens of a prompt, by estimate.
        reply_tokens: Most tokens of a reply.
        alive_s: A server that shows no sign of life for so long is given up.
        first_token_s: Most seconds from the request to the first word, of a server that lives.
        between_tokens_s: Most seconds between two words.

    Raises:
        ConfigurationError: Settings cannot be used; all of them are named at once.
    """

    base_url: str
    model: str = ""
    api_key_source: str = "none"
    template: str = field(default=DEFAULT_TEMPLATE, repr=False)
    budget_tokens: int = 3072
    reply_tokens: int = 1024
    alive_s: float = 1.4
    first_token_s: float = 30.0
    between_tokens_s: float = 10.0

    def __post_init__(self) -> None:
        problems = _problems_of_url(self.base_url)
        if not self.model.isprintable():
            problems.append("model holds control characters, expected a model's name")
        if not self.api_key_source:
            problems.append(
                "api_key_source is empty, expected a variable's name, 'keyring' or 'none'"
            )
        if self.budget_tokens < 256:
            problems.append(f"budget_tokens is {self.budget_tokens}, expected at least 256")
        if self.reply_tokens < 1:
            problems.append(f"reply_tokens is {self.reply_tokens}, expected at least 1")
        for name in ("alive_s", "first_token_s", "between_tokens_s"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                problems.append(f"{name} is {value}, expected seconds, more than 0")
        try:
            Template(self.template)
        except ConfigurationError as error:
            problems.append(str(error))
        if problems:
            raise ConfigurationError("; ".join(problems))
        object.__setattr__(self, "base_url", self.base_url.strip().rstrip("/"))

    @property
    def where(self) -> str:
        """The endpoint's host and port, for people."""
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        host = urlsplit(self.base_url).hostname or ""
        return host in _LOCAL_HOSTS or host.startswith("127.")

    @property
    def is_openai(self) -> bool:
        """Whether the endpoint is OpenAI's own."""
        return urlsplit(self.base_url).hostname == _OPENAI_HOST

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> ModelSettings | None:
        """The settings that environment variables give, or None when they name no model.

        ``REMEMBRANCER_MODEL`` set to "none" or "off" means no model whatever else is set.

        Args:
            environment: ``os.environ``, or a mapping of the same names with flags laid over it.

        Raises:
            ConfigurationError: Settings cannot be used; all of them are named at once.
        """
        said = {name: environment.get(variable) for name, variable in ENVIRONMENT.items()}
        model, base_url = said["model"], (said["base_url"] or "").strip()
        if (model is None and not base_url) or (model is not None and model.lower() in _OFF):
            return None
        problems: list[str] = []
        values: dict[str, Any] = {"model": (model or "").strip()}
        ours = bool(base_url)
        base_url = base_url or environment.get(_OPENAI_URL, "").strip()
        if not base_url:
            problems.append(
                f"REMEMBRANCER_MODEL is {model!r} but no endpoint is named; set "
                "REMEMBRANCER_BASE_URL, such as http://127.0.0.1:11434/v1 for Ollama or "
                "https://api.openai.com/v1"
            )
        values["base_url"] = base_url or "http://127.0.0.1/v1"
        for name in ("budget_tokens", "reply_tokens"):
            _read_number(said, name, int, values, problems)
        for name in ("alive_s", "first_token_s", "between_tokens_s"):
            _read_number(said, name, float, values, problems)
        if said["template"]:
            try:
                values["template"] = read_template(Path(said["template"]))
            except ConfigurationError as error:
                problems.append(str(error))
        values["api_key_source"] = said["api_key_source"] or _key_source(
            environment, values["base_url"], ours=ours
        )
        try:
            settings = cls(**values)
        except ConfigurationError as error:
            problems.append(str(error))
        if problems:
            raise ConfigurationError("; ".join(problems))
        return settings


def read_template(path: Path) -> str:
    """The text of a template file.

    Raises:
        ConfigurationError: It cannot be read, is too long, or is no template.
    """
    try:
        with path.expanduser().open(encoding="utf-8-sig") as file:
            text = file.read(_LARGEST_TEMPLATE + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(
            f"the template {path} cannot be read: {reason}; check REMEMBRANCER_TEMPLATE"
        ) from None
    except UnicodeError:
        raise ConfigurationError(
            f"the template {path} is not UTF-8 text; save it as UTF-8"
        ) from None
    if len(text) > _LARGEST_TEMPLATE:
        raise ConfigurationError(
            f"the template {path} is longer than {_LARGEST_TEMPLATE:,} characters, the most that "
            "it can be"
        )
    Template(text)
    return text


def _problems_of_url(url: str) -> list[str]:
    """What is wrong with an address; it is not repeated where it may hold a key."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ["base_url is no address, expected one like http://127.0.0.1:11434/v1"]
    if parts.username is not None or parts.query or parts.fragment:
        return [
            "base_url holds a user, a question mark or a fragment, expected host and path only; "
            f"a key belongs into {OWN_KEY} or the keyring"
        ]
    if parts.scheme not in ("http", "https") or not host or not url.isprintable():
        return [f"base_url is {url[:200]!r}, expected one like http://127.0.0.1:11434/v1"]
    return []


def _read_number(
    said: Mapping[str, str | None],
    name: str,
    kind: type[int] | type[float],
    values: dict[str, Any],
    problems: list[str],
) -> None:
    text = said[name]
    if not text:
        return
    try:
        values[name] = kind(text)
    except ValueError:
        expected = "a whole number" if kind is int else "a number of seconds"
        problems.append(f"{ENVIRONMENT[name]} is {text[:40]!r}, expected {expected}")


def _key_source(environment: Mapping[str, str], base_url: str, *, ours: bool) -> str:
    """Where the key is: OpenAI's key is never sent to an address that is not OpenAI's or its."""
    if environment.get(OWN_KEY):
        return OWN_KEY
    try:
        openai = urlsplit(base_url).hostname == _OPENAI_HOST
    except ValueError:
        openai = False
    return OPENAI_KEY if environment.get(OPENAI_KEY) and (openai or not ours) else "none"
