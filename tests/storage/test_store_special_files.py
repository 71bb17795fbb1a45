"""A store is a plain file: devices and pipes are refused, and left as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from storage import LongTermStore, StoreCorrupt, StoreLocked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a FIFO")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_pipe_is_refused_at_once_and_not_waited_for(tmp_path: Path, read_only: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    with pytest.raises(StoreCorrupt, match="is a device or a pipe; expected a file, or ':memory:'"):
        LongTermStore(pipe, read_only=read_only)


def test_a_device_is_refused_and_not_closed_to_others(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"  # stands for /dev/null, which root would have closed to all others
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    with pytest.raises(StoreCorrupt):
        LongTermStore(pipe)
    assert pipe.stat().st_mode & 0o777 == 0o666


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    LongTermStore(tmp_path / "real.db").close()
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    LongTermStore(tmp_path / "link.db").close()


def test_a_folder_that_cannot_be_made_is_named_without_the_numbers_of_errors(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreLocked) as refused:
        LongTermStore(tmp_path / "file" / "folder" / "me.db")
    assert f"(Not a directory: {tmp_path / 'file' / 'folder'})" in str(refused.value)
    assert "Errno" not in str(refused.value)
