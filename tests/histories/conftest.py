from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.fusion import FusionRanker
from assistant.histories import HistoryReport, find_parts, import_histories, survey_histories
from assistant.testing import HashEncoder, LengthNetwork

Import = Callable[[Path], HistoryReport]


@pytest.fixture
def me(tmp_path: Path) -> Iterator[Assistant]:
    (tmp_path / "store").mkdir()
    with Assistant(
        tmp_path / "store" / "me.db",
        encoder=HashEncoder(),
        network=LengthNetwork(),
        ranker=FusionRanker(),
    ) as assistant:
        yield assistant


@pytest.fixture
def take(me: Assistant) -> Import:
    return lambda path: import_histories(me, parts(path))


@pytest.fixture
def survey(me: Assistant) -> Import:
    return lambda path: survey_histories(me.store, parts(path))


def parts(path: Path) -> Any:
    found = find_parts(path)
    assert found is not None
    return found
