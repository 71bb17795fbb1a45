"""Memories page by page, from the archive, and one of them whole with its strength."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.strength import strength
from assistant.terminal.display import width
from assistant.terminal.memory_detail import strength_over_time
from storage import LongTermStore

SAID = datetime(2026, 5, 3, tzinfo=UTC)


def test_pages_follow_each_other_and_end(run: Any, run_json: Any) -> None:
    for number in range(5):
        run("remember", f"The number of day {number} is {number * 7}.")
    pages = [
        run_json("memories", "--limit", "2", "--page", str(page))["data"] for page in (1, 2, 3)
    ]
    assert [[one["memory"] for one in page] for page in pages] == [[5, 4], [3, 2], [1]]
    assert "memories --page 2" in run("memories", "--limit", "2").stdout
    assert "There is no page 4." in run("memories", "--limit", "2", "--page", "4").stdout
    assert "/memories --page 3 day" in run(input="/memories --limit 2 --page 2 day\n").stdout


def test_the_archive_is_found_when_asked_for(run: Any, run_json: Any, store: Path) -> None:
    run("remember", "My dog is called Bruno.")
    run("remember", "My cat is called Tom.")
    with LongTermStore(store) as opened:
        opened.archive([1], SAID)
    assert [one["memory"] for one in run_json("memories")["data"]] == [2]
    assert [one["memory"] for one in run_json("memories", "--archived")["data"]] == [2, 1]
    assert "(archived) My dog" in run("memories", "Bruno").stdout


def test_one_memory_tells_what_became_of_it(
    run: Any, run_json: Any, store: Path, clock: Any
) -> None:
    run("remember", "My dog is called Bruno.")
    clock.advance(days=10)
    run("remember", "My dog is called Rex.")
    run("pin", "1")
    with LongTermStore(store) as opened:
        opened.record_uses([1], clock())
    clock.advance(days=10)
    shown = run("memories", "1").stdout
    for words in ("pinned", "replaced by memory 2 on 2026-05-13", "used or said again once"):
        assert words in shown
    assert "Strength over time" in shown
    [data] = run_json("memories", "#1")["data"]
    assert len(data["uses"]) == 1
    values = [point["strength"] for point in data["strength_over_time"]]
    assert values[-1] == pytest.approx(
        strength([clock() - timedelta(days=20), clock() - timedelta(days=10)], clock()), abs=1e-4
    )
    assert "there is no memory 9" in run("memories", "9").stderr


def test_strength_fades_and_a_use_lifts_it() -> None:
    used, now = SAID + timedelta(days=5), SAID + timedelta(days=10)
    values = [value for _, value in strength_over_time(SAID, [used], now, 21)]
    assert values[:10] == sorted(values[:10], reverse=True)
    assert values[10] > values[9]
    assert values[11:] == sorted(values[11:], reverse=True)


@pytest.mark.parametrize("uses", [[], [SAID - timedelta(days=1)], [SAID + timedelta(days=9)]])
def test_a_clock_set_back_draws_a_plot_all_the_same(uses: list[datetime]) -> None:
    points = strength_over_time(SAID, uses, SAID - timedelta(days=2), 5)
    assert len(points) == 5


def test_the_plot_fits_a_narrow_terminal(terminal: Any, run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    shell = terminal(40, 20, arguments=["memories", "1"])
    assert shell.ends() == 0
    assert max(map(width, shell.shown().splitlines())) <= 40
    assert "Strength over time" in shell.shown()
