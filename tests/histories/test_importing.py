from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.conversations import ConversationError
from assistant.histories import find_parts, import_histories, survey_histories
from storage import LongTermStore
from tests.histories.conftest import Import, parts
from tests.histories.exports import chatgpt, claude, message, node, talk, write

PARROT = talk("c1", "I adopted a grey parrot called Pim.", "What a lovely name for a parrot!")
GARDEN = claude(
    "d1",
    message("m1", "human", "I planted three apple trees behind the house."),
    message("m2", "assistant", "Water them well in their first summer."),
)


def everything(store: LongTermStore) -> list[tuple[str, str, str, str, str]]:
    return [
        (turn.ref, turn.session, turn.speaker, turn.said_at.isoformat(), turn.text)
        for turn in store.iterate_turns()
    ]


def files_below(folder: Path) -> dict[str, bytes]:
    """Without the table of locks that every reader of a log writes to."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): path.read_bytes() for path in files if not path.name.endswith("-shm")}


def test_what_was_imported_is_recalled_with_where_it_comes_from(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    report = take(write(tmp_path / "conversations.json", PARROT, GARDEN))
    assert (report.conversations, report.turns, report.known) == (2, 4, 0)
    assert report.sources == {"chatgpt": 1, "claude": 1}
    assert str(report.first) == "2023-11-14 22:13:20+00:00"
    assert str(report.last) == "2024-05-01 10:00:00.123456+00:00"
    found = me.recall("grey parrot called Pim")[0]
    assert found.refs == ("chatgpt:c1:c1-m0",)
    assert found.speaker == "user"
    assert everything(me.store)[2] == (
        "claude:d1:m1",
        "d1",
        "user",
        "2024-05-01T10:00:00.123456+00:00",
        "I planted three apple trees behind the house.",
    )
    assert not me.store.pending()
    assert me.short_term.turns == ()


def test_importing_again_changes_nothing(me: Assistant, take: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "conversations.json", PARROT, GARDEN)
    take(path)
    before = everything(me.store), me.memories()
    report = take(path)
    assert (report.conversations, report.turns, report.known) == (2, 0, 4)
    assert (everything(me.store), me.memories()) == before


def test_a_conversation_that_went_on_is_continued(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    take(write(tmp_path / "a.json", PARROT))
    longer = talk("c1", "I adopted a grey parrot called Pim.", "What a lovely name for a parrot!",
                  "He sings in the shower every morning.")  # fmt: skip
    report = take(write(tmp_path / "b.json", longer))
    assert (report.turns, report.known) == (1, 2)
    assert {row[1] for row in everything(me.store)} == {"c1"}


def test_a_dry_run_tells_what_the_import_does_and_writes_nothing(
    me: Assistant, take: Import, survey: Import, tmp_path: Path
) -> None:
    longer = talk("c1", "I adopted a grey parrot called Pim.", "What a lovely name for a parrot!",
                  "He sings in the shower every morning.")  # fmt: skip
    empty = chatgpt("c9", node("a", None, "system", "Be kind."))
    take(write(tmp_path / "before.json", GARDEN))
    path = write(tmp_path / "conversations.json", PARROT, {"a": 1}, GARDEN, longer, empty)
    before = files_below(tmp_path)
    told = survey(path)
    assert files_below(tmp_path) == before
    assert told.dry_run
    done = take(path)
    assert told.data() | {"dry_run": False} == done.data()
    assert (done.conversations, done.turns, done.known) == (3, 3, 4)
    assert done.left_out == {
        "system and tool messages": 3,
        "objects that are no conversations": 1,
        "conversations without words": 1,
    }


def test_a_dry_run_needs_no_more_than_a_store_open_for_reading(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    path = write(tmp_path / "conversations.json", PARROT)
    take(path)
    assert me.store.path is not None
    with LongTermStore(me.store.path, read_only=True) as store:
        assert survey_histories(store, parts(path)).known == 2


def test_a_zip_as_downloaded_is_read_and_so_is_the_folder_it_unpacks_to(
    take: Import, survey: Import, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("user.json", "{}")
        archive.writestr("shared_conversations.json", '[{"id": "x"}]')
        archive.writestr("chat/conversations-000.json", json.dumps([PARROT]))
        archive.writestr("chat/conversations-001.json", json.dumps([GARDEN]))
    assert survey(path).turns == 4
    shutil.unpack_archive(path, tmp_path / "export")
    assert take(tmp_path / "export" / "chat").turns == 4
    assert take(path).known == 4


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(PARROT),
        json.dumps(PARROT) + "\n" + json.dumps(GARDEN),
        json.dumps({"account": {"a": {}}, "conversations": [PARROT, GARDEN]}),
        "\ufeff \n" + json.dumps([PARROT], indent=3),
    ],
)
def test_a_single_conversation_lines_of_them_and_a_wrapped_list_are_read(
    survey: Import, tmp_path: Path, data: str
) -> None:
    (tmp_path / "x.json").write_text(data, "utf-8")
    assert survey(tmp_path / "x.json").turns == 4 - 2 * ("d1" not in data)


@pytest.mark.parametrize("text", ["", "nonsense", '{"id": "c", "turns": [{"mapping": 1}]}', '"x"'])
def test_other_files_are_left_to_their_own_reader(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert find_parts(tmp_path / "x.json") is None


def test_a_list_without_any_conversation_is_refused(survey: Import, tmp_path: Path) -> None:
    with pytest.raises(ConversationError, match=r"x\.json: JSON without a conversation"):
        survey(write(tmp_path / "x.json", {"a": 1}, [2]))
    assert survey(write(tmp_path / "y.json")).conversations == 0


def test_a_file_cut_off_leaves_what_came_before_whole_and_says_where(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.json", PARROT, GARDEN)
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    begins = whole.index(b'{"uuid": "d1"')
    with pytest.raises(ConversationError, match=rf"inside conversation 2, .* byte {begins};"):
        take(path)
    assert [row[0] for row in everything(me.store)] == ["chatgpt:c1:c1-m0", "chatgpt:c1:c1-m1"]
    assert not me.store.pending()
    path.write_bytes(whole)
    assert (take(path).turns, me.store.count_turns()) == (2, 4)


def test_a_damaged_conversation_is_told_and_the_next_one_imported(
    take: Import, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.json", PARROT, GARDEN)
    path.write_bytes(path.read_bytes().replace(b'"mapping":', b'"mapping"!', 1))
    report = take(path)
    assert report.turns == 2
    assert report.left_out["damaged conversations"] == 1
    assert report.damages[0].startswith(f"{path}: conversation 1, at byte 1: not JSON: Expecting")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 50_000 + "]" * 50_000, "1e999999", "NaN"])
def test_numbers_and_nesting_beyond_reason_are_survived(
    take: Import, tmp_path: Path, value: str
) -> None:
    odd = json.dumps(talk("c0", "I have a cat.")).replace(
        '"gizmo_id": null', f'"gizmo_id": {value}'
    )
    (tmp_path / "x.json").write_text(f"[{odd}, {json.dumps(PARROT)}]")
    report = take(tmp_path / "x.json")
    assert report.turns == 3 - report.left_out["damaged conversations"]


def test_a_damaged_or_locked_zip_says_so_in_a_line(survey: Import, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps([PARROT] * 50))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ConversationError, match=r"x\.zip/conversations\.json: the zip is damaged"):
        survey(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("part-1.zip", b"PK")
    with pytest.raises(ConversationError, match=r"no conversations\.json in this zip; it holds"):
        find_parts(path)
    with pytest.raises(ConversationError, match=r"no conversations\.json in this folder"):
        find_parts(tmp_path)
    with pytest.raises(ConversationError, match="cannot be read"):
        find_parts(tmp_path / "nowhere.json")


def test_any_text_is_survived(me: Assistant, take: Import, tmp_path: Path) -> None:
    texts = ["\ud83d alone", "nul \0 inside", "\x1b[31mred", "\u202eright to left", "emoji 🦜",
             "小泽是一只鹦鹉", "a" * 300_000, "\\\"{[", "x\u2028y"]  # fmt: skip
    report = take(write(tmp_path / "x.json", talk("\ud83d", *texts)))
    assert report.turns == len(texts)
    kept = [row[4] for row in everything(me.store)]
    assert kept[:2] == ["\ufffd alone", "nul \ufffd inside"]
    assert kept[2:] == texts[2:]
    assert take(tmp_path / "x.json").known == len(texts)


def test_bytes_that_are_no_utf8_are_survived(me: Assistant, take: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", PARROT)
    path.write_bytes(path.read_bytes().replace(b"Pim", b"P\xff\xed\xa0\xbdm"))
    take(path)
    assert "P\ufffd" in everything(me.store)[0][4]


def test_a_message_known_with_other_words_is_told_and_left_as_it_was(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    take(write(tmp_path / "x.json", PARROT))
    other = talk("c1", "I adopted a green parrot called Pim.", "What a lovely name for a parrot!")
    report = take(write(tmp_path / "y.json", other))
    assert (report.turns, report.known) == (0, 1)
    assert report.left_out["messages known with other words"] == 1
    assert "grey" in everything(me.store)[0][4]


def test_a_ref_taken_in_another_session_is_known(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    me.observe("I adopted a grey parrot called Pim.", ref="chatgpt:c1:c1-m0", session="elsewhere")
    me.observe("Something else.", ref="claude:d1:m1", session="elsewhere")
    report = take(write(tmp_path / "x.json", PARROT, GARDEN))
    assert (report.turns, report.known) == (2, 1)
    assert report.left_out["messages known with other words"] == 1


def test_progress_is_told_by_the_bytes_read(me: Assistant, tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", PARROT, GARDEN)
    told: list[Any] = []
    import_histories(me, parts(path), lambda done, total: told.append((done, total)))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
