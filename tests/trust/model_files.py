"""Makes weights files that want to harm whoever reads them."""

from __future__ import annotations

import io
import json
import pickle
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.neural.checkpoint import FORMAT, write_checkpoint

META = {"format": FORMAT, "kind": "session", "config": "{}", "fingerprint": "0" * 64}


class Harm:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return open, (str(self.mark), "w")


def framed(header: object, body: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file with this header."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw) if length is None else length) + raw + body


def tensor(start: int, end: int, *shape: int, dtype: str = "F16") -> dict[str, Any]:
    """A tensor's entry in a header."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def bad_files(whole: bytes, mark: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents; ``whole`` is a good file to spoil, ``mark`` what harm would leave."""
    meta = {"__metadata__": META}
    small = b"\0" * 8
    yield "empty", b""
    yield "seven bytes", b"\0" * 7
    for length in (0, 1, 2**20, 10**8 + 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1):
        yield f"a header of {length} bytes", framed(meta, small, length)
    headers = {
        "no JSON": b"{nonsense",
        "a list": b"[]",
        "a number": b"1e999",
        "nothing": b"null",
        "no UTF-8": b'{"\xff": 1}',
        "brackets": b"[" * 100_000,
        "braces": b'{"a":' * 50_000,
        "a long number": b'{"a": ' + b"9" * 100_000 + b"}",
        "the same name twice": b'{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},'
        b'"a":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}',
    }
    yield from ((f"a header of {name}", framed(raw, small)) for name, raw in headers.items())
    entries: dict[str, dict[str, Any]] = {
        "a negative start": {"a": tensor(-8, 8, 4)},
        "a negative end": {"a": tensor(0, -8, 4)},
        "an end before the start": {"a": tensor(8, 0, 4)},
        "an end beyond the file": {"a": tensor(0, 2**40, 2**39)},
        "offsets that overflow": {"a": tensor(2**63, 2**64 - 1, 4)},
        "a shape that overflows": {"a": tensor(0, 8, 2**33, 2**33)},
        "a negative shape": {"a": tensor(0, 8, -4)},
        "a fractional shape": {"a": {"dtype": "F16", "shape": [1.5], "data_offsets": [0, 8]}},
        "a thousand dimensions": {"a": tensor(0, 2, *[1] * 1000)},
        "a shape that is too small": {"a": tensor(0, 8, 1)},
        "overlapping tensors": {"a": tensor(0, 8, 4), "b": tensor(4, 12, 4)},
        "the same bytes twice": {"a": tensor(0, 8, 4), "b": tensor(0, 8, 4)},
        "a hole": {"a": tensor(0, 2, 1), "b": tensor(6, 8, 1)},
        "an unknown type": {"a": tensor(0, 8, 1, dtype="OBJECT")},
        "a type of Python": {"a": tensor(0, 8, 1, dtype="O")},
        "a type NumPy lacks": {"a": tensor(0, 8, 4, dtype="BF16")},
        "a tensor that is a list": {"a": [0, 8]},
        "a tensor without a shape": {"a": {"dtype": "F16", "data_offsets": [0, 8]}},
    }
    for name, entry in entries.items():
        yield name, framed({**meta, **entry}, b"\0" * 12)
        yield f"{name}, no more", framed({**meta, **entry}, small)
    for name, given in {
        "metadata that is a list": [],
        "metadata of numbers": {"format": 1},
        "another format": {**META, "format": "pickle"},
        "another kind": {**META, "kind": "encoder"},
        "a kind of a megabyte": {**META, "kind": "e" * 2**20},
        "a format of a megabyte": {**META, "format": "e" * 2**20},
        "a configuration that is no JSON": {**META, "config": "{"},
        "a configuration of brackets": {**META, "config": "[" * 100_000},
        "a configuration that is a list": {**META, "config": "[]"},
        "a false fingerprint": META,
        "no fingerprint": {name: META[name] for name in ("format", "kind", "config")},
    }.items():
        yield name, framed({"__metadata__": given, "a": tensor(0, 8, 4)}, small)
    yield "bytes behind the end", whole + b"\0" * 9
    pickled = pickle.dumps(Harm(mark))
    yield "a pickle", pickled
    yield "a pickle behind a header", framed(meta, pickled)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("bomb", b"\0" * (64 << 20))
    yield "a zip of a pickle and a bomb", packed.getvalue()
    saved = io.BytesIO()
    np.savez(saved, a=np.array([Harm(mark)], dtype=object))
    yield "an npz of objects", saved.getvalue()
    yield "a bomb of zlib", zlib.compress(b"\0" * (64 << 20))
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + small * 100
    yield "a script", b"#!/bin/sh\ntouch " + str(mark).encode()
    for part in range(1, 20):
        yield f"cut after {part} of 20 parts", whole[: len(whole) * part // 20]
    rng = random.Random(7)
    for number in range(60):
        spoilt = bytearray(whole)
        place = rng.randrange(2000 if number % 2 else len(whole))
        spoilt[place] ^= 1 << rng.randrange(8)
        yield f"bit flip {number}", bytes(spoilt)


def bad_contents(good: Any, directory: Path) -> Iterator[tuple[str, Path]]:
    """Files that are sound and rightly signed, and whose content is not what is needed."""
    weights, config = dict(good.weights), dict(good.config)

    def written(name: str, config: dict[str, Any], weights: dict[str, Any]) -> tuple[str, Path]:
        path = directory / f"{abs(hash(name))}.safetensors"
        write_checkpoint(path, good.kind, config, weights, good.tokenizer)
        return name, path

    for key, value in config.items():
        if isinstance(value, int) and not isinstance(value, bool):
            for wrong in (0, -1, 10**12, 1.5, True, None, "4", [4], value + 1):
                yield written(f"{key} is {wrong!r}", {**config, key: wrong}, weights)
        without = {name: kept for name, kept in config.items() if name != key}
        if isinstance(value, int):
            yield written(f"no {key}", without, weights)
    first = next(iter(weights))
    for name, array in {
        "not a number": np.full_like(weights[first], np.nan),
        "infinite": np.full_like(weights[first], np.inf),
        "empty": np.zeros((0,), np.float32),
        "a scalar": np.float32(1).reshape(()),
        "transposed": np.ascontiguousarray(weights[first].T)[..., None],
    }.items():
        yield written(f"{first} is {name}", config, {**weights, first: np.asarray(array)})
    for missing in weights:
        left = {name: array for name, array in weights.items() if name != missing}
        yield written(f"no {missing}", config, left)


def bad_tokenizers(whole: bytes, mark: Path) -> Iterator[bytes]:
    """Serialized SentencePiece models that are none: truncated, spoilt, with false lengths."""
    yield from (b"", b"\0", b"\x0a", b"\x0a\xff\xff\xff\xff\x0f", b"\xff" * 64, b"\x0a" * 4096)
    yield pickle.dumps(Harm(mark))
    yield zlib.compress(b"\0" * (64 << 20))
    yield b"\x1a" * 200_000  # messages inside of messages
    yield b"\x0b" * 200_000  # groups that never end
    yield from (whole[: len(whole) * part // 40] for part in range(40))
    rng = random.Random(7)
    for number in range(60):
        spoilt = bytearray(whole)
        for _ in range(rng.choice((1, 5, 200))):
            spoilt[rng.randrange(4000 if number % 2 else len(whole))] = rng.randrange(256)
        yield bytes(spoilt)
