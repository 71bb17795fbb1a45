"""Whatever a text holds, a terminal that shows it ends as if it held words only."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.data import to_json
from assistant.terminal.output import Column, Output, PlainTerminalOutput, TerminalOutput
from trust.escapes import BIDI, payloads, show
from trust.programs import run_program

PAYLOADS = payloads()
OUTPUTS = (Output, PlainTerminalOutput, TerminalOutput)
_OBEYED = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{BIDI}]")


def line(output: Output, text: str) -> None:
    output.line(text)


def note(output: Output, text: str) -> None:
    output.line(text, "note")


def table(output: Output, text: str) -> None:
    output.table([Column("who"), Column("said")], [[text, text]])


def echo(output: Output, text: str) -> None:
    output.echo(text)


def piece(output: Output, text: str) -> None:
    output.piece(text)
    output.line()


def pieces(output: Output, text: str) -> None:
    for character in text:  # as a model may send it: cut inside of every sequence
        output.piece(character, markdown=True)
    output.line()


def failure(output: Output, text: str) -> None:
    output.error(f"assistant: {text}")


WAYS = (line, note, table, echo, piece, pieces, failure)


def shown(kind: type[Output], way: Callable[[Output, str], None], text: str) -> str:
    stream = io.StringIO()
    way(kind(stream, stream), text)
    return stream.getvalue()


def test_there_are_three_hundred_payloads() -> None:
    assert len(PAYLOADS) >= 300


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", OUTPUTS)
def test_every_payload_leaves_the_terminal_as_words_leave_it(
    kind: type[Output], way: Callable[[Output, str], None]
) -> None:
    plain = show(shown(kind, way, "before zz words"))
    for payload in PAYLOADS:
        text = shown(kind, way, f"before {payload} zz words")
        terminal = show(text)
        assert terminal.state == plain.state, repr(payload)
        assert terminal.looks <= plain.looks, repr(payload)
        assert terminal.letters.index("before") < terminal.letters.index("words"), repr(payload)
        if kind is Output:
            assert not _OBEYED.search(text), repr(payload)


@pytest.mark.parametrize("kind", OUTPUTS)
def test_all_of_them_one_after_the_other_leave_it_so(kind: type[Output]) -> None:
    everything = shown(kind, pieces, " ".join(PAYLOADS))
    assert show(everything).state == show(shown(kind, pieces, "words")).state


def test_no_payload_is_obeyed_inside_json() -> None:
    for payload in PAYLOADS:
        assert not _OBEYED.search(to_json({"text": payload, payload: 1}))


# Through the whole program


def conversation(step: int) -> str:
    """Payloads said by the user, and by somebody named so."""
    turns = [
        {"id": f"{n}", "session": 1, "speaker": "user", "text": f"My dog {n} {payload} is Rex."}
        for n, payload in enumerate(PAYLOADS[::step])
    ]
    turns += [
        {"id": f"o{n}", "session": 2, "speaker": f"A{payload}", "text": f"My cat {payload} is Tom."}
        for n, payload in enumerate(PAYLOADS[:: 10 * step])
    ]
    return json.dumps({"id": "a\x1b[2J", "turns": turns}) + "\n"


@pytest.mark.parametrize("step", [30, pytest.param(1, marks=pytest.mark.faults)])
def test_imported_and_recalled_they_move_nothing(
    step: int, run: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text(conversation(step), "utf-8")
    assert run("import", str(path)).exit_code == 0
    for arguments in (
        ("memories", "--all"),
        ("recall", "dog", "--limit", "400"),
        ("recall", "cat", "--limit", "400", "--transcript"),
        ("ask", "What is my dog 7 called?"),
        ("ask", "What is the cat called?"),
        ("stats",),
        ("forget", "--yes", "cat"),
        ("import", "--dry-run", str(path)),
        ("import", "--undo", "--yes", str(path)),
    ):
        for options in ((), ("--json",)):
            result = run(*arguments, *options)
            assert not _OBEYED.search(result.output), arguments
            assert show(result.output).state == show("words\n").state, arguments


def names(step: int) -> Iterator[str]:
    yield from (f"a{payload}b".replace("/", "").replace("\0", "") for payload in PAYLOADS[::step])


def check_names(run: Callable[..., Any], tmp_path: Path, step: int) -> None:
    for name in names(step):
        for command in ("import", "replay", "nonsense"):
            arguments = (command, str(tmp_path / name)) if command != "nonsense" else (f"x{name}",)
            result = run(*arguments)
            assert result.exit_code == 2, result.output
            assert not _OBEYED.search(result.output), repr(name)
            assert "Traceback" not in result.output


def test_names_of_files_move_nothing(run: Callable[..., Any], tmp_path: Path) -> None:
    check_names(run, tmp_path, 25)


@pytest.mark.faults
def test_every_payload_as_the_name_of_a_file_moves_nothing(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    check_names(run, tmp_path, 1)


@pytest.mark.faults
def test_typed_into_a_pipe_they_move_nothing(tmp_path: Path) -> None:
    lines = [f"My dog {payload} is called Rex." for payload in PAYLOADS if "\n" not in payload]
    ran = run_program(tmp_path, stdin="\n".join(lines).encode("utf-8", "replace"))
    assert ran.code == 0
    assert not _OBEYED.search(ran.out + ran.err)


def test_lines_typed_before_are_called_back_without_moving_anything(
    terminal: Callable[..., Any], store: Path
) -> None:
    history = store.with_name(store.name + ".history")
    tricks = [p for p in PAYLOADS if p.startswith(("\x1b]", "\x9d", "\x1bc", "\x1b[?", "\x07"))][
        :40
    ]
    entries = [f"\n# 2026-05-03 09:00:00\n+hidden {trick} words\n" for trick in tricks]
    history.write_text("".join(entries), "utf-8")
    chat = terminal()
    chat.wait("short-term 0/12")  # the prompt is up: what is typed before it shows as it is
    for _ in tricks:
        chat.keys("\x1b[A")
    chat.wait("hidden .* words")
    chat.keys("\x03/quit\r")
    assert chat.ends() == 0
    assert chat.screen.title == ""
    assert chat.screen.icon_name == ""
    assert b"]52;" not in chat.raw
    assert b"\x1bc" not in chat.raw
    assert b"\x07" not in chat.raw.replace(b"\x1b]0;\x07", b"")
