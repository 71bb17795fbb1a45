"""The reader: reads the question again beside the turns that rank best, word against word.

The ranker sees how much of a question a turn holds; the reader sees what the words are. It learns
what answers "when" or "how many", and to say that none of the turns does. For a question of pieces
q_1 .. q_n, and of each of the few candidates the pieces d_1 .. d_m of the end of the turn before,
the turn itself and the beginning of the turn after, with e the turn encoder's embedding scaled to
length 1 (decomposable attention; Parikh et al. 2016):

    q_i  = P e(q_i),    d_j = P e(d_j) + b_seg(j)
    a_ij = q_i·d_j / √64 + 2τ e(q_i)·e(d_j)
    α_i  = Σ_j softmax_j(a_ij) d_j                       what the passage has for that word
    c_i  = tanh(C_2 relu(C_1 [q_i, α_i, q_i∘α_i, |q_i - α_i|, best cosine in the turn, anywhere]))
    h_t  = tanh(H_1 [x_t, s_t, rank, g, Σ_i softmax_i(w·q_i) c_i, max_i c_i])
    o_t  = H_2 h_t + a s_t                               log-odds against the others
    o_0  = N_2 tanh(N_1 [g, max_t h_t])                  and none of them

with x_t the match features and s_t the score of the ranker, and g what its scores look like. With
any = log Σ_t exp(o_t) - o_0, a candidate is evidence with the probability

    σ(slope · any + share · log softmax_t(o) + offset)   calibrated held out (Platt 1999)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array
from assistant.errors import CheckpointError
from assistant.neural.checkpoint import WEIGHTS, Checkpoint, read_checkpoint
from assistant.neural.ranker import CLIP
from assistant.neural.tokenizer import PAD, Tokenizer

READER = "reader.safetensors"
QUESTION, BEFORE, TURN, AFTER = 28, 16, 40, 12  # pieces read at most
LONGEST = 48  # pieces of a turn of which the end is read as what came before
WIDTH = 64
SUMMARY = 8
NOTHING = -8.0  # the score of a candidate that is not there

Passage = tuple[str, str, str]
"""The turn before, the turn, the turn after, as "speaker: text"; "" for none."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Token numbers of a passage, (m,), and of which of its three turns they are, 0 to 2."""

    ids: NDArray[np.int32]
    part: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading.

    Args:
        scores: o_t, (candidates,).
        none: o_0.
        slope, share, offset: Of the calibration.
    """

    scores: Array
    none: float
    slope: float
    share: float
    offset: float

    def confidence(self, scores: Array) -> Array:
        """Calibrated probabilities of being evidence, given o_t of candidates, read or not."""
        total = log_sum_exp(self.scores)
        z = self.slope * (total - self.none) + self.share * (scores - total) + self.offset
        calibrated: Array = (1 / (1 + np.exp(-np.clip(z, -60, 60)))).astype(np.float32)
        return calibrated


class Reader:
    """Reads a question beside a few candidates. Thread-safe.

    Args:
        checkpoint: Of the kind "reader".
        encoder: The turn encoder's checkpoint: its embedding is read with.
        tokenizer: The turn encoder's.
        features: Names of the match features that it will be given, in order.

    Raises:
        CheckpointError: It was trained on other features or another encoder, or is inconsistent.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        encoder: Checkpoint,
        tokenizer: Tokenizer,
        features: Sequence[str],
    ) -> None:
        if checkpoint.config.get("features") != list(features):
            raise CheckpointError(
                "the reader was trained on other match features than this program computes; "
                "install the weights that belong to this version"
            )
        self.encoder = checkpoint.word("encoder")
        if self.encoder != encoder.fingerprint:
            raise CheckpointError(
                f"the reader was trained with the encoder {self.encoder[:12]}, not with "
                f"{encoder.fingerprint[:12]}; train it anew, or load the encoder it belongs to"
            )
        self.fingerprint = checkpoint.fingerprint
        self.candidates = checkpoint.number("candidates")
        self.threshold = checkpoint.measure("threshold")
        slope, share = checkpoint.measure("slope"), checkpoint.measure("share")
        self._calibration = slope, share, checkpoint.measure("offset")
        self._tokenizer = tokenizer
        self._embedding = encoder.weights["embedding"]
        take, hidden, f = checkpoint.take, checkpoint.number("hidden"), len(features)
        none = checkpoint.number("none")
        self._project = take("project", self._embedding.shape[1], WIDTH)
        self._part = take("part", 3, WIDTH)
        self._w = take("word", WIDTH)
        self._tau, self._a = float(take("tau", 1)[0]), float(take("again", 1)[0])
        self._c1 = take("compare.kernel", 4 * WIDTH + 2, WIDTH), take("compare.bias", WIDTH)
        half = WIDTH // 2
        self._c2 = take("judge.kernel", WIDTH, half), take("judge.bias", half)
        self._h1 = (
            take("hidden.kernel", f + 2 + SUMMARY + WIDTH, hidden),
            take("hidden.bias", hidden),
        )
        self._h2 = take("out.kernel", hidden, 1), take("out.bias", 1)
        self._n1 = take("none.kernel", SUMMARY + hidden, none), take("none.bias", none)
        self._n2 = take("nothing.kernel", none, 1), take("nothing.bias", 1)
        self._mean, self._spread = take("mean", f), take("spread", f)
        self._g_mean, self._g_spread = (
            take("summary.mean", SUMMARY),
            take("summary.spread", SUMMARY),
        )

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        features: Array,
        scores: Array,
        every: Array,
    ) -> Reading:
        """Read a question beside the best candidates.

        Args:
            question: Its words.
            passages: Of the best ``candidates``, best first; at least one.
            features: Of these, (len(passages), features).
            scores: Of the ranker, of these, (len(passages),).
            every: Of the ranker, of all candidates, in any order, (m,).
        """
        asked = question_pieces(self._tokenizer, question)
        read = [passage_pieces(self._tokenizer, one) for one in passages]
        o, none = self.forward(asked, read, features, scores, summary(every))
        return Reading(o, none, *self._calibration)

    def forward(
        self,
        asked: NDArray[np.int32],
        read: Sequence[Pieces],
        features: Array,
        scores: Array,
        looks: Array,
    ) -> tuple[Array, float]:
        """o_t, (candidates,), and o_0; ``looks`` is the summary of all scores."""
        c = self._compared(asked, read)
        q: Array = self._unit(asked) @ self._project * 4
        w = _softmax(q @ self._w)
        g = np.clip((looks - self._g_mean) / self._g_spread, -4, 4)
        k = len(read)
        rank = np.arange(k, dtype=np.float32) / 4
        x = np.concatenate(
            [
                np.clip((features - self._mean) / self._spread, -CLIP, CLIP),
                scores[:, None] / 3,
                rank[:, None],
                np.broadcast_to(g, (k, SUMMARY)),
                (c * w[:, None]).sum(axis=1),
                c.max(axis=1),
            ],
            axis=1,
        )
        h = np.tanh(x @ self._h1[0] + self._h1[1])
        o: Array = (h @ self._h2[0] + self._h2[1])[:, 0] + self._a * scores
        n = np.tanh(np.concatenate([g, h.max(axis=0)]) @ self._n1[0] + self._n1[1])
        return o, float((n @ self._n2[0] + self._n2[1])[0])

    def _compared(self, asked: NDArray[np.int32], read: Sequence[Pieces]) -> Array:
        """c_i of each candidate, (candidates, n, WIDTH / 2)."""
        e_q = self._unit(asked)
        q = e_q @ self._project * 4
        e_d = self._unit(np.concatenate([one.ids for one in read]))
        part = np.concatenate([one.part for one in read])
        d = e_d @ self._project * 4 + self._part[part]
        cosine = e_q @ e_d.T
        a = q @ d.T / np.float32(WIDTH**0.5) + 2 * self._tau * cosine
        inside = np.where(part == 1, cosine, -1e4)
        compared = np.empty((len(read), len(asked), 4 * WIDTH + 2), np.float32)
        compared[..., :WIDTH] = q
        end = 0
        for row, one in zip(compared, read, strict=True):
            start, end = end, end + len(one.ids)
            row[:, WIDTH : 2 * WIDTH] = _softmax(a[:, start:end]) @ d[start:end]
            row[:, -2] = np.maximum(inside[:, start:end].max(axis=1), 0)
            row[:, -1] = cosine[:, start:end].max(axis=1)
        alpha = compared[..., WIDTH : 2 * WIDTH]
        compared[..., 2 * WIDTH : 3 * WIDTH] = q * alpha
        compared[..., 3 * WIDTH : 4 * WIDTH] = np.abs(q - alpha)
        c = np.maximum(compared @ self._c1[0] + self._c1[1], 0)
        judged: Array = np.tanh(c @ self._c2[0] + self._c2[1])
        return judged

    def _unit(self, ids: NDArray[np.int32]) -> Array:
        rows = self._embedding[ids]
        unit: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        return unit


def question_pieces(tokenizer: Tokenizer, question: str) -> NDArray[np.int32]:
    """The question's pieces, (n,), at least one."""
    row = tokenizer.encode([question], kind="query", limit=QUESTION + 1)[0][1:]
    return np.array(row or [PAD], np.int32)


def passage_pieces(tokenizer: Tokenizer, passage: Passage) -> Pieces:
    """The end of the turn before, the beginning of the turn, and that of the turn after."""
    before, turn, after = (
        np.array(row[1:], np.int32)
        for row in tokenizer.encode(list(passage), kind="turn", limit=LONGEST + 1)
    )
    parts = [
        before[-BEFORE:],
        turn[:TURN] if len(turn) else np.array([PAD], np.int32),
        after[:AFTER],
    ]
    lengths = [len(one) for one in parts]
    return Pieces(np.concatenate(parts), np.repeat(np.arange(3, dtype=np.int8), lengths))


def summary(scores: Array) -> Array:
    """What the scores of all candidates look like, (SUMMARY,)."""
    best = np.full(10, NOTHING, np.float32)
    largest = np.sort(scores)[::-1][:10]
    best[: len(largest)] = largest
    total = float(np.log(np.exp(scores - best[0]).sum())) + float(best[0])
    rest = [total, float(scores.mean()), float(np.log1p(len(scores))) / 5]
    return np.array([*(best[[0, 1, 2, 4, 9]] / 3), *rest], np.float32)


def load_reader(
    encoder: Checkpoint, tokenizer: Tokenizer, features: Sequence[str], path: Path | None = None
) -> Reader:
    """The reader of a checkpoint; the shipped one when ``path`` is None.

    Raises:
        CheckpointError: It cannot be used.
    """
    checkpoint = read_checkpoint(path or WEIGHTS / READER, "reader")
    return Reader(checkpoint, encoder, tokenizer, features)


def log_sum_exp(x: Array) -> float:
    """log Σ exp(x), however large or small they are."""
    largest = float(x.max())
    return largest + float(np.log(np.exp(x - largest).sum()))


def _softmax(x: Array) -> Array:
    y = np.exp(x - x.max(axis=-1, keepdims=True))
    weights: Array = y / y.sum(axis=-1, keepdims=True)
    return weights
