"""What the tests share: a clock that stands still until told, and an assistant without weights."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clocks import Clock
from hypothesis import settings

from assistant import Assistant
from assistant.testing import HashEncoder, LengthNetwork

# A change is judged by the same examples each time; new ones are looked for outside CI.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

# A program started in the background, as CI may start this one, ignores Ctrl-C and hands that on;
# here Ctrl-C is something to be tested.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A size that somebody has exported, as pytest-xdist does, hides that of the terminals here.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="fault tests in the numbers of a night")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How often a fault test does it: ``rounds(500, 2000)`` is 500 in CI, 2,000 in the soak."""
    soaking = bool(request.config.getoption("--soak"))
    return lambda ci, soak: soak if soaking else ci


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_assistant(tmp_path: Path, clock: Clock) -> Callable[..., Assistant]:
    """Opens an assistant with test doubles on the same file each time."""

    def open_one(store: str | Path | None = None, **options: Any) -> Assistant:
        return Assistant(
            store or tmp_path / "me.db",
            clock=clock,
            encoder=options.pop("encoder", None) or HashEncoder(),
            network=options.pop("network", None) or LengthNetwork(),
            **options,
        )

    return open_one
