"""Keeps what native libraries print off the screen.

TensorFlow logs to file descriptor 2 from C++ whatever its settings say, right into the prompt
when it loads in the background. Python's own ``sys.stderr`` goes on as before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from assistant.terminal.failures import debugging


@contextmanager
def native_stderr_silenced() -> Iterator[None]:
    """Send descriptor 2 nowhere for the time of a block, except under REMEMBRANCER_DEBUG."""
    try:
        ours = sys.stderr.fileno() == 2 and not debugging()
    except (AttributeError, OSError, ValueError):
        ours = False
    if not ours:
        yield
        return
    before = sys.stderr
    before.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(
        kept, "w", encoding=before.encoding, errors=before.errors, buffering=1, closefd=False
    )
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        sys.stderr = before
        os.dup2(kept, 2)
        os.close(kept)
