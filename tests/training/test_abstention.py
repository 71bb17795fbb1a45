"""The figures of knowing when not to know."""

from __future__ import annotations

import pytest

from assistant.training.abstention import Abstention


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert Abstention([0.9, 0.8], [True, True], [0.1, 0.2], 0.5).auroc == 1
    assert Abstention([0.1, 0.2], [True, True], [0.9, 0.8], 0.5).auroc == 0
    assert Abstention([0.5], [True], [0.5], 0.5).auroc == 0.5


def test_an_answer_is_wrong_when_confident_and_no_evidence() -> None:
    told = Abstention([0.9, 0.8, 0.3], [True, False, True], [0.7, 0.1, 0.1], 0.6)
    wrong, covered = told.at(0.6)
    assert wrong == pytest.approx(2 / 3)  # one of the present, one of the masked
    assert covered == pytest.approx(1 / 3)
    assert told.at(0.95) == (0.0, 0.0)


def test_coverage_is_the_best_of_all_thresholds_that_hold_the_error() -> None:
    told = Abstention([0.9, 0.8, 0.3, 0.2], [True, True, True, False], [0.5, 0.1, 0.1, 0.1], 0.6)
    assert told.coverage(0.05) == 0.5  # from 0.8 on
    assert told.coverage(0.25) == 0.75  # from 0.3 on, with one wrong of four
    assert told.as_json()["auroc"] == pytest.approx(told.auroc, abs=1e-4)
