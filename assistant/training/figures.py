"""The figures of an evaluation, and how they are shown: as a table, as values for JSON.

Knows nothing of how they were measured (``evaluation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.training.abstention import Abstention

WRONG_SPEAKER = "5"
"""LoCoMo's category of questions about the wrong speaker, reported apart."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and the turns that were named for it, best first, each once."""

    category: str
    evidence: frozenset[str]
    named: tuple[str, ...]
    confident: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Averages over questions with evidence, 0 to 1.

    Args:
        questions: How many.
        r_at_5: Share of the evidence among the first five turns named.
        r_at_10: Share of the evidence among the first ten.
        hit_at_10: At least one piece of evidence among the first ten.
        all_at_10: All of it.
        mrr: One over the place of the first evidence.
    """

    questions: int
    r_at_5: float
    r_at_10: float
    hit_at_10: float
    all_at_10: float
    mrr: float

    @classmethod
    def of(cls, asked: Iterable[Asked]) -> Figures:
        """The figures of some questions; those without evidence are left out.

        >>> Figures.of([Asked("1", frozenset({"a", "b"}), ("x", "a"))]).r_at_5
        0.5
        """
        rows = []
        for one in asked:
            if not one.evidence:
                continue
            first = [len(one.evidence.intersection(one.named[:k])) for k in (5, 10)]
            place = next((n for n, ref in enumerate(one.named, 1) if ref in one.evidence), None)
            total = len(one.evidence)
            rows.append(
                (
                    first[0] / total,
                    first[1] / total,
                    first[1] > 0,
                    first[1] == total,
                    1 / place if place else 0.0,
                )
            )
        if not rows:
            return cls(0, *[0.0] * 5)
        return cls(len(rows), *(float(x) for x in np.mean(rows, axis=0)))


@dataclass(frozen=True, slots=True)
class Method:
    """How one way of recalling did.

    Args:
        name: Of the method.
        asked: Every question, in the order of the file.
        latency_ms: Of each question asked; empty for baselines.
        kept: Share of the turns that became memories; None for baselines.
        abstention: What came of asking without the evidence too; None for baselines.
    """

    name: str
    asked: tuple[Asked, ...]
    latency_ms: tuple[float, ...] = ()
    kept: float | None = None
    abstention: Abstention | None = None

    @property
    def figures(self) -> Figures:
        """Over all questions with evidence."""
        return Figures.of(self.asked)

    def by_category(self) -> dict[str, Figures]:
        """The figures of each category."""
        names = sorted({one.category for one in self.asked if one.evidence})
        return {
            name: Figures.of(one for one in self.asked if one.category == name) for name in names
        }

    def without_wrong_speaker(self) -> Figures:
        """The figures without LoCoMo's questions about the wrong speaker."""
        return Figures.of(one for one in self.asked if one.category != WRONG_SPEAKER)

    def percentile_ms(self, percent: float) -> float:
        """Latency that this many percent of the questions stay within."""
        return float(np.percentile(self.latency_ms, percent)) if self.latency_ms else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: the assistant's own methods first, then the baselines.

    Args:
        methods: Each measured on the same questions.
        conversations: How many there were.
        turns: How many turns in all.
        seconds: How long it took, feeding included.
        curve: The assistant keeping ever more of the turns, if that was measured.
    """

    methods: tuple[Method, ...]
    conversations: int
    turns: int
    seconds: float
    curve: tuple[Method, ...] = ()


_COLUMNS = ("R@5", "R@10", "hit@10", "all@10", "MRR")


def render(evaluation: Evaluation) -> str:
    """The figures as a table in plain text."""
    width = max(24, *(len(method.name) for method in evaluation.methods))
    head = f"{'':{width}}  {'n':>5}  " + "  ".join(f"{name:>6}" for name in _COLUMNS)
    lines = [
        f"{evaluation.conversations} conversations, {evaluation.turns} turns, "
        f"{evaluation.seconds:.0f} s",
        "",
        head + "   p50 ms   p99 ms    kept",
    ]
    for method in evaluation.methods:
        row = _row(method.name, method.figures, width)
        if method.latency_ms:
            row += f"  {method.percentile_ms(50):7.1f}  {method.percentile_ms(99):7.1f}"
        if method.kept is not None:
            row += f"  {method.kept:6.1%}"
        lines.append(row)
    for method in evaluation.methods:
        categories = method.by_category()
        if len(categories) < 2:
            continue
        lines += ["", f"{method.name}, by category"]
        lines += [_row(f"  {name}", figures, width) for name, figures in categories.items()]
        if WRONG_SPEAKER in categories:
            label = f"  without category {WRONG_SPEAKER}"
            lines.append(_row(label, method.without_wrong_speaker(), width))
    for method in evaluation.methods:
        if method.abstention is not None:
            lines += ["", f"{method.name}, {method.abstention.lines()[0]}"]
            lines += method.abstention.lines()[1:]
    if evaluation.curve:
        lines += ["", *_plot([*evaluation.curve, evaluation.methods[0]])]
    return "\n".join(lines)


def _plot(methods: Iterable[Method], room: int = 50) -> list[str]:
    """Recall against the share of turns kept, in plain text."""
    lines = ["turns kept   R@10, 0 to 1"]
    for method in sorted(methods, key=lambda one: one.kept or 0.0):
        found = method.figures.r_at_10
        lines.append(
            f"{method.kept or 0.0:10.1%}  |{'#' * round(found * room):{room}}| {found:.3f}"
        )
    return lines


def _row(name: str, figures: Figures, width: int) -> str:
    values = (
        figures.r_at_5,
        figures.r_at_10,
        figures.hit_at_10,
        figures.all_at_10,
        figures.mrr,
    )
    return f"{name:{width}}  {figures.questions:5d}  " + "  ".join(f"{v:6.3f}" for v in values)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The figures as plain values.

    Those of the assistant stand at the top (``r_at_5``, ``r_at_10``, ``hit_at_10``,
    ``all_at_10``, ``mrr``, ``latency_ms``); ``methods`` has them for every method.
    """
    methods = {method.name: _method_json(method) for method in evaluation.methods}
    values = {
        **methods["assistant"],
        "conversations": evaluation.conversations,
        "turns": evaluation.turns,
        "seconds": round(evaluation.seconds, 3),
        "methods": methods,
    }
    if evaluation.curve:
        values["curve"] = [_method_json(method) for method in evaluation.curve]
    return values


def _method_json(method: Method) -> dict[str, Any]:
    values: dict[str, Any] = dict(_figures_json(method.figures))
    if method.latency_ms:
        values["latency_ms"] = {
            "p50": round(method.percentile_ms(50), 3),
            "p95": round(method.percentile_ms(95), 3),
            "p99": round(method.percentile_ms(99), 3),
        }
    if method.kept is not None:
        values["kept"] = round(method.kept, 4)
    if method.abstention is not None:
        values["abstention"] = method.abstention.as_json()
    categories = method.by_category()
    values["categories"] = {name: _figures_json(f) for name, f in categories.items()}
    if WRONG_SPEAKER in categories:
        values["without_category_5"] = _figures_json(method.without_wrong_speaker())
    return values


def _figures_json(figures: Figures) -> Mapping[str, float]:
    return {
        "questions": figures.questions,
        "r_at_5": round(figures.r_at_5, 4),
        "r_at_10": round(figures.r_at_10, 4),
        "hit_at_10": round(figures.hit_at_10, 4),
        "all_at_10": round(figures.all_at_10, 4),
        "mrr": round(figures.mrr, 4),
    }
