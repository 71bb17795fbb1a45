from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CheckpointError
from assistant.neural.checkpoint import WEIGHTS, read_checkpoint
from assistant.neural.encoder_numpy import tokenizer_of
from assistant.neural.tokenizer import PAD, Tokenizer

from .data import tokenizer_model


@pytest.fixture(scope="module")
def shipped() -> Tokenizer:
    return tokenizer_of(read_checkpoint(WEIGHTS / "encoder.safetensors", "encoder"))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\x00", "\ud800", "a\udfffb", "😀" * 40, "\u202e\u200f", "\x1b[31m"),
        *("龘靐齉", "\uffff"),
    ],
)
def test_any_text_becomes_tokens(shipped: Tokenizer, text: str) -> None:
    (row,) = shipped.encode([text], kind="turn", limit=16)
    assert 1 <= len(row) <= 16
    assert PAD not in row
    assert all(0 < token < shipped.size for token in row)
    assert shipped.count(text) >= 0


def test_nothing_is_unknown(shipped: Tokenizer) -> None:
    assert 1 not in shipped.encode(["龘 flimbert Ж 🦜 ௐ"], kind="turn", limit=64)[0]


def test_a_huge_text_is_counted_whole_and_read_in_part(shipped: Tokenizer) -> None:
    text = "biscuit " * 12_500
    assert shipped.count(text) >= 12_500
    assert len(shipped.encode([text], kind="turn", limit=128)[0]) == 128


def test_case_and_width_are_folded(shipped: Tokenizer) -> None:
    assert shipped.pieces("BRUNO ２０２３") == shipped.pieces("bruno 2023")


def test_queries_and_turns_open_with_pieces_that_no_text_can_write(shipped: Tokenizer) -> None:
    query, turn = (shipped.encode(["hi"], kind=k, limit=9)[0] for k in ("query", "turn"))
    assert query[0] != turn[0]
    assert query[1:] == turn[1:]
    written = shipped.encode(["<query><turn>"], kind="turn", limit=30)[0]
    assert query[0] not in written[1:]
    assert turn[0] not in written[1:]


def test_both_scripts_of_chinese_are_read(shipped: Tokenizer) -> None:
    for text in ("我昨天去了北京", "我們昨天學習"):
        assert not any(piece.startswith("<0x") for piece in shipped.pieces(text))


def test_bytes_that_are_no_model_give_one_clear_error() -> None:
    with pytest.raises(CheckpointError, match="expected a SentencePiece model"):
        Tokenizer(b"not a model")


def test_a_model_without_the_role_pieces_is_refused(tmp_path: Path) -> None:
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e"] * 50),
        model_writer=model,
        vocab_size=20,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    with pytest.raises(CheckpointError, match="lacks the pieces"):
        Tokenizer(model.getvalue())


def test_training_twice_gives_the_same_tokenizer(tmp_path: Path) -> None:
    assert tokenizer_model(tmp_path / "a") == tokenizer_model(tmp_path / "b")
