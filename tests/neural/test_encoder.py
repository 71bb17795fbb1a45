from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.neural import load_encoder
from assistant.neural.checkpoint import WEIGHTS
from assistant.neural.encoder_numpy import NumpyEncoder

from .data import encoder_checkpoint

TEXTS = [
    "Where does Ana live?", "", "my dog is called bruno", "我的狗叫布鲁诺", "😀",
    "bread " * 60, "a\ud800b", "\x00", "we bake bread and sing when it rains in may",
]  # fmt: skip
SHIPPED = WEIGHTS / "encoder.safetensors"


@pytest.fixture(scope="module")
def shipped() -> NumpyEncoder:
    return NumpyEncoder.of(SHIPPED)


@pytest.mark.parametrize("text", [*TEXTS, "x" * 100_000, "\u202e", "\x1b]0;t\x07", "的" * 5000])
def test_any_text_gives_a_finite_unit_vector(shipped: NumpyEncoder, text: str) -> None:
    vectors = shipped.encode([text])
    assert vectors.shape == (1, shipped.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


def test_no_texts_give_no_vectors(shipped: NumpyEncoder) -> None:
    assert shipped.encode([]).shape == (0, shipped.dimension)


def test_batch_composition_changes_nothing(shipped: NumpyEncoder) -> None:
    together = shipped.encode(TEXTS)
    alone = np.concatenate([shipped.encode([text]) for text in TEXTS])
    shuffled = shipped.encode(TEXTS[::-1])[::-1]
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together - shuffled).max() < 1e-5


def test_the_same_text_gives_the_same_bytes(shipped: NumpyEncoder) -> None:
    assert shipped.encode(TEXTS).tobytes() == shipped.encode(TEXTS).tobytes()


def test_constant_weights_give_the_golden_vector(tmp_path: Path) -> None:
    encoder = NumpyEncoder.of(encoder_checkpoint(tmp_path, fill=0.125, dimension=4))
    assert encoder.encode(["my dog"]).round(5).tolist() == [[0.5, 0.5, 0.5, 0.5]]
    ids, lengths = np.array([[2, 3, 4]], np.int32), np.array([3])
    x = np.full((1, 3, 12), 0.125, np.float32)
    from assistant.neural.numpy_lstm import run_both

    states = run_both(x, lengths, encoder._forwards, encoder._backwards)
    assert states[0, :, 0].tolist() == pytest.approx(GOLDEN_FORWARDS, abs=1e-5)
    assert states[0, ::-1, -1].tolist() == pytest.approx(GOLDEN_FORWARDS, abs=1e-5)
    assert encoder.forward(ids, lengths).round(5).tolist() == [[0.5, 0.5, 0.5, 0.5]]


# Worked out with pencil-and-paper arithmetic: all weights 0.125, 12 inputs of 0.125, 10 units.
GOLDEN_FORWARDS = [0.09994, 0.20777, 0.32391]


def test_weights_that_differ_everywhere_give_the_golden_vectors(tmp_path: Path) -> None:
    encoder = NumpyEncoder.of(encoder_checkpoint(tmp_path, wave=True, dimension=4))
    vectors = encoder.forward(np.array([[2, 3, 5, 7], [11, 13, 0, 0]], np.int32), np.array([4, 2]))
    assert np.abs(vectors - GOLDEN_VECTORS).max() < 1e-4


# Worked out apart from the runtime, one step of ``equations.lstm_cell`` after another.
GOLDEN_VECTORS = [[0.5574, 0.6516, 0.1467, -0.4932], [0.6088, 0.5572, -0.0068, -0.5647]]


@pytest.mark.parametrize("which", ["random", "shipped"])
def test_keras_and_numpy_agree(which: str, tmp_path: Path) -> None:
    pytest.importorskip("keras")
    from assistant.neural.encoder_keras import KerasEncoder

    path = SHIPPED if which == "shipped" else encoder_checkpoint(tmp_path, seed=7)
    first, second = NumpyEncoder.of(path), KerasEncoder.of(path, device="cpu")
    assert first.fingerprint == second.fingerprint
    for kind in ("turn", "query"):
        a, b = first.encode(TEXTS, kind=kind), second.encode(TEXTS, kind=kind)
        assert np.abs(a - b).max() < 1e-4
        alone = np.concatenate([second.encode([text], kind=kind) for text in TEXTS])
        assert np.abs(b - alone).max() < 1e-4


def test_meaning_is_nearer_than_form(shipped: NumpyEncoder) -> None:
    query = shipped.encode(["What is the name of my puppy?"], kind="query")[0]
    turns = shipped.encode(
        ["user: My dog is called Biscuit.", "user: What is the name of this street?",
         "user: I had pasta for lunch."]
    )  # fmt: skip
    assert int((turns @ query).argmax()) == 0


def test_the_two_languages_share_a_space(shipped: NumpyEncoder) -> None:
    english = shipped.encode(
        ["I want to book a hotel", "The train leaves at five", "My dog is ill"]
    )
    chinese = shipped.encode(["我想订一家酒店", "火车五点出发", "我的狗生病了"])
    assert (english @ chinese.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_loading_and_encoding_import_no_tensorflow() -> None:
    code = (
        "import sys\nfrom assistant.neural import load_encoder\n"
        "load_encoder(device='cpu').encode(['hi'])\n"
        "assert not {'tensorflow', 'keras', 'jax', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_full_text_search_survives_tensorflow() -> None:
    pytest.importorskip("tensorflow")
    code = (
        "import assistant.neural.encoder_keras\n"
        "import sqlite3, sys\n"
        "assert 'tensorflow' in sys.modules\n"
        "sqlite3.connect(':memory:').execute('create virtual table t using fts5(words)')"
    )
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_the_second_runtime_takes_over_when_it_is_ready(tmp_path: Path) -> None:
    from assistant.neural.checkpoint import read_checkpoint
    from assistant.neural.encoder_background import BackgroundEncoder

    path = encoder_checkpoint(tmp_path)
    release = threading.Event()

    def slow() -> NumpyEncoder:
        release.wait(10)
        return NumpyEncoder.of(path)

    encoder = BackgroundEncoder(read_checkpoint(path, "encoder"), load=slow)
    before = encoder.encode(["bruno"])
    assert encoder.runtime == "numpy"
    release.set()
    assert encoder.wait(10)
    assert encoder.runtime == "keras"
    assert np.abs(encoder.encode(["bruno"]) - before).max() < 1e-5


def test_a_driver_that_fails_leaves_numpy_answering(tmp_path: Path) -> None:
    from assistant.neural.checkpoint import read_checkpoint
    from assistant.neural.encoder_background import BackgroundEncoder

    def fail() -> NumpyEncoder:
        raise RuntimeError("libcuda is of another version")

    encoder = BackgroundEncoder(read_checkpoint(encoder_checkpoint(tmp_path), "encoder"), load=fail)
    assert not encoder.wait(10)
    assert encoder.runtime == "numpy"
    assert encoder.problem is not None
    assert "another version" in encoder.problem
    assert np.isfinite(encoder.encode(["bruno"])).all()


def test_many_threads_get_the_same_vectors(shipped: NumpyEncoder) -> None:
    expected = shipped.encode(TEXTS)
    wrong: list[float] = []

    def work() -> None:
        for _ in range(5):
            wrong.append(float(np.abs(shipped.encode(TEXTS) - expected).max()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(wrong) == 0


def test_a_long_turn_takes_no_longer_than_its_limit(shipped: NumpyEncoder) -> None:
    begun = time.perf_counter()
    shipped.encode(["biscuit " * 12_500])
    assert time.perf_counter() - begun < 2


def test_load_encoder_takes_another_checkpoint(tmp_path: Path) -> None:
    assert load_encoder(encoder_checkpoint(tmp_path), device="cpu").dimension == 8
