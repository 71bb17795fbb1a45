"""An acknowledged turn survives ``kill -9``, whatever the process was doing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant

PROGRAM = Path(__file__).with_name("killing.py")
ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# Of 500 kills, how many fall into each scene.
SHARES = {
    "chat": 110,
    "consolidation": 80,
    "migration": 60,
    "import": 70,
    "reindex": 40,
    "backup": 50,
    "restore": 20,
    "forgetting": 30,
}
if hasattr(Assistant, "sleep"):
    SHARES["sleep"] = 40


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | ALONE,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    out, errors = process.communicate()
    assert out, errors
    return process.returncode, json.loads(out)


def kill(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    return finish(start(*arguments))


def test_a_few_kills_in_each_scene_lose_nothing() -> None:
    code, reports = kill(",".join(SHARES), "1", "1")
    assert [report for report in reports if report["wrong"]] == []
    assert code == 0
    assert [report["kills"] for report in reports] == [1] * len(SHARES)


@pytest.mark.faults
@pytest.mark.parametrize("scene", SHARES)
def test_what_was_acknowledged_survives_every_kill(
    scene: str, rounds: Callable[[int, int], int]
) -> None:
    kills = SHARES[scene] * rounds(500, 2000) // 500
    # Each process kills children of its own, one at a time: two of them use two cores.
    halves = (kills // 2, kills - kills // 2)
    killers = [start(scene, str(half), "3", str(seed)) for seed, half in enumerate(halves)]
    found = [finish(one) for one in killers]
    assert [report["wrong"] for _, [report] in found] == [[], []]
    assert [code for code, _ in found] == [0, 0]
    assert sum(report["kills"] for _, [report] in found) == kills
    told = sum(report["told"] for _, [report] in found)
    print(f"{scene}: {kills} kills, {told} acknowledged, 0 lost, 0 half-written")


@pytest.mark.parametrize(
    "step", ["each:31", pytest.param("each", marks=pytest.mark.faults)], ids=str
)
def test_an_upgrade_killed_before_any_of_its_statements_is_begun_again(step: str) -> None:
    code, [report] = kill("migration", step)
    assert report["wrong"] == []
    assert code == 0
    assert report["kills"] >= 2
    assert report["ended"] == 0
    print(f"migration: killed before each of {report['kills']} statements, 0 lost")


def test_a_process_that_writes_in_pieces_is_caught() -> None:
    """Without one transaction for all that belongs together, kills leave halves."""
    code, [report] = kill("careless", "60", "1")
    assert code == 1
    assert "lost: " in str(report["wrong"]) or "without full text" in str(report["wrong"])
