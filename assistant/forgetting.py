"""Which turns a forgetting is about: those named, and what the assistant said in the same words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from assistant.errors import UsageError
from storage import ForgetReceipt, LongTermStore, TurnRecord


def turns_to_forget(
    store: LongTermStore,
    memories: Sequence[int] = (),
    refs: Sequence[str] = (),
    query: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> set[int]:
    """Ids of the turns to remove.

    Args:
        store: Where they are.
        memories: Numbers of memories: every turn that they stand on.
        refs: Refs of turns.
        query: Words: every turn that holds them.
        since: With words, only turns said from then on; without, every turn said from then on.
        until: Likewise up to then, the moment itself included.

    Raises:
        UsageError: Nothing was named, a number or ref does not exist, or a time has no offset.
    """
    words = (query or "").strip()
    span = since is not None or until is not None
    if not memories and not refs and not words and not span:
        raise UsageError(
            "nothing to forget was named; give a memory's number, a ref, words, or a time"
        )
    for name, moment in (("since", since), ("until", until)):
        if moment is not None and moment.utcoffset() is None:
            raise UsageError(
                f"{name} is {moment.isoformat()}, without an offset; expected an aware datetime"
            )
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
    if words or span:
        said = store.turns(search=words) if words else store.iterate_turns()
        turns |= {turn.id: turn for turn in said if _within(turn.said_at, since, until)}
    for turn in list(turns.values()):
        if turn.text.strip():
            echoes = store.turns(search=turn.text)
            turns |= {echo.id: echo for echo in echoes if echo.role == "assistant"}
    return set(turns)


def survey(store: LongTermStore, doomed: Collection[int]) -> ForgetReceipt:
    """What forgetting these turns would remove; nothing is."""
    turns = store.turns_by_id(doomed)
    named = {turn.memory for turn in turns.values() if turn.memory is not None}
    refs = {turn.ref for turn in turns.values()}
    lost = [one for one in store.memories(ids=named) if refs.issuperset(one.refs)]
    return ForgetReceipt(turns=len(turns), memories=len(lost), scanned=())


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)
