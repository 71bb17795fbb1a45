"""The command reindex: makes anew what finds the turns, their vectors and the full text.

Full text in one transaction, and only if it is damaged. Every turn whose vector another encoder
made is encoded again, in batches, each committed by itself: stopped at any point, it goes on
from there next time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.encoder import encode_turns
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.progress import progress_bar
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from storage import LongTermStore

BATCH = 256


def reindex(context: CommandContext, call: Call) -> Data:
    """Bring every stored vector to the loaded encoder."""
    context.require_writing()
    assistant = context.assistant
    store, encoder = assistant.store, assistant.encoder
    rebuilt = store.rebuild_full_text() if full_text_problem(store) else 0
    if rebuilt:
        context.output.line(f"Full text made anew from {rebuilt} turns.")
    store.drop_vectors(store.damaged_vectors())
    known = store.fingerprints()
    total = sum(known.values()) - known.get(encoder.fingerprint, 0)
    done = 0
    with progress_bar("Encoding") as bar:
        while stale := store.stale(encoder.fingerprint, BATCH):
            vectors = encode_turns(encoder, stale)
            store.set_vectors(
                [(turn.id, vector) for turn, vector in zip(stale, vectors, strict=True)],
                encoder.fingerprint,
            )
            done += len(stale)
            bar(done, max(total, done))
    context.output.line(
        f"Encoded {done} turns with {encoder.fingerprint[:12]}."
        if done
        else f"Every turn is encoded with {encoder.fingerprint[:12]} already."
    )
    return {"encoded": done, "full_text": rebuilt, "fingerprint": encoder.fingerprint}


def full_text_problem(store: LongTermStore) -> str:
    """What is wrong with the index of words, which says nothing about the words; "" if nothing."""
    from storage import StoreCorrupt

    try:
        strays = store.full_text_strays()
    except StoreCorrupt:
        return "it cannot be read: recall by words misses turns"
    if not strays:
        return ""
    turns = "1 turn is" if len(strays) == 1 else f"{len(strays)} turns are"
    return f"{turns} not in it by their words: recall by words misses these"
