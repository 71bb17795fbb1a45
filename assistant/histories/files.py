"""Opens an export as it was downloaded: a zip, the folder it was unpacked to, or its JSON file."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from assistant.conversations import ConversationError
from assistant.histories.elements import Readable, first_byte, outermost_keys

Progress = Callable[[int, int], None]
"""Is told how many bytes have been read, of how many."""

_HEAD_BYTES = 2**18

# "conversations.json"; large exports come as "conversations-000.json", "conversations-001.json"...
_NAME = re.compile(r"conversations([-_ ]?\d+)?\.json", re.IGNORECASE)

_NEUTRAL_KEYS = {"turns", "questions", "sessions"}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of JSON inside an export.

    Args:
        path: The file, or the zip that it is in.
        member: Its name in the zip, None outside of one.
        size: In bytes, unpacked.
        depth: In how many brackets its conversations stand.
    """

    path: Path
    member: str | None
    size: int
    depth: int

    @property
    def name(self) -> str:
        """What to call it."""
        return str(self.path) if self.member is None else f"{self.path}/{self.member}"

    @contextmanager
    def open(
        self, progress: Progress | None = None, done: int = 0, total: int = 0
    ) -> Iterator[Readable]:
        """The open file.

        Args:
            progress: Is told how far reading has come.
            done: Bytes read before this part.
            total: Bytes of all parts.
        """
        with _opened(self.path, self.member) as file:
            yield _Watched(file, self.name, progress, done, total)


def find_parts(path: Path) -> list[Part] | None:
    """The files of an export that hold conversations, in order.

    Returns:
        None where the path is a file of another form, for its own reader.

    Raises:
        ConversationError: It cannot be read, or it is a folder or zip without conversations.
    """
    with _explained(str(path)):
        if path.is_dir():
            names = sorted(one.name for one in path.iterdir() if _NAME.fullmatch(one.name))
            parts = [_part(path / name, None) for name in names]
            found = [part for part in parts if part is not None]
            if not found:
                raise ConversationError(
                    f"{path}: no conversations.json in this folder; "
                    "expected an export of ChatGPT or Claude as it was downloaded"
                )
            return found
        if path.exists() and not path.is_file():
            return None  # a pipe: what is read from it to look at it would be gone
        if not zipfile.is_zipfile(path):
            part = _part(path, None)
            return None if part is None else [part]
        with zipfile.ZipFile(path) as archive:
            members = [
                info.filename
                for info in archive.infolist()
                if _NAME.fullmatch(PurePosixPath(info.filename).name)
            ]
            inner = [name for name in archive.namelist() if name.lower().endswith(".zip")]
        parts = [_part(path, member) for member in sorted(members)]
        found = [part for part in parts if part is not None]
    if not found:
        hint = (
            "it holds other zips: unpack it and import each of them"
            if inner
            else ("expected an export of ChatGPT or Claude as it was downloaded")
        )
        raise ConversationError(f"{path}: no conversations.json in this zip; {hint}")
    return found


def _part(path: Path, member: str | None) -> Part | None:
    """A file as a part, None when it does not look like an export."""
    name = str(path) if member is None else f"{path}/{member}"
    with _explained(name), _opened(path, member) as file:
        head = file.read(_HEAD_BYTES)
        size = path.stat().st_size
        if member is not None:
            with zipfile.ZipFile(path) as archive:
                size = archive.getinfo(member).file_size
    first = first_byte(head)
    if first == b"[":
        return Part(path, member, size, 1)
    keys = outermost_keys(head) if first == b"{" else []
    if "conversations" in keys:
        return Part(path, member, size, 2)
    if ("mapping" in keys or "chat_messages" in keys) and not _NEUTRAL_KEYS & set(keys):
        return Part(path, member, size, 0)
    return None


@contextmanager
def _opened(path: Path, member: str | None) -> Iterator[IO[bytes]]:
    if member is None:
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(member) as inside:
        yield inside


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Say what is wrong with a file in one line.

    Raises:
        ConversationError: In place of the errors of files and zips.
    """
    try:
        yield
    except OSError as error:
        raise ConversationError(f"{name}: cannot be read ({error.strerror or error})") from None
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ConversationError(
            f"{name}: the zip is damaged ({error or 'it ends too early'}); get the export again"
        ) from None
    except (RuntimeError, NotImplementedError) as error:  # a password, an unknown compression
        raise ConversationError(f"{name}: {error}; unpack it and import the folder") from None


class _Watched:
    """An open file that tells how far it is read, and what is wrong with it in one line."""

    def __init__(
        self, file: IO[bytes], name: str, progress: Progress | None, done: int, total: int
    ) -> None:
        self._file, self._name = file, name
        self._progress, self._done, self._total = progress, done, total

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most ``size``."""
        with _explained(self._name):
            data = self._file.read(size)
        self._done += len(data)
        if self._progress is not None:
            self._progress(self._done, self._total)
        return data
