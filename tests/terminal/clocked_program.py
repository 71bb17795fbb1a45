"""The program as it is shipped, at a time of the caller's choosing: run in a process of its own."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.terminal.cli import build
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant


def open_then(settings: Settings) -> Assistant:
    """The real assistant, to whom it is the time in CLOCK."""
    from assistant.terminal.engine import open_assistant

    now = datetime.fromisoformat(os.environ["CLOCK"])
    return open_assistant(settings, clock=lambda: now)


if __name__ == "__main__":
    build(open_then).main(prog_name="assistant")
