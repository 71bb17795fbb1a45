"""The commands encrypt, decrypt and rotate-key: the store under a key, or another, or none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.registry import Call
from assistant.terminal.store_key import NEW_VARIABLE, VARIABLE, asking, cipher_of, is_encrypted

if TYPE_CHECKING:
    from storage import Cipher

_SHORT = 12
_MADE_UP_BYTES = 24
_LOST = "Nobody can read the memory without it: a passphrase that is lost cannot be recovered."


@dataclass(frozen=True)
class _NewKey:
    """A key that a store is to get."""

    phrase: str
    made_up: bool = False

    def __repr__(self) -> str:
        return "_NewKey(…)"


def encrypt(context: CommandContext, call: Call) -> Data:
    """Put the store under a key; one that is not there yet is made under it.

    Raises:
        UsageError: The store is in memory, or there is no key and nobody to ask.
        ConfigurationError: The keyring cannot be used.
        StorageError: The store is damaged, open elsewhere, or sqlcipher3 is not installed.
    """
    path = _file_of(context)
    if is_encrypted(path):
        return _encrypted_already(context, call, path)
    from storage import Cipher, LongTermStore

    exists = path.exists()
    if exists:
        LongTermStore(path).close()  # what is damaged, no store, or of an old schema is told now
    context.output.line(f"{path} will be encrypted. {_LOST}")
    if exists:
        context.output.line(
            "Its backups and the history of lines typed, which anybody can read, are deleted."
        )
    if not context.confirm("Encrypt it?", sure=call.options["yes"]):
        return _unchanged(context, encrypted=False)
    key = _new_key(context, VARIABLE, keyring=call.options["keyring"])
    _change(path, None, Cipher(key.phrase), key, keyring=call.options["keyring"])
    lines = _erase_lines(path)
    context.output.line(f"Encrypted: {path}.")
    _tell_where(context, key, keyring=call.options["keyring"])
    context.output.line(
        "Exports, copies elsewhere, and what a disk keeps of deleted files can still be read.",
        "note",
    )
    return {
        "store": str(path),
        "encrypted": True,
        "keyring": call.options["keyring"],
        "histories_deleted": lines,
    }


def decrypt(context: CommandContext, call: Call) -> Data:
    """Take the store from under its key.

    Raises:
        UsageError: The store is in memory.
        StorageError: No key fits, or the store is damaged or open elsewhere.
    """
    path = _file_of(context)
    if not is_encrypted(path):
        context.output.line(f"{path} is not encrypted; there is nothing to do.")
        return _state(path, encrypted=False)
    old = _own_key(context, path)
    context.output.line(f"{path} and its backups will be readable by whoever can read your files.")
    if not context.confirm("Decrypt it?", sure=call.options["yes"]):
        return _unchanged(context, encrypted=True)
    from storage import change_key

    change_key(path, old, None, datetime.now(UTC))
    from assistant.terminal.store_keyring import drop_keys

    drop_keys(path)
    context.output.line(f"Decrypted: {path}.")
    if os.environ.get(VARIABLE):
        context.output.line(f"Unset {VARIABLE} now: a plain store is not opened with a key.")
    return _state(path, encrypted=False)


def rotate_key(context: CommandContext, call: Call) -> Data:
    """Give an encrypted store another key.

    Raises:
        UsageError: The store is in memory or not encrypted; or there is no new key and nobody to
            ask.
        ConfigurationError: The keyring cannot be used.
        StorageError: No key fits, or the store is damaged or open elsewhere.
    """
    path = _file_of(context)
    if not is_encrypted(path):
        raise UsageError(f"{path} is not encrypted; run 'assistant encrypt' first")
    from assistant.terminal.store_keyring import kept_keys
    from storage import Cipher, key_fits

    old = _own_key(context, path)
    kept = any(key_fits(path, Cipher(one)) for one in kept_keys(path))
    keyring = call.options["keyring"] or kept
    context.output.line(f"{path} will have another key. {_LOST}")
    if not context.confirm("Change its key?", sure=call.options["yes"]):
        return _unchanged(context, encrypted=True)
    key = _new_key(context, NEW_VARIABLE, keyring=keyring)
    _change(path, old, Cipher(key.phrase), key, keyring=keyring)
    context.output.line(f"The key was changed: {path}.")
    _tell_where(context, key, keyring=keyring)
    if os.environ.get(VARIABLE):
        context.output.line(f"Set {VARIABLE} to the new key now: it still has the old one.")
    return {**_state(path, encrypted=True), "keyring": keyring}


def _file_of(context: CommandContext) -> Path:
    context.require_writing()
    path = context.settings.store_path()
    if path is None:
        raise UsageError("a store in memory is not encrypted; name one in a file with --store")
    return path


def _own_key(context: CommandContext, path: Path) -> Cipher:
    """The key of an encrypted store, tried: what is wrong with either is told before a question."""
    from storage import LongTermStore

    cipher = cipher_of(context.settings)
    assert cipher is not None  # or it was raised that there is none
    LongTermStore(path, key=cipher).close()
    return cipher


def _encrypted_already(context: CommandContext, call: Call, path: Path) -> Data:
    """Finish what was cut short, or left by others: plain copies, and plain lines typed."""
    from storage import erase, readable_copies

    _own_key(context, path)
    context.output.line(f"{path} is encrypted already.")
    copies = readable_copies(path)
    if copies:
        count = "1 backup" if len(copies) == 1 else f"{len(copies)} backups"
        context.output.line(f"Anybody can read {count} beside it.")
        if context.confirm("Delete what anybody can read?", sure=call.options["yes"]):
            for copy in copies:
                erase(copy)
    return {**_state(path, encrypted=True), "histories_deleted": _erase_lines(path)}


def _change(path: Path, old: Cipher | None, new: Cipher, key: _NewKey, *, keyring: bool) -> None:
    """Write the store under the new key, which the keyring has before and after."""
    from assistant.terminal.store_keyring import keep_coming_key, settle_key
    from storage import LongTermStore, change_key

    if keyring:
        keep_coming_key(path, key.phrase)
    if path.exists():
        change_key(path, old, new, datetime.now(UTC))
    else:
        LongTermStore(path, key=new).close()
    if keyring:
        settle_key(path, key.phrase)


def _new_key(context: CommandContext, variable: str, *, keyring: bool) -> _NewKey:
    """A new key: from the environment, from the user, or made up for the keyring."""
    import secrets

    given = os.environ.get(variable, "")
    if given:
        return _NewKey(given)
    ask = asking()
    if ask is not None:
        question = "New passphrase" + (" (empty: one is made up)" if keyring else "")
        phrase = ask(f"{question}: ")
        if phrase:
            if len(phrase) < _SHORT:
                context.output.line("It is short: a long one is harder to guess.", "note")
            if ask("Once more: ") != phrase:
                raise UsageError("the two passphrases differ; nothing was changed")
            return _NewKey(phrase)
    if keyring:
        return _NewKey(secrets.token_urlsafe(_MADE_UP_BYTES), made_up=True)
    raise UsageError(
        f"no key was given; set {variable}, type one at a terminal, or add --keyring for one "
        "that is made up and kept in the system keyring"
    )


def _tell_where(context: CommandContext, key: _NewKey, *, keyring: bool) -> None:
    if key.made_up:
        context.output.line(
            "Its key was made up and is in the system keyring, and nowhere else: without this "
            "keyring the memory is lost."
        )
    elif keyring:
        context.output.line("The passphrase is in the system keyring; nobody will be asked.")


def _erase_lines(path: Path) -> int:
    """Delete the histories of lines typed that lie beside a store; how many there were."""
    from storage import erase

    found = list(path.parent.glob(f"{escape(path.name)}*.history*"))
    for file in found:
        erase(file)
    return len(found)


def _state(path: Path, *, encrypted: bool) -> Data:
    return {"store": str(path), "encrypted": encrypted}


def _unchanged(context: CommandContext, *, encrypted: bool) -> Data:
    context.output.line("Nothing was changed.")
    return {"store": str(context.settings.store_path()), "encrypted": encrypted}
