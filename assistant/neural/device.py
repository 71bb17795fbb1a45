"""Is there a GPU, and which runtime serves: found out without importing TensorFlow.

``choose`` decides from the settings and what is on the machine, and says why, for ``doctor``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from assistant.errors import ConfigurationError

Runtime = Literal["numpy", "keras"]
Device = Literal["auto", "cpu", "gpu"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What runs the networks, and why.

    Args:
        runtime: "numpy", or "keras" (on TensorFlow).
        device: "cpu" or "gpu".
        background: Keras loads in the background while NumPy answers.
        reason: One sentence for people.
    """

    runtime: Runtime
    device: Literal["cpu", "gpu"]
    background: bool
    reason: str


def find_gpu(
    environment: Mapping[str, str] | None = None, root: Path = Path("/")
) -> tuple[bool, str]:
    """Whether a GPU that TensorFlow could use is in sight, and what speaks for or against it."""
    environment = os.environ if environment is None else environment
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in ("", "-1"):
        return False, f"CUDA_VISIBLE_DEVICES is {visible!r}, which hides every GPU"
    cards = sorted((root / "proc/driver/nvidia/gpus").glob("*"))
    nodes = [path for path in (root / "dev").glob("nvidia[0-9]*") if path.name[6:].isdigit()]
    if cards or nodes:
        return True, f"{max(len(cards), len(nodes))} NVIDIA GPU(s) in sight"
    if (root / "dev/kfd").exists():
        return True, "an AMD GPU (ROCm) is in sight"
    if (root / "dev/dxg").exists() and (root / "usr/lib/wsl/lib/libcuda.so.1").exists():
        return True, "a GPU is in sight through WSL"
    if find_spec("tensorflow-plugins") is not None:
        return True, "a TensorFlow device plug-in is installed"
    return False, "no GPU is in sight"


def choose(
    runtime: str = "numpy", device: str = "auto", *, gpu: tuple[bool, str] | None = None
) -> Choice:
    """The runtime and device to use.

    Args:
        runtime: "numpy" or "keras".
        device: "auto" takes a GPU when one is in sight; "cpu" or "gpu" insist.
        gpu: What :func:`find_gpu` said; asked when None.

    Raises:
        ConfigurationError: A setting is unknown, or "gpu" is asked for where none is.
    """
    if runtime not in ("numpy", "keras"):
        raise ConfigurationError(f"runtime is {runtime!r}; expected 'numpy' or 'keras'")
    if device not in ("auto", "cpu", "gpu"):
        raise ConfigurationError(f"device is {device!r}; expected 'auto', 'cpu' or 'gpu'")
    found, sight = find_gpu() if gpu is None else gpu
    installed = find_spec("tensorflow") is not None
    if device == "gpu" and not found:
        raise ConfigurationError(f"device is 'gpu', but {sight}; use device 'auto' or 'cpu'")
    if runtime == "keras" and not installed:
        raise ConfigurationError(
            "runtime is 'keras', but TensorFlow is not installed; run 'pip install tensorflow', "
            "or use runtime 'numpy'"
        )
    if device != "cpu" and found and installed:
        return Choice("keras", "gpu", True, f"{sight}, and NumPy serves until Keras has loaded")
    if runtime == "keras":
        return Choice("keras", "cpu", False, f"runtime 'keras' was asked for; {sight}")
    if device == "cpu":
        return Choice("numpy", "cpu", False, "device 'cpu' was asked for, NumPy is faster there")
    return Choice("numpy", "cpu", False, f"{sight}, and on a CPU NumPy is the faster")


def keras_sees_gpu() -> bool:
    """Whether Keras's backend has a GPU to offer. Imports the backend."""
    import sqlite3  # noqa: F401  # before the backend: see ``encoder_keras``

    import keras

    try:
        return bool(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX's way of saying no
        return False
