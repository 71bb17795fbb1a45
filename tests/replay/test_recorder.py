from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.replay import Recorder, load_dialogue, render, run_dialogue
from assistant.replay.runner import ManualClock, Opener

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
TICK = timedelta(seconds=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def test_a_recorded_session_reads_back_and_passes(
    tmp_path: Path, clock: ManualClock, doubles: Opener
) -> None:
    with doubles(tmp_path / "me.db", clock, "default") as assistant:
        recorder = Recorder(tmp_path / "talk", clock, name="the dog")
        for text, passes in (
            ("My dog is called Bruno: a poodle.", timedelta(seconds=40)),
            ("What is my dog called?", timedelta(hours=2)),
            ("Is he a poodle?", TICK),
        ):
            recorder.user(text, assistant.reply(text))
            clock.advance(passes)
        assistant.observe("I adopted a parrot.", speaker="Ana Maria")
        recorder.observe("I adopted a parrot.", "Ana Maria")
        clock.advance(TICK)
        assistant.new_session()
        recorder.new_session()
        recorder.user("And the parrot?", assistant.reply("And the parrot?"))
    assert recorder.close(open_assistant=doubles) == 0
    dialogue = load_dialogue(tmp_path / "talk.dialogue.yaml")
    assert dialogue.name == "the dog"
    assert [step.kind for step in dialogue.steps] == [
        "user", "advance", "user", "advance", "user", "as", "new session", "user",
    ]  # fmt: skip
    assert dialogue.steps[0].expect.reply
    result = run_dialogue(dialogue, open_assistant=doubles)
    assert result.passed, render([result])


def test_replies_that_owe_something_to_the_past_are_not_expected(
    tmp_path: Path, clock: ManualClock, doubles: Opener
) -> None:
    recorder = Recorder(tmp_path / "talk.dialogue.yaml", clock)
    recorder.user("What is my dog called?", "Your dog, said in 2019, is Xerxes.")
    assert recorder.close(open_assistant=doubles) == 1
    text = recorder.path.read_text()
    assert "# replies otherwise when nothing was said before" in text
    assert "Xerxes" not in text
    result = run_dialogue(load_dialogue(recorder.path), open_assistant=doubles)
    assert result.passed


def test_the_file_is_whole_after_every_step_and_private(tmp_path: Path, clock: ManualClock) -> None:
    recorder = Recorder(tmp_path / "talk", clock)
    for number in range(3):
        recorder.user(f"number {number}", "fine")
        assert len(load_dialogue(recorder.path).steps) >= number + 1
        clock.advance(timedelta(minutes=1))
    assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600


def test_a_file_that_exists_is_left_alone(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "talk.dialogue.yaml").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        Recorder(tmp_path / "talk.yaml", clock)
    with pytest.raises(UsageError, match="cannot be written"):
        Recorder(tmp_path / "none" / "talk", clock)
    assert (tmp_path / "talk.dialogue.yaml").read_text() == "mine"


def test_nothing_said_leaves_no_file(tmp_path: Path, clock: ManualClock) -> None:
    recorder = Recorder(tmp_path / "talk", clock)
    assert recorder.close() == 0
    assert recorder.close() == 0
    assert not recorder.path.exists()
    with pytest.raises(UsageError, match="finished"):
        recorder.new_session()


def test_every_step_can_be_recorded(tmp_path: Path, clock: ManualClock) -> None:
    recorder = Recorder(tmp_path / "talk", clock)
    recorder.remember("tea")
    recorder.recall("tea")
    recorder.forget("tea")
    recorder.restart()
    recorder.close(verify=False)
    kinds = [step.kind for step in load_dialogue(recorder.path).steps]
    assert [kind for kind in kinds if kind != "advance"] == [
        "remember", "recall", "forget", "restart",
    ]  # fmt: skip


texts = st.text(st.characters(), max_size=60)  # lone surrogates too


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, reply=texts, speaker=texts.filter(str.strip))
def test_any_text_reads_back_the_same(folder: Path, text: str, reply: str, speaker: str) -> None:
    recorder = Recorder(folder / "talk", ManualClock(NOON))
    try:
        recorder.user(text, reply)
        recorder.observe(text, speaker)
        step, other = load_dialogue(recorder.path).steps
        assert step.text == other.text == text
        assert other.speaker == speaker.strip()
        for pattern in step.expect.reply or ():
            assert pattern.found_in(reply), (pattern, reply)
    finally:
        recorder.path.unlink()
