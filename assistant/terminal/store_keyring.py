"""Keys of encrypted stores in the system's keyring, a change of key that was cut short included.

While a key is being changed the new one is kept beside the old one: a process that is killed then
leaves a store under one of the two, and neither is lost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.errors import ConfigurationError

SERVICE = "remembrancer"
_COMING = ":new"


def kept_keys(path: Path) -> list[str]:
    """The keys that the keyring has for a store, the one last settled first; none without one."""
    try:
        keyring, failures = _keyring()
        found = [keyring.get_password(SERVICE, _name(path) + end) for end in ("", _COMING)]
    except ConfigurationError:
        return []
    except failures:
        return []
    return [key for key in found if key]


def keep_coming_key(path: Path, key: str) -> None:
    """Keep the key that a store is about to get, beside the one that it has.

    Raises:
        ConfigurationError: There is no keyring that could.
    """
    keyring, failures = _keyring()
    try:
        keyring.set_password(SERVICE, _name(path) + _COMING, key)
    except failures as error:
        raise _unusable(error) from None


def settle_key(path: Path, key: str) -> None:
    """Keep a key as the only one of a store.

    Raises:
        ConfigurationError: There is no keyring that could.
    """
    keyring, failures = _keyring()
    try:
        keyring.set_password(SERVICE, _name(path), key)
    except failures as error:
        raise _unusable(error) from None
    _drop(_name(path) + _COMING)


def drop_keys(path: Path) -> None:
    """Take the keys of a store out of the keyring, if it has any."""
    for end in ("", _COMING):
        _drop(_name(path) + end)


def _drop(name: str) -> None:
    try:
        keyring, failures = _keyring()
        if keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
    except ConfigurationError:
        return
    except failures:
        return


def _name(path: Path) -> str:
    return f"store:{path.resolve()}"


def _keyring() -> tuple[Any, type[Exception]]:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigurationError(
            "the package for the system keyring is not installed; "
            "pip install 'remembrancer[encryption]'"
        ) from None
    return keyring, KeyringError


def _unusable(error: Exception) -> ConfigurationError:
    return ConfigurationError(
        f"the system keyring cannot be used ({type(error).__name__}); unlock it, or leave "
        "--keyring away and remember the passphrase"
    )
