"""What is worked out of training timelines, kept in a folder: a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant.training.timelines import Timeline


def cached_timelines(
    folder: Path,
    count: int,
    *,
    build: Callable[[int], Timeline],
    read: Callable[[Timeline, int], Mapping[str, Any]],
) -> Iterator[Mapping[str, Any]]:
    """The arrays of each of ``count`` timelines, by name, in order.

    Args:
        folder: Where one file a timeline is kept; it must be of this ``build`` and ``read``.
        count: How many timelines.
        build: Builds the timeline of a number, where there is no file yet.
        read: Makes the arrays of a timeline and its number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"{number:04d}.npz"
        if not path.exists():
            temporary = path.with_suffix(".tmp.npz")
            np.savez_compressed(temporary, **read(build(number), number))
            temporary.rename(path)
            if number % 10 == 0:
                print(f"{folder.name}: {number + 1} of {count} timelines", flush=True)
        with np.load(path, allow_pickle=False) as saved:
            yield saved
