"""The public surface is a promise: a change to it must be made here too."""

from __future__ import annotations

import inspect

import assistant
import storage
from assistant import Assistant

METHODS = {
    "reply": "(self, text: 'str', *, secrets: 'Secrecy | None' = None) -> 'Reply'",
    "stream": "(self, text: 'str', *, secrets: 'Secrecy | None' = None) -> 'Iterator[str]'",
    "observe": (
        "(self, text: 'str', speaker: 'str' = 'user', at: 'datetime | None' = None, "
        "ref: 'str | None' = None, session: 'str | None' = None, role: 'Role | None' = None)"
        " -> 'Turn'"
    ),
    "observe_many": "(self, turns: 'Sequence[Turn]') -> 'list[Turn]'",
    "recall": (
        "(self, query: 'str', k: 'int' = 10, *, now: 'datetime | None' = None, "
        "scope: 'Scope' = 'memories', as_of: 'datetime | None' = None, "
        "without: 'Collection[int | str]' = (), budget_ms: 'float | None' = None) "
        "-> 'Recollections'"
    ),
    "use_encoder": "(self, encoder: 'Encoder') -> 'None'",
    "new_session": "(self) -> 'None'",
    "consolidate": "(self) -> 'list[MemoryRecord]'",
    "is_kept": "(self, held: 'BufferedTurn') -> 'bool'",
    "memories": (
        "(self, search: 'str | None' = None, limit: 'int | None' = None) -> 'list[MemoryRecord]'"
    ),
    "remember": "(self, text: 'str', *, secrets: 'Secrecy | None' = None) -> 'MemoryRecord'",
    "forget": (
        "(self, *, memories: 'Sequence[int]' = (), refs: 'Sequence[str]' = (), "
        "query: 'str | None' = None, since: 'datetime | None' = None, "
        "until: 'datetime | None' = None, dry_run: 'bool' = False) -> 'ForgetReceipt'"
    ),
    "pin": "(self, memories: 'Sequence[int]', on: 'bool' = True) -> 'list[int]'",
    "edit": "(self, memory: 'int', text: 'str') -> 'MemoryRecord'",
    "inbox": "(self, open_only: 'bool' = True) -> 'list[InboxRecord]'",
    "changes": "(self, limit: 'int | None' = None) -> 'list[ChangeRecord]'",
    "undo": "(self) -> 'ChangeRecord | None'",
    "sleep": "(self) -> 'SleepReport'",
    "close": "(self) -> 'None'",
}
TWINS = ("reply", "stream", "observe", "observe_many", "recall", "new_session", "consolidate")


def test_every_public_name_can_be_had_and_nothing_else_is_listed() -> None:
    for name in assistant.__all__:
        assert getattr(assistant, name).__doc__, name
    assert set(assistant.__all__) == set(assistant._HOME)
    for name in storage.__all__:
        assert hasattr(storage, name), name


def test_the_assistants_methods_are_as_promised() -> None:
    public = {
        name: str(inspect.signature(member))
        for name, member in inspect.getmembers(Assistant, inspect.isfunction)
        if not name.startswith("_") and not name.startswith("a")
    }
    assert public == METHODS


def test_every_working_method_has_an_async_twin() -> None:
    for name in (*TWINS, "remember", "forget", "pin", "edit", "answer", "undo", "sleep", "close"):
        assert hasattr(Assistant, f"a{name}"), name
