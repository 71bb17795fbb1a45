"""The body of a server's answer, read so far and no farther.

A server may send without end, on one line without end, or compressed a thousandfold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from .model_failures import Garbled

if TYPE_CHECKING:
    import httpx2

_MOST_BYTES_OF_AN_ERROR: Final = 64 << 10


def bound(
    response: httpx2.Response,
    most_bytes: int,
    longest_line: int,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Refuse an answer that is not to be read, and bound what is read of the others.

    ``stopped`` tells that nobody listens any more: a socket that was shut goes on giving what a
    server that never pauses sends into it.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Garbled(f"sent the content encoding {encoding[:40]!r}, which was not asked for")
    kind = response.headers.get("content-type", "")
    if response.status_code < 300 and kind.startswith("text/html"):
        raise Garbled("sent a web page")
    if response.status_code >= 400:
        most_bytes = longest_line = _MOST_BYTES_OF_AN_ERROR
    import httpx2  # loaded already: this is its answer

    inner: Any = response.stream

    class Bounded(httpx2.SyncByteStream):
        """The body, read so far and no farther; remembers whether the stream said it was done."""

        done = False

        def __iter__(self) -> Iterator[bytes]:
            size = line = 0
            tail = b""
            for part in inner:
                if stopped():
                    raise Garbled("was stopped")
                size += len(part)
                ends = part.rfind(b"\n")
                line = len(part) - ends - 1 if ends >= 0 else line + len(part)
                if size > most_bytes or line > longest_line:
                    raise Garbled(f"sent more than {min(size, most_bytes):,} bytes at once")
                tail = (tail + part)[-64:]
                self.done = self.done or b"[DONE]" in tail
                yield part

        def close(self) -> None:
            inner.close()

    response.stream = Bounded()
