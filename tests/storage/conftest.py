"""A store in a temporary folder, and turns to put in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import LongTermStore, NewTurn

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)

Said = Callable[..., NewTurn]


@pytest.fixture
def said() -> Said:
    """Makes a turn: said("words"), with any field by name. Refs and times count up."""
    count = 0

    def make(text: str = "Hello.", **fields: Any) -> NewTurn:
        nonlocal count
        count += 1
        speaker = fields.get("speaker", "user")
        defaults = {
            "ref": f"r{count}",
            "session": "s1",
            "role": speaker if speaker in ("user", "assistant") else "other",
            "speaker": speaker,
            "said_at": NOON + timedelta(minutes=count),
        }
        return NewTurn(text=text, **(defaults | fields))

    return make


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[LongTermStore]:
    """In a file, and again in memory."""
    with LongTermStore(path if request.param == "file" else ":memory:") as opened:
        yield opened


@pytest.fixture
def filed(path: Path) -> Iterator[LongTermStore]:
    """In a file."""
    with LongTermStore(path) as opened:
        yield opened
