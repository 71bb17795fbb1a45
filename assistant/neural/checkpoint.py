"""Weights on disk: one safetensors file that holds tensors, tokenizer, configuration, fingerprint.

One file, so that it can be replaced atomically and its parts cannot be mixed up. The fingerprint is
the SHA-256 of everything else; loading computes it anew, so that a flipped bit is found.

Format 1. Metadata: ``format`` = ``FORMAT``, ``kind`` ("encoder", "session"), ``config`` (JSON),
``fingerprint``. Tensors: float16; the embedding int8 with a scale a row; ``tokenizer``, uint8,
where the model reads text.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.errors import CheckpointError

FORMAT: Final = "remembrancer-checkpoint/1"
TOKENIZER: Final = "tokenizer"
SCALE: Final = ".scale"
BYTES: Final = frozenset({"embedding"})
WEIGHTS: Final = Path(__file__).parent / "weights"

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a weights file holds.

    Args:
        kind: Which network: "encoder" or "session".
        config: Sizes and settings, as JSON holds them.
        weights: Named float32 arrays.
        tokenizer: A serialized SentencePiece model, or None.
        fingerprint: Names exactly these weights.
    """

    kind: str
    config: dict[str, Any]
    weights: dict[str, Array]
    tokenizer: bytes | None
    fingerprint: str

    def take(self, name: str, *shape: int) -> Array:
        """The array of this name and shape.

        Raises:
            CheckpointError: It is absent or has another shape.
        """
        array = self.weights.get(name)
        if array is None or array.shape != shape:
            found = "is absent" if array is None else f"has the shape {array.shape}"
            raise CheckpointError(
                f"the {self.kind} checkpoint is inconsistent: {name} {found}, "
                f"its configuration asks for {shape}; make it anew"
            )
        return array

    def number(self, name: str) -> int:
        """A positive whole number of the configuration.

        Raises:
            CheckpointError: It is absent or something else.
        """
        value = self.config.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise CheckpointError(
                f"the {self.kind} checkpoint's {name} is {str(value)[:60]!r}; expected a positive "
                "whole number; make it anew"
            )
        return value

    def measure(self, name: str, default: float | None = None) -> float:
        """A number of the configuration; ``default`` where it has none.

        Raises:
            CheckpointError: It is absent and has no default, or is something else.
        """
        value = self.config.get(name, default)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) < 1e9:
            raise CheckpointError(
                f"the {self.kind} checkpoint's {name} is {str(value)[:60]!r}; expected a number; "
                "make it anew"
            )
        return float(value)

    def word(self, name: str, default: str | None = None) -> str:
        """A text of the configuration; ``default`` where it has none.

        Raises:
            CheckpointError: It is absent and has no default, or is something else.
        """
        value = self.config.get(name, default)
        if not isinstance(value, str):
            raise CheckpointError(
                f"the {self.kind} checkpoint's {name} is {str(value)[:60]!r}; expected a text; "
                "make it anew"
            )
        return value


def fingerprint_of(kind: str, config: Mapping[str, Any], tensors: Tensors) -> str:
    """SHA-256, 64 hexadecimal digits, over the kind, the configuration and every tensor."""
    digest = hashlib.sha256(f"{FORMAT}\n{kind}\n{_json(config)}\n".encode())
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.data)
    return digest.hexdigest()


def write_checkpoint(
    path: Path,
    kind: str,
    config: Mapping[str, Any],
    weights: Mapping[str, Array],
    tokenizer: bytes | None = None,
) -> str:
    """Write a checkpoint in one step: readers see the old file or the new one, whole.

    Weights become float16; those named in ``BYTES`` int8, with a float16 scale for each row.

    Returns:
        Its fingerprint.
    """
    from safetensors.numpy import save_file

    tensors: dict[str, NDArray[Any]] = {}
    for tensor_name, array in weights.items():
        if tensor_name in BYTES:
            scale = np.maximum(np.abs(array).max(axis=1) / 127, 1e-6).astype(np.float16)
            scaled = np.rint(array / scale[:, None].astype(np.float32))
            tensors[tensor_name] = np.clip(scaled, -127, 127).astype(np.int8)
            tensors[tensor_name + SCALE] = scale
        else:
            tensors[tensor_name] = np.ascontiguousarray(array, np.float16)
    if tokenizer is not None:
        tensors[TOKENIZER] = np.frombuffer(tokenizer, np.uint8)
    fingerprint = fingerprint_of(kind, config, tensors)
    metadata = {
        "format": FORMAT,
        "kind": kind,
        "config": _json(config),
        "fingerprint": fingerprint,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    os.close(descriptor)
    temporary = Path(name)
    try:
        save_file(tensors, temporary, metadata)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return fingerprint


def read_checkpoint(path: Path, kind: str) -> Checkpoint:
    """Read and verify a checkpoint.

    Raises:
        CheckpointError: The file is missing, unreadable, truncated, damaged, of another format or
            of another kind.
    """
    from safetensors import SafetensorError, safe_open

    def refuse(problem: str) -> CheckpointError:
        return CheckpointError(
            f"{path}: {problem}; expected a {FORMAT} file that holds the {kind}. "
            "Install the package anew, or name another file"
        )

    if not path.is_file():
        raise refuse("there is no such file")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise refuse(f"cannot be read ({str(error)[:200]})") from error
    if metadata.get("format") != FORMAT:
        raise refuse(f"its format is {str(metadata.get('format'))[:60]!r}")
    if metadata.get("kind") != kind:
        raise refuse(f"it holds a network of kind {str(metadata.get('kind'))[:60]!r}")
    try:
        config = json.loads(metadata.get("config", ""))
    except (ValueError, RecursionError) as error:
        raise refuse("its configuration is no JSON") from error
    if not isinstance(config, dict):
        raise refuse("its configuration is no JSON object")
    # Where TensorFlow is loaded, it has taught NumPy types that NumPy itself lacks.
    foreign = [name for name, array in tensors.items() if array.dtype.kind not in "biuf"]
    if foreign:
        raise refuse(
            f"{foreign[0][:60]} is of the type {tensors[foreign[0]].dtype}, not of NumPy's"
        )
    fingerprint = fingerprint_of(kind, config, tensors)
    if metadata.get("fingerprint") != fingerprint:
        raise refuse("its content does not match its fingerprint: the file is damaged")
    tokenizer = tensors.pop(TOKENIZER, None)
    weights: dict[str, Array] = {}
    for name, array in tensors.items():
        if name.endswith(SCALE):
            continue
        scale = tensors.get(name + SCALE)
        weights[name] = np.asarray(array, np.float32)
        if scale is not None:
            if scale.shape != array.shape[:1]:
                raise refuse(f"{name} and its scale do not fit each other")
            weights[name] *= scale[:, None].astype(np.float32)
    broken = [name for name, array in weights.items() if not np.isfinite(array).all()]
    if broken:
        raise refuse(f"not every number of {', '.join(broken)} is finite")
    return Checkpoint(
        kind, config, weights, None if tokenizer is None else tokenizer.tobytes(), fingerprint
    )


def _json(config: Mapping[str, Any]) -> str:
    return json.dumps(config, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
