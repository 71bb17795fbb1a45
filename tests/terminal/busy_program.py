"""The light program, with work that takes long: run by the tests in a process of its own.

"ponder" computes for a while when it is encoded, in NumPy and in Python, as recall does; "stream"
makes a reply in Markdown, slowly; "hang" makes one that stops in its middle without an end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.terminal.cli import build
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant, Request

PONDERING_S = 4.0


class SlowResponder:
    """Says what it is asked for, slowly."""

    name = "slow"
    recites = False

    def respond(self, request: Request) -> Iterator[str]:
        """Pieces of a reply."""
        if "stream" in request.text:
            for piece in ("**Bru", "no**\n", "- one\n", "- `two`\nthe ", "end"):
                yield piece
                time.sleep(0.2)
        elif "hang" in request.text:
            yield "so far "
            for _ in range(2000):  # the model that says no more; waited for in slices
                time.sleep(0.05)
        else:
            yield f"You said: {request.text}"


def open_busy(settings: Settings) -> Assistant:
    """The real assistant on the real store, in no hurry."""
    import numpy as np

    from assistant.terminal.engine import open_assistant
    from assistant.testing import HashEncoder, LengthNetwork

    class Pondering(HashEncoder):
        """Computes for a while."""

        def encode(self, texts: Any, *arguments: Any, **options: Any) -> Any:
            if any("ponder" in text for text in texts):
                numbers = np.random.default_rng(1).normal(size=(120, 120))
                until = time.monotonic() + PONDERING_S
                while time.monotonic() < until:
                    np.sort(numbers @ numbers)
                    sum(range(1000))
            return super().encode(texts, *arguments, **options)

    return open_assistant(
        settings, encoder=Pondering(), network=LengthNetwork(), responder=SlowResponder()
    )


if __name__ == "__main__":
    build(open_busy).main(prog_name="assistant")
