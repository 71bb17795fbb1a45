from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from assistant.errors import CheckpointError
from assistant.neural.checkpoint import WEIGHTS, read_checkpoint, write_checkpoint
from assistant.neural.encoder_numpy import NumpyEncoder

from .data import encoder_checkpoint, session_checkpoint


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return encoder_checkpoint(tmp_path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    weights = {"a": np.array([[1.0, -2.5]], np.float32)}
    fingerprint = write_checkpoint(tmp_path / "x", "session", {"n": 1}, weights, b"pieces")
    checkpoint = read_checkpoint(tmp_path / "x", "session")
    assert checkpoint.fingerprint == fingerprint
    assert checkpoint.config == {"n": 1}
    assert checkpoint.tokenizer == b"pieces"
    assert checkpoint.weights["a"].tolist() == [[1.0, -2.5]]


def test_an_embedding_kept_in_bytes_is_within_half_a_step(tmp_path: Path) -> None:
    embedding = np.random.default_rng(0).normal(0, 1, (50, 16)).astype(np.float32)
    write_checkpoint(tmp_path / "x", "encoder", {}, {"embedding": embedding})
    read = read_checkpoint(tmp_path / "x", "encoder").weights
    assert list(read) == ["embedding"]
    step = np.abs(embedding).max(axis=1, keepdims=True) / 127
    assert (np.abs(read["embedding"] - embedding) <= 0.51 * step + 1e-3).all()


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    one = {"a": np.ones(3, np.float32)}
    first = write_checkpoint(tmp_path / "1", "encoder", {"n": 1}, one)
    assert write_checkpoint(tmp_path / "2", "encoder", {"n": 1}, one) == first
    assert write_checkpoint(tmp_path / "3", "encoder", {"n": 2}, one) != first
    assert write_checkpoint(tmp_path / "4", "encoder", {"n": 1}, {"a": 2 * one["a"]}) != first


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone\.safetensors: there is no such file"):
        read_checkpoint(tmp_path / "gone.safetensors", "encoder")


@pytest.mark.parametrize("keep", [0, 7, 500, -1])
def test_a_truncated_file_is_refused(path: Path, keep: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:keep])
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(path, "encoder")


def test_a_flipped_bit_is_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="does not match its fingerprint"):
        read_checkpoint(path, "encoder")


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    save_file({"a": np.ones(3, np.float32)}, tmp_path / "foreign")
    with pytest.raises(CheckpointError, match="its format is 'None'"):
        read_checkpoint(tmp_path / "foreign", "encoder")


def test_garbage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "garbage").write_bytes(b"\xff" * 4096)
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_checkpoint(tmp_path / "garbage", "encoder")


def test_the_other_network_is_refused(tmp_path: Path, path: Path) -> None:
    with pytest.raises(CheckpointError, match="kind 'encoder'"):
        read_checkpoint(path, "session")


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "x", "session", {}, {"a": np.array([np.nan], np.float32)})
    with pytest.raises(CheckpointError, match="finite"):
        read_checkpoint(tmp_path / "x", "session")


def test_shapes_that_do_not_fit_the_configuration_are_refused(path: Path) -> None:
    checkpoint = read_checkpoint(path, "encoder")
    config = {**checkpoint.config, "units": 11}
    write_checkpoint(path, "encoder", config, checkpoint.weights, checkpoint.tokenizer)
    with pytest.raises(CheckpointError, match="inconsistent"):
        NumpyEncoder.of(path)


def test_a_write_that_fails_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("safetensors.numpy.save_file", fail)
    with pytest.raises(OSError, match="no space"):
        write_checkpoint(path, "encoder", {}, {})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.suffix == ".tmp"] == []


def test_the_shipped_weights_are_small_and_whole() -> None:
    encoder = WEIGHTS / "encoder.safetensors"
    assert encoder.stat().st_size <= 12_000_000
    assert read_checkpoint(encoder, "encoder").config["dimension"] == 256


def test_a_session_checkpoint_of_other_traits_is_refused(tmp_path: Path) -> None:
    from assistant.neural.short_term_network import NumpySessionNetwork

    checkpoint = session_checkpoint(tmp_path)
    config = {**checkpoint.config, "traits": 3}
    write_checkpoint(tmp_path / "s", "session", config, checkpoint.weights)
    with pytest.raises(CheckpointError, match="traits"):
        NumpySessionNetwork.of(tmp_path / "s")
