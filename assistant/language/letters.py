"""Whether a text is letters and no words: "asdkjh".

A table of how likely one letter follows another, in any language written like English; Chinese
and other scripts are never judged. An invented name is not nonsense: it can be pronounced, and
mostly stands in a sentence. Only a short text of which no word is like a word is.
"""

from __future__ import annotations

import re

from .memo import Memo
from .text import words_of
from .verbs_en import LEMMAS, PREPOSITIONS

# How unlikely the letter of a column (a to z, then the end of a word) is after the letter of a
# row (^ begins a word): minus the natural logarithm of the probability, less a half, rounded.
# Counted over the 29,961 words said three times or more in the English conversations of the
# training corpora; each word once.
_FOLLOWS = {
    "^": "222233333443233252224437559",
    "a": "532354343642326362224445352",
    "b": "135616772591562672352779373",
    "c": "264627622823761662423889483",
    "d": "255416452664452583353548471",
    "e": "243234454752325451235444461",
    "f": "266622661662672782432867382",
    "g": "257627322873533692353769480",
    "h": "156515732974452673433658372",
    "i": "342324375752312363225385843",
    "j": "175515752547771475451557573",
    "k": "255515641653533574253748381",
    "l": "255315561842462596333469272",
    "m": "134615762775252296363767472",
    "n": "253224152545633675224467461",
    "o": "343354354642212372332335463",
    "p": "266616632962562282333679492",
    "q": "446656664664665665460666663",
    "r": "244315452744332473233459372",
    "s": "363625622844443356223749480",
    "t": "254615721973552692233758361",
    "u": "333334353752215382225575654",
    "v": "276607761886662585564668484",
    "w": "145415621843422683355837482",
    "x": "242525732764564167524674471",
    "y": "344425563863333374244646450",
    "z": "257616652753672676653766322",
}
# Of real words of five letters or more 0.07 % lie above, of invented ones that can be pronounced
# 0.9 %, of keys hit at random two thirds.
UNLIKELY = 4.0
MOST_WORDS = 6
_PLAIN = re.compile(r"[a-z\s.,!?;:'\"()-]+")
_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
)  # of keys, English and German
_ONE_LETTER = re.compile(r"([a-z])\1{3,}")
_ORD_A = ord("a")


@Memo
def is_nonsense(text: str) -> bool:
    """Whether a text is a few runs of letters that are no words of any language.

    >>> is_nonsense("asdkjh"), is_nonsense("grimpozz"), is_nonsense("my asdkjh is blue")
    (True, False, False)
    """
    if len(text) > 200 or not _PLAIN.fullmatch(text.strip()):
        return False  # capitals, digits, other scripts: names, numbers, other languages
    words = [word.low.replace("'", "").replace("-", "") for word in words_of(text)]
    if not words or len(words) > MOST_WORDS or any(_is_known(word) for word in words):
        return False
    letters = sum(len(word) + 1 for word in words)
    if letters < 5:
        return False
    return sum(map(_cost, words)) / letters > UNLIKELY


def _is_known(word: str) -> bool:
    return word in LEMMAS or word in PREPOSITIONS or word in ("i", "a", "the", "my", "is")


def _is_run_of_keys(word: str) -> bool:
    """Whether its letters lie side by side on a keyboard, from either end: "asdf", "poiu"."""
    return len(word) > 3 and any(word in row or word[::-1] in row for row in _ROWS)


def _cost(word: str) -> float:
    """How unlikely a word's letters are, in nats, summed over its letters and its end."""
    if _is_run_of_keys(word):
        return 1.01 * UNLIKELY * (len(word) + 1)  # with a word beside it, it may be spoken of
    if _ONE_LETTER.fullmatch(word):
        return 2 * UNLIKELY * (len(word) + 1)
    follows = zip("^" + word, word + "$", strict=True)
    return sum(
        0.5 + int(_FOLLOWS[before][ord(after) - _ORD_A if after != "$" else -1])
        for before, after in follows
    )
