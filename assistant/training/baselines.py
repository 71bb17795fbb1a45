"""What recall is measured against: BM25 over every turn, and an open dense encoder.

Both see each turn as "speaker: text" and nothing else of the conversation.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from assistant.encoder import Kind

Floats = NDArray[np.float32]

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")


class Baseline(Protocol):
    """Scores every text for a query; higher is better."""

    def scores(self, query: str) -> Floats:
        """(texts,)."""
        ...


class Terms:
    """Splits text into stemmed English words, Chinese characters and their bigrams.

    >>> Terms()("She adopted 小狗")
    ['she', 'adopt', '小', '狗', '小狗']
    """

    def __init__(self) -> None:
        self._stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
        self._stems: dict[str, str] = {}

    def __call__(self, text: str) -> list[str]:
        """The terms in order, repeated ones too."""
        out: list[str] = []
        for word in _WORD.findall(text.casefold()):
            if "\u3400" <= word[0] <= "\u9fff":
                out += word
                out += [word[i : i + 2] for i in range(len(word) - 1)]
                continue
            if word not in self._stems:
                self._stems[word] = self._stem(word)
            out.append(self._stems[word])
        return out


class BM25:
    """Okapi BM25 (Robertson and Zaragoza 2009), with the idf that never goes below zero.

    >>> bm25 = BM25(["Ana: I like tea", "Eva: I like coffee"])
    >>> int(bm25.scores("coffee?").argmax())
    1

    Args:
        texts: What to search.
        k1: How soon repeating a term stops counting.
        b: How much long texts are held back, 0 to 1.
    """

    def __init__(self, texts: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        self._terms = Terms()
        self._count = len(texts)
        counts = [Counter(self._terms(text)) for text in texts]
        length = np.array([sum(count.values()) for count in counts], np.float32)
        norm = k1 * (1 - b + b * length / max(float(length.mean()) if len(length) else 1.0, 1e-9))
        postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, count in enumerate(counts):
            for term, times in count.items():
                postings[term].append((row, times))
        self._weights: dict[str, tuple[NDArray[np.int64], Floats]] = {}
        for term, found in postings.items():
            rows = np.array([row for row, _ in found])
            often = np.array([times for _, times in found], np.float32)
            idf = np.log1p((len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
            weight = idf * often * (k1 + 1) / (often + norm[rows])
            self._weights[term] = (rows, weight.astype(np.float32))

    def scores(self, query: str) -> Floats:
        """The score of every text, (texts,)."""
        out = np.zeros(self._count, np.float32)
        for term in self._terms(query):
            if term in self._weights:
                rows, weight = self._weights[term]
                out[rows] += weight
        return out


class OpenEncoder:
    """An open encoder in the place of the turn encoder; reads questions and turns alike.

    >>> OpenEncoder(lambda texts: np.ones((len(texts), 1), np.float32)).encode(["a", "b"]).shape
    (2, 1)

    Args:
        encode: Gives the unit vectors of texts, (texts, dimension).
    """

    fingerprint = "open encoder"

    def __init__(self, encode: Callable[[Sequence[str]], Floats]) -> None:
        self._encode = encode

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return len(self._encode([""])[0])

    def encode(self, texts: Sequence[str], *, kind: Kind = "turn") -> Floats:
        """Unit vectors, (texts, dimension)."""
        return self._encode(texts)

    def count_tokens(self, text: str) -> int:
        """How many words the text is: what reads it tells no more."""
        return len(text.split())


class Dense:
    """Cosine of vectors.

    Args:
        vectors: Of every text, (texts, dimension), unit length or zero.
        encode: Gives the unit vector of a query, (dimension,).
    """

    def __init__(self, vectors: Floats, encode: Callable[[str], Floats]) -> None:
        self._vectors, self._encode = vectors, encode

    def scores(self, query: str) -> Floats:
        """The cosine of every text, (texts,)."""
        found: Floats = self._vectors @ self._encode(query)
        return found


def minilm() -> Callable[[Sequence[str]], Floats] | None:
    """all-MiniLM-L6-v2, when the training environment has it: unit vectors of texts."""
    try:
        from assistant.training.teachers import english_teacher

        encode = english_teacher()
    except ImportError:
        return None
    return lambda texts: encode(list(texts))
