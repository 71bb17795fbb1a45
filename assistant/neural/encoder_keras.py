"""The turn encoder in Keras 3: for training, bulk work, and the GPU. Written in ``keras.ops`` only.

The mathematics is that of ``encoder_numpy``, which answers single turns. The LSTM keeps what
cuDNN's fused kernel asks for: tanh and sigmoid, biases, no recurrent dropout, right-padded masks.
Importing this module imports Keras, and with it its backend: chat on a CPU never does.
"""

from __future__ import annotations

# First, because TensorFlow's library brings an SQLite of its own, without full text: whichever is
# loaded first serves the whole process.
import sqlite3  # noqa: F401  # isort: skip
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from assistant.encoder import Array, Kind
from assistant.neural.checkpoint import Checkpoint, read_checkpoint
from assistant.neural.encoder_numpy import pad, tokenizer_of, unit
from assistant.neural.tokenizer import PAD


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Sizes of an encoder.

    Args:
        pieces: Of the tokenizer.
        embedding: Length of a token's vector.
        units: Of the LSTM, in each direction.
        dimension: Length of a turn's vector.
        tokens: How much of a text is read.
    """

    pieces: int
    embedding: int = 256
    units: int = 256
    dimension: int = 256
    tokens: int = 128

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint's configuration."""
        return asdict(self)


@keras.saving.register_keras_serializable(package="remembrancer")
class Pooling(keras.layers.Layer):  # type: ignore[misc]
    """Learned pooling of states and embeddings into one vector.

    Inputs: a list of states, (batch, timesteps, 2 units), embeddings, (batch, timesteps,
    embedding), and the mask, (batch, timesteps), true where there is a token. Output: (batch,
    4 units + embedding).
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous: Any) -> None:
        """None: there are no timesteps left to mask."""
        return

    def build(self, input_shape: Any) -> None:
        """Create w_a and w_b, which weigh timesteps."""
        states_shape, embedded_shape, _ = input_shape
        self.state_weight = self.add_weight(
            name="state", shape=(states_shape[-1],), initializer="zeros"
        )
        self.word_weight = self.add_weight(
            name="word", shape=(embedded_shape[-1],), initializer="zeros"
        )

    def call(self, inputs: Any) -> Any:
        """Pool."""
        states, embedded, mask = inputs
        mask = ops.cast(mask, states.dtype)
        bias = (1.0 - mask) * -1e9
        a = ops.softmax(ops.sum(states * self.state_weight, axis=-1) + bias, axis=-1)
        b = ops.softmax(ops.sum(embedded * self.word_weight, axis=-1) + bias, axis=-1)
        largest = ops.max(states + bias[..., None], axis=1)
        return ops.concatenate(
            [
                ops.sum(a[..., None] * states, axis=1),
                largest,
                ops.sum(b[..., None] * embedded, axis=1),
            ],
            axis=-1,
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(batch, 4 units + embedding)."""
        states_shape, embedded_shape, _ = input_shape
        return (states_shape[0], 2 * states_shape[-1] + embedded_shape[-1])


@keras.saving.register_keras_serializable(package="remembrancer")
class NotPadding(keras.layers.Layer):  # type: ignore[misc]
    """True where a token row holds a token."""

    def call(self, ids: Any) -> Any:
        """(batch, timesteps) of bool."""
        return ops.not_equal(ids, PAD)

    def compute_output_spec(self, ids: Any) -> Any:
        """As the input, in bool."""
        return keras.KerasTensor(ids.shape, "bool")


def build_encoder(config: EncoderConfig) -> Any:
    """A Keras model: token rows, (batch, timesteps) int32 right-padded, to unit vectors."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    mask = NotPadding(name="not_padding")(ids)
    embedded = keras.layers.Embedding(config.pieces, config.embedding, name="embedding")(ids)
    states = keras.layers.Bidirectional(
        keras.layers.LSTM(config.units, return_sequences=True), name="lstm"
    )(embedded, mask=mask)
    pooled = Pooling(name="pooling")([states, embedded, mask])
    y = keras.layers.Dense(config.dimension, name="dense")(pooled)
    return keras.Model(ids, keras.layers.UnitNormalization(name="unit")(y), name="turn_encoder")


def get_weights(model: Any) -> dict[str, Array]:
    """The model's weights under the names that a checkpoint uses."""
    # Adding nothing makes a tensor of a variable, which every backend hands over without a warning.
    return {
        name: np.asarray(ops.convert_to_numpy(ops.add(variable, 0.0)))
        for name, variable in _variables(model).items()
    }


def set_weights(model: Any, weights: Mapping[str, Array]) -> None:
    """Give the model a checkpoint's weights."""
    for name, variable in _variables(model).items():
        variable.assign(weights[name])


def _variables(model: Any) -> dict[str, Any]:
    lstm, pooling = model.get_layer("lstm"), model.get_layer("pooling")
    dense = model.get_layer("dense")
    named = {
        "embedding": model.get_layer("embedding").embeddings,
        "attention.state": pooling.state_weight,
        "attention.word": pooling.word_weight,
        "dense.kernel": dense.kernel,
        "dense.bias": dense.bias,
    }
    for name, layer in (("forward", lstm.forward_layer), ("backward", lstm.backward_layer)):
        named[f"{name}.kernel"] = layer.cell.kernel
        named[f"{name}.recurrent"] = layer.cell.recurrent_kernel
        named[f"{name}.bias"] = layer.cell.bias
    return named


class KerasEncoder:
    """Encodes through Keras, on the device that its backend chose. Deterministic; thread-safe.

    Args:
        checkpoint: Of kind "encoder".
        device: "cpu", "gpu", or None for the backend's choice.
        batch: Texts a step.
    """

    runtime = "keras"

    def __init__(
        self, checkpoint: Checkpoint, *, device: str | None = None, batch: int = 256
    ) -> None:
        self.checkpoint = checkpoint
        self.tokenizer = tokenizer_of(checkpoint)
        self.limit = checkpoint.number("tokens")
        self.device = device
        self._batch = batch
        config = EncoderConfig(
            self.tokenizer.size,
            checkpoint.number("embedding"),
            checkpoint.number("units"),
            checkpoint.number("dimension"),
            self.limit,
        )
        self._dimension = config.dimension
        with self._placed():
            self.model = build_encoder(config)
            for name, variable in _variables(self.model).items():
                checkpoint.take(name, *variable.shape)
            set_weights(self.model, checkpoint.weights)

    @classmethod
    def of(cls, path: Path, *, device: str | None = None) -> KerasEncoder:
        """The encoder in a file."""
        return cls(read_checkpoint(path, "encoder"), device=device)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Names the weights; the same as in the NumPy runtime."""
        return self.checkpoint.fingerprint

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
        """Unit vectors, (texts, dimension). Any text gives a finite one."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        rows = self.tokenizer.encode(texts, kind=kind, limit=self.limit)
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        for start in range(0, len(order), self._batch):
            part = order[start : start + self._batch]
            out[part] = self._forward([rows[i] for i in part])
        return out

    def count_tokens(self, text: str) -> int:
        """How many tokens the text is, however long."""
        return self.tokenizer.count(text)

    def _forward(self, rows: Sequence[Sequence[int]]) -> Array:
        ids, _ = pad(rows)
        # Widths in steps of 16 keep the number of compiled shapes small.
        ids = widen(ids, -(-ids.shape[1] // 16) * 16)
        with self._placed():
            y = self.model(ops.convert_to_tensor(ids), training=False)
        return unit(np.asarray(ops.convert_to_numpy(y), np.float32))

    def _placed(self) -> Any:
        return keras.device(f"{self.device or _default_device()}:0")


def widen(ids: NDArray[np.int32], width: int) -> NDArray[np.int32]:
    """Token rows padded on to ``width`` timesteps."""
    return np.pad(ids, ((0, 0), (0, max(0, width - ids.shape[1]))), constant_values=PAD)


def _default_device() -> str:
    from assistant.neural.device import keras_sees_gpu

    return "gpu" if keras_sees_gpu() else "cpu"
