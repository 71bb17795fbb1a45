"""A line of a gigabyte is refused at every door, at once and without being held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trust.programs import Ran, run_program

pytestmark = pytest.mark.faults

GIGABYTE = 2**30
MOST_MB = 200
MOST_S = 5.0

Huge = Callable[..., Path]


@pytest.fixture
def huge(tmp_path: Path) -> Huge:
    """Makes a file of a gigabyte on one line: its beginning, and a hole that takes no disk."""

    def make(name: str, begin: bytes = b"", end: bytes = b"") -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(begin)
            file.seek(GIGABYTE)
            file.write(end)
            file.truncate(GIGABYTE + len(end))
        return path

    return make


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """What the program takes for a small thing."""
    return run_program(tmp_path_factory.mktemp("small"), "ask", "My dog is called Biscuit.")


def check(huge: Ran, small: Ran, code: int, says: str) -> None:
    """Compared with the same command on a small input: it ended soon, held little, said why."""
    assert huge.code == code, huge.err
    assert says in huge.err + huge.out
    assert len(huge.err.splitlines()) <= 1
    assert "Traceback" not in huge.err
    assert huge.peak_mb - small.peak_mb < MOST_MB
    # A slow machine takes long over the small one too.
    assert huge.cpu_s - small.cpu_s < max(MOST_S, 8 * small.cpu_s)


def test_said_in_a_pipe_it_is_refused_and_the_next_line_is_answered(
    tmp_path: Path, huge: Huge, small: Ran
) -> None:
    line = huge(
        "line", b"My dog is called Rex ", b"\nMy dog is called Biscuit.\nWhat is my dog called?\n"
    )
    ran = run_program(tmp_path, stdin=line)
    check(ran, small, 2, "line 1 is longer than 1,000,000 bytes")
    assert "Biscuit" in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask",), "standard input is longer than 1,000,000 bytes"),
        (("ask", "--json"), "standard input is longer than 1,000,000 bytes"),
        (("--json",), "line 1 is longer than 1,000,000 bytes"),
        (("import", "-"), "standard input:1: the line is longer than"),
        (("import", "-", "--dry-run"), "standard input:1: the line is longer than"),
    ],
)
def test_on_standard_input_it_is_refused(
    arguments: tuple[str, ...], says: str, tmp_path: Path, huge: Huge, small: Ran
) -> None:
    ran = run_program(tmp_path, *arguments, stdin=huge("line", b'{"id": "'))
    check(ran, small, 2, says)


@pytest.mark.parametrize(
    ("arguments", "begin", "says"),
    [
        (("import",), b'{"id": "a", "turns": [{"text": "', "line is longer than"),
        (("import", "--dry-run"), b'{"id": "a", "turns": [{"text": "', "line is longer than"),
        (("import", "--undo", "--yes"), b'{"id": "a", "turns": [{"text": "', "line is longer than"),
        (("import",), b'[{"mapping": {"a": "', "ends at byte"),
        (("import",), b'{"conversations": [{"chat_messages": [{"text": "', "ends at byte"),
        (("eval",), b'{"id": "a", "turns": [{"text": "', "line is longer than"),
        (
            ("replay",),
            b"name: long\nclock: 2026-05-03T09:00+01:00\nsteps:\n- user: ",
            "larger than",
        ),
    ],
)
def test_in_a_file_it_is_refused(
    arguments: tuple[str, ...], begin: bytes, says: str, tmp_path: Path, huge: Huge, small: Ran
) -> None:
    suffix = ".dialogue.yaml" if "replay" in arguments else ".json"
    path = huge("file" + suffix, begin, b"\n")
    command, *options = arguments
    ran = run_program(tmp_path, command, str(path), *options)
    check(ran, small, 8 if command == "replay" else 2, says)


def test_inside_a_zip_it_is_refused(tmp_path: Path, small: Ran) -> None:
    import zipfile

    path = tmp_path / "export.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("conversations.json", "w", force_zip64=True) as member,
    ):
        member.write(b'[{"mapping": {"a": "')
        for _ in range(64):
            member.write(b" " * (GIGABYTE // 64))
    ran = run_program(tmp_path, "import", str(path))
    check(ran, small, 2, "ends at byte")


def test_in_the_settings_it_is_refused(tmp_path: Path, huge: Huge, small: Ran) -> None:
    huge("config.toml", b'owner = "')
    ran = run_program(tmp_path, "ask", "What is my dog called?")
    check(ran, small, 3, "larger than 1,000,000 bytes")


def test_in_a_template_it_is_refused(tmp_path: Path, huge: Huge, small: Ran) -> None:
    model = {"REMEMBRANCER_BASE_URL": "http://127.0.0.1:9/v1", "REMEMBRANCER_MODEL": "m"}
    template = str(huge("template.txt", b"{memories} "))
    ran = run_program(tmp_path, "ask", "Hello", REMEMBRANCER_TEMPLATE=template, **model)
    check(ran, small, 3, "longer than")


def test_among_the_lines_typed_before_it_is_passed_over(tmp_path: Path, huge: Huge) -> None:
    import resource

    from assistant.terminal.history import PrivateHistory

    path = huge("history", b"\n# 2026-05-03\n+", b"\n\n# 2026-05-03\n+My dog is called Biscuit.\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = list(PrivateHistory(path).load_history_strings())
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert lines[0] == "My dog is called Biscuit."
    assert (after - before) / 1024 < MOST_MB
