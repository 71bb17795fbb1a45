"""An export of any size is read in the memory of its longest conversation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.histories.exports import write_large

MIB = 2**20

# Not getrusage: its peak is inherited from the process that starts this one.
PEAK = """
def peak():
    with open("/proc/self/status") as status:
        held = next(line for line in status if line.startswith("VmHWM"))
    return int(held.split()[1]) * 1024
"""

SURVEY = """
import sys
from pathlib import Path
from assistant.histories import find_parts, survey_histories
from storage import LongTermStore
with LongTermStore(":memory:") as store:
    print(survey_histories(store, find_parts(Path(sys.argv[1]))).turns)
print(peak())
"""

IMPORT = """
import sys
from pathlib import Path
from assistant import Assistant
from assistant.histories import find_parts, import_histories
from assistant.testing import HashEncoder, LengthNetwork
store = Path(sys.argv[1]).with_suffix(".db")
with Assistant(store, encoder=HashEncoder(8), network=LengthNetwork(8)) as me:
    print(import_histories(me, find_parts(Path(sys.argv[1]))).turns)
print(peak())
"""


def run(code: str, path: Path) -> tuple[int, int]:
    """Turns and the most memory that was held, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PEAK + code, str(path)],
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    turns, peak = map(int, done.stdout.split())
    return turns, peak


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "ballast"), [(SURVEY, 20), (IMPORT, 10_000)], ids=["survey", "import"]
)
def test_memory_does_not_grow_with_the_size_of_the_export(
    tmp_path: Path, code: str, ballast: int
) -> None:
    sizes, peaks = (24, 72), []  # caches are full by then
    for size in sizes:
        path = tmp_path / f"{size}.json"
        expected = write_large(path, size * MIB, ballast)
        turns, peak = run(code, path)
        assert turns == expected
        peaks.append(peak)
    assert peaks[1] < 300 * MIB
    # Held whole, what came more would take at least its size; allocators differ by a quarter of it.
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) * MIB / 2
