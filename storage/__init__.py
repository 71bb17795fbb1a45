"""The long-term store. Knows nothing of the assistant or of neural networks."""

from storage.backup import Backup, backups_of, newest_good, restore_backup, verify_backup
from storage.codec import clean
from storage.encryption import Cipher
from storage.errors import (
    EncryptionUnavailable,
    RefConflict,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreSealed,
    StoreTooNew,
)
from storage.figures import MemoryFigures
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
from storage.sealed_files import change_key, erase, key_fits, readable_copies
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
    "EncryptionUnavailable",
    "ForgetReceipt",
    "InboxRecord",
    "Lexicon",
    "LongTermStore",
    "MemoryFigures",
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
    "erase",
    "key_fits",
    "newest_good",
    "readable_copies",
    "restore_backup",
    "verify_backup",
]
