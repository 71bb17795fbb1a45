"""Whether a test can look at things as another user than root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NOBODY = 65534


def somebody_else() -> bool:
    """Whether this process is not root, or can become ``NOBODY``.

    Root of a user namespace, as ``unshare -r`` makes one, may be the only user in it.
    """
    if os.geteuid() != 0:
        return True
    try:
        ranges = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return True  # there are no namespaces here
    mapped = (tuple(map(int, line.split())) for line in ranges)
    return any(first <= NOBODY < first + count for first, _, count in mapped)


needs_somebody_else = pytest.mark.skipif(
    not somebody_else(), reason="root is the only user in this namespace"
)
