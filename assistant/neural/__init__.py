"""The networks: tokenizer, LSTM runtimes, checkpoints. Nothing here imports TensorFlow until asked.

>>> from assistant.neural import load_encoder, load_session_network
>>> encoder = load_encoder()                                        # doctest: +SKIP
>>> encoder.encode(["Where does Ana live?"], kind="query").shape    # doctest: +SKIP
(1, 256)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.encoder import Encoder
    from assistant.neural.short_term_network import NumpySessionNetwork

__all__ = ["load_encoder", "load_session_network"]


def load_encoder(
    path: str | Path | None = None, runtime: str = "numpy", device: str = "auto"
) -> Encoder:
    """The turn encoder: the shipped one, or that of a checkpoint.

    Args:
        path: A checkpoint's path; None takes the weights that come with the package.
        runtime: "numpy", or "keras" for TensorFlow.
        device: "auto" uses a GPU where there is one: TensorFlow then loads in the background, and
            NumPy answers meanwhile. "cpu" or "gpu" insist.

    Raises:
        CheckpointError: The checkpoint cannot be used.
        ConfigurationError: ``runtime`` or ``device`` is unknown or cannot be had.
    """
    from assistant.neural.checkpoint import WEIGHTS, read_checkpoint
    from assistant.neural.device import choose
    from assistant.neural.encoder_numpy import NumpyEncoder

    choice = choose(runtime, device)
    checkpoint = read_checkpoint(Path(path or WEIGHTS / "encoder.safetensors"), "encoder")
    if choice.runtime == "numpy":
        return NumpyEncoder(checkpoint)
    if choice.background:
        from assistant.neural.encoder_background import BackgroundEncoder

        return BackgroundEncoder(checkpoint, device=choice.device)
    from assistant.neural.encoder_keras import KerasEncoder

    return KerasEncoder(checkpoint, device=choice.device)


def load_session_network(path: str | Path | None = None) -> NumpySessionNetwork:
    """The network behind short-term memory: the shipped one, or that of a checkpoint.

    Its ``encoder_fingerprint`` names the encoder that it was trained with, its ``threshold`` the
    salience from which a turn is worth keeping.

    Raises:
        CheckpointError: The checkpoint cannot be used.
    """
    from assistant.neural.checkpoint import WEIGHTS, read_checkpoint
    from assistant.neural.short_term_network import NumpySessionNetwork

    checkpoint = read_checkpoint(Path(path or WEIGHTS / "session.safetensors"), "session")
    return NumpySessionNetwork(checkpoint)
