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
    Answer,
    ChangeRecord,
    DateSpan,
    Decision,
    ForgetReceipt,
    InboxRecord,
    MemoryRecord,
    NewTurn,
    StatementRecord,
    TurnRecord,
    Vector,
)
from storage.search import Lexicon
from storage.store import LongTermStore, Scope
from storage.vectors import as_stored

__all__ = [
    "Answer",
    "ChangeRecord",
    "DateSpan",
    "Decision",
    "ForgetReceipt",
    "InboxRecord",
    "Lexicon",
    "LongTermStore",
    "MemoryRecord",
    "NewTurn",
    "RefConflict",
    "Scope",
    "StatementRecord",
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
