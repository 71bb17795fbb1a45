"""Kills a process at random points of its work on a store, and looks at what it left.

A child is forked for each kill. It tells, through a pipe, what it has acknowledged to its user;
then it is killed with SIGKILL: at a random instant, or before a random SQL statement. What was
told has to be there afterwards, word for word, and nothing may be half-written.

    python tests/faults/killing.py chat 500

prints what was found as JSON, and ends with 1 when anything was lost or half-written. Forking
wants a process without threads, which is why the tests start this one.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, event

from storage import LongTermStore, backups_of, verify_backup

Tell = Callable[[str], None]
KILLS_A_STORE = 40
PATIENCE_S = 60.0
# A killed process leaves its writes to the kernel, on the disk or not: waiting for a disk would
# only make each kill take longer. What a loss of power leaves, no kill can tell.
IN_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Scene:
    """Something a process does to a store.

    Args:
        prepare: Makes the store, before the first kill; what was told then must stay as well.
        act: Works until it is killed, or to its end; tells what its user may rely on.
        lost: What of that is missing afterwards, and what is half-written: a line each.
        fresh: Every kill gets a store of its own.
    """

    prepare: Callable[[Path, Tell], None]
    act: Callable[[Path, Tell, random.Random], None]
    lost: Callable[[Path, list[str]], list[str]]
    fresh: bool = False


@dataclass
class Report:
    """What the kills of a scene have left."""

    scene: str
    kills: int = 0
    ended: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)
    how: Counter[str] = field(default_factory=Counter)


def run(name: str, scene: Scene, kills: int, seed: int = 0, measured: int = 3) -> Report:
    """Kill a scene's process so often; stops at the first store with something wrong."""
    dice = random.Random(f"{name}-{seed}")
    report = Report(name)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        template = Path(folder) / "template"
        template.mkdir()
        promised: list[str] = []
        scene.prepare(template / "me.db", promised.append)
        span, statements = _measure(scene, template, measured, report)
        every = 1 if scene.fresh else KILLS_A_STORE
        while report.kills < kills and not report.wrong:
            place = Path(folder) / "store"
            shutil.copytree(template, place)
            told = list(promised)
            attempts = 0
            while attempts < every and report.kills < kills and not report.wrong:
                attempts += 1
                # Half of the kills fall before a statement, the others anywhere.
                statement = dice.randint(1, statements) if dice.random() < 0.5 else None
                delay = PATIENCE_S if statement else dice.uniform(0, span)
                fates = _kill(scene, place / "me.db", statement, delay, dice.random())
                told += fates.told
                report.told += len(fates.told)
                report.kills += fates.killed
                report.ended += not fates.killed
                report.how["before a statement" if statement else "at an instant"] += fates.killed
                if fates.trace:
                    report.wrong.append(fates.trace)
                report.wrong += [
                    f"kill {report.kills}: {line}" for line in _wrong(scene, place / "me.db", told)
                ]
            shutil.rmtree(place)
    return report


def run_each(name: str, scene: Scene, step: int) -> Report:
    """Kill a scene's process before each of its statements in turn, or each ``step``-th."""
    report = Report(name)
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        template = Path(folder) / "template"
        template.mkdir()
        promised: list[str] = []
        scene.prepare(template / "me.db", promised.append)
        _, statements = _measure(scene, template, 1, report)
        for statement in range(1, statements + 1, step):
            place = Path(folder) / "store"
            shutil.copytree(template, place)
            fates = _kill(scene, place / "me.db", statement, PATIENCE_S, 0)
            report.kills += fates.killed
            report.ended += not fates.killed
            told = promised + fates.told
            report.wrong += [
                f"statement {statement}: {line}" for line in _wrong(scene, place / "me.db", told)
            ]
            shutil.rmtree(place)
    return report


def _measure(scene: Scene, template: Path, times: int, report: Report) -> tuple[float, int]:
    """How long the work takes when nobody is killed, in seconds, and how many statements."""
    spans, statements = [], []
    place = template.with_name("measured")
    for seed in range(times):
        shutil.copytree(template, place)
        fates = _kill(scene, place / "me.db", None, PATIENCE_S, seed)
        spans.append(fates.seconds)
        statements.append(fates.statements)
        if fates.trace:
            report.wrong.append(fates.trace)
        shutil.rmtree(place)
    return max(spans, default=1.0), max([1, *statements])


@dataclass
class _Fates:
    killed: bool
    told: list[str]
    seconds: float
    trace: str
    statements: int


def _kill(scene: Scene, path: Path, statement: int | None, delay: float, seed: float) -> _Fates:
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_killed(scene, path, statement, seed, writing)
    os.close(writing)
    data, deadline = b"", begun + delay
    while True:
        left = max(deadline - time.monotonic(), 0)
        if not select.select([reading], [], [], left)[0]:
            os.kill(child, signal.SIGKILL)
            deadline = begun + 10 * PATIENCE_S
            continue
        piece = os.read(reading, 65_536)
        if not piece:
            break
        data += piece
    os.close(reading)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    # The last line may have been cut off: then its sender was not told that it had arrived.
    lines = data.decode("utf-8").split("\n")[:-1]
    traces = [line for line in lines if line.startswith("!")]
    counts = [int(line[1:]) for line in lines if line.startswith("#")]
    told = [line for line in lines if not line.startswith(("!", "#"))]
    spent = time.monotonic() - begun
    return _Fates(killed, told, spent, "\n".join(traces), sum(counts))


def _be_killed(scene: Scene, path: Path, statement: int | None, seed: float, writing: int) -> None:
    """In the child: work until the end. Never returns."""
    code = 0
    try:
        left = _die_before(statement or 0)
        scene.act(path, lambda line: _send(writing, line), random.Random(seed))
        _send(writing, f"#{-left[0]}")
    except BaseException:
        _send(writing, "!" + traceback.format_exc().replace("\n", " | "))
        code = 1
    os._exit(code)


def _send(writing: int, line: str) -> None:
    os.write(writing, line.encode("utf-8") + b"\n")


def _die_before(statement: int) -> list[int]:
    """Be killed before this statement or commit, counted from 1; 0 only counts, below zero.

    SQLite itself says what it is about to run: some statements pass SQLAlchemy by.
    """
    left = [statement]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "connect", lambda raw, _: raw.set_trace_callback(count))
    return left


def _wrong(scene: Scene, path: Path, told: list[str]) -> list[str]:
    """What is wrong with a store that was worked on by a process that is dead."""
    try:
        with LongTermStore(path) as store:
            found = store.check()
        # Those cut short may lie about, but what is called a backup is one.
        for backup in backups_of(path):
            found += verify_backup(backup.path)
        return found + scene.lost(path, told)
    except Exception:
        return [traceback.format_exc()]


def main() -> int:
    """Kill the processes of scenes: ``killing.py SCENE[,SCENE…] KILLS [RUNS MEASURED [SEED]]``.

    With ``each`` or ``each:7`` for KILLS, before each statement, or each seventh.
    """
    sys.path[:0] = [str(Path(__file__).parents[1])]
    from faults.scenes import SCENES

    names, kills, *more = sys.argv[1:]
    measured, seed = int(more[0]) if more else 3, int(more[1]) if more[1:] else 0
    each, _, step = kills.partition(":")
    reports = [
        run_each(name, SCENES[name], int(step or 1))
        if each == "each"
        else run(name, SCENES[name], int(kills), seed, measured)
        for name in names.split(",")
    ]
    print(json.dumps([vars(report) for report in reports], ensure_ascii=False, indent=1))
    return int(any(report.wrong for report in reports))


if __name__ == "__main__":
    raise SystemExit(main())
