"""The command stats: what the memory holds and how quick it is, on a page with plots."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.display import local_date, said_by, several
from assistant.terminal.plots import bars, bins, can_show_blocks, columns
from assistant.terminal.progress import Progress, progress_bar
from assistant.terminal.registry import Call
from assistant.terminal.session_commands import counted

if TYPE_CHECKING:
    from storage import MemoryFigures

_RECALLS = 20
_RECALLS_S = 1.0  # recalls are timed for so long at most, but three of them always
_MANY = 5_000  # from here on somebody should know what takes so long
_WIDEST = 60
_NARROWEST = 10
_SPEAKERS = 5
_DAY_S = 86400


def stats(context: CommandContext, call: Call) -> Data:
    """Figures and plots of the memories, and the time of real recalls; writes nothing."""
    assistant = context.assistant
    with progress_bar("Reading", shown=context.place == "shell") as bar:
        memories = _figures(context, bar)
        latencies = _latencies(context, bar)
    path = context.settings.store_path()
    size = _bytes_of(path) if path is not None and path.exists() else None
    turns = assistant.store.count_turns()
    superseded = sum(memory.superseded for memory in memories)
    speakers = Counter(memory.speaker for memory in memories)
    data: Data = {
        "turns": turns,
        "memories": len(memories),
        "superseded": superseded,
        "pinned": sum(memory.pinned for memory in memories),
        "bytes": size,
        "first": min(memories, key=_said_at_us, default=None),
        "last": max(memories, key=_said_at_us, default=None),
        "speakers": dict(speakers.most_common()),
        "salience": bins([m.salience for m in memories], 0, 1, 10),
        "strength": dict(sorted(Counter(m.uses + 1 for m in memories).items())),
        "recall_ms": [round(1000 * value, 3) for value in latencies],
    }
    for name in ("first", "last"):
        data[name] = None if data[name] is None else data[name].said_at.isoformat()
    out = context.output
    out.line("Memory", "heading")
    out.line(
        f"{several(turns, 'turn')}, {counted(len(memories))}"
        + (f", {superseded:,} of them former" if superseded else "")
        + (f", {_readable(size)}" if size is not None else "")
    )
    if memories:
        _draw(context, memories, speakers)
    if latencies:
        _draw_latencies(context, latencies)
    return data


def _draw(
    context: CommandContext, memories: Sequence[MemoryFigures], speakers: Counter[str]
) -> None:
    out, blocks = context.output, can_show_blocks()
    room = _room(context)
    times = [memory.said_at_us / 1e6 for memory in memories]
    out.line()
    out.line("Memories over time", "heading")
    for line in columns(bins(times, min(times), max(times), room), rows=4, blocks=blocks):
        out.line(line.rstrip() or " ")
    ends = [end(memories, key=_said_at_us).said_at for end in (min, max)]
    near = max(times) - min(times) < 2 * _DAY_S
    first, last = (local_date(moment, time=near) for moment in ends)
    out.line(first + " " * max(room - len(first) - len(last), 1) + last, "note")

    labels = [f"{low / 10:.1f}-{(low + 1) / 10:.1f}" for low in range(10)]
    _bars(
        context,
        "Salience (how likely to be needed again)",
        labels,
        bins([m.salience for m in memories], 0, 1, 10),
    )
    strengths = Counter(memory.uses + 1 for memory in memories)
    shown = sorted(strengths.items())[:10]
    _bars(
        context,
        "Strength (how often said or used)",
        ["once" if often == 1 else f"{often} times" for often, _ in shown],
        [count for _, count in shown],
    )
    if len(speakers) > 1:
        most = speakers.most_common(_SPEAKERS)
        _bars(context, "Said by", [said_by(name)[:16] for name, _ in most], [n for _, n in most])


def _draw_latencies(context: CommandContext, latencies: Sequence[float]) -> None:
    in_ms = sorted(1000 * value for value in latencies)
    low, high = 0.0, in_ms[-1] * 1.0001
    labels = [f"{high * i / 5:.0f}-{high * (i + 1) / 5:.0f} ms" for i in range(5)]
    _bars(context, f"Recall, {len(in_ms)} times now", labels, bins(in_ms, low, high, 5))
    context.output.line(f"median {median(in_ms):.1f} ms, slowest {in_ms[-1]:.1f} ms", "note")


def _bytes_of(path: Path) -> int:
    """Bytes of a store with its log, where what was said last still is."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _readable(size: int) -> str:
    """So many bytes, to be read.

    >>> _readable(204_800), _readable(5_300_000)
    ('205 KB', '5.3 MB')
    """
    return f"{size / 1e3:.0f} KB" if size < 1e6 else f"{size / 1e6:,.1f} MB"


def _said_at_us(memory: MemoryFigures) -> int:
    return memory.said_at_us


def _bars(
    context: CommandContext, title: str, labels: Sequence[str], values: Sequence[int]
) -> None:
    context.output.line()
    context.output.line(title, "heading")
    label = max(len(label) for label in labels)
    room = max(_room(context) - label - 8, _NARROWEST)
    for line in bars(labels, values, room=room, blocks=can_show_blocks()):
        context.output.line(line)


def _room(context: CommandContext) -> int:
    return max(min(_WIDEST, (context.output.columns or _WIDEST) - 1), _NARROWEST)


def _figures(context: CommandContext, bar: Progress) -> list[MemoryFigures]:
    """Of every memory; says what may take a second."""
    total = context.assistant.store.count_memories()
    if total >= _MANY and context.place == "chat":
        context.output.line(f"Reading {total:,} memories; Ctrl-C stops.", "note")
    bar.say(f"{total:,} memories")
    found = context.assistant.store.figures()
    context.check()
    return found


def _latencies(context: CommandContext, bar: Progress) -> list[float]:
    """Seconds of recalls by what people said last; the first, which loads things, is left out."""
    assistant = context.assistant
    newest = assistant.store.turns(limit=2 * _RECALLS, newest_first=True)
    queries = [turn.text for turn in newest if turn.role != "assistant"][:_RECALLS]
    taken: list[float] = []
    for query in queries[:1] + queries:
        bar.say("the index" if not taken else f"recall, {len(taken)} times")
        context.check()
        begun = time.perf_counter()
        assistant.recall(query[:1000])
        taken.append(time.perf_counter() - begun)
        if len(taken) > 3 and sum(taken[1:]) > _RECALLS_S:
            break
    return taken[1:]
