"""The program with test doubles for the learned parts; run by the tests in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.terminal.cli import build
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant import Assistant


def open_light(settings: Settings) -> Assistant:
    """The real assistant on the real store, without weights."""
    from assistant.terminal.engine import open_assistant
    from assistant.testing import HashEncoder, LengthNetwork

    return open_assistant(settings, encoder=HashEncoder(), network=LengthNetwork())


if __name__ == "__main__":
    build(open_light).main(prog_name="assistant")
