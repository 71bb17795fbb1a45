"""A store as large as decades of use make it, written straight into the file.

The vectors are random, which costs recall the same as real ones: to encode so many turns would
take minutes.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from storage import Decision, LongTermStore, NewTurn

_WORDS = (
    "garden river window cousin violin bakery lantern harbour winter pocket ladder meadow ticket "
    "saddle copper island kettle mirror orchard pepper quarry ribbon shadow thimble velvet wagon"
).split()
_BATCH = 1000


def write_large_store(path: Path, turns: int, memories: int, fingerprint: str, size: int) -> None:
    """Write turns, the first of which are memories, with vectors of an encoder."""
    rng, numbers = random.Random(7), np.random.default_rng(7)
    at = datetime(2020, 1, 1, tzinfo=UTC)
    with LongTermStore(path) as store:
        for first in range(0, turns, _BATCH):
            vectors = numbers.normal(size=(_BATCH, size)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            records = store.append(
                [
                    NewTurn(
                        f"r{first + i}",
                        f"s{(first + i) // 20}",
                        "user",
                        "user",
                        f"My {' and '.join(rng.sample(_WORDS, 4))} met as number {first + i}.",
                        at + timedelta(minutes=10 * (first + i)),
                        vectors[i],
                        fingerprint,
                        transcript_only=first >= memories,
                    )
                    for i in range(_BATCH)
                ]
            )
            if first < memories:
                store.consolidate([Decision(turn.id, "keep", salience=0.5) for turn in records])
