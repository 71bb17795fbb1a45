"""The command that imports: conversations of a file, a survey of them, and taking them back."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, receipt_data
from assistant.terminal.display import local_date, several
from assistant.terminal.progress import Progress, progress_bar
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from assistant.histories import HistoryReport
    from assistant.transfer import ImportReport
    from storage import LongTermStore


def import_file(context: CommandContext, call: Call) -> Data:
    """Take in conversations; what is known already is passed over.

    A file is JSON lines, or an export of ChatGPT or Claude: its zip, folder or JSON.

    Raises:
        ConversationError: It is none of these, or is damaged.
        UsageError: The options do not go together, or nobody can be asked.
    """
    dry_run, taking_back = call.options["dry_run"], call.options["undo"]
    if taking_back and dry_run:
        raise UsageError("--undo asks before it forgets and needs no --dry-run; give one of them")
    if taking_back:
        context.require_writing()
        return _undo(context, call)
    if not dry_run:
        context.require_writing()
    path = Path(call.text).expanduser()
    parts = None
    if call.text != "-":
        from assistant.histories import find_parts

        parts = find_parts(path)
    if parts is not None:
        from assistant.histories import import_histories, survey_histories

        with progress_bar("Bytes") as bar:
            if dry_run:
                with closing(_known(context)) as store:
                    report = survey_histories(store, parts, bar)
            else:
                report = import_histories(context.assistant, parts, bar)
        _tell(context, report)
        return report.data()
    if call.text == "-":
        counts = _lines(context, sys.stdin.buffer, "standard input", dry_run=dry_run)
    elif not path.is_file():  # a pipe with a name: it has no size, and no place in it
        with path.open("rb") as file:
            counts = _lines(context, file, str(path), dry_run=dry_run)
    else:
        with path.open("rb") as file, progress_bar("Bytes") as bar:
            lines = _Watched(file, path.stat().st_size, bar)
            counts = _lines(context, lines, str(path), dry_run=dry_run)
    context.output.line(
        f"{_news(counts)}; {_known_already(counts.known)}"
        + (" Nothing was written." if dry_run else "")
    )
    return {**asdict(counts), "dry_run": dry_run}


def _lines(
    context: CommandContext, lines: Iterable[bytes], name: str, *, dry_run: bool
) -> ImportReport:
    from assistant.transfer import import_lines, survey_lines

    if not dry_run:
        return import_lines(context.assistant, lines, name)
    with closing(_known(context)) as store:
        return survey_lines(store, lines, name)


def _known(context: CommandContext) -> LongTermStore:
    """The store, open for reading only; an empty one where there is none yet.

    Raises:
        UsageError: The store's address cannot be used.
    """
    from assistant.terminal.store_key import cipher_of
    from storage import LongTermStore

    settings = context.settings
    path = settings.store_path()
    try:
        if path is not None and not path.exists():
            return LongTermStore(":memory:", owner=settings.owner)
        return LongTermStore(
            settings.store_address(),
            owner=settings.owner,
            read_only=path is not None,
            key=cipher_of(settings),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error


def _news(report: ImportReport | HistoryReport) -> str:
    turns, conversations = report.turns, report.conversations
    return f"{several(turns, 'new turn')} in {several(conversations, 'conversation')}"


def _known_already(count: int) -> str:
    return f"{count:,} {'was' if count == 1 else 'were'} known already."


def _tell(context: CommandContext, report: HistoryReport) -> None:
    """Say what an import did, or would do."""
    said = _news(report)
    if report.sources:
        said += f" ({', '.join(f'{name} {n:,}' for name, n in report.sources.items())})"
    if report.first and report.last:
        said += f" from {local_date(report.first)} to {local_date(report.last)}"
    said += f"; {_known_already(report.known)}"
    context.output.line(said + (" Nothing was written." if report.dry_run else ""))
    if report.left_out:
        counts = ", ".join(f"{n:,} {reason}" for reason, n in report.left_out.most_common())
        context.output.line(f"Left out: {counts}.", "note")
    for damage in report.damages:
        context.output.error(damage)


def _undo(context: CommandContext, call: Call) -> Data:
    """Forget what an import brought, after asking."""
    from assistant.histories import find_imported, undo

    with progress_bar("Bytes") as bar:
        imported = find_imported(context.assistant.store, call.text, bar)
    turns = several(len(imported.turns), "turn")
    count = f"{turns} of {several(imported.conversations, 'conversation')}"
    if not imported.turns:
        context.output.line(f"Nothing that {call.text} brought is here.")
    elif context.confirm(f"Forget {count} for good?", sure=call.options["yes"]):
        receipt = undo(context.assistant, imported)
        context.output.line(f"Forgotten: {count}.")
        return {**receipt_data(receipt), "conversations": imported.conversations}
    else:
        context.output.line("Kept.")
    return {"turns": 0, "memories": 0, "scanned": [], "conversations": 0}


class _Watched:
    """An open file that moves a bar as it is read."""

    def __init__(self, file: BinaryIO, size: int, bar: Progress) -> None:
        self._file = file
        self._size = size
        self._bar = bar

    def readline(self, limit: int = -1) -> bytes:
        """The next line, or its first ``limit`` bytes."""
        line = self._file.readline(limit)
        self._bar(self._file.tell(), self._size)
        return line

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")
