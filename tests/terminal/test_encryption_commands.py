"""encrypt, decrypt and rotate-key, and every other command on an encrypted store."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.terminal.settings import Settings
from assistant.terminal.store_key import NEW_VARIABLE, VARIABLE, ask_unseen, is_encrypted
from assistant.terminal.store_keyring import keep_coming_key, kept_keys, settle_key

SAID = "My dog is called Xylophagous."
WORD = b"ylophagous"
KEY = "correct horse battery staple 电池"
KEYED = {VARIABLE: KEY}


@pytest.fixture(autouse=True)
def _sqlcipher() -> None:
    pytest.importorskip("sqlcipher3")


def readable(folder: Path) -> list[str]:
    """Files in which what was said can be read."""
    return sorted(f.name for f in folder.iterdir() if f.is_file() and WORD in f.read_bytes())


@pytest.fixture
def told(run: Any, store: Path) -> Path:
    """A plain store with something said, a backup, and lines typed."""
    run("remember", SAID)
    run("backup")
    store.with_name("me.db.history").write_text(f"\n# 2026\n+{SAID}\n", "utf-8")
    store.with_name("me.db.0123456789ab.history").write_text(f"\n# 2026\n+{SAID}\n", "utf-8")
    assert len(readable(store.parent)) == 4
    return store


def test_a_store_is_encrypted_used_given_another_key_and_decrypted(
    run: Any, run_json: Any, told: Path
) -> None:
    done = run_json("encrypt", "--yes", env=KEYED)
    assert done["data"] == {
        "store": str(told),
        "encrypted": True,
        "keyring": False,
        "histories_deleted": 2,
    }
    assert readable(told.parent) == []
    assert is_encrypted(told)

    assert "Xylophagous" in run("ask", "What is my dog called?", env=KEYED).stdout
    assert "Xylophagous" in run("recall", "dog", env=KEYED).stdout
    run("chat", input="My cat is called Xylophagous too.\n", env=KEYED)
    assert "Copied and verified" in run("backup", env=KEYED).stdout
    listed = run_json("restore", "--list", env=KEYED)["data"]["backups"]
    assert [one["problem"] for one in listed] == [None, None]
    assert run("restore", "--yes", env=KEYED).exit_code == 0
    examined = run_json("doctor", env=KEYED)["data"]
    assert (examined["encrypted"], examined["integrity"]) == ("yes", "ok")
    assert readable(told.parent) == []

    rotated = run("rotate-key", "--yes", env={**KEYED, NEW_VARIABLE: "another one"})
    assert f"Set {VARIABLE} to the new key now" in rotated.stdout
    assert run("memories", env=KEYED).exit_code == 3
    assert "Xylophagous" in run("memories", env={VARIABLE: "another one"}).stdout
    assert readable(told.parent) == []

    decrypted = run("decrypt", "--yes", env={VARIABLE: "another one"})
    assert f"Unset {VARIABLE} now" in decrypted.stdout
    assert "Xylophagous" in run("memories").stdout
    assert run_json("doctor")["data"]["encrypted"] == "no"


DOORS = [
    "chat",
    "ask Hello",
    "recall dog",
    "export",
    "doctor",
    "import --dry-run FILE",
    "backup",
    "restore --list",
    "restore --yes",
    "stats",
    "rotate-key --yes",
    "decrypt --yes",
    "encrypt --yes",
]


@pytest.mark.parametrize("key", ["", "wrong"], ids=["without a key", "with a wrong one"])
def test_every_door_refuses_without_the_key_in_one_line_and_changes_nothing(
    run: Any, told: Path, tmp_path: Path, key: str
) -> None:
    history = tmp_path / "file.jsonl"
    history.write_text('{"id": "c", "turns": [], "questions": []}\n')
    run("encrypt", "--yes", env=KEYED)
    before = told.read_bytes()
    for door in DOORS:
        words = [str(history) if word == "FILE" else word for word in door.split()]
        env = {VARIABLE: key, NEW_VARIABLE: "next"}
        result = run(*words, env=env, input="What is my dog called?\n")
        assert result.exit_code == 3, door
        said = result.stdout if door == "doctor" else result.stderr
        mark = "  problem: " if door == "doctor" else ""
        [line] = [one for one in said.splitlines() if "encrypted" in one and mark in one]
        assert door == "doctor" or len(said.splitlines()) == 1, said
        assert str(told) in line
        assert VARIABLE in line or "encrypted with another key" in line
        assert told.read_bytes() == before, door


def test_a_key_for_a_plain_store_is_refused_and_changes_nothing(run: Any, told: Path) -> None:
    before = told.read_bytes()
    result = run("ask", "Hello", env=KEYED)
    assert result.exit_code == 3
    assert result.stderr == (
        f"assistant: {told} is not encrypted, but {VARIABLE} gives a key; run 'assistant encrypt', "
        "or unset the variable\n"
    )
    assert told.read_bytes() == before


def test_a_new_store_is_encrypted_from_its_first_byte_when_there_is_a_key(
    run: Any, store: Path
) -> None:
    run("chat", input=f"{SAID}\n", env=KEYED)
    assert is_encrypted(store)
    assert readable(store.parent) == []
    other = store.with_name("other.db")
    assert run("encrypt", "--yes", store=other, env=KEYED).exit_code == 0
    assert run("remember", SAID, store=other, env=KEYED).exit_code == 0
    assert readable(store.parent) == []


def test_off_the_record_a_key_makes_no_store(run: Any, store: Path) -> None:
    assert run("ask", "Hello", "--off-record", env=KEYED).exit_code == 0
    assert not store.exists()


def test_the_keyring_keeps_a_key_that_nobody_ever_sees(
    run: Any, told: Path, keys: dict[tuple[str, str], str]
) -> None:
    shown = run("encrypt", "--yes", "--keyring").output
    [(place, made)] = keys.items()
    assert place == ("remembrancer", f"store:{told.resolve()}")
    assert len(made) >= 32
    assert made not in shown
    assert "made up" in shown
    assert "Xylophagous" in run("memories").stdout
    assert readable(told.parent) == []
    shown = run("rotate-key", "--yes").output
    [changed] = keys.values()
    assert changed != made
    assert changed not in shown
    assert "Xylophagous" in run("memories").stdout
    run("decrypt", "--yes")
    assert keys == {}
    assert "Xylophagous" in run("memories").stdout


@pytest.mark.parametrize("cut", ["before the file", "after the file"])
def test_a_change_of_key_that_was_cut_short_leaves_a_key_that_fits(
    run: Any, told: Path, keys: dict[tuple[str, str], str], cut: str
) -> None:
    from storage import Cipher, change_key

    run("encrypt", "--yes", "--keyring")
    [old] = keys.values()
    keep_coming_key(told, "the new one")
    if cut == "after the file":
        change_key(told, Cipher(old), Cipher("the new one"), datetime.now(UTC))
    assert kept_keys(told) == [old, "the new one"]
    assert "Xylophagous" in run("memories").stdout
    assert run("rotate-key", "--yes").exit_code == 0
    assert len(keys) == 1
    assert "Xylophagous" in run("memories").stdout


def test_a_keyring_that_fails_changes_nothing(
    run: Any, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring.backends.fail

    keyring.set_keyring(keyring.backends.fail.Keyring())
    before = told.read_bytes()
    result = run("encrypt", "--yes", "--keyring")
    assert result.exit_code == 3
    [line] = result.stderr.splitlines()
    assert "the system keyring cannot be used (NoKeyringError)" in line
    assert told.read_bytes() == before
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "pip install" in run("encrypt", "--yes", "--keyring").stderr
    assert kept_keys(told) == []


def test_what_cannot_be_encrypted_says_why(
    run: Any, run_json: Any, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no key was given" in run("encrypt", "--yes").stderr
    assert "add --yes" in run("encrypt", env=KEYED).stderr
    assert run("encrypt", "--yes", store=":memory:", env=KEYED).exit_code == 2
    assert "is not encrypted" in run("rotate-key", "--yes").stderr
    assert run("decrypt", "--yes").exit_code == 0
    junk = told.with_name("notes.txt")
    junk.write_text("no database " * 1000)
    assert run("encrypt", "--yes", store=junk, env=KEYED).exit_code == 6
    assert run("encrypt", "--yes", "--read-only", env=KEYED).exit_code == 2
    assert not is_encrypted(told)
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    failed = run_json("encrypt", "--yes", env=KEYED)["error"]
    assert failed["exit_code"] == 3
    assert "pip install 'remembrancer[encryption]'" in failed["message"]
    assert len(readable(told.parent)) == 4


def test_what_was_left_readable_is_found_by_the_doctor_and_deleted_by_encrypting_again(
    run: Any, run_json: Any, told: Path
) -> None:
    run("encrypt", "--yes", env=KEYED)
    copy = told.with_name("me.db.backup-20260503T120000.000000Z")
    copy.write_bytes(b"SQLite format 3\x00" + SAID.encode())
    told.with_name("me.db.history").write_text(SAID)
    examined = run_json("doctor", env=KEYED)["data"]
    assert [one for one in examined["problems"] if "anybody can read" in one]
    assert "assistant encrypt" in examined["remedies"]["encrypted"]
    assert run("encrypt", "--yes", env=KEYED).exit_code == 0
    assert readable(told.parent) == []


def test_a_damaged_encrypted_store_is_restored_with_the_key_that_fits_its_backups(
    run: Any, told: Path
) -> None:
    run("encrypt", "--yes", "--keyring")
    run("backup")
    told.write_bytes(b"\0" * 100 + told.read_bytes()[100:])
    assert run("memories").exit_code == 6 or run("memories").exit_code == 3
    restored = run("restore", "--yes")
    assert restored.exit_code == 0, restored.output
    assert "Xylophagous" in run("memories").stdout


def test_the_class_takes_a_key(open_assistant: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    with open_assistant(path, key=KEY) as assistant:
        assistant.remember(SAID)
        assert assistant.store.encrypted
    assert readable(tmp_path) == []
    with open_assistant(path, key=KEY) as assistant:
        assert assistant.recall("What is my dog called?")[0].text == SAID


def test_a_key_in_a_settings_file_is_refused_and_not_repeated(run: Any, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'store_key = "{KEY}"\n', "utf-8")
    result = run("memories")
    assert result.exit_code == 3
    assert VARIABLE in result.stderr
    assert KEY not in result.stderr


def test_settings_do_not_show_the_key(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.terminal.store_key import cipher_of

    monkeypatch.setenv(VARIABLE, KEY)
    settings = Settings(store=str(store))
    assert cipher_of(settings) is not None
    assert KEY not in repr(settings) + repr(vars(settings))


# -- at the keys -----------------------------------------------------------------------------------


@pytest.fixture
def typing(terminal: Callable[..., Any]) -> Callable[..., Any]:
    """Terminals in which there is no keyring."""

    def begin(*words: str, **options: Any) -> Any:
        options["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        return terminal(arguments=words, **options)

    return begin


def test_a_passphrase_is_asked_for_without_showing_it_and_kept_nowhere(
    typing: Callable[..., Any], told: Path
) -> None:
    encrypting = typing("encrypt")
    encrypting.wait(r"Encrypt it\?")
    encrypting.keys("y\r")
    encrypting.wait("New passphrase:")
    encrypting.keys("swordfish\r")
    encrypting.wait("Once more:")
    encrypting.keys("swordfish\r")
    assert encrypting.ends() == 0
    assert "Encrypted:" in encrypting.shown()  # the path may be on the next line
    assert "swordfish" not in encrypting.shown()

    chat = typing()
    chat.wait("Passphrase of ")
    chat.keys("sawfish\r")
    chat.wait("That is not it")
    chat.keys("swordfish\r")
    chat.wait(r"Welcome back(.|\n)*short-term")
    chat.keys("What is my dog called?\r")
    chat.wait("Xylophagous")
    chat.keys("/doctor\r")
    chat.wait("encrypted: yes")
    chat.keys("\x04")
    assert chat.ends() == 0
    assert b"swordfish" not in chat.raw
    assert readable(told.parent) == []
    assert not list(told.parent.glob("*.history"))
    assert not [f for f in told.parent.iterdir() if f.is_file() and b"fish" in f.read_bytes()]

    leaving = typing("memories")
    leaving.wait("Passphrase of ")
    leaving.keys("\r")
    assert leaving.ends() == 3
    interrupted = typing("memories")
    interrupted.wait("Passphrase of ")
    interrupted.keys("\x03")
    assert interrupted.ends() == 130


def test_two_passphrases_that_differ_change_nothing(typing: Callable[..., Any], told: Path) -> None:
    before = told.read_bytes()
    encrypting = typing("encrypt", "--yes")
    encrypting.wait("New passphrase:")
    encrypting.keys("one thing to say\r")
    encrypting.wait("Once more:")
    encrypting.keys("another\r")
    assert encrypting.ends() == 2
    assert "differ; nothing was changed" in " ".join(encrypting.shown().split())
    assert told.read_bytes() == before


def test_a_settled_key_takes_the_place_of_the_one_before(
    store: Path, keys: dict[tuple[str, str], str]
) -> None:
    settle_key(store, "one")
    keep_coming_key(store, "two")
    settle_key(store, "two")
    assert list(keys.values()) == ["two"]


def test_a_passphrase_is_not_read_where_it_would_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import os

    def no_terminal(*_: object) -> int:
        raise OSError("there is none")

    monkeypatch.setattr(os, "open", no_terminal)
    monkeypatch.setattr(sys, "stdin", io.StringIO("swordfish\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as outside of tests, where they are no errors
        with pytest.raises(UsageError, match="would show the passphrase"):
            ask_unseen("Passphrase: ")
