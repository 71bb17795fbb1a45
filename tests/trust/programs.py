"""Runs the program as a process, and tells what it took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIGHT = Path(__file__).parent.parent / "terminal" / "light_program.py"
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Ran:
    """A program that has ended.

    Args:
        code: Its exit code.
        out: Standard output.
        err: Standard error.
        seconds: Of wall clock.
        cpu_s: Of processor time.
        peak_mb: Of memory, at most at once.
    """

    code: int
    out: str
    err: str
    seconds: float
    cpu_s: float
    peak_mb: float


def run_program(
    home: Path,
    *arguments: str | bytes,
    stdin: bytes | Path = b"",
    program: Path = LIGHT,
    **environment: str | bytes,
) -> Ran:
    """Run it with settings and a store in ``home``; ``stdin`` may be a file."""
    given = home / "stdin"
    if isinstance(stdin, bytes):
        given.write_bytes(stdin)
    out, err = home / "stdout", home / "stderr"
    inherited: dict[str, Any] = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("REMEMBRANCER_", "OPENAI_"))
    }
    own = {
        "REMEMBRANCER_CONFIG": str(home / "config.toml"),
        "REMEMBRANCER_STORE": str(home / "me.db"),
    }
    begun = time.monotonic()
    with (
        (given if isinstance(stdin, bytes) else stdin).open("rb") as reading,
        out.open("wb") as writing,
        err.open("wb") as complaining,
    ):
        process = subprocess.Popen(
            [sys.executable, str(program), *arguments],
            stdin=reading,
            stdout=writing,
            stderr=complaining,
            cwd=home,
            env={**inherited, **ALONE, **own, **environment},
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ran(
        process.returncode,
        out.read_bytes().decode("utf-8", "backslashreplace"),
        err.read_bytes().decode("utf-8", "backslashreplace"),
        time.monotonic() - begun,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
    )
