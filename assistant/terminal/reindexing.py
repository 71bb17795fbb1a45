"""The command reindex: encodes again every turn whose vector another encoder made.

Goes in batches, each committed by itself: stopped at any point, it goes on from there next time.
"""

from __future__ import annotations

from assistant.encoder import encode_turns
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.progress import progress_bar
from assistant.terminal.registry import Call

BATCH = 256


def reindex(context: CommandContext, call: Call) -> Data:
    """Bring every stored vector to the loaded encoder."""
    context.require_writing()
    assistant = context.assistant
    store, encoder = assistant.store, assistant.encoder
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
    return {"encoded": done, "fingerprint": encoder.fingerprint}
