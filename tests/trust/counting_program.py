"""The light program, with every use of a network written to the file that SOCKETS names."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

_INTERNET = (socket.AF_INET, socket.AF_INET6)


def note(event: str, arguments: tuple[Any, ...]) -> None:
    """Called by the interpreter before it does something."""
    if not event.startswith("socket."):
        return
    if event == "socket.__new__" and arguments[1] not in _INTERNET:
        return  # a pair of pipes, which event loops wake themselves with
    with os.fdopen(os.open(os.environ["SOCKETS"], os.O_WRONLY | os.O_APPEND), "w") as file:
        file.write(f"{event} {arguments[1:]!r}\n")


if __name__ == "__main__":
    sys.addaudithook(note)
    sys.path.insert(0, str(Path(__file__).parent.parent / "terminal"))
    from light_program import open_light

    from assistant.terminal.cli import build

    build(open_light).main(prog_name="assistant")
