"""Opens assistants without weights for dialogues, and ones with broken parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Assistant
from assistant.config import Config
from assistant.encoder import Array
from assistant.fusion import FusionRanker
from assistant.replay.runner import Clock, Opener
from assistant.testing import HashEncoder, LengthNetwork


def opened_with(**parts: Any) -> Opener:
    """Opens assistants with test doubles, or with these parts instead."""

    def open_assistant(path: Path, clock: Clock, owner: str) -> Assistant:
        return Assistant(
            path,
            clock=clock,
            owner=owner,
            config=Config(),
            **{
                "encoder": HashEncoder(),
                "network": LengthNetwork(),
                "ranker": FusionRanker(),
                **parts,
            },
        )

    return open_assistant


class BackwardsRanker(FusionRanker):
    """Puts the worst first and believes in it."""

    def score(self, features: Array) -> Array:
        return -super().score(features)

    def confidence(self, scores: Array, features: Array) -> Array:
        return np.ones_like(scores)


@pytest.fixture
def opener() -> Callable[..., Opener]:
    return opened_with


@pytest.fixture
def doubles() -> Opener:
    return opened_with()


@pytest.fixture
def broken_recall() -> Opener:
    return opened_with(ranker=BackwardsRanker())
