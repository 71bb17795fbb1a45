from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversations import ConversationError
from assistant.histories import elements
from assistant.histories.elements import outermost_keys, split

VALUES = st.dictionaries(
    st.text(max_size=4), st.text(max_size=9) | st.lists(st.text(max_size=4) | st.none(), max_size=3)
)


class Dripping:
    """A file that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, step: int) -> None:
        self._file, self._step = io.BytesIO(data), step

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, self._step))


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, max_size=4), st.integers(1, 9), st.booleans())
def test_elements_come_out_as_they_went_in_however_the_file_is_cut(
    values: list[object], step: int, ascii_only: bool
) -> None:
    data = json.dumps(values, ensure_ascii=ascii_only, indent=step % 3).encode()
    found = list(split(Dripping(data, step), "x", 1))
    assert [json.loads(element.data or b"") for element in found] == values
    assert [element.number for element in found] == list(range(1, len(values) + 1))
    assert all(data[e.start : e.start + len(e.data or b"")] == e.data for e in found)


def test_elements_one_after_the_other_are_cut_as_well() -> None:
    data = b'{"a": "}"}\n{"b": ["{", {}]}\n'
    assert [e.data for e in split(io.BytesIO(data), "x", 0)] == [b'{"a": "}"}', b'{"b": ["{", {}]}']


@pytest.mark.parametrize("step", [3, 1000])
def test_an_element_that_is_too_long_is_passed_over_and_the_next_one_found(step: int) -> None:
    data = json.dumps([{"a": "x" * 200}, {"b": 1}]).encode()
    found = list(split(Dripping(data, step), "x", 1, limit=100))
    assert [element.data for element in found] == [None, b'{"b": 1}']


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'[{"a": 1}, {"b": "', "inside conversation 2, which begins at byte 11"),
        (b'[{"a": 1}, {"b": {', "inside conversation 2, which begins at byte 11"),
        (b'[{"a": 1}, {"b": "\\', "ends at byte 19, inside conversation 2"),
        (b'[{"a": 1}', "after conversation 1 and before the end of the list"),
        (b'[{"a": 1}]]', "byte 10 closes a bracket"),
    ],
)
def test_a_file_that_is_cut_off_gives_what_is_whole_and_says_where(data: bytes, said: str) -> None:
    pieces = split(io.BytesIO(data), "x.json", 1)
    assert next(pieces).data == b'{"a": 1}'
    with pytest.raises(ConversationError, match=rf"^x\.json: .*{said}"):
        list(pieces)


def test_long_strings_and_brackets_take_time_in_proportion_to_their_length() -> None:
    data = b'[{"a": "' + b'\\"[' * 2**20 + b'"}, ' + b"[" * 2**14 + b"]" * 2**14 + b"]"
    found = list(split(io.BytesIO(data), "x", 1))
    assert sum(len(element.data or b"") for element in found) == len(data) - 4
    assert len(data) > 3 * elements.CHUNK


def test_only_the_outermost_keys_are_told() -> None:
    head = rb' {"a\"": {"mapping": 1}, "b": ["turns"], "c": "mapping", "d" : nul'
    assert outermost_keys(head) == [r"a\"", "b", "c", "d"]
    assert outermost_keys(b'{"a": 1} {"b": 2}') == ["a"]
    assert outermost_keys(b'["a"]') == []
