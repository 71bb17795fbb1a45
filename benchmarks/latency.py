"""Start-up times, and what a turn costs with 1,000 memories in the store.

    python -m benchmarks.latency

Prints each figure beside a baseline measured in the same run: starting Python itself, and SQLite
full text alone. Times differ between machines; the ratios are what to compare.
"""

from __future__ import annotations

import json
import os
import pty
import random
import resource
import select
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant import Assistant

MEMORIES = 1000
TURNS = 60
WORDS = (
    "garden river window cousin violin bakery lantern harbour winter pocket ladder meadow ticket "
    "saddle copper island kettle mirror orchard pepper quarry ribbon shadow thimble velvet wagon"
).split()


def p50_ms(run: Callable[[], object], rounds: int) -> float:
    """Median wall time of a call in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def command_ms(*command: str, rounds: int = 7) -> float:
    """Median time of a whole process."""
    return p50_ms(lambda: subprocess.run(command, check=True, capture_output=True), rounds)


def prompt_ms(store: str, rounds: int = 5) -> float:
    """Median time from starting the chat in a terminal until its prompt can be typed at."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        child, terminal = pty.fork()
        if child == 0:
            os.environ |= {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
            os.execv(sys.executable, [sys.executable, "-m", "assistant", "--store", store])
        seen = b""
        while "›".encode() not in seen and b"> " not in seen:
            ready, _, _ = select.select([terminal], [], [], 20)
            if not ready:
                raise SystemExit(f"no prompt within 20 s; the terminal showed {seen!r}")
            seen += os.read(terminal, 65536)
        times.append((time.perf_counter() - start) * 1e3)
        os.write(terminal, b"\x04")
        while True:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:
                break
        os.waitpid(child, 0)
        os.close(terminal)
    return statistics.median(times)


def sentence(rng: random.Random) -> str:
    """A statement of random words."""
    a, b, c = rng.sample(WORDS, 3)
    return rng.choice(
        (
            f"My {a} is next to the {b} near the {c}.",
            f"I bought a {a} and a {b} for my {c} last week.",
            f"We talked about the {a} until the {b} closed and the {c} opened.",
        )
    )


def question(rng: random.Random) -> str:
    """A question about one of the words."""
    return f"Where is my {rng.choice(WORDS)}?"


def turn_ms(a: Assistant, said: Iterable[str]) -> dict[str, float]:
    """Medians of a turn, from the text going in to the whole reply coming out, and of what a reply
    puts off: done in a thread while the user reads, and by the next call at the latest.

    Every other turn asks. The processor's time leaves out waiting: for the disk, and for whatever
    else the machine does.
    """
    from assistant.afterwards import AFTERWARDS

    replied, worked, put_off = [], [], []
    for words in said:
        start, at_work = time.perf_counter(), time.thread_time()
        a.reply(words)
        out, worked_until = time.perf_counter(), time.thread_time()
        for thread in threading.enumerate():
            if thread.name == AFTERWARDS:
                thread.join()
        replied.append((out - start) * 1e3)
        worked.append((worked_until - at_work) * 1e3)
        put_off.append((time.perf_counter() - out) * 1e3)
    return {
        "turn_p50_ms": statistics.median(replied),
        "turn_that_tells_p50_ms": statistics.median(replied[::2]),
        "turn_that_asks_p50_ms": statistics.median(replied[1::2]),
        "turn_processor_p50_ms": statistics.median(worked),
        "put_off_p50_ms": statistics.median(put_off),
    }


def turn_figures(store: Path) -> dict[str, float]:
    """What the memory does to a turn, with everything but the terminal."""
    from assistant import Assistant, Turn

    rng = random.Random(7)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with Assistant(store) as a:
        turns = [
            Turn(f"{sentence(rng)} That was number {n}.", at=at + timedelta(minutes=n))
            for n in range(MEMORIES)
        ]
        start = time.perf_counter()
        a.observe_many(turns)
        a.new_session()
        imported_s = time.perf_counter() - start
        kept = len(a.memories())
        a.reply(sentence(rng))
        turn = turn_ms(a, [line for _ in range(TURNS) for line in (sentence(rng), question(rng))])
        recall = p50_ms(lambda: a.recall(question(rng)), TURNS)
        encode = p50_ms(lambda: a.encoder.encode([sentence(rng)]), TURNS)
        words = p50_ms(lambda: a.store.search(sentence(rng), k=10), TURNS)
    heavy = sorted({"tensorflow", "keras", "torch", "alembic"} & set(sys.modules))
    assert not heavy, heavy
    return {
        "memories": kept,
        **turn,
        "import_turns_per_s": MEMORIES / imported_s,
        "recall_p50_ms": recall,
        "encode_p50_ms": encode,
        "full_text_p50_ms": words,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        figures = turn_figures(Path(folder) / "thousand.db")
        figures |= {
            "python_ms": command_ms(sys.executable, "-c", "pass"),
            "import_ms": command_ms(sys.executable, "-c", "import assistant"),
            "help_ms": command_ms(sys.executable, "-m", "assistant", "--help"),
            "prompt_ms": prompt_ms(str(Path(folder) / "prompt.db")),
        }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
