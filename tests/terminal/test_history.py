"""The lines typed are private, survive anything, and can be forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory

from assistant.terminal.history import PrivateHistory, open_history
from assistant.terminal.settings import Settings
from storage.database import locate


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "me.db.history"
    PrivateHistory(path).append_string("hello")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_lines_come_back_newest_first(tmp_path: Path) -> None:
    history = PrivateHistory(tmp_path / "h")
    for line in ("one", "two\nlines", "lone \udc80", "小泽"):
        history.append_string(line)
    again = list(PrivateHistory(tmp_path / "h").load_history_strings())
    assert again == ["小泽", "lone ?", "two\nlines", "one"]


def test_what_was_forgotten_is_not_in_the_file(tmp_path: Path) -> None:
    history = PrivateHistory(tmp_path / "h")
    for line in ("one", "/remember My gym is 1234.", "my gym is 1234.", "/forget 1234", "two"):
        history.append_string(line)
    history.forget("My gym is 1234.")
    assert "1234" not in (tmp_path / "h").read_text()
    assert list(history.load_history_strings()) == ["two", "one"]
    assert (tmp_path / "h").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["h"]


def test_where_no_file_can_be_it_lasts_as_long_as_the_chat(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert isinstance(open_history(tmp_path / "file" / "h"), InMemoryHistory)
    assert isinstance(open_history(None), InMemoryHistory)


@pytest.mark.parametrize(
    "store", ["me.db", "/a/b.db", ":memory:", "sqlite:///x.db", "sqlite:////a/x.db", "sqlite://"]
)
def test_the_store_is_where_storage_takes_it_to_be(store: str) -> None:
    assert Settings(store=store).store_path() == locate(store)


def test_a_store_behind_a_link_is_the_file_that_it_leads_to(tmp_path: Path) -> None:
    link, real = tmp_path / "link.db", tmp_path / "real.db"
    link.symlink_to("real.db")
    assert Settings(store=str(link)).store_path() == locate(link) == real


def test_the_history_lies_beside_the_store_one_an_owner() -> None:
    assert Settings(store="/a/me.db").history_path() == Path("/a/me.db.history")
    ana = Settings(store="/a/me.db", owner="ana/../x").history_path()
    assert ana is not None
    assert ana.parent == Path("/a")
    assert ana != Settings(store="/a/me.db", owner="eva").history_path()
    assert Settings(store=":memory:").history_path() is None
