"""The long-term store. Knows nothing of the assistant or of neural networks."""

from storage.codec import clean
from storage.errors import (
    RefConflict,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreTooNew,
)
from storage.index import TurnIndex
from storage.records import (
    DateSpan,
    Decision,
    ForgetReceipt,
    MemoryRecord,
    NewTurn,
    TurnRecord,
    Vector,
)
from storage.search import Lexicon
from storage.store import LongTermStore, Scope
from storage.vectors import as_stored

__all__ = [
    "DateSpan",
    "Decision",
    "ForgetReceipt",
    "Lexicon",
    "LongTermStore",
    "MemoryRecord",
    "NewTurn",
    "RefConflict",
    "Scope",
    "StorageError",
    "StoreCorrupt",
    "StoreLocked",
    "StoreTooNew",
    "TurnIndex",
    "TurnRecord",
    "Vector",
    "as_stored",
    "clean",
]
