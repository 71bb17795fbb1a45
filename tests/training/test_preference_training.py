"""From phrases about areas of life to maps that tell which preferences bear on a request."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.neural.areas import load_areas
from assistant.training.areas import area_names, sentences
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
