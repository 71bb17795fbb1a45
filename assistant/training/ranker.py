"""Trains the recall ranker on timelines strung together from corpora.

Candidates and features come from ``assistant.recall`` itself, over a real store in memory, so
that what is trained on is what is met in use. Each question is also shown with its evidence
taken out, so that the ranker learns to give nothing a high score when nothing answers.

    python -m assistant.training ranker --corpora DIR --state DIR
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.encoder import Array, Encoder, encode_turns
from assistant.matching import FEATURES, Query
from assistant.narrowing import without_turns
from assistant.neural.checkpoint import WEIGHTS, write_checkpoint
from assistant.neural.ranker import CLIP, RANKER, load_ranker
from assistant.recall import Recall
from assistant.training.timeline_cache import cached_timelines
from assistant.training.timelines import Timeline, corpora_timelines
from storage import LongTermStore, NewTurn, TurnIndex

STEPS = 320  # candidates read at most; there are rarely more than 250
HIDDEN, UNITS = 48, 24
CONSTANT = 1e4
# What keeps it from learning the corpora by heart: their dialogues are not the ones it will read.
NOISE, FEATURES_OUT, DROPOUT = 0.3, 0.1, 0.3
EMA = 0.98
# How often a question names the wrong one of two people: who remembers that something was said may
# misremember by whom, and shall find it all the same, though without confidence.
MISTAKEN = 0.1
NAMED = tuple(FEATURES.index(name) for name in ("speaker_named", "other_named"))
# How often an example of a source is learned from; templates and passages are many and alike.
SHARE = {
    "generated": 0.3,
    "facts": 6.0,  # what a new user tells and asks first
    "kdconv": 0.1,
    "crosswoz": 0.1,
    "xquad-zh": 0.5,
    "drcd": 0.5,
    "cmrc2018": 0.5,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One question's candidates: features, (m, features), and which are evidence, (m,).

    ``unsaid`` are the features of what is found had the evidence never been said, (m', features),
    where that was worked out.
    """

    features: Array
    evidence: NDArray[np.bool_]
    source: str
    unsaid: Array | None = None


class NoRanker:
    """Stands in while features are computed: ``Recall.candidates`` asks nothing of it."""

    threshold = 0.5

    def score(self, features: Array) -> Array:
        """The first feature."""
        return features[..., 0]

    def confidence(self, scores: Array, features: Array) -> Array:
        """The score itself."""
        return scores


@contextmanager
def store_of(
    timeline: Timeline, encoder: Encoder
) -> Iterator[tuple[LongTermStore, dict[str, int]]]:
    """A store in memory of every turn of a timeline, and the number of each by its ref."""
    vectors = encode_turns(encoder, timeline.turns)
    with LongTermStore(":memory:") as store:
        records = store.append(
            [
                NewTurn(
                    ref=turn.ref or "",
                    session=turn.session or "",
                    role=turn.role or "other",
                    speaker=turn.speaker,
                    text=turn.text,
                    said_at=turn.at,  # type: ignore[arg-type]
                    vector=vector,
                    fingerprint=encoder.fingerprint,
                )
                for turn, vector in zip(timeline.turns, vectors, strict=True)
            ]
        )
        yield store, {record.ref: record.id for record in records}


def examples_of(timeline: Timeline, encoder: Encoder, *, unsaid: bool = False) -> Iterator[Example]:
    """Every question of a timeline that has an answer, as recall meets it.

    Also without its evidence if ``unsaid`` is wanted.
    """
    with store_of(timeline, encoder) as (store, ids):
        recall = Recall(store, encoder, NoRanker())
        index = store.index(encoder.fingerprint)
        now = asked_at(timeline)
        questions = [question for question in timeline.questions if question.evidence]
        if not questions:
            return
        asked = encoder.encode([question.text for question in questions], kind="query")

        def found(query: Query, seen: TurnIndex) -> tuple[NDArray[np.int64], Array]:
            return recall.candidates(query, seen, np.ones(len(seen.ids), bool))

        for question, vector in zip(questions, asked, strict=True):
            query = Query(question.text, vector, now)
            rows, features = found(query, index)
            wanted = [ids[ref] for ref in question.evidence]
            evidence = np.isin(index.ids[rows], wanted)
            never = without_turns(index, wanted) if unsaid else None
            without = found(query, never)[1] if never is not None and len(never.ids) else None
            yield Example(features, evidence, question.source, without)


def asked_at(timeline: Timeline) -> datetime:
    """When the questions of a timeline are asked: some days after its last turn."""
    last = timeline.turns[-1].at
    assert last is not None  # timelines are dated
    return last + timedelta(days=timeline.days)


def gather(
    corpora: Path, state: Path, count: int, *, held_out: bool, encoder: Encoder, seed: int = 0
) -> list[Example]:
    """Examples of ``count`` timelines, cached in ``state`` one file a timeline."""
    part = "held-out-unsaid" if held_out else "train"
    folder = state / f"examples-{encoder.fingerprint[:12]}-{len(FEATURES)}-{part}"

    def read(timeline: Timeline, _: int) -> dict[str, Any]:
        made = list(examples_of(timeline, encoder, unsaid=held_out))
        unsaid = {
            f"u{i}": e.unsaid.astype(np.float16) for i, e in enumerate(made) if e.unsaid is not None
        }
        return {
            "sources": np.array([e.source for e in made]),
            **{f"x{i}": e.features.astype(np.float16) for i, e in enumerate(made)},
            **{f"y{i}": e.evidence for i, e in enumerate(made)},
            **unsaid,
        }

    return [
        Example(
            saved[f"x{i}"].astype(np.float32),
            saved[f"y{i}"],
            str(source),
            saved[f"u{i}"].astype(np.float32) if f"u{i}" in saved else None,
        )
        for saved in cached_timelines(
            folder,
            count,
            build=corpora_timelines(corpora, held_out=held_out, seed=seed),
            read=read,
        )
        for i, source in enumerate(saved["sources"])
    ]


def mistaken(example: Example) -> Example:
    """The same question, naming the other one of two people; unchanged if it names nobody."""
    features = example.features.copy()
    if features[:, NAMED].any(axis=0).all():
        features[:, NAMED] = features[:, NAMED[::-1]]
    return Example(features, example.evidence, example.source, example.unsaid)


def _batch(
    examples: list[Example], rng: np.random.Generator, mask_share: float
) -> tuple[Array, Array, Array]:
    """Padded features (batch, STEPS, features), targets and mask (batch, STEPS)."""
    x = np.zeros((len(examples), STEPS, len(FEATURES)), np.float32)
    y = np.zeros((len(examples), STEPS), np.float32)
    mask = np.zeros((len(examples), STEPS), np.float32)
    for i, example in enumerate(examples):
        if rng.random() < MISTAKEN:
            example = mistaken(example)
        keep = np.arange(len(example.evidence))
        if rng.random() < mask_share:
            keep = keep[~example.evidence]
        keep = keep[:STEPS]
        x[i, : len(keep)] = example.features[keep]
        y[i, : len(keep)] = example.evidence[keep]
        mask[i, : len(keep)] = 1
    return x, y, mask


def _times(share: float, rng: np.random.Generator) -> int:
    """A whole number, on average ``share``."""
    return int(share) + int(rng.random() < share % 1)


def _batches(
    examples: list[Example], size: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Numbers of examples in random batches of about equally long ones, so that few are padded."""
    order = rng.permutation(len(examples))
    batches = []
    for pool in np.array_split(order, max(1, len(order) // (16 * size))):
        pool = pool[np.argsort([len(examples[i].evidence) for i in pool], kind="stable")]
        batches += [pool[i : i + size] for i in range(0, len(pool) - size + 1, size)]
    for number in rng.permutation(len(batches)):
        yield batches[number]


def build_model(mean: Array, spread: Array) -> Any:
    """The Keras twin of ``LSTMRanker``: features and mask in, log-odds out."""
    import keras

    x = keras.Input((None, len(FEATURES)))
    mask = keras.Input((None,))
    u = keras.layers.Normalization(mean=mean, variance=spread**2)(x)
    u = keras.ops.clip(u, -CLIP, CLIP)
    u = keras.layers.GaussianNoise(NOISE)(u)
    u = keras.layers.Dropout(FEATURES_OUT, noise_shape=(1, 1, len(FEATURES)))(u)
    u = keras.layers.Dense(HIDDEN, activation="tanh", name="input")(u)
    lstm = keras.layers.Bidirectional(
        keras.layers.LSTM(UNITS, return_sequences=True), name="timeline"
    )
    h = lstm(u, mask=keras.ops.cast(mask, "bool"))
    s = keras.layers.Concatenate()([h, u])
    s = keras.layers.Dropout(DROPOUT)(s)
    s = keras.layers.Dense(HIDDEN, activation="tanh", name="score")(s)
    s = keras.layers.Dense(1, name="out")(s)
    return keras.Model([x, mask], keras.ops.squeeze(s, -1))


def _loss(target: Any, score: Any) -> Any:
    """Which candidate (softmax over those present) and whether any (logistic, each by itself).

    ``target`` carries evidence and mask, (batch, 2, timesteps).
    """
    from keras import ops

    y, mask = target[:, 0], target[:, 1]
    positives = ops.sum(y, axis=1)
    masked = score + (mask - 1) * 1e4
    log_p = ops.log_softmax(masked, axis=-1)
    which = -ops.sum(y * log_p, axis=1) / ops.maximum(positives, 1)
    logistic = ops.softplus(score) - score * y
    whether = ops.sum(logistic * mask, axis=1) / 8
    return ops.mean(which + whether)


def metrics(scores: list[Array], examples: list[Example]) -> dict[str, float]:
    """R@5, R@10 and MRR over the candidates, evidence that was no candidate left aside."""
    r5, r10, mrr = [], [], []
    for score, example in zip(scores, examples, strict=True):
        if not example.evidence.any():
            continue
        order = np.argsort(-score, kind="stable")
        hit = example.evidence[order]
        r5.append(hit[:5].sum() / hit.sum())
        r10.append(hit[:10].sum() / hit.sum())
        mrr.append(1 / (1 + int(np.argmax(hit))))
    return {
        "r_at_5": float(np.mean(r5)),
        "r_at_10": float(np.mean(r10)),
        "mrr": float(np.mean(mrr)),
    }


def train(
    corpora: Path,
    state: Path,
    encoder: Encoder,
    *,
    timelines: int = 800,
    epochs: int = 3,
    out: Path | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Train, calibrate on held-out timelines, write the checkpoint; returns held-out metrics."""
    import keras

    keras.utils.set_random_seed(seed)
    examples = gather(corpora, state, timelines, held_out=False, encoder=encoder, seed=seed)
    judged = gather(
        corpora, state, max(8, timelines // 8), held_out=True, encoder=encoder, seed=seed
    )
    examples = [e for e in examples if e.evidence.any()]
    stacked = np.concatenate([e.features for e in examples[:: max(1, len(examples) // 2000)]])
    mean, spread = stacked.mean(0), stacked.std(0)
    # What never varied in training must not weigh in use: it is scaled away.
    spread = np.where(spread == 0, CONSTANT, np.maximum(spread, 0.05)).astype(np.float32)
    model = build_model(mean, spread)
    rng = np.random.default_rng(seed)
    examples = [e for e in examples for _ in range(_times(SHARE.get(e.source, 1.0), rng))]
    batch = 64
    steps = epochs * (len(examples) // batch)
    schedule = keras.optimizers.schedules.CosineDecay(
        4e-3 / 20, steps, warmup_target=4e-3, warmup_steps=min(50, steps // 4)
    )
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0, use_ema=True, ema_momentum=EMA)
    model.compile(optimizer=optimizer, loss=_loss)
    out = out or WEIGHTS / RANKER
    result: dict[str, float] = {}
    for epoch in range(epochs):
        losses = []
        for numbers in _batches(examples, batch, rng):
            part = [examples[i] for i in numbers]
            x, y, mask = _batch(part, rng, mask_share=0.15)
            longest = int(mask.sum(1).max())
            longest = min(STEPS, -(-longest // 64) * 64)
            target = np.stack([y, mask], axis=1)
            losses.append(
                model.train_on_batch([x[:, :longest], mask[:, :longest]], target[:, :, :longest])
            )
        if epoch + 1 == epochs:
            optimizer.finalize_variable_values(model.trainable_variables)
        write(
            model,
            mean,
            spread,
            out,
            encoder=encoder.fingerprint,
            slope=1.0,
            offset=0.0,
            threshold=0.5,
        )
        ranker = load_ranker(FEATURES, out)
        scores = [ranker.score(e.features[None])[0] for e in judged]
        result = metrics(scores, judged)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, held out {result}", flush=True)
    slope, offset, other, threshold = calibrate(ranker.score, judged)
    write(
        model,
        mean,
        spread,
        out,
        encoder=encoder.fingerprint,
        slope=slope,
        offset=offset,
        other=other,
        threshold=threshold,
    )
    return result


def calibrate(
    score: Callable[[Array], Array], examples: list[Example]
) -> tuple[float, float, float, float]:
    """Platt scaling of the best score, over questions as they are and had nobody said the evidence.

    Where a question names two people's other one it is asked once more so: then nothing that is
    found is right, and what the best candidate's "other_named" takes off is learned too.

    Returns:
        slope, offset, what being said by another than named adds (below 0), and the confidence
        from which on F½ of being right is best: a wrong answer costs more than none, and at least
        half of the questions have no answer here.
    """
    best, right, other = [], [], []
    for example in examples:
        swapped = mistaken(example)
        variants = [(example, True)]
        if example.unsaid is not None:
            nothing = np.zeros(len(example.unsaid), np.bool_)
            variants.append((Example(example.unsaid, nothing, example.source), True))
        if (swapped.features != example.features).any():
            variants.append((swapped, False))
        for one, answers in variants:
            if len(one.evidence):
                scores = score(one.features[None])[0]
                top = int(np.argmax(scores))
                best.append(float(scores[top]))
                right.append(bool(one.evidence[top]) and answers)
                other.append(float(one.features[top, NAMED[1]]))
    s, o, y = np.array(best), np.array(other), np.array(right, float)
    slope, offset, others = 1.0, 0.0, 0.0

    def probability() -> NDArray[np.float64]:
        z = np.clip(slope * s + offset + others * o, -60, 60)
        p: NDArray[np.float64] = 1 / (1 + np.exp(-z))
        return p

    for _ in range(4000):  # gradient descent on the logistic loss; convex in three variables
        error = probability() - y
        slope -= 0.05 * float(np.mean(error * s))
        offset -= 0.05 * float(np.mean(error))
        others -= 0.05 * float(np.mean(error * o))
    p = probability()
    threshold = max(np.arange(0.2, 0.9, 0.01), key=lambda at: f_half(p >= at, y > 0))
    sure = p >= threshold
    print(f"confident: {y[sure].mean():.3f} right, {y[sure].sum() / y.sum():.3f} of the right ones")
    print(
        f"calibration: slope {slope:.3f}, offset {offset:.3f}, other {others:.3f}, "
        f"threshold {threshold:.2f}"
    )
    return slope, offset, others, float(threshold)


def f_half(said: NDArray[np.bool_], right: NDArray[np.bool_]) -> float:
    """F-measure of what was said with confidence, precision counting double (F with beta ½)."""
    hits = int((said & right).sum())
    return 1.25 * hits / max(int(said.sum()) + 0.25 * int(right.sum()), 1.0)


def write(
    model: Any,
    mean: Array,
    spread: Array,
    path: Path,
    *,
    encoder: str,
    slope: float,
    offset: float,
    threshold: float,
    other: float = 0.0,
) -> None:
    """Write the checkpoint of a Keras model."""
    timeline = model.get_layer("timeline")
    weights: dict[str, Array] = {"mean": mean, "spread": spread}
    for name, layer in (("forward", timeline.forward_layer), ("backward", timeline.backward_layer)):
        kernel, recurrent, bias = layer.get_weights()
        weights |= {
            f"{name}.kernel": kernel,
            f"{name}.recurrent": recurrent,
            f"{name}.bias": bias,
        }
    for name in ("input", "score", "out"):
        kernel, bias = model.get_layer(name).get_weights()
        weights |= {f"{name}.kernel": kernel, f"{name}.bias": bias}
    config = {
        "features": list(FEATURES),
        "encoder": encoder,
        "hidden": HIDDEN,
        "units": UNITS,
        "slope": slope,
        "offset": offset,
        "other": other,
        "threshold": threshold,
    }
    write_checkpoint(path, "ranker", config, weights)
