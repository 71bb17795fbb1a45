"""Finishes what a process that died, or that is still busy, left undecided.

Deciding about a turn twice is harmless, and every process decides alike: salience is worked out
again by replaying the session from its first turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.consolidation import Consolidation
from assistant.encoder import Encoder, SessionNetwork, encode_turns
from assistant.short_term import BufferedTurn, ShortTermMemory
from storage import LongTermStore, TurnRecord

_LATEST = 64


def recover(
    store: LongTermStore,
    encoder: Encoder,
    network: SessionNetwork,
    consolidation: Consolidation,
    session: str,
) -> None:
    """Consolidate the pending turns of every session but this one; encode what never was."""
    _encode_latest(store, encoder)
    pending = {turn.id: turn.session for turn in store.pending(other_than=session)}
    for other in dict.fromkeys(pending.values()):
        turns = store.turns(session=other)
        consolidation.run(
            [held for held in _replay(store, encoder, network, turns) if held.turn.id in pending]
        )


def _encode_latest(store: LongTermStore, encoder: Encoder) -> None:
    """Give the last turns their vectors where a process died between a turn and its vector.

    It can have been a question and its answer for each process; what lies further back, ``sleep``
    and ``reindex`` find.
    """
    latest = store.turns(newest_first=True, limit=_LATEST)
    encoded = store.vectors_of([turn.id for turn in latest])
    bare = [turn for turn in latest if turn.id not in encoded]
    if bare:
        vectors = encode_turns(encoder, bare)
        store.set_vectors(
            [(t.id, v) for t, v in zip(bare, vectors, strict=True)], encoder.fingerprint
        )


def _replay(
    store: LongTermStore, encoder: Encoder, network: SessionNetwork, turns: Sequence[TurnRecord]
) -> Iterator[BufferedTurn]:
    """A session's turns as short-term memory held them."""
    memory = ShortTermMemory(network, capacity=1)
    vectors = store.vectors_of([turn.id for turn in turns])
    for turn in turns:
        vector = vectors.get(turn.id)
        if vector is None or len(vector) != encoder.dimension:
            vector = encode_turns(encoder, [turn])[0]
        memory.observe(turn, vector, 1)
        yield memory.turns[-1]
