from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.neural.tokenizer import Tokenizer
from assistant.training.corpora import distillation_texts
from assistant.training.tokenizer import tokenizer_texts, train_tokenizer

from .generated import write_corpora

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpora(tmp_path_factory.mktemp("corpora"))


@pytest.fixture(scope="module")
def tokenizer(corpora: Path) -> Tokenizer:
    return Tokenizer.of(train_tokenizer(tokenizer_texts(corpora, 400), corpora, pieces=420))


@pytest.fixture(scope="module")
def cache(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors of make-believe teachers: each word has its own direction."""
    folder = tmp_path_factory.mktemp("cache")
    rows = distillation_texts(corpora, 600)
    words = {w for text, _, _ in rows for w in text.lower().strip(".?").split()}
    rng = np.random.default_rng(0)
    directions = {w: rng.normal(0, 1, 384) for w in sorted(words)}
    vectors = np.stack(
        [sum(directions[w] for w in text.lower().strip(".?").split()) for text, _, _ in rows]
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    english = np.array([lang == "en" for _, lang, _ in rows])[:, None]
    np.savez(
        folder / "chunk-0000.npz",
        minilm=(vectors * english).astype(np.float16),
        e5=vectors.astype(np.float16),
    )
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "chunk-0000.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_a_short_training_improves_loss_and_recall_and_resumes(
    corpora: Path, tokenizer: Tokenizer, cache: Path, tmp_path: Path
) -> None:
    pytest.importorskip("keras")
    from assistant.neural.checkpoint import write_checkpoint
    from assistant.neural.encoder_keras import EncoderConfig, get_weights
    from assistant.neural.encoder_numpy import NumpyEncoder
    from assistant.training.encoder_training import EncoderTraining, Plan, prepare
    from assistant.training.examples import ExampleMaker
    from assistant.training.retrieval_check import by_encoder, held_out

    config = EncoderConfig(tokenizer.size, embedding=24, units=16, dimension=24, tokens=32)
    data, model = prepare(cache, tokenizer, config)
    examples = ExampleMaker(corpora, generated=0)
    plan = Plan(
        epochs=8,
        passes=0.7,
        tokens=1024,
        queries=32,
        mixed=16,
        rate=5e-3,
        contrast_rate=5e-3,
        save_every=10,
        compiled=False,
    )
    run = EncoderTraining(model, tokenizer, plan, tmp_path / "state")

    def recall() -> float:
        path = tmp_path / "encoder.safetensors"
        write_checkpoint(
            path, "encoder", config.to_json(), get_weights(model), tokenizer.serialized
        )
        encoder = NumpyEncoder.of(path)
        figures = held_out(examples.held_out_retrievals(), by_encoder(encoder))
        return figures["made/question"]["r_at_10"]

    losses: list[float] = []
    before = recall()

    def killed(step: int, steps: int, loss: float) -> None:
        losses.append(loss)
        if step == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.distil(data, killed)
    reached: list[int] = []
    run = EncoderTraining(model, tokenizer, plan, tmp_path / "state")

    def watched(step: int, steps: int, loss: float) -> None:
        reached.append(step)
        losses.append(loss)

    run.distil(data, watched)
    assert reached[0] == 11  # what was saved last, not the beginning
    assert losses[-1] < 0.6 * losses[0]
    run.contrast(data, examples, lambda step, steps, loss: None)
    assert recall() > before + 0.1

    again = EncoderTraining(
        prepare(cache, tokenizer, config)[1], tokenizer, plan, tmp_path / "state"
    )
    steps: list[int] = []
    again.distil(data, lambda step, total, loss: steps.append(step))
    assert steps == []
    assert np.array_equal(get_weights(again.model)["embedding"], get_weights(model)["embedding"])


def test_a_short_session_training_tells_facts_from_small_talk(tmp_path: Path) -> None:
    pytest.importorskip("keras")
    from assistant.neural.checkpoint import write_checkpoint
    from assistant.neural.short_term_keras import SessionConfig, get_weights
    from assistant.neural.short_term_network import NumpySessionNetwork
    from assistant.testing import HashEncoder
    from assistant.training.session_examples import invented_sessions
    from assistant.training.session_training import prepare_sessions, train_session_network

    encoder = HashEncoder()
    data = prepare_sessions(invented_sessions(256, seed=1), encoder)
    config = SessionConfig(dimension=encoder.dimension, units=24, hidden=16)
    losses: list[float] = []
    model = train_session_network(
        data, config, epochs=12, rate=5e-3, batch=32, compiled=False,
        report=lambda step, steps, loss: losses.append(loss),
    )  # fmt: skip
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:8])
    write_checkpoint(
        tmp_path / "s", "session", {**config.to_json(), "threshold": 0.5}, get_weights(model)
    )
    network = NumpySessionNetwork.of(tmp_path / "s")

    def salience(text: str) -> float:
        vector = encoder.encode([f"user: {text}"])[0]
        return network.step(network.start(), vector, text, "user")[1].salience

    facts = [salience(t) for t in ("My wugdal is called Zorp.", "I moved to Porto last month")]
    talk = [salience(t) for t in ("Hi!", "thanks", "what time is it?")]
    assert min(facts) > max(talk)
