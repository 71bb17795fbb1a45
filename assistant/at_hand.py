"""What the turns still in short-term memory have to do with a recall."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.reading import is_passing
from assistant.recollecting import of_turn
from assistant.short_term import BufferedTurn
from assistant.transcript import is_written
from assistant.turn import Recollections


def with_unwritten(found: Recollections, held: Sequence[BufferedTurn]) -> Recollections:
    """What was recalled, and after it what is held that no store can bring back."""
    unwritten = [
        of_turn(one.turn)
        for one in held
        if not is_written(one.turn) and one.turn.role != "assistant"
    ]
    if not unwritten:
        return found
    return Recollections([*found, *unwritten], query=found.query, threshold=found.threshold)


def recallable(turns: Sequence[BufferedTurn]) -> list[int]:
    """Turns still held that can be recalled: all but what was recited from memory."""
    return [held.turn.id for held in turns if not held.turn.consolidated]


def only_asked(turns: Sequence[BufferedTurn]) -> list[int]:
    """Turns not decided about yet that only ask, and were answered from memory."""
    return [
        held.turn.id
        for held, reply in pairwise(turns)
        if held.turn.role == "user"
        and reply.turn.role == "assistant"
        and reply.turn.consolidated
        and is_passing(held.turn.text)
    ]
