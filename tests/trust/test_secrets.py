"""Secrets told by mistake are found, and ordinary talk is left alone."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.secrets import find_secrets, mask_secrets, name_secrets

LIST = Path(__file__).parent.parent / "data" / "secrets.jsonl"
FOUND, FALSE = 0.95, 0.01


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in LIST.read_text("utf-8").splitlines()]


def test_at_least_ninety_five_of_a_hundred_secrets_of_the_list_are_found() -> None:
    told = [row for row in rows() if row["kind"]]
    missed = [row for row in told if row["secret"] in mask_secrets(row["text"])]
    assert len(told) >= 400
    assert 1 - len(missed) / len(told) >= FOUND, missed
    by_kind = Counter(row["kind"] for row in told)
    missed_by_kind = Counter(row["kind"] for row in missed)
    assert all(1 - missed_by_kind[kind] / count >= 0.9 for kind, count in by_kind.items())


def test_at_most_one_of_a_hundred_ordinary_turns_of_the_list_is_taken_for_a_secret() -> None:
    ordinary = [row["text"] for row in rows() if not row["kind"]]
    taken = [text for text in ordinary if find_secrets(text)]
    assert len(ordinary) >= 500
    assert len(taken) / len(ordinary) <= FALSE, taken


def test_nothing_of_a_secret_is_left_where_it_was_masked() -> None:
    for row in rows():
        masked = mask_secrets(row["text"])
        if row["kind"] and masked != row["text"] and row["secret"] not in masked:
            pieces = [row["secret"][at : at + 6] for at in range(max(1, len(row["secret"]) - 5))]
            left = [piece for piece in pieces if piece in masked and row["text"].count(piece) == 1]
            assert not left, (row, masked)


def test_masking_twice_changes_nothing() -> None:
    for row in rows():
        masked = mask_secrets(row["text"])
        assert mask_secrets(masked) == masked


@given(st.text(max_size=200))
def test_any_text_is_survived_and_masked_once(text: str) -> None:
    masked = mask_secrets(text)
    assert mask_secrets(masked) == masked


def test_heaps_of_telling_words_are_survived_and_masked_once() -> None:
    rng = random.Random(7)
    words = (
        "my password is pin code key = : -> ' \" hunter2 4821 wrong 密码 是 改成 用 口令 。 , . \n "
        "[ ] wifi token 4111 1111 to the for unlock with abcDEF123456ghiJKL789 not kept] 未保存] "
        "12-34-56"
    ).split(" ")
    for _ in range(300):
        text = "".join(rng.choice(words) + rng.choice((" ", "")) for _ in range(rng.randrange(20)))
        found = find_secrets(text)
        assert all(0 <= one.start < one.end <= len(text) for one in found)
        assert all(one.end <= other.start for one, other in pairwise(found))
        masked = mask_secrets(text)
        assert mask_secrets(masked) == masked


def test_a_secret_told_twice_is_masked_twice() -> None:
    text = "My password is Falcon_88, yes, Falcon_88."
    assert "Falcon" not in mask_secrets(text)


def test_cards_and_ibans_need_the_right_sum() -> None:
    assert not find_secrets("My card is 4111 1111 1111 1112.")
    assert [one.kind for one in find_secrets("My card is 4111 1111 1111 1111.")] == ["card"]
    assert not find_secrets("My IBAN is DE89 3704 0044 0532 0130 01.")
    assert [one.kind for one in find_secrets("My IBAN is DE89 3704 0044 0532 0130 00.")] == ["iban"]


def test_what_is_found_is_named_and_never_shown() -> None:
    found = find_secrets("My password is Falcon_88 and my card is 4111 1111 1111 1111.")
    assert name_secrets(found) == "a password and a card number"
    assert name_secrets(find_secrets("密码是Falcon_88"), chinese=True) == "密码"
    assert "Falcon" not in repr(found)
    assert "4111" not in repr(found)


@pytest.mark.parametrize(
    "unit",
    (
        "password |password is |my |1|4111 |a |密码|密码是 |key=|-|\"|'|eyJa.|AKIA|DE89 3704 |A|[|"
        "-----BEGIN PRIVATE KEY-----|word, |x://a:|=|is my |unlock |code for the |login a/|我 |"
        "pin 1 |pass is x1 |\n"
    ).split("|"),
)
def test_a_hundred_thousand_characters_of_anything_are_searched_in_a_moment(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begun = time.process_time()
    find_secrets(text)
    assert time.process_time() - begun < 3.0


def test_the_package_is_imported_without_compiling_a_pattern_for_secrets() -> None:
    program = (
        "import re, sys; import assistant.language; seen = []; was = re.compile\n"
        "re.compile = lambda *a, **k: (seen.append(a), was(*a, **k))[1]\n"
        "import assistant.secrets; sys.exit(len(seen) > 3)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
