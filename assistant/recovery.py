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


def recover(
    store: LongTermStore,
    encoder: Encoder,
    network: SessionNetwork,
    consolidation: Consolidation,
    session: str,
) -> None:
    """Consolidate the pending turns of every session but this one."""
    pending = {turn.id: turn.session for turn in store.pending(other_than=session)}
    for other in dict.fromkeys(pending.values()):
        turns = store.turns(session=other)
        consolidation.run(
            [held for held in _replay(store, encoder, network, turns) if held.turn.id in pending]
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
