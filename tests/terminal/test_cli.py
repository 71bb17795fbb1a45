"""The commands of the shell, each with good input and with bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.commands import all_commands

SHELL = [command.name for command in all_commands().of("shell")]


def fails(result: Any, code: int, words: str) -> None:
    assert result.exit_code == code
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_help_names_every_command(run: Any) -> None:
    result = run("--help", store=None)
    assert result.exit_code == 0
    assert [name for name in [*SHELL, "chat"] if f"  {name} " not in result.stdout] == []


@pytest.mark.parametrize("name", [*SHELL, "chat"])
def test_every_command_has_help_with_the_global_flags(run: Any, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "--store" in result.stdout
    assert "--json" in result.stdout


def test_the_version_is_told(run: Any) -> None:
    assert run("--version", store=None).stdout.startswith("remembrancer ")


def test_what_was_said_in_one_process_is_answered_in_the_next(run: Any) -> None:
    assert "Bruno" in run("ask", "My dog is called Bruno.").stdout
    assert "Bruno" in run("ask", "What is my dog called?").stdout


def test_ask_takes_standard_input_as_one_turn(run: Any) -> None:
    run("ask", input="My dog\nis called Bruno.\n")
    assert run("recall", "Bruno").stdout.count("Bruno") >= 1


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_ask_without_anything_to_ask_says_so(run: Any, empty: str) -> None:
    fails(run("ask", input=empty), 2, "ask has nothing to work on")


def test_ask_refuses_a_library(run: Any) -> None:
    fails(run("ask", input="x" * 1_000_001), 2, "longer than 1,000,000 bytes")


def test_words_that_look_like_flags_go_after_two_dashes(run: Any) -> None:
    assert run("remember", "--", "-5 degrees in January").exit_code == 0
    assert "-5 degrees" in run("memories").stdout


def test_remember_recall_memories_forget(run: Any) -> None:
    assert run("remember", "My", "dog", "is", "called", "Bruno.").exit_code == 0
    assert "My dog is called Bruno." in run("recall", "dog").stdout
    assert "My dog is called Bruno." in run("memories").stdout
    assert "My dog is called Bruno." in run("memories", "Bruno").stdout
    assert "Forgotten" in run("forget", "--yes", "Bruno").stdout
    assert "Bruno" not in run("memories").stdout
    assert "Bruno" not in run("recall", "--transcript", "dog").stdout


def test_forgetting_without_a_terminal_needs_yes(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    result = run("forget", "Bruno")
    assert result.exit_code == 2
    assert "add --yes" in result.stderr
    assert "Bruno" in run("memories").stdout


def test_forgetting_lists_what_matches_when_it_is_not_clear(run: Any) -> None:
    run("remember", "My dog is called Bruno.")
    run("remember", "My neighbour is called Bruno too.")
    result = run("forget", "--yes", "Bruno")
    assert result.exit_code == 2
    assert "2 match; say which: assistant forget NUMBER, one of 2, 1" in result.stderr
    assert "neighbour" in result.stdout
    assert run("forget", "--yes", "2").exit_code == 0
    assert "dog" in run("memories").stdout


@pytest.mark.parametrize("what", ["77", "#77", "t77", "no such words", "9" * 30, "☃", "%", "'"])
def test_forgetting_what_is_not_there_says_so(run: Any, what: str) -> None:
    run("remember", "My dog is called Bruno.")
    fails(run("forget", "--yes", what), 2, "assistant memories lists")


def test_owners_see_only_their_own(run: Any) -> None:
    run("remember", "My dog is called Bruno.", "--owner", "ana")
    assert "Bruno" not in run("memories").stdout
    assert "Bruno" in run("--owner", "ana", "memories").stdout


def test_the_environment_stands_for_flags_and_flags_win(
    run: Any, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("remember", "My dog is called Bruno.")
    monkeypatch.setenv("REMEMBRANCER_STORE", str(store))
    assert "Bruno" in run("memories", store=None).stdout
    assert "Bruno" not in run("memories", "--store", str(tmp_path / "x.db"), store=None).stdout
    monkeypatch.setenv("REMEMBRANCER_OWNER", "ana")
    assert "Bruno" not in run("memories", store=None).stdout
    monkeypatch.setenv("REMEMBRANCER_DEVICE", "tpu")
    fails(run("memories", store=None), 3, "REMEMBRANCER_DEVICE is 'tpu', expected auto or cpu")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["recal", "dog"], 2, "no command 'recal'; did you mean 'recall'?"),
        (["hello there"], 2, "to say something: assistant ask TEXT"),
        (["recall"], 2, "Missing argument"),
        (["remember"], 2, "Missing argument"),
        (["forget"], 2, "forget needs NUMBER, WORDS, --since or --until"),
        (["recall", "dog", "--limit", "0"], 2, "--limit"),
        (["recall", "dog", "--limit", "many"], 2, "--limit"),
        (["memories", "--frob"], 2, "--frob"),
        (["replay"], 2, "Missing argument"),
        (["replay", "/no/such.dialogue.yaml"], 2, "/no/such.dialogue.yaml"),
        (["eval", "/no/such.jsonl"], 2, "/no/such.jsonl"),
        (["import", "/no/such.jsonl"], 2, "/no/such.jsonl"),
        (["export", "/no/such/folder/x.jsonl"], 2, "/no/such/folder"),
        (["--runtime", "abacus", "memories"], 2, "abacus"),
        (["--device", "tpu"], 2, "tpu"),
    ],
    ids=str,
)
def test_bad_input_is_one_line(run: Any, arguments: list[str], code: int, words: str) -> None:
    fails(run(*arguments), code, words)


NASTY = ["\x00", "\x1b[31m", "a\rb", "☃" * 500, "'; --", "\udc80", "小泽", "%_*", '"', "👨\u200d👩"]


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("name", ["ask", "remember", "recall", "memories"])
def test_any_text_is_survived_by_every_door(run: Any, name: str, text: str) -> None:
    result = run(name, "--", text)
    assert result.exit_code == 0, result.stderr
    assert "\x1b" not in result.stdout
    assert "\x00" not in result.stdout


@pytest.mark.parametrize(
    "name", ["memories", "recall dog", "remember x y z", "ask hello", "doctor"]
)
def test_json_is_one_envelope(run_json: Any, name: str) -> None:
    envelope = run_json(*name.split())
    assert envelope["ok"] is True
    assert envelope["command"] == name.split()[0]
    assert envelope["data"] is not None


def test_json_tells_what_a_recollection_is(run: Any, run_json: Any) -> None:
    run("remember", "My dog is called Bruno.")
    data = run_json("recall", "dog")["data"]
    assert data["hits"][0]["text"] == "My dog is called Bruno."
    assert 0 <= data["hits"][0]["confidence"] <= 1
    assert data["hits"][0]["why"]
    assert data["hits"][0]["memory"] == 1


def test_export_and_import_move_everything(run: Any, run_json: Any, tmp_path: Path) -> None:
    run("remember", "My dog is called Bruno.")
    path = tmp_path / "said.jsonl"
    assert run("export", str(path)).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("export").stdout == path.read_text("utf-8")
    fails(run("export", str(path)), 2, "--force")
    assert run("export", str(path), "--force").exit_code == 0
    other = tmp_path / "other.db"
    assert run_json("import", str(path), store=other)["data"]["turns"] == 1
    assert run_json("import", str(path), store=other)["data"]["known"] == 1
    assert "Bruno" in run("recall", "--transcript", "dog", store=other).stdout


def test_import_reads_a_pipe(run: Any) -> None:
    turn = {"id": "1", "session": 1, "speaker": "Ana", "time": "", "text": "I have a parrot."}
    line = json.dumps({"id": "c", "turns": [turn]})
    assert "1 new turn in 1 conversation;" in run("import", "-", input=line).stdout


def test_import_of_nonsense_names_the_line(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "c", "turns": []}\nnonsense\n')
    fails(run("import", str(path)), 2, "bad.jsonl:2")


def test_reindexing_encodes_what_another_encoder_encoded_once(run_json: Any, store: Path) -> None:
    import numpy as np

    from storage import LongTermStore

    run_json("remember", "My dog is called Bruno.")
    with LongTermStore(store) as opened:
        opened.set_vectors([(1, np.ones(4, np.float32) / 2)], "another")
    assert run_json("reindex")["data"]["encoded"] == 1
    assert run_json("reindex")["data"]["encoded"] == 0


def test_a_dialogue_that_differs_ends_with_code_8(
    run: Any, run_json: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.replay import runner
    from assistant.testing import HashEncoder, LengthNetwork

    def light() -> Any:
        from assistant import Assistant

        return lambda path, clock, owner: Assistant(
            path, clock=clock, owner=owner, encoder=HashEncoder(), network=LengthNetwork()
        )

    monkeypatch.setattr(runner, "default_opener", light)
    path = tmp_path / "a.dialogue.yaml"
    steps = "name: x\nclock: 2026-05-03T09:00+01:00\nsteps:\n  - user: My dog is called Bruno.\n"
    path.write_text(steps)
    assert run("replay", str(path)).exit_code == 0
    path.write_text(steps + "    expect: {reply: [Zorp]}\n")
    result = run("replay", str(path))
    assert result.exit_code == 8
    assert "Zorp" in result.stdout
    envelope = run_json("replay", str(path))
    assert envelope["ok"] is False
    assert envelope["data"]["failed"] == 1
