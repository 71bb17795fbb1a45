"""Where the key of an encrypted store is found: the environment, the system keyring, the user.

A key is never an argument, a setting or a line of the history, and is written nowhere but into
the keyring, when that is asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ConfigurationError, UsageError
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from storage import Cipher

VARIABLE = "REMEMBRANCER_STORE_KEY"
NEW_VARIABLE = "REMEMBRANCER_NEW_STORE_KEY"
"""What ``rotate-key`` takes the new key from."""

_HEADER = b"SQLite format 3\x00"
_LOOKED_AT = 1024
_RANDOM = 200  # of 1,024 random bytes about 251 differ; of text far fewer
_TRIES = 3

Asking = Callable[[str], str]


def cipher_of(settings: Settings, *, restoring: bool = False) -> Cipher | None:
    """The key of the store that the settings name, looked for once; None for a plain store.

    A store that is not there yet has a key when the environment gives one.

    Args:
        settings: Remember what was found.
        restoring: A key that fits a backup will do, for the store may be damaged or gone.

    Raises:
        StoreSealed: The store is encrypted, and no key was found that fits.
        EncryptionUnavailable: It is encrypted, and sqlcipher3 is not installed.
        ConfigurationError: The environment gives a key, and the store is not encrypted.
    """
    path = settings.store_path()
    # The first bytes are read by hand, which nobody may do who has the store open: to close any
    # file takes the locks from it. So it is done once, before the store is opened.
    if settings.unlocked or path is None:
        return settings.cipher
    given = os.environ.get(VARIABLE, "")
    files = [path, *_backups(path)] if restoring else [path]
    if given and not restoring and is_plain(path):
        raise ConfigurationError(
            f"{path} is not encrypted, but {VARIABLE} gives a key; run 'assistant encrypt', or "
            "unset the variable"
        )
    sealed = [file for file in files if is_encrypted(file)]
    if given:
        settings.cipher = _given(given, sealed if restoring else [])
    elif sealed:
        settings.cipher = _look_for(path, sealed)
    settings.unlocked = True
    return settings.cipher


def is_plain(path: Path) -> bool:
    """Whether a file is a database that anybody can read."""
    return _beginning(path).startswith(_HEADER)


def is_encrypted(path: Path) -> bool:
    """Whether a file begins as an encrypted one does: with nothing but noise."""
    found = _beginning(path)
    return len(found) == _LOOKED_AT and not found.startswith(_HEADER) and len(set(found)) >= _RANDOM


def asking() -> Asking | None:
    """What asks for a passphrase without showing it; None where nobody can be asked."""
    return ask_unseen if sys.stdin.isatty() else None


def ask_unseen(question: str) -> str:
    """A line typed at the terminal, not shown; empty when there was none."""
    import warnings
    from getpass import GetPassWarning, getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)  # rather none than one on the screen
            return getpass(question)
    except EOFError:
        return ""
    except GetPassWarning:
        raise UsageError(
            f"this terminal would show the passphrase; put it into {VARIABLE} or the keyring"
        ) from None


def _given(phrase: str, files: list[Path]) -> Cipher:
    """The key of the environment, which has to fit one of the files, if there are any."""
    from storage import Cipher, StoreSealed

    cipher = Cipher(phrase)
    if files and not _fits(cipher, files):
        raise StoreSealed(
            f"{files[0]} is encrypted with another key than that in {VARIABLE}, and so is every "
            "backup; give the key that it was encrypted with"
        )
    return cipher


def _fits(cipher: Cipher, files: list[Path]) -> bool:
    from storage import key_fits

    return any(key_fits(file, cipher) for file in files)


def _look_for(path: Path, files: list[Path]) -> Cipher:
    from assistant.terminal.store_keyring import kept_keys
    from storage import Cipher, StoreSealed

    kept = kept_keys(path)
    for key in kept:
        cipher = Cipher(key)
        if _fits(cipher, files):
            return cipher
    ask = asking()
    wrong = ""  # told with the next question, which hides what is typed from its first letter on
    for _ in range(_TRIES if ask is not None else 0):
        assert ask is not None
        phrase = ask(f"{wrong}Passphrase of {path}: ")
        if not phrase:
            break
        cipher = Cipher(phrase)
        if _fits(cipher, files):
            return cipher
        wrong = "That is not it. "
    held = "the system keyring's does not fit" if kept else "the system keyring has none"
    asked = "none that fits was typed" if ask else "there is no terminal to ask at"
    raise StoreSealed(
        f"{path} is encrypted, or is not a store, and there is no key for it: {VARIABLE} is not "
        f"set, {held}, {asked}"
    )


def _backups(path: Path) -> list[Path]:
    from storage import backups_of

    return [one.path for one in backups_of(path)]


def _beginning(path: Path) -> bytes:
    if not path.is_file():  # a pipe would be waited for
        return b""
    try:
        with path.open("rb") as file:
            return file.read(_LOOKED_AT)
    except OSError:
        return b""
