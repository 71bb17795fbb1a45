"""The commands backup and restore: copies of the store, and putting one back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.display import local_date
from assistant.terminal.output import Column
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from storage import Backup, Cipher


def backup(context: CommandContext, call: Call) -> Data:
    """Copy the store while it is in use, verify the copy, and list the copies beside it.

    Raises:
        UsageError: The store is in memory, or the file is there already.
        StorageError: The store is damaged, or the copy cannot be written.
    """
    context.require_writing()
    store = context.assistant.store
    target = Path(call.text).expanduser() if call.text else None
    try:
        made = store.backup(target, at=context.assistant.clock(), keep=call.options["keep"])
    except ValueError as error:
        raise UsageError(str(error)) from error
    context.output.line(f"Copied and verified: {made}")
    if target is not None:
        context.output.line("What is forgotten later stays in this copy; it is yours.", "note")
    return {"path": str(made), "bytes": made.stat().st_size, "backups": _data(store.backups())}


def restore(context: CommandContext, call: Call) -> Data:
    """Put a backup in the place of the store, which becomes a backup itself.

    Raises:
        UsageError: There is no backup, it is the store itself, or nobody can be asked.
        StorageError: The backup is damaged, or another process has the store open.
    """
    from assistant.terminal.store_key import cipher_of
    from storage import backups_of, newest_good, restore_backup

    context.require_writing()
    path = context.settings.store_path()
    if path is None:
        raise UsageError("a store in memory has no backups; name one in a file with --store")
    cipher = cipher_of(context.settings, restoring=True)
    known = backups_of(path)
    if call.options["list"]:
        return _list(context, known, cipher)
    if call.text:
        chosen = _named(call.text, known)
    else:
        good = newest_good(path, cipher)
        if good is None:
            raise UsageError(
                f"no good backup lies beside {path}; name one: {context.sign}restore FILE"
            )
        chosen = good.path
    when = next((one.at for one in known if one.path == chosen), None)
    of = f" of {local_date(when, time=True)}" if when else ""
    context.output.line(f"{chosen.name}{of} takes the place of {path}, which is kept beside it.")
    if not context.confirm("Restore it?", sure=call.options["yes"]):
        context.output.line("Nothing was changed.")
        return {"restored": None, "replaced": None}
    try:
        aside = restore_backup(path, chosen, datetime.now(UTC), cipher)
    except ValueError as error:
        raise UsageError(str(error)) from error
    context.output.line(f"Restored: {chosen.name}.")
    if aside is not None:
        context.output.line(f"What was there is now {aside.name}.", "note")
    return {"restored": str(chosen), "replaced": None if aside is None else str(aside)}


def _named(text: str, known: list[Backup]) -> Path:
    """The backup meant: a file, or the name of one that lies beside the store."""
    for one in known:
        if text in (one.path.name, str(one.path)):
            return one.path
    return Path(text).expanduser()


def _list(context: CommandContext, known: list[Backup], cipher: Cipher | None) -> Data:
    from storage import verify_backup

    rows, found = [], []
    for one in known:
        wrong = verify_backup(one.path, cipher)
        state = wrong[0] if wrong else "good"
        rows.append(
            [local_date(one.at, time=True), f"{one.size / 1e6:.1f} MB", state, one.path.name]
        )
        found.append({**_data([one])[0], "problem": wrong[0] if wrong else None})
    if rows:
        columns = [Column("made"), Column("size", right=True), Column("state"), Column("name")]
        context.output.table(columns, rows)
    else:
        context.output.line("There is no backup yet.", "note")
    return {"backups": found}


def _data(backups: list[Backup]) -> list[Data]:
    return [
        {
            "path": str(one.path),
            "at": one.at.isoformat(),
            "bytes": one.size,
            "occasion": one.occasion,
        }
        for one in backups
    ]
