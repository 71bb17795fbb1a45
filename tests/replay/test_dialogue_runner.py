from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant.encoder import Array, Kind
from assistant.errors import ReplayFailed, UsageError
from assistant.replay import (
    as_json,
    find_dialogues,
    parse_dialogue,
    raise_if_failed,
    render,
    run_dialogue,
    run_files,
)
from assistant.replay.runner import DialogueResult, Opener
from assistant.testing import HashEncoder

HEAD = "name: a test\nclock: 2026-05-03T09:00+01:00\nsteps:\n"
TALK = (
    HEAD
    + """\
  - as user: My dog is called Bruno and sleeps in the kitchen.
  - as user: I bought seven green apples at the market today.
  - restart
  - recall: Where does the dog called Bruno sleep?
    expect: {first: Bruno, recalled: [Bruno], stored: [Bruno, apples], memories: 2}
"""
)


def run(text: str, open_assistant: Opener) -> DialogueResult:
    dialogue = parse_dialogue(text, Path("talk.dialogue.yaml"))
    return run_dialogue(dialogue, open_assistant=open_assistant)


def test_a_dialogue_passes_and_its_steps_are_timed(doubles: Opener) -> None:
    result = run(TALK, doubles)
    assert result.passed, render([result])
    assert len(result.steps) == 4
    assert all(step.duration_ms > 0 for step in result.steps)


def test_breaking_recall_turns_a_dialogue_red_with_a_readable_message(
    broken_recall: Opener,
) -> None:
    result = run(TALK, broken_recall)
    assert not result.passed
    text = render([result])
    assert "FAIL talk.dialogue.yaml: a test" in text
    assert "line 7: recall: Where does the dog called Bruno sleep?" in text
    assert 'first: expected "Bruno" in the best recollection' in text
    assert "1. [1.00] user: I bought seven green apples" in text


def test_what_is_raised_is_the_result_of_the_step_and_ends_the_dialogue(
    opener: Callable[..., Opener],
) -> None:
    class Breaks(HashEncoder):
        def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Array:
            raise RuntimeError("the encoder\nis broken")

    result = run(TALK, opener(encoder=Breaks()))
    assert [step.error for step in result.steps] == ["RuntimeError: the encoder is broken"]
    assert "raised RuntimeError" in render([result])


def test_every_expectation_sees_the_real_assistant(doubles: Opener) -> None:
    result = run(
        HEAD
        + """\
  - as user: My dog is called Bruno and sleeps in the kitchen.
    expect: {stored: [parrot], not stored: [Bruno], memories: 5, short-term: [parrot]}
  - recall: Bruno
    expect: {first: parrot, recalled: [parrot], not recalled: [Bruno], order: [a parrot, Bruno]}
""",
        doubles,
    )
    keys = [failure.key for step in result.steps for failure in step.failures]
    assert keys == [
        "stored", "not stored", "memories", "short-term",
        "recalled", "first", "not recalled", "order",
    ]  # fmt: skip


def test_the_clock_moves_with_advance_and_a_second_with_everything_said(doubles: Opener) -> None:
    times = []

    def spying(path: Path, clock: object, owner: str) -> object:
        assistant = doubles(path, clock, owner)  # type: ignore[arg-type]
        observe = assistant.observe
        assistant.observe = lambda *a, **k: times.append(clock()) or observe(*a, **k)  # type: ignore
        return assistant

    run(HEAD + "  - as A: a\n  - as A: b\n  - advance: 2 hours\n  - as A: c\n", spying)  # type: ignore
    assert [time.isoformat() for time in times] == [
        "2026-05-03T09:00:00+01:00",
        "2026-05-03T09:00:01+01:00",
        "2026-05-03T11:00:02+01:00",
    ]


def test_kill_closes_nothing_and_consolidates_nothing(doubles: Opener) -> None:
    opened = []

    def spying(*args: object) -> object:
        opened.append(doubles(*args))  # type: ignore[arg-type]
        closed = opened[-1].close
        opened[-1].close = lambda: events.append("closed") or closed()  # type: ignore
        return opened[-1]

    events: list[str] = []
    steps = "  - as user: My dog is called Bruno and sleeps a lot.\n  - kill\n"
    result = run(
        HEAD + steps + "  - recall: dog Bruno\n    expect: {first: Bruno}\n",
        spying,  # type: ignore
    )
    assert result.passed, render([result])
    assert len(opened) == 2
    assert events == ["closed"]  # the second one only
    assert opened[0].short_term.turns  # it was never told that the session is over


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from assistant import Assistant
from assistant.fusion import FusionRanker
from assistant.testing import HashEncoder, LengthNetwork
a = Assistant(
    Path(sys.argv[1]),
    clock=lambda: datetime(2026, 5, 3, tzinfo=UTC),
    encoder=HashEncoder(),
    network=LengthNetwork(),
    ranker=FusionRanker(),
)
a.observe("My dog is called Bruno and sleeps in the kitchen.")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_process_that_is_really_killed_loses_nothing_that_was_said(
    tmp_path: Path, doubles: Opener
) -> None:
    from datetime import UTC, datetime

    path = tmp_path / "me.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    with doubles(path, lambda: datetime(2026, 5, 4, tzinfo=UTC), "default") as assistant:
        assert "Bruno" in assistant.recall("dog Bruno")[0].text
        assistant.observe("Hello?")
        assert [memory.text[:12] for memory in assistant.memories()] == ["My dog is ca"]


def test_owners_are_apart_only_by_name(doubles: Opener) -> None:
    owners = []

    def spying(path: Path, clock: object, owner: str) -> object:
        owners.append(owner)
        return doubles(path, clock, owner)  # type: ignore[arg-type]

    run(HEAD.replace("name", "owner: me\nname") + "  - as A: a\n", spying)  # type: ignore
    assert owners == ["me"]


def test_files_and_folders_are_run_and_an_unreadable_one_fails_alone(
    tmp_path: Path, doubles: Opener
) -> None:
    (tmp_path / "a.dialogue.yaml").write_text(TALK)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.dialogue.yaml").write_text("name: b")
    (tmp_path / "other.yaml").write_text("not: mine")
    results = run_files([tmp_path], open_assistant=doubles)
    assert [result.passed for result in results] == [True, False]
    text = render(results)
    assert text.endswith("1 passed, 1 failed")
    assert "b.dialogue.yaml:1: found no 'clock'" in text
    with pytest.raises(ReplayFailed, match=r"1 of 2 dialogues failed, the first at .*b\.dialogue"):
        raise_if_failed(results)
    raise_if_failed(results[:1])


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        find_dialogues([tmp_path / "none.dialogue.yaml"])
    with pytest.raises(UsageError, match="holds no"):
        find_dialogues([tmp_path])


def test_results_go_through_json(doubles: Opener, broken_recall: Opener) -> None:
    value = json.loads(json.dumps(as_json([run(TALK, doubles), run(TALK, broken_recall)])))
    assert (value["passed"], value["failed"]) == (1, 1)
    good, bad = value["dialogues"]
    assert good["passed"]
    assert good["steps"][3]["step"].startswith("recall: Where")
    assert bad["steps"][3]["failures"][0]["key"] in ("recalled", "first")


def test_verbose_shows_steps_that_passed_too(doubles: Opener) -> None:
    result = run(TALK, doubles)
    assert "line 6: restart" not in render([result])
    assert "line 6: restart" in render([result], verbose=True)
