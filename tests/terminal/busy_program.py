"""The light program, with work that takes long: run by the tests in a process of its own.

"ponder" computes when it is encoded, in NumPy and in Python as recall does, until the file exists
that PONDER_UNTIL names; "stream" makes a reply in Markdown, slowly; "hang" makes one that stops in
its middle without an end.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.terminal.cli import build
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant, Request


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
        elif "put off" in request.text:
            yield "Let us ponder about this later"
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
        """Computes until it is told that it is enough."""

        def encode(self, texts: Any, *arguments: Any, **options: Any) -> Any:
            if any("ponder" in text for text in texts):
                numbers = np.random.default_rng(1).normal(size=(120, 120))
                enough = Path(os.environ["PONDER_UNTIL"])
                while not enough.exists():
                    np.sort(numbers @ numbers)
                    sum(number * number for number in range(2_000_000))
            return super().encode(texts, *arguments, **options)

    return open_assistant(
        settings, encoder=Pondering(), network=LengthNetwork(), responder=SlowResponder()
    )


if __name__ == "__main__":
    build(open_busy).main(prog_name="assistant")
