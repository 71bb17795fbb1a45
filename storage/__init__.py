"""The long-term store. Knows nothing of the assistant or of neural networks."""

from storage.backup import Backup, backups_of, newest_good, restore_backup, verify_backup
from storage.codec import clean
from storage.encryption import Cipher
from storage.errors import (
    RefConflict,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreSealed,
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
from storage.sealed_files import change_key
from storage.search import Lexicon
from storage.store import LongTermStore, Scope
from storage.vectors import as_stored

__all__ = [
    "Answer",
    "Backup",
    "ChangeRecord",
    "Cipher",
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
    "StoreSealed",
    "StoreTooNew",
    "TurnIndex",
    "TurnRecord",
    "Vector",
    "as_stored",
    "backups_of",
    "change_key",
    "clean",
    "newest_good",
    "restore_backup",
    "verify_backup",
]
