"""How long a recall takes as the store grows, and what it holds in memory.

    python -m benchmarks.recall [TURNS ...]

For each size: a store of generated turns in sessions of twenty, words of the encoder's vocabulary
drawn by Zipf's law, so that common ones match many turns; questions of nine words. Their vectors
are random: encoding a hundred thousand turns takes minutes and changes nothing in the time of a
search. The time is that of ``Assistant.recall``, the encoding of the question included; beside it,
in the same run, SQLite's full text with BM25 alone, encoding alone, and a recall right after
another connection has written.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import numpy as np

from assistant import Assistant
from assistant.neural.checkpoint import WEIGHTS, read_checkpoint
from assistant.neural.encoder_numpy import tokenizer_of
from storage import Decision, LongTermStore, NewTurn

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 100
BATCH = 2_000


def vocabulary() -> list[str]:
    """The English words of the encoder's vocabulary, the commonest first."""
    tokenizer = tokenizer_of(read_checkpoint(WEIGHTS / "encoder.safetensors", "encoder"))
    pieces = (tokenizer.piece(number) for number in range(tokenizer.size))
    words = (piece[1:] for piece in pieces if piece.startswith("\N{LOWER ONE EIGHTH BLOCK}"))
    return [word for word in words if word.isascii() and word.isalpha()]


class Talk:
    """Sentences of words drawn by Zipf's law."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._words = vocabulary()
        self._weights = np.cumsum(1 / (np.arange(len(self._words)) + 3)).tolist()

    def sentence(self, words: int) -> str:
        """So many words."""
        return " ".join(self._rng.choices(self._words, cum_weights=self._weights, k=words))


def fill(store: LongTermStore, size: int, fingerprint: str, dimension: int) -> None:
    """A store with so many turns, all of them memories."""
    rng, talk = np.random.default_rng(5), Talk(5)
    at = datetime(2020, 1, 1, tzinfo=UTC)
    for start in range(0, size, BATCH):
        count = min(BATCH, size - start)
        vectors = rng.standard_normal((count, dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        records = store.append(
            [
                NewTurn(
                    ref=f"T{n}",
                    session=f"S{n // 20}",
                    role="user",
                    speaker="user",
                    text=talk.sentence(14),
                    said_at=at + timedelta(minutes=7 * n),
                    vector=vector,
                    fingerprint=fingerprint,
                )
                for n, vector in enumerate(vectors, start)
            ]
        )
        store.consolidate([Decision(record.id, "keep") for record in records])


def times_ms(run: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Wall times of calls in milliseconds, ascending."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


def resident_mb() -> float:
    """What the process holds in memory now, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return float("nan")
    return pages * 4096 / 1e6


def measure(size: int, folder: Path) -> dict[str, float]:
    """The figures of one size."""
    path = folder / f"{size}.db"
    with Assistant(":memory:") as a:
        encoder = a.encoder
    with LongTermStore(path) as store:
        fill(store, size, encoder.fingerprint, encoder.dimension)
    talk = Talk(6)
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def question() -> str:
        return f"What about {talk.sentence(7)}?"

    before = resident_mb()
    with Assistant(path, encoder=encoder) as a:
        start = time.perf_counter()
        a.recall(question(), now=now)
        first = (time.perf_counter() - start) * 1e3
        for _ in range(5):
            a.recall(question(), now=now)
        recall = times_ms(lambda: a.recall(question(), now=now))
        words = times_ms(lambda: a.store.search(question()))
        encode = times_ms(lambda: encoder.encode([question()], kind="query"))
        written: list[float] = []
        with LongTermStore(path) as other:
            for n in range(20):
                other.append(
                    [NewTurn(f"N{n}", "new", "user", "user", talk.sentence(9), now, None, None)]
                )
                start = time.perf_counter()
                a.recall(question(), now=now)
                written.append((time.perf_counter() - start) * 1e3)
        held = resident_mb() - before
    return {
        "turns": size,
        "p50": statistics.median(recall),
        "p99": recall[int(len(recall) * 0.99) - 1],
        "first": first,
        "after a write": statistics.median(written),
        "full text": statistics.median(words),
        "encode": statistics.median(encode),
        "MB": held,
    }


@click.command(help=__doc__)
@click.argument("turns", nargs=-1, type=click.IntRange(min=1))
def main(turns: tuple[int, ...]) -> None:
    sizes = turns or SIZES
    with tempfile.TemporaryDirectory() as folder:
        for n, size in enumerate(sizes):
            figures = measure(size, Path(folder))
            if not n:
                print("  ".join(f"{name:>13}" for name in figures))
            print("  ".join(f"{value:13,.1f}" for value in figures.values()), flush=True)


if __name__ == "__main__":
    main()
