"""What the doctor finds of one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what is wrong with it, if anything.

    Args:
        name: What was looked at.
        value: What was found.
        problem: What is wrong; empty when nothing is.
        exit_code: What the command ends with when nothing graver is wrong.
        remedy: What to do about it, or to do better.
        fix: Does that; says what it did.
    """

    name: str
    value: Any
    problem: str = ""
    exit_code: int = ConfigurationError.exit_code
    remedy: str = ""
    fix: Callable[[], str] | None = None
