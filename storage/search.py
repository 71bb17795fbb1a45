"""Full text: which terms a text has, and which turns match a question's terms best (BM25).

English words are stemmed, Chinese is cut into characters and pairs of neighbouring characters:
SQLite's own trigram tokenizer finds no word of two. Names and numbers are kept as they are.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

MAX_QUERY_TERMS = 64
_MAX_WORD = 48
_MAX_MEMO = 65_536

# Scripts written without spaces, or, as Korean, with words that seldom recur in the same form.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_PIECE = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}]+)"
    rf"|(?P<word>[^\W_{_UNSPACED}]+(?:'[^\W_{_UNSPACED}]+)*)"
    r"|(?P<emoji>[\u2600-\u27bf\U0001f300-\U0001faff])"
    r"|(?P<stop>[.!?。！？\n])"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ACCENTS = re.compile("[\u0300-\u036f]+")

_STOP_WORDS = frozenset(
    "a about after again all also am an and any are arent as at be because been before being "
    "both but by can cant could couldnt did didnt do does doesnt doing dont down during each "
    "either ever few for from had hadnt has hasnt have havent having he hed her here hers "
    "herself hes him himself his how hows i id if ill im in into is isnt it itd itll its itself "
    "ive just let lets me might more most much must my myself no nor not now of off oh ok okay "
    "on once one only or other our ours ourselves out over own please quite rather really same "
    "shall she shed shes should shouldnt so some such than that thats the their theirs them "
    "themselves then there theres these they theyd theyll theyre theyve this those though "
    "through to too under until up upon us very was wasnt we wed well were werent weve what "
    "whats when whens where wheres whether which while who whom whos whose why whys will with "
    "within without wont would wouldnt yes yet you youd youll your youre yours yourself youve"
    "".split()
)
_STOP_CHARACTERS = frozenset(
    "的了吗呢吧啊呀嘛我你您他她它们是在有和与就都也很还不没这那个么什哪谁怎几到去来会要能可以把被"
    "让给对从而或但于之其啥呗哦嗯着过得地"
)

# Hardly a word has one of these: a pair that does spans two words.
_PARTICLES = frozenset("的吗呢吧啊")


def _tells_nothing(pair: str) -> bool:
    return set(pair) <= _STOP_CHARACTERS or not _PARTICLES.isdisjoint(pair)


class Lexicon:
    """Turns text into terms. Thread-safe; remembers the stems of words it has met.

    >>> Lexicon().terms("Ana's dogs 咕噜 1,024")
    ['ana', 'dog', '咕', '噜', '咕噜', '1024']
    """

    def __init__(self) -> None:
        self._stems: dict[str, str] = {}
        self._lock = threading.Lock()
        self._stemmer: EnglishStemmer | None = None

    def terms(self, text: str) -> list[str]:
        """Every term of a text, repetitions included, in order."""
        return [term for term, _ in self._read(text)]

    def query(self, text: str) -> list[str]:
        """The distinct terms worth searching: without stop words, unless there is nothing else."""
        read = self._read(text)
        telling = [term for term, is_stop in read if not is_stop]
        return list(dict.fromkeys(telling or [term for term, _ in read]))[:MAX_QUERY_TERMS]

    def _read(self, text: str) -> list[tuple[str, bool]]:
        """Terms, each with whether it is a stop word here."""
        text = unicodedata.normalize("NFKD", text).replace("\u2019", "'")
        # Back to composed letters, or Korean syllables would stay apart in their parts.
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
        text = _THOUSANDS.sub("", text)
        found: list[tuple[str, bool]] = []
        opening, shouting = True, text.isupper()
        for piece in _PIECE.finditer(text):
            kind, token = piece.lastgroup, piece.group()
            if kind == "stop":
                opening = True
                continue
            if kind == "unspaced":
                found += [(one, one in _STOP_CHARACTERS) for one in token]
                pairs = (token[i : i + 2] for i in range(len(token) - 1))
                found += [(pair, _tells_nothing(pair)) for pair in pairs]
            elif kind == "word":
                folded = token.casefold()[:_MAX_WORD]
                plain = folded.replace("'", "")
                # "Will" or "May" within a sentence is a name; "I" is capitalised everywhere.
                capital = token[0].isupper() and folded[0:2] not in ("i", "i'")
                is_name = capital and not opening and not shouting
                found.append((self._stem(folded), plain in _STOP_WORDS and not is_name))
            else:
                found.append((token, False))
            opening = False
        return found

    def _stem(self, word: str) -> str:
        known = self._stems.get(word)
        if known is not None:
            return known
        with self._lock:  # the stemmer keeps the word it works on in itself
            if self._stemmer is None:
                # Takes 30 ms to load, for all its languages; a store is opened before it is used.
                from snowballstemmer.english_stemmer import EnglishStemmer

                self._stemmer = EnglishStemmer()
            stem = str(self._stemmer.stemWord(word)).replace("'", "") or word
            if len(self._stems) >= _MAX_MEMO:
                self._stems.clear()
            self._stems[word] = stem
        return stem


_SEARCH = """
SELECT turn_text.rowid, -bm25(turn_text) AS score
FROM turn_text CROSS JOIN turn ON turn.id = turn_text.rowid
WHERE turn_text MATCH :match AND turn.owner = :owner {among}
ORDER BY score DESC, turn_text.rowid DESC LIMIT :k
"""
_TRANSCRIPT = text(_SEARCH.format(among=""))
_MEMORIES = text(_SEARCH.format(among="AND (turn.memory_id IS NOT NULL OR turn.consolidated = 0)"))


def match_any(terms: list[str]) -> str:
    """An FTS5 expression for turns with at least one of the terms."""
    return " OR ".join(f'"{term}"' for term in terms)


def match_all(terms: list[str]) -> str:
    """An FTS5 expression for turns with every one of the terms."""
    return " AND ".join(f'"{term}"' for term in terms)


def search(
    connection: Connection, owner: str, terms: list[str], k: int, *, transcript: bool
) -> list[tuple[int, float]]:
    """Ids of the turns that match best, each with its BM25 score, higher better."""
    if not terms or k <= 0:
        return []
    rows = connection.execute(
        _TRANSCRIPT if transcript else _MEMORIES,
        {"match": match_any(terms), "owner": owner, "k": k},
    )
    return [(turn_id, float(score)) for turn_id, score in rows]


# One row of all ids as text: a Python object for each of them takes four times as long.
_HOLDING = "SELECT group_concat(rowid) FROM turn_text WHERE turn_text MATCH ?"


def turns_holding(connection: Connection, term: str) -> NDArray[np.int64]:
    """Ids of the turns of every owner that hold a term, ascending.

    Cheaper than a search with scores: BM25 in SQLite looks up the length of each text.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_HOLDING, (f'"{term}"',))
        row = cursor.fetchone()
    finally:
        cursor.close()
    if row is None or row[0] is None:
        return np.zeros(0, np.int64)
    found = np.fromstring(row[0], np.int64, sep=",")
    # SQLite reads them in this order, and promises none.
    return found if (found[1:] > found[:-1]).all() else np.sort(found)


def sharing(connection: Connection, terms: list[str], k: int) -> list[int]:
    """Ids of the turns of every owner that share most with some terms, the rarer the more.

    The sum of ln(1 + N / df) over the terms that a turn holds, with N turns of which df hold a
    term; of equals the last said comes first.
    """
    held = [ids for term in terms if len(ids := turns_holding(connection, term))]
    if not held:
        return []
    total = np.zeros(max(ids[-1] for ids in held) + 1)
    for ids in held:
        total[ids] += math.log1p(len(total) / len(ids))
    best = np.argpartition(-total, k)[:k] if k < len(total) else np.arange(len(total))
    best = best[total[best] > 0]
    ordered = best[np.lexsort((-best, -total[best]))]
    return [int(one) for one in ordered]
