"""From phrases about areas of life to maps that tell which preferences bear on a request."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.neural.areas import load_areas
from assistant.training.areas import area_names, sentences
from assistant.training.belonging import fit_pairs
from assistant.training.labelled import Labelled, fit_labelled
from assistant.training.preference_pairs import preference_pairs
from assistant.training.preferences import fit, softmax


def test_every_area_has_both_sides_in_both_languages() -> None:
    names = area_names()
    for side in ("preference", "request"):
        made = sentences(side)
        assert len(made.texts) == len(set(zip(made.languages, made.texts, strict=True)))
        assert made.areas.shape == (len(made.texts), len(names))
        assert np.allclose(made.areas.sum(axis=1), 1.0, atol=1e-5)
        assert made.taught.any()
        assert not made.taught.all()
        for language in ("en", "zh"):
            of = made.areas[[one == language for one in made.languages]]
            assert (of.max(axis=0) > 0).all()


def test_the_shipped_maps_are_of_the_areas_written_down() -> None:
    assert list(load_areas().areas) == area_names()


def test_no_sentence_of_the_tests_is_among_them() -> None:
    data = Path(__file__).parent.parent / "data"
    tested = "".join(path.read_text("utf-8") for path in data.glob("preference_requests*.jsonl"))
    made = {text for side in ("preference", "request") for text in sentences(side).texts}
    for one in preference_pairs():
        made |= {one.holds, one.passing, *one.requests}
    assert [text for text in made if f': "{text}"' in tested] == []


def test_an_area_that_bears_on_nothing_known_is_named(tmp_path: Path) -> None:
    path = tmp_path / "areas.txt"
    lines = [f"{lang} {kind}: x" for lang in ("en", "zh") for kind in ("like", "state", "ask")]
    path.write_text("\n".join(["[food]", *lines, "bears: drink"]), encoding="utf-8")
    with pytest.raises(ValueError, match="drink is no area"):
        sentences("request", path)


def test_the_regression_learns_what_is_linear() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 8)).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[x[:, :3].argmax(axis=1)]
    kernel, bias = fit(x, labels, epochs=20, rate=0.05, seed=1)
    found = softmax(x @ kernel + bias).argmax(axis=1)
    assert (found == labels.argmax(axis=1)).mean() > 0.95
    again = fit(x, labels, epochs=20, rate=0.05, seed=1)
    assert np.array_equal(kernel, again[0])


def test_every_pair_has_both_kinds_and_requests_in_its_language() -> None:
    pairs = preference_pairs()
    assert len({one.holds for one in pairs}) == len(pairs) > 2_500
    for one in pairs:
        texts = [one.holds, one.passing, *one.requests]
        assert len(texts) >= 3, one
        assert all(text.strip() for text in texts), one
        assert (one.language == "zh") == any("\u4e00" <= c <= "\u9fff" for c in one.holds), one


def test_maps_of_pairs_find_the_other_of_pairs_not_seen() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(1200, 6)).astype(np.float32)
    x, y = (
        hidden @ rng.normal(size=(6, 32)).astype(np.float32)
        + 0.1 * rng.normal(size=(1200, 32)).astype(np.float32)
        for _ in range(2)
    )
    languages = np.where(np.arange(1200) % 2, "en", "zh")
    none = np.full(1000, -1)
    assert _first(x[1000:], y[1000:]) < 0.1
    left, right = fit_pairs(x[:1000], y[:1000], languages[:1000], none, epochs=20)
    assert _first(x[1000:] @ left, y[1000:] @ right) > 0.9
    again = fit_pairs(x[:1000], y[:1000], languages[:1000], none, epochs=20)
    assert np.array_equal(left, again[0])


def _first(x: np.ndarray, y: np.ndarray) -> float:
    """How often the own one of all is the most alike."""
    x, y = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
    return float(((x @ y.T).argmax(axis=1) == np.arange(len(x))).mean())


def test_two_kinds_are_told_by_what_is_linear_and_what_counts_more_is_told_better() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 4)).astype(np.float32)
    yes = x[:, 0] + 0.5 * rng.normal(size=600) > 0
    right = []
    for more in (1.0, 20.0):
        examples = Labelled([""] * 600, yes, np.where(yes, 1.0, more))
        kernel, bias = fit_labelled(x, examples)
        found = x @ kernel + bias > 0
        right.append(((found == yes).mean(), (~found[~yes]).mean()))
    assert right[0][0] > 0.8
    assert right[1][1] > right[0][1] + 0.05
