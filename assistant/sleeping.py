"""Sleep: what is done for memories while nobody asks. Each step is whole by itself.

Interrupted at any point it leaves nothing half done, and the next sleep goes on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.encoder import Encoder, encode_turns
from assistant.reading import same_words
from assistant.strength import strength, strengths
from storage import LongTermStore, MemoryRecord

_BATCH = 256
UNUSED = timedelta(days=180)
"""A memory said or used since then is not archived."""

_ONCE = timedelta(days=365)  # as weak as what was said once, that long ago


@dataclass(frozen=True, slots=True)
class SleepReport:
    """What a sleep did.

    Args:
        consolidated: Memories made or restated.
        encoded: Turns that had no vector of this encoder and were given one.
        merged: Memories that said the same as another and became restatements of it.
        archived: Memories put into the archive: weak, and not used for long.
        problems: What is wrong with the file, a line each.
    """

    consolidated: int
    encoded: int
    merged: int
    archived: int
    problems: tuple[str, ...]


def encode_stale(store: LongTermStore, encoder: Encoder) -> int:
    """Give turns without a vector of this encoder one; how many."""
    count = 0
    store.drop_vectors(store.damaged_vectors())
    while stale := store.stale(encoder.fingerprint, _BATCH):
        pairs = zip([turn.id for turn in stale], encode_turns(encoder, stale), strict=True)
        store.set_vectors(pairs, encoder.fingerprint)
        count += len(stale)
    return count


def merge_duplicates(store: LongTermStore, at: datetime) -> int:
    """Make memories of the same words, speaker and days restatements of the oldest; how many."""
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for memory in _standing(store):
        days = tuple((one.start, one.end) for one in memory.dates)
        alike[(memory.speaker, same_words(memory.text), days)].append(memory.id)
    return sum(
        len(store.merge(into=same[0], duplicates=same[1:], at=at))
        for same in alike.values()
        if len(same) > 1
    )


def archive_faded(store: LongTermStore, now: datetime) -> int:
    """Put away what is weak and was not used for long; what is pinned stays. Returns how many."""
    weak = strength([now - _ONCE], now)
    faded: list[int] = []
    for page in _pages(store):
        resting = [one for one in page if not one.pinned and now - one.said_at > UNUSED]
        how_strong = strengths(store, resting, now)
        last = store.uses([one.id for one in resting if one.uses])
        faded += [
            one.id
            for one in resting
            if how_strong[one.id] < weak
            and all(now - used > UNUSED for used in last.get(one.id, ()))
        ]
    return len(store.archive(faded, now)) if faded else 0


def _standing(store: LongTermStore) -> Iterator[MemoryRecord]:
    for page in _pages(store):
        yield from (one for one in page if one.superseded_by is None)


def _pages(store: LongTermStore) -> Iterator[list[MemoryRecord]]:
    """Active memories, oldest first. Nothing may be written between two pages."""
    offset = 0
    while page := store.memories(newest_first=False, limit=_BATCH, offset=offset):
        yield page
        offset += len(page)
