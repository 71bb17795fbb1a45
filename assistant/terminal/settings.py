"""What the program was told: which store, whose, how to run, how to print."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.terminal.configuration import Value
    from storage import Cipher

APPLICATION = "remembrancer"


@dataclass
class Settings:
    """What the command line says, and everything else once it is resolved.

    Args:
        store: A path, ":memory:" or a SQLite URL; None is the user's own, see ``default_store``.
        owner: The isolation key.
        json: Print one JSON envelope instead of text.
        runtime: "numpy" or "keras".
        device: "auto", "cpu" or "gpu".
        keys: "emacs" or "vi".
        theme: Name of a theme.
        mode: "normal", "read-only" or "off-record": what is written.
        flags: What was given on the command line, by the setting's name.
        values: Every setting with its origin, once resolved.
        cipher: The key of an encrypted store, once ``unlocked``; see ``store_key``.
        unlocked: Whether the key was looked for.
    """

    store: str | None = None
    owner: str = "default"
    json: bool = False
    runtime: str = "numpy"
    device: str = "auto"
    keys: str = "emacs"
    theme: str = "dark"
    mode: str = "normal"
    flags: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    cipher: Cipher | None = field(default=None, repr=False)
    unlocked: bool = False

    def resolve(self) -> None:
        """Read the environment and the files; flags win.

        Raises:
            ConfigurationError: Something in them cannot be used.
        """
        from assistant.terminal.configuration import resolve

        self.values = resolve(self.flags)
        for name in ("store", "owner", "runtime", "device", "keys", "theme", "mode"):
            setattr(self, name, self.values[name].value)

    def given(self, name: str) -> Any:
        """A setting that somebody has set; None leaves it to whatever reads it."""
        found = self.values.get(name)
        return None if found is None or found.origin == "default" else found.value

    def store_address(self) -> str:
        """The store as ``LongTermStore`` takes it."""
        return str(default_store()) if self.store is None else self.store

    def store_path(self) -> Path | None:
        """The store's file, or None when it has none; as ``LongTermStore`` reads the address.

        Worked out here too, because importing the store takes longer than the prompt may.
        """
        from pathlib import Path

        named = self.store_address()
        if "://" in named:
            scheme, _, rest = named.partition("://")
            if scheme not in ("sqlite", "sqlite+pysqlite"):
                return None
            named = rest[1:]
        if named in ("", ":memory:") or "\x00" in named:
            return None
        path = Path(named).expanduser()
        return Path(os.path.realpath(path)) if path.is_symlink() else path

    def history_path(self) -> Path | None:
        """Where the lines typed are kept: beside the store, one file an owner.

        Beside, so that whoever deletes a store's files deletes what was typed into it too. None
        for an encrypted store: the file would be plain.
        """
        store = self.store_path()
        if store is None or self.cipher is not None:
            return None
        if self.owner == "default":
            return store.with_name(store.name + ".history")
        import hashlib

        mark = hashlib.sha256(self.owner.encode("utf-8", "replace")).hexdigest()[:12]
        return store.with_name(f"{store.name}.{mark}.history")


def default_store() -> Path:
    """The user's own store, under the platform's directory for data."""
    import platformdirs

    return platformdirs.user_data_path(APPLICATION, appauthor=False) / "memory.db"


def version() -> str:
    """The installed version, or "unknown" in a tree that was never installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed(APPLICATION)
    except PackageNotFoundError:
        return "unknown"
