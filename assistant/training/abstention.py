"""Does the assistant know when it does not know?

Each question is asked twice: with its evidence in the store, and as if the evidence had never been
said. Its confidence in the first turn named should tell the two apart:

    AUROC     the chance that a question with evidence has the higher confidence of a random pair
    wrong     confident, and the first turn named is no evidence (so always, without evidence)
    coverage  questions with evidence that are answered confidently and rightly, of all of them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Abstention:
    """What came of asking twice.

    Args:
        present: Confidence of each question that has evidence, 0 to 1.
        right: Whether the first turn named was evidence.
        masked: Confidence of the same questions without their evidence.
        threshold: From which on the assistant is confident.
    """

    present: Sequence[float]
    right: Sequence[bool]
    masked: Sequence[float]
    threshold: float

    @property
    def auroc(self) -> float:
        """Area under the ROC curve, by ranks (Mann and Whitney 1947); ties count half.

        >>> Abstention([0.9, 0.4], [True, True], [0.4, 0.1], 0.5).auroc
        0.875
        """
        present, masked = np.array(self.present), np.array(self.masked)
        above = (present[:, None] > masked).mean() + 0.5 * (present[:, None] == masked).mean()
        return float(above)

    def at(self, threshold: float) -> tuple[float, float]:
        """Share of the confident answers that are wrong, and coverage, at a threshold."""
        sure = np.array(self.present) >= threshold
        right = sure & np.array(self.right)
        said = int(sure.sum()) + int((np.array(self.masked) >= threshold).sum())
        return (1 - right.sum() / said if said else 0.0), float(right.sum() / len(sure))

    def coverage(self, error: float = ERROR) -> float:
        """The highest coverage at any threshold with at most this share of answers wrong."""
        best = 0.0
        for threshold in sorted({*self.present, *self.masked}):
            wrong, covered = self.at(threshold)
            if wrong <= error:
                best = max(best, covered)
        return best

    def lines(self) -> list[str]:
        """The figures in words."""
        wrong, covered = self.at(self.threshold)
        return [
            "abstention: each question asked with its evidence, and without",
            f"  AUROC {self.auroc:.3f}; coverage at {ERROR:.0%} wrong {self.coverage():.3f}",
            f"  at the threshold {self.threshold:.2f}: {wrong:.1%} of the confident answers wrong, "
            f"coverage {covered:.3f}",
        ]

    def as_json(self) -> dict[str, float]:
        """The figures as plain values."""
        wrong, covered = self.at(self.threshold)
        return {
            "auroc": round(self.auroc, 4),
            "coverage_at_5_percent_wrong": round(self.coverage(), 4),
            "threshold": round(self.threshold, 4),
            "wrong_at_threshold": round(wrong, 4),
            "coverage_at_threshold": round(covered, 4),
        }
