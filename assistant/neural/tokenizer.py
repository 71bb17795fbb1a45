"""Text to token numbers: SentencePiece, about 24,000 pieces of English and Chinese.

Case-folding and NFKC happen inside the SentencePiece model; pieces it does not know fall back to
bytes, so that nothing is unknown. Knows nothing of vectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sentencepiece

from assistant.encoder import Kind
from assistant.errors import CheckpointError

PAD: Final = 0
QUERY_PIECE: Final = "<query>"
TURN_PIECE: Final = "<turn>"

# A token stands for at least one byte and rarely for more than twelve characters. Reading no more
# than this many characters a token keeps a text of 100 kB as cheap as a long message.
_CHARACTERS_A_TOKEN: Final = 12

# What SentencePiece cannot be given (surrogates are no UTF-8) or would read as the text's end.
_UNREADABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Tokenizer:
    """Cuts text into numbered pieces. Thread-safe.

    >>> Tokenizer.of(path).encode(["Hi!"], kind="turn", limit=8)     # doctest: +SKIP
    [[4, 1203, 77]]

    Args:
        model: A serialized SentencePiece model.

    Raises:
        CheckpointError: ``model`` is no SentencePiece model, or lacks the role pieces.
    """

    def __init__(self, model: bytes) -> None:
        self._pieces = sentencepiece.SentencePieceProcessor()
        try:
            self._pieces.LoadFromSerializedProto(model)
            self._roles: dict[str, int] = {
                "query": self._pieces.PieceToId(QUERY_PIECE),
                "turn": self._pieces.PieceToId(TURN_PIECE),
            }
        except (RuntimeError, TypeError, ValueError) as error:  # of the library, or its message
            raise CheckpointError(
                f"the tokenizer ({len(model)} bytes) cannot be read: expected a SentencePiece "
                "model; install the package anew or name another checkpoint"
            ) from error
        if self._pieces.unk_id() in self._roles.values() or self._pieces.pad_id() != PAD:
            raise CheckpointError(
                f"the tokenizer lacks the pieces {QUERY_PIECE} and {TURN_PIECE} or padding at 0; "
                "expected one made by 'python -m assistant.training tokenizer'"
            )
        self.serialized = model

    @classmethod
    def of(cls, path: Path) -> Tokenizer:
        """The tokenizer in a file."""
        return cls(path.read_bytes())

    @property
    def size(self) -> int:
        """How many pieces there are."""
        return int(self._pieces.GetPieceSize())

    def encode(self, texts: Sequence[str], *, kind: Kind, limit: int) -> list[list[int]]:
        """Token numbers of each text, at most ``limit`` of them, opened by the piece of its kind.

        Never empty, and never fails: whatever SentencePiece cannot read becomes U+FFFD.
        """
        role = self._roles[kind]
        clip = limit * _CHARACTERS_A_TOKEN
        # One by one: given a list, SentencePiece starts threads, which takes longer than the work.
        rows: list[list[int]] = [self._pieces.EncodeAsIds(readable(t[:clip])) for t in texts]
        return [[role, *row[: limit - 1]] for row in rows]

    def count(self, text: str) -> int:
        """How many tokens the whole text is, without the piece of its kind."""
        return len(self._pieces.EncodeAsIds(readable(text)))

    def pieces(self, text: str) -> list[str]:
        """The pieces themselves, for people to look at."""
        return list(self._pieces.EncodeAsPieces(readable(text)))

    def piece(self, number: int) -> str:
        """The piece with this number."""
        return str(self._pieces.IdToPiece(number))


def readable(text: str) -> str:
    """The text with lone surrogates and NUL replaced by U+FFFD."""
    return _UNREADABLE.sub("\ufffd", text)
