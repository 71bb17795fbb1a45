"""Which preferences bear on a request, by the areas of life that vectors belong to."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import spoken
from assistant.errors import CheckpointError
from assistant.neural import load_encoder
from assistant.neural.areas import AreasOfLife, load_areas
from assistant.neural.checkpoint import write_checkpoint
from assistant.turnstile import Turnstile


@pytest.fixture(scope="module")
def areas() -> AreasOfLife:
    return load_areas()


def test_the_areas_belong_to_the_encoder(areas: AreasOfLife) -> None:
    assert areas.encoder == load_encoder(device="cpu").fingerprint
    assert len(set(areas.areas)) == len(areas.areas) > 30


@pytest.mark.parametrize(
    ("request_", "bears", "does_not"),
    [
        ("Suggest a main course for the guests.", "I keep off meat.", "I hate loud films."),
        ("Plan a cruise for us.", "I get seasick.", "I only wear linen."),
        ("给客人做什么菜？", "我不吃肉。", "我讨厌吵闹的电影。"),
        ("帮我们安排一次邮轮旅行。", "我晕船。", "我只穿亚麻的衣服。"),
    ],
)
def test_what_is_of_the_same_area_bears_more(
    areas: AreasOfLife, request_: str, bears: str, does_not: str
) -> None:
    encoder = load_encoder(device="cpu")
    asked = encoder.encode([request_], kind="query")[0]
    turns = encoder.encode([spoken("user", bears), spoken("user", does_not)])
    first, second = areas.bearing(asked, turns)
    assert first > second + 0.1


def test_of_no_turn_nothing_bears(areas: AreasOfLife) -> None:
    asked = np.zeros(256, np.float32)
    assert areas.bearing(asked, np.zeros((0, 256), np.float32)).shape == (0,)
    assert np.isfinite(areas.bearing(asked, np.zeros((2, 256), np.float32))).all()


def test_three_hundred_turns_take_a_millisecond(areas: AreasOfLife) -> None:
    turns = np.full((300, 256), 1 / 16, np.float32)
    times = []
    with Turnstile():  # as in use: one thread for the product
        for _ in range(200):
            start = time.thread_time()  # whatever else the machine does
            areas.bearing(turns[0], turns)
            times.append(time.thread_time() - start)
    assert min(times) < 0.001


def test_a_checkpoint_without_areas_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "preferences.safetensors"
    write_checkpoint(path, "preferences", {"areas": [], "dimension": 2, "encoder": "x"}, {})
    with pytest.raises(CheckpointError, match="areas of life"):
        load_areas(path)
