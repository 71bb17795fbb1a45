"""What can go wrong with a store. Each error says what was found and how to mend it."""

from __future__ import annotations


class StorageError(Exception):
    """Base of every error of this package."""


class StoreLocked(StorageError):
    """Another process holds the file, or the file cannot be written."""


class StoreCorrupt(StorageError):
    """The file is not a store, or is damaged."""


class StoreSealed(StorageError):
    """The file is encrypted, and the key given is not its key; or it is not encrypted at all."""


class EncryptionUnavailable(StorageError):
    """A key was given, and nothing here can encrypt: sqlcipher3 is missing, or was replaced."""


class StoreTooNew(StorageError):
    """The file was written by a newer version of the program."""


class RefConflict(StorageError, ValueError):
    """A ref that is known already came again with other words."""
