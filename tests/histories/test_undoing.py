from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.errors import UsageError
from assistant.histories import find_imported, undo
from assistant.transfer import export_file, import_file
from tests.histories.conftest import Import
from tests.histories.exports import write
from tests.histories.test_importing import GARDEN, PARROT


def refs(me: Assistant) -> list[str]:
    return [turn.ref for turn in me.store.iterate_turns()]


def test_undoing_a_source_leaves_none_of_its_bytes_and_everything_else(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    me.observe("My dog is called Biscuit.", ref="mine")
    me.observe("I adopted a grey parrot called Pim.", ref="mine too")
    take(write(tmp_path / "x.json", PARROT, GARDEN))
    imported = find_imported(me.store, "claude")
    assert (len(imported.turns), imported.conversations) == (2, 1)
    folder = tmp_path / "store"
    assert any(b"apple trees" in path.read_bytes() for path in folder.iterdir())
    receipt = undo(me, imported)
    assert receipt.turns == 2
    for path in folder.iterdir():
        for trace in (b"apple", b"first summer", b"claude:", b"d1:m1"):
            assert trace not in path.read_bytes(), (path, trace)
    assert refs(me) == ["mine", "mine too", "chatgpt:c1:c1-m0", "chatgpt:c1:c1-m1"]
    assert find_imported(me.store, "claude").turns == ()


def test_undoing_leaves_what_was_said_here_in_the_same_words(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    me.observe("I adopted a grey parrot called Pim.", ref="mine")
    me.new_session()
    take(write(tmp_path / "x.json", PARROT))
    undo(me, find_imported(me.store, "chatgpt"))
    assert me.recall("grey parrot")[0].refs == ("mine",)


def test_undoing_one_conversation_leaves_the_others(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    longer = PARROT | {"id": "c11", "conversation_id": "c11"}
    take(write(tmp_path / "x.json", PARROT, longer))
    undo(me, find_imported(me.store, "chatgpt:c1"))
    assert refs(me) == ["chatgpt:c11:c1-m0", "chatgpt:c11:c1-m1"]


def test_undoing_a_file_forgets_exactly_what_it_brought(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    first, second = write(tmp_path / "x.json", PARROT), write(tmp_path / "y.json", GARDEN)
    take(first)
    take(second)
    me.observe("He sings in the shower.", session="c1", ref="mine")
    undo(me, find_imported(me.store, str(first)))
    assert refs(me) == ["claude:d1:m1", "claude:d1:m2", "mine"]
    assert take(first).turns == 2


def test_undoing_a_file_that_is_cut_off_forgets_what_stands_before(
    me: Assistant, take: Import, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.json", PARROT, GARDEN)
    take(path)
    path.write_bytes(path.read_bytes()[:-40])
    assert len(find_imported(me.store, str(path)).turns) == 2


def test_undoing_lines_forgets_what_they_brought_and_nothing_said_here(
    me: Assistant, tmp_path: Path
) -> None:
    me.observe("My dog is called Biscuit.", ref="mine")
    lines = tmp_path / "x.jsonl"
    turn = {"id": "1", "session": 1, "speaker": "Ana", "time": "", "text": "I have a parrot."}
    lines.write_text("\n".join(json.dumps({"id": c, "turns": [turn]}) for c in ("a", "b")))
    import_file(me, lines)
    own = tmp_path / "own.jsonl"
    export_file(me.store, "default", own)
    assert import_file(me, own).turns == 0
    imported = find_imported(me.store, str(lines))
    assert (len(imported.turns), imported.conversations) == (2, 2)
    undo(me, imported)
    assert refs(me) == ["mine"]
    assert find_imported(me.store, str(own)).turns == ()


@pytest.mark.parametrize("named", ["chatpgt", "gpt:c1", "/nowhere.json", ""])
def test_undoing_what_is_neither_source_nor_file_is_refused(me: Assistant, named: str) -> None:
    with pytest.raises(UsageError, match=r"expected|cannot be read"):
        find_imported(me.store, named)
