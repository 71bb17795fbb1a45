"""Shows the results of dialogues: as text for people, as values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.errors import ReplayFailed
from assistant.replay.runner import DialogueResult, StepResult, failed


def render(
    results: Sequence[DialogueResult], *, verbose: bool = False, summary: bool = True
) -> str:
    """The results in words: a line a dialogue, what differed under those that failed.

    Args:
        results: In the order to show them.
        verbose: Show every step with its reply and milliseconds.
        summary: End with how many passed and failed.
    """
    lines: list[str] = []
    for result in results:
        mark = "ok  " if result.passed else "FAIL"
        lines.append(f"{mark} {result.path}: {result.name} ({result.duration_ms:.0f} ms)")
        if result.error is not None:
            lines.append(f"     {result.error}")
        for step in result.steps:
            if verbose or not step.passed:
                lines += [f"     {line}" for line in render_step(step).splitlines()]
    if summary:
        bad = failed(results)
        lines.append(f"{len(results) - bad} passed, {bad} failed")
    return "\n".join(lines)


def render_step(step: StepResult) -> str:
    """A step in words, with what differed and what was there instead."""
    lines = [f"line {step.step.line}: {step.step} ({step.duration_ms:.1f} ms)"]
    if step.reply is not None and step.passed:
        lines += [f"  > {line}" for line in step.reply.splitlines()]
    if step.error is not None:
        lines.append(f"  raised {step.error}")
    for failure in step.failures:
        lines += [f"  {line}" for line in str(failure).splitlines()]
    return "\n".join(lines)


def as_json(results: Sequence[DialogueResult]) -> dict[str, Any]:
    """The results as plain values: ``passed``, ``failed`` and ``dialogues``."""
    bad = failed(results)
    return {
        "passed": len(results) - bad,
        "failed": bad,
        "dialogues": [
            {
                "path": str(result.path),
                "name": result.name,
                "passed": result.passed,
                "error": result.error,
                "duration_ms": round(result.duration_ms, 3),
                "steps": [
                    {
                        "line": step.step.line,
                        "step": str(step.step),
                        "passed": step.passed,
                        "reply": step.reply,
                        "error": step.error,
                        "duration_ms": round(step.duration_ms, 3),
                        "failures": [
                            {"key": f.key, "expected": f.expected, "found": f.found}
                            for f in step.failures
                        ],
                    }
                    for step in result.steps
                ],
            }
            for result in results
        ],
    }


def raise_if_failed(results: Sequence[DialogueResult]) -> None:
    """Raise when a dialogue failed.

    Raises:
        ReplayFailed: One line, with how many failed and where the first one did.
    """
    bad = [result for result in results if not result.passed]
    if bad:
        line = next((f":{s.step.line}" for s in bad[0].steps if not s.passed), "")
        raise ReplayFailed(
            f"{len(bad)} of {len(results)} dialogues failed, the first at {bad[0].path}{line}"
        )
