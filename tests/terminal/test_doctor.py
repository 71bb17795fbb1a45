"""The doctor: what is wrong with a store is found, with what to do, and the rest is told."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from terminal.conftest import PROGRAM
from users import needs_somebody_else

from storage import LongTermStore

ALWAYS = {"version", "python", "platform", "libraries", "encoder", "device", "terminal", "model"}


@pytest.fixture(autouse=True)
def _one_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor finds the encoder that has encoded everything here."""
    import assistant.neural
    from assistant.testing import HashEncoder

    monkeypatch.setattr(assistant.neural, "load_encoder", lambda **_: HashEncoder())


@pytest.fixture
def told(run: Any, store: Path) -> Path:
    run("remember", "My dog is called Bruno.")
    run("backup")
    return store


def spoil(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute(statement)
        connection.commit()


def overwrite(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def examined(run: Any, code: int, *options: str) -> dict[str, Any]:
    """What the doctor finds, when it ends with this code."""
    result = run("doctor", "--json", *options)
    assert result.exit_code == code, result.stdout
    data: dict[str, Any] = json.loads(result.stdout)["data"]
    named = {problem.partition(": ")[0].replace(" ", "_") for problem in data["problems"]}
    assert named <= set(data["remedies"]), "a problem without a remedy"
    return data


def test_a_sound_store_is_told_of_in_full(run_json: Any, told: Path) -> None:
    found = run_json("doctor")["data"]
    expected = "store mode encrypted size schema owner turns memories inbox integrity full_text"
    expected += " stale_vectors damaged_vectors backups"
    assert ALWAYS | set(expected.split()) <= set(found)
    assert found["problems"] == []
    assert found["remedies"] == {}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM turn_text",
        "UPDATE turn_text SET terms = 'cat'",
        "UPDATE turn_text_data SET block = zeroblob(length(block)) WHERE id > 10",
    ],
    ids=["emptied", "of other words", "unreadable"],
)
def test_a_damaged_index_of_words_is_found_and_made_anew(
    run: Any, run_json: Any, told: Path, statement: str
) -> None:
    spoil(told, statement)
    before = told.read_bytes()
    data = examined(run, 6)
    assert data["integrity"] == "ok"
    assert "full text: " in data["problems"][0]
    assert data["remedies"] == {"full_text": "run 'assistant reindex'"}
    assert told.read_bytes() == before
    result = run("doctor", "--fix")
    assert result.exit_code == 0, result.stdout
    assert "full text made anew from 1" in result.stdout
    assert run_json("recall", "dog")["data"]["hits"]


def test_what_has_no_header_any_more_is_told_of_but_for_its_content(run: Any, told: Path) -> None:
    overwrite(told, 0, b"no header of a store")
    told.chmod(0o644)
    data = examined(run, 6)  # graver than that others can read it, which is 3
    assert data["integrity"] == "cannot be opened"
    assert data["mode"].startswith("0644")
    assert data["backups"].startswith("1, the newest of")
    assert set(data["remedies"]) == {"mode", "integrity"}
    assert "assistant restore" in data["remedies"]["integrity"]


def test_whatever_cannot_be_used_has_a_remedy(
    run: Any, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import assistant.neural
    from assistant.neural import device

    def fail(*_: object, **__: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(assistant.neural, "load_encoder", fail)
    monkeypatch.setattr(device, "choose", fail)
    monkeypatch.setenv("REMEMBRANCER_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("REMEMBRANCER_MODEL", "m")
    for copy in told.parent.glob("me.db.backup-*"):
        copy.unlink()
    overwrite(told, 0, b"no header of a store")
    result = run("doctor", "--json")
    data = examined(run, result.exit_code)
    assert len(data["problems"]) == 4
    assert "restore FILE" in data["remedies"]["integrity"]


def test_a_bad_backup_is_found_and_a_good_one_made(run: Any, run_json: Any, told: Path) -> None:
    [copy] = told.parent.glob("me.db.backup-*")
    overwrite(copy, 0, b"no header of a store")
    data = examined(run, 6)
    assert data["problems"][0].startswith("backups: the newest is bad: ")
    assert data["remedies"] == {"backups": "run 'assistant backup'"}
    assert run("doctor", "--fix").exit_code == 0
    assert run_json("doctor")["data"]["problems"] == []


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_a_store_that_is_gone_has_its_backups_for_a_remedy(
    run: Any, run_json: Any, told: Path, left: str
) -> None:
    told.unlink()
    if left != "nothing":  # as a restoring leaves it that is killed
        told.touch()
    data = examined(run, 6)
    assert (data["created"], data["remedies"]["created"]) == (
        "no longer",
        "run 'assistant restore'",
    )
    assert not told.exists() or not told.stat().st_size
    run("restore", "--yes")
    assert run_json("doctor")["data"]["problems"] == []


def test_a_store_of_the_future_is_found_by_its_code_and_left_as_it_is(run: Any, told: Path) -> None:
    spoil(told, "UPDATE alembic_version SET version_num = '9999'")
    before = told.read_bytes()
    for options in ((), ("--fix",)):
        data = examined(run, 7, *options)
        assert "install a newer version" in data["problems"][0]
        assert told.read_bytes() == before


LOOK = """
    import os, sys
    from light_program import open_light
    from assistant.terminal.cli import build
    from storage import LongTermStore
    def look(store):
        try:
            build(open_light).main(["--store", store, "--json", "doctor", *sys.argv[2:]])
        except SystemExit:
            pass
    store = sys.argv[1] + "/me.db"
    look(store)  # as its owner, who can read Python's own files too
    os.chmod(store, 0o444)
    os.chmod(sys.argv[1], 0o555)
    os.setuid(65534)
    look(store)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@needs_somebody_else
@pytest.mark.parametrize("options", [(), ("--fix",)], ids=["look", "fix"])
def test_a_store_that_can_only_be_read_is_looked_at_by_who_may_not_write(
    options: tuple[str, ...],
) -> None:
    # Not in tmp_path: the folders above it are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with LongTermStore(folder / "me.db"):
            pass
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{PROGRAM.parents[2]}:{PROGRAM.parent}",
            "REMEMBRANCER_CONFIG": str(folder / "config.toml"),
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(LOOK), folder, *options],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        folder.chmod(0o755)
        own, others = (json.loads(line)["data"] for line in done.stdout.splitlines())
        assert "Traceback" not in done.stderr
        assert own["integrity"] == others["integrity"] == others["full_text"] == "ok"
        assert not list(folder.glob("*.partial"))
        assert len(list(folder.glob("*.backup-*"))) == len(options)  # the one its owner made
        assert others["problems"] == [f"mode: others can read {folder / 'me.db'}"]
        # What cannot be mended is said in one line.
        assert len(done.stderr.splitlines()) == len(options), done.stderr
