from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, exporting
from assistant.conversations import ConversationError
from assistant.errors import UsageError
from assistant.fusion import FusionRanker
from assistant.testing import HashEncoder, LengthNetwork
from assistant.transfer import (
    ImportReport,
    export_file,
    export_lines,
    import_file,
    import_lines,
    survey_lines,
)
from storage import LongTermStore

Open = Callable[..., Assistant]


@pytest.fixture
def open_one(tmp_path: Path) -> Open:
    def opened(name: str = "me.db", **rest: Any) -> Assistant:
        return Assistant(
            tmp_path / name,
            encoder=HashEncoder(),
            network=LengthNetwork(),
            ranker=FusionRanker(),
            **rest,
        )

    return opened


def turn(number: int, text: str, session: int = 1, **rest: Any) -> dict[str, Any]:
    time = f"2023-05-{session:02d}T10:{number:02d}:00+00:00"
    return {"id": f"D{session}:{number}", "session": session, "speaker": "Ana", "time": time,
            "text": text, **rest}  # fmt: skip


def line(name: str, *turns: dict[str, Any]) -> bytes:
    return json.dumps({"id": name, "turns": turns}).encode() + b"\n"


def take(assistant: Assistant, *lines: bytes) -> ImportReport:
    return import_lines(assistant, io.BytesIO(b"".join(lines)), "talk.jsonl")


def export(store: LongTermStore) -> str:
    out = io.StringIO(newline="")
    export_lines(store, store.owner, out)
    return out.getvalue()


TALK = line(
    "c1",
    turn(1, "I adopted a grey parrot called Pim."),
    turn(2, "He sings in the shower every morning.", speaker="user"),
    turn(1, "Pim has learned the national anthem by now.", 2),
)


def test_what_was_imported_is_recalled_with_its_ref(open_one: Open) -> None:
    with open_one() as assistant:
        assert take(assistant, TALK) == ImportReport(1, 3, 0)
        found = assistant.recall("grey parrot called Pim")[0]
        assert found.refs == ("D1:1",)
        assert found.said_at.isoformat() == "2023-05-01T10:01:00+00:00"
        assert not assistant.store.pending()
        assert assistant.store.count_memories() == 3
        assert assistant.short_term.turns == ()


def test_a_survey_tells_what_the_import_does_and_writes_nothing(open_one: Open) -> None:
    with open_one() as assistant:
        for new, known in ((3, 0), (0, 3)):
            told = survey_lines(assistant.store, io.BytesIO(TALK), "talk.jsonl")
            assert told == ImportReport(1, new, known)
            assert assistant.store.count_turns() == known
            assert take(assistant, TALK) == told


def test_importing_again_changes_nothing(open_one: Open) -> None:
    with open_one() as assistant:
        take(assistant, TALK)
        before = export(assistant.store)
        assert take(assistant, TALK) == ImportReport(1, 0, 3)
        assert export(assistant.store) == before
        assert assistant.store.count_memories() == 3


def test_export_import_export_gives_the_same_bytes(open_one: Open) -> None:
    odd = 'quote " back\\slash \u2028 new\nline \ud800 nul\0 😀 中文'
    with open_one() as assistant:
        assistant.observe("My dog is called Bruno.")
        take(assistant, TALK, line("c2", turn(1, odd), turn(9, "In between, out of order.", 7)))
        assistant.reply("What is my dog called?")
        zone = timezone(timedelta(hours=5, minutes=45))
        at = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=zone)
        assistant.observe("Ana has two roles.", speaker="Ana", at=at, role="assistant")
        assistant.observe("Back again.", session="c1/1")
        assistant.observe("And again.", session="mine/with/slash")
        first = export(assistant.store)
    with open_one("other.db") as other:
        take(other, first.encode())
        assert export(other.store) == first
        assert other.store.count_turns() == 11
    with open_one() as assistant:  # and back where it came from
        assert take(assistant, first.encode()).turns == 0
        assert export(assistant.store) == first


def test_an_export_is_in_the_neutral_form(open_one: Open) -> None:
    with open_one() as assistant:
        take(assistant, TALK)
        assert json.loads(export(assistant.store)) == json.loads(TALK)
        assistant.observe("My dog is called Bruno.", ref="mine")
        native = json.loads(export(assistant.store).splitlines()[1])
        assert native["id"] == "default"
        assert [(t["id"], t["session"], t["speaker"]) for t in native["turns"]] == [
            ("mine", 1, "user")
        ]


def test_conversations_that_share_ids_stay_apart(open_one: Open) -> None:
    other = line("c2", turn(1, "I adopted a grey parrot called Pim."), turn(2, "She bites."))
    with open_one() as assistant:
        assert take(assistant, TALK, other).turns == 5
        assert take(assistant, TALK, other) == ImportReport(2, 0, 5)
        assert assistant.store.turn("D1:1")
        assert assistant.store.turn("c2/D1:1")
        lines = export(assistant.store).splitlines()
        assert [json.loads(text)["id"] for text in lines] == ["c1", "c2"]
        assert [t["id"] for t in json.loads(lines[1])["turns"]] == ["D1:1", "D1:2"]
    with open_one("fresh.db") as fresh:
        take(fresh, "\n".join(lines).encode())
        assert export(fresh.store).splitlines() == lines


@pytest.mark.parametrize(
    "bad",
    [
        line("c2", turn(5, "fine"), {"id": "x"}),
        line("c2", turn(5, "fine"), turn(6, "no session", session_="", time=3)),
        line("c2", turn(5, "fine"))[:-9] + b"\n",
        b"\xff\n",
    ],
)
def test_a_bad_line_names_itself_and_nothing_of_it_is_imported(open_one: Open, bad: bytes) -> None:
    with open_one() as assistant:
        with pytest.raises(ConversationError, match=r"^talk\.jsonl:2: "):
            take(assistant, TALK, bad, TALK)
        assert assistant.store.count_turns() == 3
        assert take(assistant, TALK, line("c2", turn(5, "fine"))).turns == 1


def test_an_id_known_with_other_words_is_refused_with_line_and_turn(open_one: Open) -> None:
    changed = line("c1", turn(8, "New."), turn(2, "He never sings.", speaker="user"))
    with open_one() as assistant:
        take(assistant, TALK)
        with pytest.raises(ConversationError, match=r"^talk\.jsonl:1: turn 2 has the id 'D1:2'"):
            take(assistant, changed)
        assert assistant.store.turn("D1:8") is None


def test_an_id_said_here_with_other_words_is_refused(open_one: Open) -> None:
    with open_one() as assistant:
        assistant.observe("Something else.", ref="D1:1")
        with pytest.raises(ConversationError, match="known with other words"):
            take(assistant, TALK)
        assert assistant.store.count_turns() == 1


def test_each_session_is_consolidated_at_its_end(open_one: Open) -> None:
    turns = [turn(n, f"Thing number {n} is on the shelf, {n}.", s) for s in (1, 2) for n in (1, 2)]
    with open_one() as assistant:
        take(assistant, line("c1", *turns))
        found = {record.session: record.consolidated for record in assistant.store.turns()}
        assert found == {"c1/1": True, "c1/2": True}


def test_what_was_going_on_is_another_session(open_one: Open) -> None:
    with open_one() as assistant:
        assistant.observe("Before the import there was this turn.")
        before = assistant.session
        take(assistant, TALK)
        assistant.observe("And after it there was that one.")
        sessions = [record.session for record in assistant.store.turns()]
        assert sessions[0] == before
        assert len(set(sessions)) == 4


def test_sessions_that_overlap_come_out_in_the_order_things_were_said(open_one: Open) -> None:
    with open_one() as assistant:
        for number in range(6):
            assistant.observe(f"turn {number}", session=f"s{number % 2}")
        value = json.loads(export(assistant.store))
        assert [t["text"] for t in value["turns"]] == [f"turn {n}" for n in range(6)]
        assert [t["session"] for t in value["turns"]] == [1, 2] * 3


def test_a_long_conversation_is_split_and_comes_back_whole(
    open_one: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SPLIT_BYTES", 300)
    monkeypatch.setattr(exporting, "PAGE", 2)
    with open_one() as assistant:
        for number in range(12):
            assistant.observe(f"turn number {number}", session=f"s{number // 5}")
        text = export(assistant.store)
    lines = [json.loads(one) for one in text.splitlines()]
    assert len(lines) > 2
    assert {one["id"] for one in lines} == {"default"}
    assert sum(len(one["turns"]) for one in lines) == 12
    with open_one("other.db") as other:
        take(other, text.encode())
        assert export(other.store) == text


def test_an_empty_store_exports_nothing(open_one: Open) -> None:
    with open_one() as assistant:
        assert export(assistant.store) == ""
        assert take(assistant, b"", b"\n") == ImportReport()


def test_owners_are_exported_apart(open_one: Open) -> None:
    with open_one(owner="ana") as assistant:
        assistant.observe("This is Ana's.")
    with open_one(owner="ben") as assistant:
        assert export(assistant.store) == ""


def test_a_file_is_written_whole_and_privately(open_one: Open, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with open_one() as assistant:
        take(assistant, TALK)
        assert export_file(assistant.store, "default", path) == 3
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert import_file(assistant, path) == ImportReport(1, 0, 3)
        with pytest.raises(UsageError, match="cannot be written"):
            export_file(assistant.store, "default", tmp_path / "none" / "out.jsonl")
        with pytest.raises(ConversationError, match="cannot be read"):
            import_file(assistant, tmp_path / "none.jsonl")
    assert not list(tmp_path.glob(".export-*"))


def test_memory_does_not_grow_with_the_transcript_on_export(open_one: Open, tmp_path: Path) -> None:
    class Counting(io.StringIO):
        largest = 0

        def write(self, text: str) -> int:
            self.largest = max(self.largest, len(text))
            return len(text)

    with open_one() as assistant:
        turns = [turn(n % 60, f"{n} " + "x" * 100, 1 + n // 60) for n in range(1200)]
        take(assistant, line("c1", *turns))
        out = Counting()
        assert export_lines(assistant.store, "default", out) == 1200
    assert out.largest < 400  # a turn at a time
