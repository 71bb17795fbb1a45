"""What is worked out of training timelines, kept in a folder: a run that was killed goes on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant.training.timelines import ScenePool, Timeline, build_timeline


def part_of(held_out: bool) -> str:
    """The name of a part of the corpora."""
    return "held-out" if held_out else "train"


def cached_timelines(
    corpora: Path,
    folder: Path,
    count: int,
    *,
    held_out: bool,
    seed: int,
    read: Callable[[Timeline, int], Mapping[str, Any]],
) -> Iterator[Mapping[str, Any]]:
    """The arrays of each of ``count`` timelines, by name, in order.

    Args:
        corpora: Folder of the corpora.
        folder: Where one file a timeline is kept; it must be of this part and this ``read``.
        count: How many timelines.
        held_out: Of the part that nothing is trained on.
        seed: What timelines are built from.
        read: Makes the arrays of a timeline and its number, where there is no file yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = part_of(held_out)
    pool: ScenePool | None = None
    for number in range(count):
        path = folder / f"{number:04d}.npz"
        if not path.exists():
            pool = pool or ScenePool(corpora, held_out=held_out)
            timeline = build_timeline(pool, random.Random(f"{seed} {part} {number}"), number)
            temporary = path.with_suffix(".tmp.npz")
            np.savez_compressed(temporary, **read(timeline, number))
            temporary.rename(path)
            if number % 10 == 0:
                print(f"{part}: {number + 1} of {count} timelines", flush=True)
        with np.load(path, allow_pickle=False) as saved:
            yield saved
