"""NumPy answers until Keras has loaded on the GPU: the chat does not wait for TensorFlow."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from assistant.encoder import Array, Encoder, Kind
from assistant.neural.checkpoint import Checkpoint
from assistant.neural.encoder_numpy import NumpyEncoder

_LOG: Final = logging.getLogger(__name__)


class BackgroundEncoder:
    """Two runtimes of one checkpoint; the second takes over when it is ready. Thread-safe.

    If the second cannot be had, the first stays, and ``problem`` says why.

    Args:
        checkpoint: Of kind "encoder".
        device: Where the second is to run.
        load: Makes the second; Keras on TensorFlow when None.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        device: str = "gpu",
        load: Callable[[], Encoder] | None = None,
    ) -> None:
        self.checkpoint = checkpoint
        first = NumpyEncoder(checkpoint)
        self.tokenizer = first.tokenizer
        self._first: Encoder = first
        self._second: Encoder | None = None
        self._load = load or (lambda: _keras(checkpoint, device))
        self.problem: str | None = None
        self._thread = threading.Thread(target=self._work, name="keras-loader", daemon=True)
        self._thread.start()

    @property
    def runtime(self) -> str:
        """The one that answers now: "numpy" or "keras"."""
        return "numpy" if self._second is None else "keras"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._first.dimension

    @property
    def fingerprint(self) -> str:
        """Names the weights, whichever runtime answers."""
        return self._first.fingerprint

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        """Unit vectors, (texts, dimension). Any text gives a finite one."""
        return (self._second or self._first).encode(texts, kind=kind)

    def count_tokens(self, text: str) -> int:
        """How many tokens the text is, however long."""
        return self._first.count_tokens(text)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the second runtime; whether it is there."""
        self._thread.join(timeout_s)
        return self._second is not None

    def _work(self) -> None:
        try:
            second = self._load()
            second.encode(["warm"], kind="turn")
        except Exception as error:  # whatever a driver does, the chat goes on with NumPy
            self.problem = f"{type(error).__name__}: {error}"
            _LOG.info("Keras did not load, NumPy goes on: %s", self.problem)
        else:
            self._second = second


def _keras(checkpoint: Checkpoint, device: str) -> Encoder:
    from assistant.neural.encoder_keras import KerasEncoder

    return KerasEncoder(checkpoint, device=device)
