"""How much of the evidence is kept when only a share of the turns is: the price of forgetting.

    python -m assistant.training salience --questions FILE [--corpora DIR] [--recall]

Turns are judged by the session network as they come, and beside it by a rule that needs none: the
longest turns that are no questions. Evidence is what later questions stand on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.conversations import Conversation
from assistant.encoder import Encoder, SessionNetwork, encode_turns
from assistant.training.session_examples import Session, held_out_labels

SHARES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


class _Spoken(Protocol):
    @property
    def speaker(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """Turns with what speaks for keeping them, and whether they are evidence; (turns,) each.

    Args:
        salience: By the session network.
        plain: By the rule: the length, and 0 for a question.
        evidence: Whether a question stands on it.
    """

    salience: NDArray[np.float64]
    plain: NDArray[np.float64]
    evidence: NDArray[np.bool_]

    def curve(self) -> dict[float, tuple[float, float]]:
        """By share of turns kept: evidence kept by salience, and by the rule."""
        return {
            share: (
                kept_evidence(self.salience, self.evidence, share),
                kept_evidence(self.plain, self.evidence, share),
            )
            for share in SHARES
        }


def kept_evidence(score: NDArray[np.float64], evidence: NDArray[np.bool_], share: float) -> float:
    """Share of the evidence among the turns that score best.

    >>> kept_evidence(np.array([0.9, 0.1, 0.5, 0.2]), np.array([True, True, False, False]), 0.5)
    0.5
    """
    best = np.argsort(-score, kind="stable")[: round(share * len(score))]
    return float(evidence[best].sum() / max(1, evidence.sum()))


def judge_conversations(
    conversations: Iterable[Conversation], encoder: Encoder, network: SessionNetwork
) -> Judged:
    """Turns of conversations in the neutral form; evidence is what their questions name."""
    salience: list[float] = []
    plain: list[float] = []
    evidence: list[bool] = []
    for conversation in conversations:
        needed = {name for question in conversation.questions for name in question.evidence}
        for _, group in groupby(conversation.turns, key=lambda turn: turn.session):
            turns = list(group)
            salience += _saliences(turns, encoder, network)
            plain += [_plain(turn.text) for turn in turns]
            evidence += [turn.id in needed for turn in turns]
    return Judged(np.array(salience), np.array(plain), np.array(evidence, bool))


def judge_sessions(
    sessions: Sequence[Session], encoder: Encoder, network: SessionNetwork
) -> Judged:
    """Turns of held-out dialogues of the corpora."""
    turns = [turn for session in sessions for turn in session]
    return Judged(
        np.array([s for session in sessions for s in _saliences(session, encoder, network)]),
        np.array([_plain(turn.text) for turn in turns]),
        np.array([label for session in sessions for _, label in held_out_labels(session)], bool),
    )


def recall_by_threshold(
    path: Path, thresholds: Sequence[float], report: Callable[[str], None]
) -> dict[float, dict[str, float]]:
    """R@10 and MRR of the whole assistant, and the share of turns it kept, by threshold."""
    from assistant.assistant import Assistant
    from assistant.config import Config
    from assistant.neural import load_encoder, load_session_network
    from assistant.training.evaluation import evaluate_file

    encoder, network = load_encoder(device="cpu"), load_session_network()
    found: dict[float, dict[str, float]] = {}
    for threshold in thresholds:

        def opened(store: Path, config: Config, at: float = threshold) -> Assistant:
            config = Config(salience_threshold=at)
            return Assistant(store, encoder=encoder, network=network, config=config)

        method = evaluate_file(path, open_assistant=opened).methods[0]
        figures = method.figures
        found[threshold] = {
            "kept": round(method.kept or 0.0, 4),
            "r_at_10": round(figures.r_at_10, 4),
            "mrr": round(figures.mrr, 4),
        }
        report(f"threshold {threshold:.4f}: {found[threshold]}")
    return found


def plot(curve: dict[float, tuple[float, float]], width: int = 50) -> str:
    """The curve in plain text: ``#`` by salience, ``o`` by the rule, ``*`` where both meet.

    >>> print(plot({0.5: (0.8, 0.6)}, width=10))
    turns kept  evidence kept, 0 to 1
           0.5  |      o #   .800 by salience, .600 by the rule
    """
    lines = ["turns kept  evidence kept, 0 to 1"]
    for share, (ours, rule) in curve.items():
        row = [" "] * (width + 1)
        row[round(rule * width)] = "o"
        row[round(ours * width)] = "*" if round(ours * width) == round(rule * width) else "#"
        figures = f"{_short(ours)} by salience, {_short(rule)} by the rule"
        lines.append(f"{share:10.1f}  |{''.join(row)} {figures}")
    return "\n".join(lines)


def _saliences(turns: Sequence[_Spoken], encoder: Encoder, network: SessionNetwork) -> list[float]:
    state, found = network.start(), []
    for turn, vector in zip(turns, encode_turns(encoder, turns), strict=True):
        state, seen = network.step(state, vector, turn.text, turn.role)
        found.append(seen.salience)
    return found


def _plain(text: str) -> float:
    return 0.0 if text.rstrip().endswith(("?", "？")) else float(len(text))


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")
