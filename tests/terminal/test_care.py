"""Looking after the store from the command line: backup, restore, doctor and its remedies."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from models.server import ModelServer, model_server


@pytest.fixture(autouse=True)
def _one_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor finds the encoder that has encoded everything here."""
    import assistant.neural
    from assistant.testing import HashEncoder

    monkeypatch.setattr(assistant.neural, "load_encoder", lambda **_: HashEncoder())


@pytest.fixture
def server() -> Iterator[ModelServer]:
    import openai.resources.chat  # noqa: F401 (takes seconds; what is measured comes after)

    with model_server() as one:
        yield one


def change_a_word(store: Path) -> None:
    """What integrity_check does not see: other words in a row."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE turn SET text = replace(text, 'Bruno', 'Brune')")
        connection.commit()


def test_a_backup_is_put_back_and_what_was_there_is_kept(
    run: Any, run_json: Any, store: Path
) -> None:
    run("remember", "My dog is called Bruno.")
    made = run_json("backup")["data"]
    assert Path(made["path"]).stat().st_mode & 0o777 == 0o600
    run("remember", "My cat is called Tom.")
    refused = run("restore")
    assert refused.exit_code == 2
    assert "add --yes" in refused.stderr
    assert "Restored: me.db.backup-" in run("restore", "--yes").stdout
    assert [one["text"] for one in run_json("memories")["data"]] == ["My dog is called Bruno."]
    listed = run_json("restore", "--list")["data"]["backups"]
    assert [one["problem"] for one in listed] == [None, None]
    replaced = next(one for one in listed if one["occasion"])
    assert "Restored" in run("restore", "--yes", Path(replaced["path"]).name).stdout
    assert len(run_json("memories")["data"]) == 2


def test_a_backup_elsewhere_and_one_that_is_there_already(run: Any, tmp_path: Path) -> None:
    run("remember", "My dog is called Bruno.")
    target = tmp_path / "copy.db"
    assert "it is yours" in run("backup", str(target)).stdout
    again = run("backup", str(target))
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert run("restore", "--yes", str(target)).exit_code == 0


def test_what_cannot_be_restored_is_one_line_and_nothing_changes(
    run: Any, run_json: Any, store: Path, tmp_path: Path
) -> None:
    run("remember", "My dog is called Bruno.")
    (tmp_path / "nonsense").write_text("not a database " * 100)
    for name in ("nonsense", "missing"):
        result = run("restore", "--yes", str(tmp_path / name))
        assert result.exit_code == 6
        assert len(result.stderr.splitlines()) == 1
    assert "no good backup lies beside" in run("restore", "--yes").stderr
    itself = run("restore", "--yes", str(store))
    assert (itself.exit_code, "is the store itself" in itself.stderr) == (2, True)
    assert len(run_json("memories")["data"]) == 1


def test_doctor_creates_nothing_and_looks_at_what_is_there(
    run: Any, run_json: Any, store: Path
) -> None:
    assert "not yet" in run("doctor").stdout
    assert not store.exists()
    run("remember", "My dog is called Bruno.")
    data = run_json("doctor")["data"]
    assert (data["memories"], data["inbox"], data["integrity"]) == (1, 0, "ok")
    assert data["mode"].startswith("0600")
    assert data["backups"] == "none"
    assert data["remedies"] == {"backups": "run 'assistant backup'"}
    assert [path.name for path in store.parent.glob("me.db.backup*")] == []


def test_each_finding_has_its_remedy_and_fix_does_what_is_safe(
    run: Any, run_json: Any, store: Path
) -> None:
    import numpy as np

    from storage import LongTermStore

    run("remember", "My dog is called Bruno.")
    with LongTermStore(store) as opened:
        opened.set_vectors([(1, np.ones(4, np.float32) / 2)], "another")
    store.chmod(0o644)
    found = run_json("doctor")["data"]
    assert len(found["problems"]) == 2
    assert set(found["remedies"]) == {"mode", "stale_vectors", "backups"}
    result = run("doctor", "--fix")
    assert result.exit_code == 0
    assert "All is well." in result.stdout
    assert result.stdout.count("fixed: ") == 3
    assert store.stat().st_mode & 0o777 == 0o600
    assert run_json("doctor")["data"]["remedies"] == {}


def test_a_changed_word_is_found_by_its_hash_and_the_backup_is_the_remedy(
    run: Any, run_json: Any, store: Path
) -> None:
    run("remember", "My dog is called Bruno.")
    run("backup")
    change_a_word(store)
    result = run("doctor", "--fix")
    assert result.exit_code == 6
    assert "not what was written" in result.stdout
    assert "run 'assistant restore'" in result.stdout
    run("restore", "--yes")
    assert run_json("doctor")["data"]["problems"] == []
    assert "Bruno" in run("memories").stdout


def test_the_model_is_asked_only_if_one_is_configured(
    run_json: Any, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_json("doctor")["data"]["model"] == "none, replies come from memory"
    monkeypatch.setenv("REMEMBRANCER_BASE_URL", server.url)
    monkeypatch.setenv("REMEMBRANCER_MODEL", "large")
    found = run_json("doctor")["data"]
    assert found["model"].startswith("large at 127.0.0.1"), found["problems"]
    monkeypatch.setenv("REMEMBRANCER_MODEL", "huge")
    assert "offers no huge, but small, large" in run_json("doctor")["data"]["problems"][0]
    assert server.asked == []


def test_a_model_that_is_gone_is_a_problem_with_code_4(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        monkeypatch.setenv("REMEMBRANCER_BASE_URL", address)
        result = run("doctor")
    assert result.exit_code == 4
    assert "connection refused" in result.stdout
