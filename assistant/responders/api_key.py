"""Where the key of an endpoint is found: an environment variable or the system keyring.

A key is read when a model is connected, held in memory, and shown nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..errors import ConfigurationError
from .model_settings import ModelSettings

KEYRING_SERVICE: Final = "remembrancer"


class ApiKey:
    """A key that does not show itself.

    >>> str(ApiKey("sk-1")), ApiKey("sk-1").reveal()
    ('ApiKey(...)', 'sk-1')
    """

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, to be sent; empty when there is none."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "ApiKey(...)" if self._value else "ApiKey()"

    def __reduce__(self) -> str:
        raise TypeError("a key is not written anywhere, so it cannot be pickled")

    def hidden_in(self, text: str) -> str:
        """A text with every occurrence of the key taken out."""
        return text.replace(self._value, "[key]") if self._value else text


def find_key(settings: ModelSettings, environment: Mapping[str, str]) -> ApiKey:
    """The key that the settings point to.

    Raises:
        ConfigurationError: It is not there, or there is no keyring.
    """
    source = settings.api_key_source
    if source == "none":
        return ApiKey()
    if source == "keyring":
        return _checked(_from_keyring(settings.base_url), f"the keyring's key for {settings.where}")
    value = environment.get(source, "")
    if not value:
        raise ConfigurationError(
            f"the key should be in the environment variable {source}, which is empty; set it, or "
            "set REMEMBRANCER_API_KEY_SOURCE to another variable, to keyring or to none"
        )
    return _checked(value, f"the key in {source}")


def _checked(value: str, what: str) -> ApiKey:
    value = value.strip()
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ConfigurationError(f"{what} holds characters that no key has; copy it again")
    return ApiKey(value)


def _from_keyring(base_url: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigurationError(
            "the key should be in the system keyring, but the package for it is not installed; "
            "pip install 'remembrancer[keyring]'"
        ) from None
    try:
        value = keyring.get_password(KEYRING_SERVICE, base_url)
    except KeyringError as error:
        raise ConfigurationError(
            f"the system keyring cannot be read ({type(error).__name__}); unlock it, or put the "
            "key into REMEMBRANCER_API_KEY"
        ) from None
    if not value:
        raise ConfigurationError(
            f"the system keyring has no key for {base_url}; "
            f"store it with: keyring set {KEYRING_SERVICE} {base_url}"
        )
    return value
