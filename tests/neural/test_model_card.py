"""The model card says what is in the files beside it."""

from __future__ import annotations

import re

import pytest

from assistant.neural.checkpoint import WEIGHTS, Checkpoint, read_checkpoint

CARD = (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def encoder() -> Checkpoint:
    return read_checkpoint(WEIGHTS / "encoder.safetensors", "encoder")


def test_every_file_of_weights_is_described() -> None:
    files = {path.name for path in WEIGHTS.glob("*.safetensors")}
    assert files
    assert files == set(re.findall(r"[a-z_]+\.safetensors", CARD))


@pytest.mark.parametrize(
    "section", ["What they are", "Teachers", "Data", "Figures", "How they are made", "Limits"]
)
def test_no_section_is_missing_or_empty(section: str) -> None:
    parts = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", CARD, re.MULTILINE | re.DOTALL))
    assert len(parts[section].strip()) > 80


def test_the_sizes_are_those_of_the_encoder(encoder: Checkpoint) -> None:
    numbers = sum(array.size for array in encoder.weights.values())
    assert f"{numbers / 1e6:.1f} million parameters" in CARD
    assert f"(2 x {encoder.config['units']})" in CARD
    assert f"first {encoder.config['tokens']} tokens" in CARD
    assert f"{round(encoder.config['pieces'], -3):,} pieces" in CARD
    size = (WEIGHTS / "encoder.safetensors").stat().st_size
    assert size <= 16_000_000
    assert f"{size / 1e6:.1f} MB" in CARD


def test_the_session_network_and_the_ranker_are_of_this_encoder(encoder: Checkpoint) -> None:
    for kind in ("session", "ranker"):
        config = read_checkpoint(WEIGHTS / f"{kind}.safetensors", kind).config
        assert config["encoder"] == encoder.fingerprint
        assert f"LSTM ({'2 x ' if kind == 'ranker' else ''}{config['units']})" in CARD


def test_the_reader_is_of_this_encoder_too(encoder: Checkpoint) -> None:
    config = read_checkpoint(WEIGHTS / "reader.safetensors", "reader").config
    assert config["encoder"] == encoder.fingerprint
    assert config["candidates"] == 6
    assert "the six turns that rank best" in " ".join(CARD.split())


def test_data_and_teachers_have_their_licences() -> None:
    """The sources that the training code names, in the card's own spelling of licences."""
    for licence in (
        "Apache-2.0",
        "MIT",
        "BSD-3-Clause",
        "CC0",
        "CC BY",
        "CC BY-SA",
        "CDLA-Sharing",
    ):
        assert f"{licence}:" in CARD
    for teacher in ("all-MiniLM-L6-v2 (Apache-2.0", "multilingual-e5-small, 4 bit (MIT"):
        assert teacher in CARD
    assert "never trained on" in CARD
