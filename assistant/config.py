"""Settings of an assistant, checked as a whole.

Knows nothing of where they come from: the command line reads flags and the environment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.errors import ConfigurationError

Runtime = Literal["numpy", "keras"]
Device = Literal["auto", "cpu", "gpu"]
Mode = Literal["normal", "read-only", "off-record"]
Secrecy = Literal["ask", "refuse", "mask", "store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings with their defaults.

    >>> Config(short_term_turns=4).short_term_turns
    4

    Args:
        short_term_turns: Most turns that short-term memory holds.
        short_term_tokens: Most tokens that it holds (one turn longer than that still fits alone).
        silence_s: Seconds without a turn that end a session.
        salience_threshold: Turns at least this salient become memories, 0 to 1; None takes the
            one that the shipped network was measured with.
        confidence_threshold: Recall is confident from here on, 0 to 1; None takes the one that
            the shipped ranker was calibrated for.
        runtime: What encodes turns: "numpy", or "keras" (TensorFlow, loaded at once).
        secrets: What becomes of passwords, keys and card numbers in what is said: "ask" asks where
            somebody can be asked, and elsewhere masks all but the codes of doors, lockers and the
            like; "mask" keeps the words without any of them;
            "refuse" keeps nothing of such a turn; "store" keeps all.
        device: "auto" takes a GPU where TensorFlow finds one; "cpu" and "gpu" insist.

    Raises:
        ConfigurationError: Settings are out of range; all of them are named at once.
    """

    short_term_turns: int = 12
    short_term_tokens: int = 1024
    silence_s: float = 30 * 60
    salience_threshold: float | None = None
    confidence_threshold: float | None = None
    secrets: Secrecy = "ask"
    runtime: Runtime = "numpy"
    device: Device = "auto"

    def __post_init__(self) -> None:
        problems = []
        for name in ("short_term_turns", "short_term_tokens", "silence_s"):
            value = getattr(self, name)
            if not value > 0:
                problems.append(f"{name} is {value}, expected more than 0")
        for name in ("salience_threshold", "confidence_threshold"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                problems.append(f"{name} is {value}, expected 0 to 1")
        if self.secrets not in ("ask", "refuse", "mask", "store"):
            problems.append(
                f"secrets is {self.secrets!r}, expected 'ask', 'refuse', 'mask' or 'store'"
            )
        if self.runtime not in ("numpy", "keras"):
            problems.append(f"runtime is {self.runtime!r}, expected 'numpy' or 'keras'")
        if self.device not in ("auto", "cpu", "gpu"):
            problems.append(f"device is {self.device!r}, expected 'auto', 'cpu' or 'gpu'")
        if problems:
            raise ConfigurationError("; ".join(problems))
