"""Any text and any bytes are survived: kept as they are, or with U+FFFD for what is no text."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Assistant, Config, Turn
from assistant.responders.prompt import memory_line
from assistant.responders.quoted_data import quoted
from assistant.terminal.data import to_json
from assistant.terminal.display import clean, clip
from assistant.terminal.history import PrivateHistory
from assistant.transfer import export_lines, import_lines
from storage import LongTermStore
from trust.programs import Ran, run_program
from trust.strings import BYTES, strings

Open = Callable[..., Assistant]
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def kept(text: str) -> str:
    """What a text is after it was kept: pairs of surrogates joined, what is no text U+FFFD."""
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return _NO_TEXT.sub("\ufffd", joined)


def keep_and_compare(open_assistant: Open, count: int, seed: int) -> None:
    texts = list(strings(count, seed))
    with open_assistant(config=Config(secrets="store")) as assistant:
        for start in range(0, count, 250):
            batch = texts[start : start + 250]
            turns = assistant.observe_many([Turn(text) for text in batch])
            assert [turn.text for turn in turns] == [kept(text) for text in batch]
            for text in batch[::25]:
                hits = assistant.recall(text)
                assert all(json.loads(quoted(hit.text)) == hit.text for hit in hits)
                assert all("\n" not in memory_line(hit) for hit in hits)
                assistant.reply(text)
            for text in batch:
                shown = clean(text) + clip(text, 40)
                assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", shown)
                to_json({"text": text}).encode("utf-8")
        first = io.StringIO()
        export_lines(assistant.store, "default", first)
    data = first.getvalue().encode("utf-8")
    with open_assistant(":memory:", config=Config(secrets="store")) as other:
        import_lines(other, io.BytesIO(data), "export")
        second = io.StringIO()
        export_lines(other.store, "default", second)
    assert second.getvalue() == first.getvalue()


def test_generated_strings_are_kept_as_they_are(open_assistant: Open) -> None:
    keep_and_compare(open_assistant, 250, 1)


@pytest.mark.faults
def test_ten_thousand_generated_strings_are_kept_as_they_are(
    open_assistant: Open, rounds: Callable[[int, int], int]
) -> None:
    keep_and_compare(open_assistant, rounds(10_000, 50_000), 2)


# Real doors, each a process


def store_of(home: Path) -> list[str]:
    """What was kept there."""
    path = home / "me.db"
    if not path.exists():
        return []
    store = LongTermStore(path)
    try:
        assert store.check() == []
        return [turn.text for turn in store.turns()]
    finally:
        store.close()


def sound(ran: Ran, *codes: int) -> None:
    """It ended as it should: at most one line about what was wrong, nothing a terminal obeys."""
    assert ran.code in codes, ran.err
    assert "Traceback" not in ran.err + ran.out
    assert len(ran.err.splitlines()) <= (1 if ran.code else 0), ran.err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", ran.out + ran.err)


def as_said(data: bytes) -> str:
    """Bytes of a pipe as a turn."""
    return kept(data.decode("utf-8", "replace"))


def test_through_the_pipe_every_line_is_kept(tmp_path: Path) -> None:
    lines = [line for line in (*BYTES, b"nul \x00 inside") if not line.startswith(b"\xef\xbb\xbf")]
    sixteen = "My dog is called Sixteen.".encode("utf-16")
    lines.remove(sixteen)
    ran = run_program(tmp_path, stdin=b"\n".join(lines))
    sound(ran, 0)
    said = [text for text in store_of(tmp_path) if text in set(map(as_said, lines))]
    assert set(said) == set(map(as_said, lines))


@pytest.mark.faults
@pytest.mark.parametrize("data", BYTES, ids=range(len(BYTES)))
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["plain", "json"])
def test_asked_on_standard_input_it_is_kept(
    data: bytes, options: tuple[str, ...], tmp_path: Path
) -> None:
    ran = run_program(tmp_path, "ask", *options, stdin=data)
    sound(ran, 0)
    assert as_said(data.removeprefix(b"\xef\xbb\xbf")).strip() in store_of(tmp_path)
    if options:
        assert json.loads(ran.out)["ok"]


@pytest.mark.faults
@pytest.mark.parametrize("data", BYTES, ids=range(len(BYTES)))
def test_asked_as_an_argument_it_is_kept(data: bytes, tmp_path: Path) -> None:
    data = data.replace(b"\0", b"")
    ran = run_program(tmp_path, "ask", "--", data)
    sound(ran, 0)
    assert kept(os.fsdecode(data)).strip() in [text.strip() for text in store_of(tmp_path)]
    assert not (tmp_path / "hacked").exists()


@pytest.mark.faults
@pytest.mark.parametrize("data", BYTES, ids=range(len(BYTES)))
def test_imported_it_is_kept_or_refused_with_its_place(data: bytes, tmp_path: Path) -> None:
    text = data.decode("utf-8", "surrogateescape")
    turn = {"id": "1", "session": 1, "speaker": "user", "text": text}
    escaped = json.dumps({"id": "a", "turns": [turn]}).encode()
    path = tmp_path / "escaped.jsonl"
    path.write_bytes(escaped)
    sound(run_program(tmp_path, "import", str(path)), 0)
    assert kept(text) in store_of(tmp_path)
    raw = tmp_path / "raw.jsonl"
    raw.write_bytes(
        b'{"id": "b", "turns": [{"id": "1", "session": 1, "speaker": "u", "text": "'
        + data
        + b'"}]}'
    )
    ran = run_program(tmp_path, "import", str(raw))
    sound(ran, 0, 2)
    if ran.code:
        assert "raw.jsonl:1: " in ran.err
    frames = (data, b"[" + data, b'[{"mapping": "' + data, b"PK\x03\x04" + data)
    raw.write_bytes(frames[BYTES.index(data) % 4])
    sound(run_program(tmp_path, "import", str(raw)), 2)


@pytest.mark.faults
@pytest.mark.parametrize("data", BYTES, ids=range(len(BYTES)))
def test_in_the_settings_it_is_used_or_refused(data: bytes, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    for content in (
        data,
        b'owner = "' + data + b'"',
        b"owner = '''" + data + b"'''",
        b"silence_s = " + data,
    ):
        config.write_bytes(content)
        sound(run_program(tmp_path, "ask", "Hello"), 0, 3)


_VARIABLES = (
    "OWNER STORE DEVICE RUNTIME MODEL BASE_URL API_KEY_SOURCE TEMPLATE SILENCE_S KEYS THEME CONFIG"
).split()


@pytest.mark.faults
@pytest.mark.parametrize("number", range(len(BYTES)))
def test_in_a_flag_or_a_variable_it_is_used_or_refused(number: int, tmp_path: Path) -> None:
    data = BYTES[number].replace(b"\0", b"")[:200]  # longer names are no file's
    name = "REMEMBRANCER_" + _VARIABLES[number % len(_VARIABLES)]
    sound(run_program(tmp_path, "ask", "Hello", **{name: data}), 0, 2, 3, 5, 6)
    flag = ("--owner", "--store", "--device", "--model")[number % 4]
    sound(run_program(tmp_path, "ask", flag, data, "Hello"), 0, 2, 3, 5, 6)
    assert not (tmp_path / "hacked").exists()


@pytest.mark.faults
@pytest.mark.parametrize("number", range(len(BYTES)))
def test_as_a_files_name_it_is_read_or_refused(number: int, tmp_path: Path) -> None:
    name = BYTES[number].replace(b"\0", b"").replace(b"/", b"")[:120]
    command, code = (("import", 2), ("replay", 8), ("eval", 2), ("export", 0))[number % 4]
    path = os.fsencode(tmp_path) + b"/" + command.encode() + name
    if command != "export":
        Path(os.fsdecode(path)).write_bytes(b"no such thing")
    sound(run_program(tmp_path, command, path), code)


def test_in_the_history_of_lines_it_is_read_and_written(tmp_path: Path) -> None:
    for number, data in enumerate(BYTES):
        path = tmp_path / str(number)
        path.write_bytes(data)
        history = PrivateHistory(path)
        list(history.load_history_strings())
        text = data.decode("utf-8", "surrogateescape")[:5000]
        history.store_string(text)
        newest = next(iter(PrivateHistory(path).load_history_strings()))
        assert newest == text.encode("utf-8", "replace").decode()


def test_nul_in_an_export_is_no_end(tmp_path: Path, open_assistant: Open) -> None:
    with open_assistant() as assistant:
        assistant.observe("before \x00 after")
        assert [turn.text for turn in assistant.store.turns()] == ["before \ufffd after"]
