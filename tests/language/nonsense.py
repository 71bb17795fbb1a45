"""Invented words, from a seed: no pattern can have been written for them."""

from __future__ import annotations

import random

_ONSETS = "b bl br d dr f fl g gl gr k kl kr m n p pl pr s sk sn spl st t tr v w z zw".split()
_VOWELS = "a e i o u oo ee".split()
_CODAS = "b d g k l m mp n nk p rt rb x zz ft lb".split()
# Characters that are in no form of the readers.
_HAN = "咕噜嘟嗒哩嘎叽嗡嘭啵吱嘀喵哐咚嗖唰噗咔嚓"


def english_word(rng: random.Random) -> str:
    """One to three made-up syllables ("grimpozz")."""
    count = rng.randint(2, 3)
    return (
        "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(count - 1))
        + rng.choice(_ONSETS)
        + rng.choice(_VOWELS)
        + rng.choice(_CODAS)
    )


def chinese_word(rng: random.Random) -> str:
    """Two characters that make no word (嘟喵)."""
    return "".join(rng.sample(_HAN, 2))
