"""The LSTM behind short-term memory in Keras 3, over whole sessions at once: for training.

The mathematics is that of ``short_term_network``. Importing this module imports Keras.
"""

from __future__ import annotations

# First, because TensorFlow's library brings an SQLite of its own, without full text: whichever is
# loaded first serves the whole process.
import sqlite3  # noqa: F401  # isort: skip
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from assistant.encoder import Array
from assistant.neural.traits import NAMES


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Sizes of the network.

    Args:
        dimension: Of a turn's vector.
        units: Of the LSTM.
        hidden: Of the layer before salience.
        traits: Of a turn beside its vector.
    """

    dimension: int = 256
    units: int = 192
    hidden: int = 64
    traits: int = len(NAMES)

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint's configuration."""
        return asdict(self)


def build_session_network(config: SessionConfig) -> Any:
    """A Keras model: inputs, (batch, turns, dimension + traits), right-padded with zeros.

    Output, (batch, turns, dimension + 1): the context, a unit vector, then the logit of salience.
    Padding needs no mask: what comes after a turn does not reach it.
    """
    x = keras.Input((None, config.dimension + config.traits), name="turns")
    h = keras.layers.LSTM(config.units, return_sequences=True, name="lstm")(x)
    context = keras.layers.Dense(config.dimension, name="context")(h)
    context = keras.layers.UnitNormalization(name="unit")(context)
    mixed = keras.layers.Concatenate(name="together")([h, x])
    mixed = keras.layers.Dense(config.hidden, activation="tanh", name="mixed")(mixed)
    logit = keras.layers.Dense(1, name="salience")(mixed)
    both = keras.layers.Concatenate(name="context_and_salience")([context, logit])
    return keras.Model(x, both, name="session_network")


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
    cell = model.get_layer("lstm").cell
    named = {
        "lstm.kernel": cell.kernel,
        "lstm.recurrent": cell.recurrent_kernel,
        "lstm.bias": cell.bias,
    }
    for name in ("context", "mixed", "salience"):
        layer = model.get_layer(name)
        named[f"{name}.kernel"], named[f"{name}.bias"] = layer.kernel, layer.bias
    return named
