"""What the doctor finds of the store: its files, its words, what finds them, and its backups."""

from __future__ import annotations

import os
from collections.abc import Callable
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ConfigurationError, UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.display import local_date
from assistant.terminal.failures import CORRUPT, LOCKED, TOO_NEW, explain
from assistant.terminal.finding import Finding
from assistant.terminal.private import mode_of
from assistant.terminal.registry import Call
from assistant.terminal.store_key import VARIABLE

if TYPE_CHECKING:
    from storage import Cipher


def examine_store(context: CommandContext, own: str | None) -> list[Finding]:
    """Where the store is, how it is kept, what is in it, and whether it is whole.

    Args:
        context: Names the store.
        own: Fingerprint of the encoder; None when it cannot be used.
    """
    settings = context.settings
    path = settings.store_path()
    if path is None:
        from storage import LongTermStore

        try:
            LongTermStore(settings.store_address()).close()
        except ValueError as error:
            raise UsageError(str(error)) from error
        return [Finding("store", settings.store_address())]
    if not path.exists() or (path.is_file() and not path.stat().st_size):  # a restoring cut short
        return [Finding("store", str(path)), _missing(path)]
    from assistant.terminal.store_key import cipher_of
    from storage import StoreSealed

    findings = [Finding("store", str(path)), *_modes(path)]
    try:
        cipher = cipher_of(settings)
    except Exception as error:  # without the key nothing else can be said
        return [*findings, _closed("encrypted", path, error)]
    findings.append(_encryption(path, cipher))
    sound = False
    try:
        content, sound = _content(context, path, cipher, own)
        findings += content
    except StoreSealed as error:
        return [*findings, _closed("integrity", path, error)]
    except Exception as error:
        findings.append(_closed("integrity", path, error))
    return [*findings, _copies(path, cipher, (lambda: _backup(context)) if sound else None)]


def _missing(path: Path) -> Finding:
    from storage import backups_of

    if not backups_of(path):
        return Finding("created", "not yet")
    problem = "the store is gone, its backups are there"
    return Finding("created", "no longer", problem, CORRUPT, remedy="run 'assistant restore'")


def _closed(name: str, path: Path, error: Exception) -> Finding:
    """A store that cannot be opened."""
    failure = explain(error)
    remedies = {
        CORRUPT: _restoring(path),
        LOCKED: "try again when nobody holds it, or check its permissions and its disk",
        TOO_NEW: "install a newer version",
    }
    remedy = remedies.get(failure.exit_code, f"give its key, in {VARIABLE} or the system keyring")
    return Finding(name, "cannot be opened", failure.line(), failure.exit_code, remedy=remedy)


def _restoring(path: Path) -> str:
    from storage import backups_of

    if backups_of(path):
        return "run 'assistant restore' while the chat is closed"
    return "run 'assistant restore FILE' with a copy kept elsewhere: no backup lies beside it"


def _content(
    context: CommandContext, path: Path, cipher: Cipher | None, own: str | None
) -> tuple[list[Finding], bool]:
    """What is in a store, and whether its words are as they were written."""
    from assistant.terminal.reindexing import full_text_problem
    from storage import LongTermStore

    def anew() -> str:
        return _reindex(context)

    owner = context.settings.owner
    with LongTermStore(path, owner=owner, read_only=True, key=cipher) as store:
        wrong = store.check(derived_too=False)
        integrity = Finding(
            "integrity",
            "damaged" if wrong else "ok",
            "; ".join(wrong[:3]),
            CORRUPT,
            remedy=_restoring(path) if wrong else "",
        )
        if wrong:  # then nothing else can be relied on
            return [Finding("schema", store.schema_revision()), integrity], False
        unfindable = full_text_problem(store)
        damaged = store.damaged_vectors()
        stale = len(store.stale(own)) if own is not None else 0
        return [
            Finding("size", path.stat().st_size),
            Finding("schema", store.schema_revision()),
            Finding("owner", owner),
            Finding("turns", store.count_turns()),
            Finding("memories", store.count_memories()),
            Finding("inbox", len(store.inbox())),
            integrity,
            _derived(anew, "full text", "damaged" if unfindable else "ok", unfindable),
            _derived(
                anew,
                "stale vectors",
                stale,
                "another encoder made them: recall by meaning misses these" if stale else "",
                ConfigurationError.exit_code,
            ),
            _derived(
                anew,
                "damaged vectors",
                len(damaged),
                "no encoder makes such: recall by meaning misses these" if damaged else "",
            ),
        ], True


def _derived(
    anew: Callable[[], str], name: str, value: Any, problem: str, exit_code: int = CORRUPT
) -> Finding:
    """Something worked out from the words, which can be made anew."""
    if not problem:
        return Finding(name, value)
    remedy = "run 'assistant reindex'"
    return Finding(name, value, problem, exit_code, remedy, anew)


def _copies(path: Path, cipher: Cipher | None, back_up: Callable[[], str] | None) -> Finding:
    """The backups beside a store: whether there is one, and whether the newest is good.

    Args:
        path: The store.
        cipher: Its key.
        back_up: Makes one; None when the store is not fit to be copied.
    """
    from storage import backups_of, verify_backup

    copies = backups_of(path)
    if not copies:
        remedy = "run 'assistant backup'" if back_up else ""
        return Finding("backups", "none", remedy=remedy, fix=back_up)
    shown = f"{len(copies)}, the newest of {local_date(copies[0].at, time=True)}"
    # What a restoring has put aside may well be bad: that was the reason for it.
    regular = next((one for one in copies if not one.occasion), None)
    seen = regular is not None and os.access(regular.path, os.R_OK)  # else it is its owner's to see
    wrong = verify_backup(regular.path, cipher) if regular is not None and seen else []
    if not wrong:
        return Finding("backups", shown)
    remedy = "run 'assistant backup'" if back_up else "run 'assistant restore --list'"
    return Finding("backups", shown, f"the newest is bad: {wrong[0]}", CORRUPT, remedy, back_up)


def _encryption(path: Path, cipher: Cipher | None) -> Finding:
    """Whether the store is encrypted, and whether what lies beside it tells what is in it."""
    from storage import readable_copies

    if cipher is None:
        return Finding("encrypted", "no")
    plain = [*readable_copies(path), *path.parent.glob(f"{escape(path.name)}*.history*")]
    return Finding(
        "encrypted",
        "yes",
        f"anybody can read {', '.join(file.name for file in plain)}" if plain else "",
        remedy="run 'assistant encrypt', which deletes what can be read" if plain else "",
    )


def _reindex(context: CommandContext) -> str:
    from assistant.terminal.reindexing import reindex

    made = reindex(context, Call())
    indexed = f", full text made anew from {made['full_text']}" if made["full_text"] else ""
    return f"{made['encoded']} turns encoded anew{indexed}"


def _backup(context: CommandContext) -> str:
    return f"copied to {context.assistant.store.backup(at=context.assistant.clock())}"


def _modes(path: Path) -> list[Finding]:
    """Who may read the store's files."""
    if os.name != "posix":
        return []
    files = [path.parent, path, *path.parent.glob(path.name + "[-.]*")]
    open_ones = [f for f in files[1:] if f.stat().st_mode & 0o077]
    problem = f"others can read {open_ones[0]}" if open_ones else ""

    def close() -> str:
        for file in open_ones:
            file.chmod(0o600)
        return f"{len(open_ones)} files are yours alone now"

    return [
        Finding(
            "mode",
            f"{mode_of(path)} in a directory {mode_of(path.parent)}",
            problem,
            remedy=f"chmod 600 {' '.join(map(str, open_ones))}" if open_ones else "",
            fix=close if open_ones else None,
        )
    ]
