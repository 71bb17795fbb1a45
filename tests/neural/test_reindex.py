from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant.encoder import Array, Kind
from assistant.terminal.reindexing import BATCH, reindex
from assistant.testing import HashEncoder
from storage import LongTermStore, NewTurn

TURNS = 2 * BATCH + 40


class Interrupted(HashEncoder):
    """Encodes some batches; then Ctrl-C."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().encode(texts, kind=kind)


def run(store: LongTermStore, encoder: HashEncoder) -> dict[str, Any]:
    context = SimpleNamespace(
        assistant=SimpleNamespace(store=store, encoder=encoder),
        output=SimpleNamespace(line=lambda text: None),
        require_writing=lambda: None,
    )
    return dict(reindex(context, SimpleNamespace()))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> LongTermStore:
    at = datetime(2026, 5, 3, tzinfo=UTC)
    opened = LongTermStore(tmp_path / "old.db")
    opened.append(
        [
            NewTurn(session="s", speaker="user", role="user", text=f"number {n}", ref=f"r{n}",
                    said_at=at + timedelta(minutes=n), vector=np.ones(4, np.float32) / 2,
                    fingerprint="another")
            for n in range(TURNS)
        ]
    )  # fmt: skip
    return opened


def test_stopped_in_the_middle_it_goes_on_from_there(store: LongTermStore) -> None:
    with store:
        with pytest.raises(KeyboardInterrupt):
            run(store, Interrupted(batches=2))
        encoder = HashEncoder()
        assert store.fingerprints() == {encoder.fingerprint: 2 * BATCH, "another": 40}
        assert run(store, encoder)["encoded"] == 40
        assert store.fingerprints() == {encoder.fingerprint: TURNS}
        assert run(store, encoder)["encoded"] == 0


def test_the_vectors_are_those_of_the_turns_as_they_are_spoken(store: LongTermStore) -> None:
    encoder = HashEncoder()
    with store:
        run(store, encoder)
        turns = list(store.iterate_turns())
        vectors = store.vectors_of([turn.id for turn in turns])
        expected = encoder.encode([f"user: {turn.text}" for turn in turns])
        for turn, vector in zip(turns, expected, strict=True):
            assert np.abs(vectors[turn.id] - vector).max() < 1e-3
