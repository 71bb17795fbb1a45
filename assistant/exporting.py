"""Writes a transcript out, in the neutral form of ``conversations``, streaming."""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from assistant.errors import UsageError
from assistant.turn import role_of
from storage import LongTermStore, TurnRecord

PAGE = 500
SPLIT_BYTES = 32 * 2**20
"""A conversation longer than this is exported as several lines with the same id."""


def export_lines(store: LongTermStore, owner: str, out: IO[str]) -> int:
    """Write the owner's transcript, streaming; memory grows with the sessions only.

    What was imported goes back into its conversations; what was said here is a conversation
    named after the owner. Importing the file into an empty store and exporting that gives the
    same bytes.

    Args:
        store: To read.
        owner: Names the conversation of what was said here.
        out: A text file open for writing, UTF-8, newlines as they are.

    Returns:
        How many turns were written.
    """
    count = 0
    for name, group in _groups(store, owner).items():
        writer = _Writer(out, name, group)
        for turn in _in_order(store, group.sessions):
            writer.write(turn)
        writer.close()
        count += writer.count
    return count


def export_file(store: LongTermStore, owner: str, path: Path) -> int:
    """``export_lines`` to a file, readable by its owner only; complete or not there at all.

    A pipe or a device is written to, and stays what it is.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("w", encoding="utf-8", newline="\n") as out:
                return export_lines(store, owner, out)
        with tempfile.NamedTemporaryFile(  # made 0600
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".export-", delete=False
        ) as file:
            partial = Path(file.name)
            try:
                count = export_lines(store, owner, file)
                file.flush()
                partial.replace(path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}); give another name"
        ) from None
    return count


@dataclass(slots=True)
class _Session:
    """Where the turns of a session lie in the transcript, by id."""

    name: str
    first: int
    last: int


@dataclass(slots=True)
class _Group:
    """The sessions of one conversation with their numbers.

    ``renamed``: every ref begins with the conversation's name, which import put there.
    """

    sessions: list[_Session] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    renamed: bool = True


def _groups(store: LongTermStore, owner: str) -> dict[str, _Group]:
    """The conversations of a transcript, in the order they began."""
    sessions: dict[str, _Session] = {}
    groups: dict[str, _Group] = defaultdict(_Group)
    homes: dict[str, str] = {}
    for turn in store.iterate_turns():
        if turn.session not in sessions:
            session = sessions[turn.session] = _Session(turn.session, turn.id, turn.id)
            home = imported_home(turn.session)
            homes[turn.session] = home[0] if home else owner
            group = groups[homes[turn.session]]
            group.sessions.append(session)
            if home:
                group.numbers[turn.session] = home[1]
        sessions[turn.session].last = turn.id
        home_name = homes[turn.session]
        groups[home_name].renamed &= turn.ref.startswith(f"{home_name}/")
    for group in groups.values():
        unused = max([0, *group.numbers.values()])
        for session in group.sessions:
            if session.name not in group.numbers:
                unused += 1
                group.numbers[session.name] = unused
    return dict(groups)


def imported_home(session: str) -> tuple[str, int] | None:
    """Conversation and number of a session that an import named, or None."""
    match = re.fullmatch(r"(.*)/(0|-?[1-9]\d{0,17})", session, re.DOTALL | re.ASCII)
    return (match[1], int(match[2])) if match else None


def _in_order(store: LongTermStore, sessions: Sequence[_Session]) -> Iterator[TurnRecord]:
    """The turns of sessions by id. Only sessions that overlap are read side by side."""
    cluster: list[_Session] = []
    last = -1
    for session in sorted(sessions, key=lambda one: one.first):
        if cluster and session.first > last:
            yield from _merged(store, cluster)
            cluster = []
        cluster.append(session)
        last = max(last, session.last)
    yield from _merged(store, cluster)


def _merged(store: LongTermStore, sessions: Sequence[_Session]) -> Iterator[TurnRecord]:
    pages = [_pages(store, session.name) for session in sessions]
    return heapq.merge(*pages, key=lambda turn: turn.id)


def _pages(store: LongTermStore, session: str) -> Iterator[TurnRecord]:
    after = 0
    while page := store.turns(session=session, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


class _Writer:
    """Writes one conversation piece by piece, in several lines when it is very long."""

    def __init__(self, out: IO[str], name: str, group: _Group) -> None:
        self.count = 0
        self._out, self._group = out, group
        self._prefix = f"{name}/" if group.renamed else ""
        names = {
            str(number): session
            for session, number in group.numbers.items()
            if session != f"{name}/{number}"
        }
        self._head = f'{{"id": {_dump(name)}, '
        if names:
            self._head += f'"sessions": {_dump(names)}, '
        self._head += '"turns": ['
        self._bytes = 0

    def write(self, turn: TurnRecord) -> None:
        value: dict[str, object] = {
            "id": turn.ref.removeprefix(self._prefix),
            "session": self._group.numbers[turn.session],
            "speaker": turn.speaker,
        }
        if turn.role != role_of(turn.speaker):
            value["role"] = turn.role
        value |= {"time": turn.said_at.isoformat(), "text": turn.text}
        piece = _dump(value)
        if self._bytes > SPLIT_BYTES:
            self.close()
            self._bytes = 0
        self._out.write(", " if self._bytes else self._head)
        self._out.write(piece)
        self._bytes += len(piece.encode())
        self.count += 1

    def close(self) -> None:
        if self._bytes:
            self._out.write("]}\n")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
