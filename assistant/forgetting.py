"""Which turns a forgetting is about: those named, and what the assistant said in the same words."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.errors import UsageError
from storage import LongTermStore, TurnRecord


def turns_to_forget(
    store: LongTermStore, memories: Sequence[int], refs: Sequence[str], query: str | None
) -> set[int]:
    """Ids of the turns to remove.

    Args:
        store: Where they are.
        memories: Numbers of memories: every turn that they stand on.
        refs: Refs of turns.
        query: Words: every turn that holds them.

    Raises:
        UsageError: Nothing was named, or a number or ref does not exist.
    """
    words = (query or "").strip()
    if not memories and not refs and not words:
        raise UsageError("nothing to forget was named; give a memory's number, a ref, or words")
    found = {memory.id: memory for memory in store.memories(ids=list(memories))}
    wanted = list(refs)
    for number in memories:
        if number not in found:
            raise UsageError(f"memory {number} does not exist; 'memories' lists those that do")
        wanted += found[number].refs
    turns: dict[int, TurnRecord] = {}
    for ref in wanted:
        turn = store.turn(ref)
        if turn is None:
            raise UsageError(f"no turn has the ref {ref!r}; 'export' lists them")
        turns[turn.id] = turn
    if words:
        turns |= {turn.id: turn for turn in store.turns(search=words)}
    for turn in list(turns.values()):
        if turn.text.strip():
            echoes = store.turns(search=turn.text)
            turns |= {echo.id: echo for echo in echoes if echo.role == "assistant"}
    return set(turns)
