from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Assistant
from assistant.config import Config
from assistant.conversations import ConversationError
from assistant.fusion import FusionRanker
from assistant.testing import HashEncoder, LengthNetwork
from assistant.training.baselines import BM25, Terms
from assistant.training.evaluation import as_json, evaluate_file, render
from assistant.training.figures import Asked, Evaluation, Figures, Method


def open_doubles(path: Path, config: Config) -> Assistant:
    return Assistant(
        path,
        encoder=HashEncoder(),
        network=LengthNetwork(),
        ranker=FusionRanker(),
        config=config,
    )


THINGS = {
    "bicycle": "Mile End", "piano": "the attic", "passport": "the green drawer",
    "ladder": "the cellar", "umbrella": "the hall", "telescope": "the balcony",
    "accordion": "the wardrobe", "typewriter": "the study",
}  # fmt: skip


def conversation(name: str) -> dict[str, Any]:
    turns, questions = [], []
    for number, (thing, place) in enumerate(THINGS.items()):
        session = number // 3
        at = datetime(2023, 5, 1, tzinfo=UTC) + timedelta(days=session, minutes=number)
        for part, text in enumerate((f"I keep my {thing} in {place} these days.", "It rained.")):
            turns.append(
                {
                    "id": f"D{number}:{part}",
                    "session": session,
                    "speaker": ("Ana", "Ben")[part],
                    "time": at.strftime("%I:%M %p on %d %B, %Y"),
                    "text": text,
                }
            )
        questions.append(
            {
                "text": f"Where does Ana keep the {thing}?",
                "answer": place,
                "evidence": [f"D{number}:0"],
                "category": str(4 + number % 2),
            }
        )
    questions.append({"text": "Where is the harp?", "evidence": [], "category": "5"})
    return {"id": name, "turns": turns, "questions": questions}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "talk.jsonl"
    rows = [json.dumps(conversation(name)) for name in ("a", "b")]
    path.write_text("\n".join(rows))
    return path


def asked(evidence: str, named: str, category: str = "1") -> Asked:
    return Asked(category, frozenset(evidence), tuple(named))


def test_figures_count_distinct_evidence_among_the_first_turns_named() -> None:
    figures = Figures.of(
        [
            asked("ab", "xacdefghib"),
            asked("a", "uvwxyza"),
            asked("a", "uvwxyzmnopa"),
            asked("", "uvw"),
        ]
    )
    assert figures.questions == 3
    assert figures.r_at_5 == pytest.approx((0.5 + 0 + 0) / 3)
    assert figures.r_at_10 == pytest.approx((1 + 1 + 0) / 3)
    assert figures.hit_at_10 == pytest.approx(2 / 3)
    assert figures.all_at_10 == pytest.approx(2 / 3)
    assert figures.mrr == pytest.approx((1 / 2 + 1 / 7 + 1 / 11) / 3)


def test_all_evidence_is_asked_for_by_all_and_some_by_hit() -> None:
    figures = Figures.of([asked("ab", "a")])
    assert (figures.hit_at_10, figures.all_at_10) == (1.0, 0.0)


def test_an_open_encoder_is_measured_alone_and_in_fusion(file: Path) -> None:
    double = HashEncoder()
    found = evaluate_file(file, open_assistant=open_doubles, dense=double.encode)
    methods = {method.name: method for method in found.methods}
    alone, fused = methods["open encoder (cosine)"], methods["hand-tuned fusion, open encoder"]
    assert alone.figures.questions == fused.figures.questions == 16
    assert fused.figures.mrr == 1.0  # by the words, with the encoder's say on top
    mixed_up = evaluate_file(
        file, open_assistant=open_doubles, dense=lambda texts: -double.encode(texts)[::-1]
    )
    assert {m.name: m for m in mixed_up.methods}[alone.name].figures.mrr < alone.figures.mrr


def test_questions_about_the_wrong_speaker_are_reported_apart_and_in_the_total() -> None:
    method = Method("m", (asked("a", "a", "1"), asked("a", "b", "5")))
    assert method.figures.r_at_10 == 0.5
    assert method.without_wrong_speaker().r_at_10 == 1.0
    assert method.by_category()["5"].r_at_10 == 0.0


def test_a_file_is_measured_with_baselines_beside_it(file: Path) -> None:
    said: list[str] = []
    found = evaluate_file(file, keep_all=True, open_assistant=open_doubles, progress=said.append)
    names = [method.name for method in found.methods]
    assert names == [
        "assistant", "assistant, threshold 0", "hand-tuned fusion", "BM25",
        "encoder only (cosine)",
    ]  # fmt: skip
    shipped, all_kept, fusion, bm25, cosine = found.methods
    assert fusion.figures.mrr == 1.0
    assert shipped.abstention is not None
    assert len(shipped.abstention.present) == 8  # of the other category in each conversation
    assert shipped.abstention.right == [True] * 8
    assert shipped.abstention.auroc > 0.5
    assert (found.conversations, found.turns, shipped.figures.questions) == (2, 32, 16)
    assert shipped.figures.mrr == 1.0
    assert bm25.figures.mrr == 1.0
    assert cosine.figures.r_at_10 > 0.5
    assert shipped.kept == 0.5  # "It rained." is not worth keeping
    assert all_kept.kept == 1.0
    assert len(shipped.latency_ms) == 18
    assert said == ["a: 16 turns, 9 questions", "b: 16 turns, 9 questions"]


def test_the_assistant_sees_the_files_refs_times_and_sessions(file: Path) -> None:
    seen: list[tuple[str, str, str]] = []

    class Watching(Assistant):
        def close(self) -> None:
            if not self._closed:
                rows = self.store.turns()
                seen.extend((t.ref, t.session, t.said_at.isoformat()) for t in rows)
                assert not self.store.pending()
            super().close()

    def watching(path: Path, config: Config) -> Assistant:
        encoder, network, ranker = HashEncoder(), LengthNetwork(), FusionRanker()
        return Watching(path, encoder=encoder, network=network, ranker=ranker, config=config)

    evaluate_file(file, open_assistant=watching)
    assert seen[0][0::2] == ("D0:0", "2023-05-01T00:00:00+00:00")
    assert seen[6][2] == "2023-05-02T00:03:00+00:00"
    assert len({session for _, session, _ in seen}) == 6  # three sessions in each conversation
    assert len(seen) == 32


def test_questions_are_asked_when_the_last_turn_was_said(file: Path) -> None:
    times: list[datetime | None] = []
    depths: list[int] = []

    class Watching(Assistant):
        def recall(self, query: str, *args: Any, **rest: Any) -> Any:
            times.append(rest["now"])
            depths.append(rest["k"])
            return super().recall(query, *args, **rest)

    def watching(path: Path, config: Config) -> Assistant:
        encoder, network, ranker = HashEncoder(), LengthNetwork(), FusionRanker()
        return Watching(path, encoder=encoder, network=network, ranker=ranker, config=config)

    evaluate_file(file, open_assistant=watching)
    assert set(times) == {datetime(2023, 5, 3, 0, 7, tzinfo=UTC)}
    assert depths.count(20) == 18  # each question once, and the answerable twice more for doubt
    assert depths.count(1) == 2 * 8


def test_the_curve_keeps_ever_more_turns_and_is_plotted(tmp_path: Path) -> None:
    walks = [
        {
            "id": f"D{n}",
            "session": 1,
            "speaker": "Ana",
            "text": "Walked" + " on" * (n % 6) + f" {n}",
        }
        for n in range(20)
    ]
    asked = [{"text": "Who walked?", "evidence": ["D19"], "category": "1"}]
    file = tmp_path / "walks.jsonl"
    file.write_text(json.dumps({"id": "walks", "turns": walks, "questions": asked}))
    evaluation = evaluate_file(file, open_assistant=open_doubles, curve=True)
    kept = [method.kept or 0.0 for method in evaluation.curve]
    assert len(kept) == 4
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]
    assert all(method.asked for method in evaluation.curve)
    plot = render(evaluation).partition("turns kept")[2].splitlines()[1:]
    assert [line.split("%")[0].strip() for line in plot[:4]] == [f"{one:.1%}"[:-1] for one in kept]
    assert [one["kept"] for one in as_json(evaluation)["curve"]] == [round(one, 4) for one in kept]
    assert not evaluate_file(file, open_assistant=open_doubles).curve


def test_the_json_has_the_agreed_keys(file: Path) -> None:
    value = json.loads(json.dumps(as_json(evaluate_file(file, open_assistant=open_doubles))))
    for key in ("r_at_5", "r_at_10", "hit_at_10", "all_at_10", "mrr"):
        assert 0 <= value[key] <= 1
        assert key in value["methods"]["BM25"]
    assert 0 < value["latency_ms"]["p50"] <= value["latency_ms"]["p99"]
    assert set(value["categories"]) == {"4", "5"}
    assert value["without_category_5"]["questions"] == 8


def test_the_table_shows_every_method_and_category(file: Path) -> None:
    text = render(evaluate_file(file, open_assistant=open_doubles))
    for word in ("R@5", "MRR", "p99 ms", "BM25", "encoder only", "by category", "without"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("", "no question with evidence"),
        ('{"id": "a", "turns": []}', "no question with evidence"),
    ],
)
def test_a_bad_file_is_told_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(ConversationError, match=words) as caught:
        evaluate_file(path, open_assistant=open_doubles)
    assert "\n" not in str(caught.value)
    with pytest.raises(ConversationError, match="cannot be read"):
        evaluate_file(tmp_path / "none.jsonl", open_assistant=open_doubles)


def test_a_conversation_without_turns_is_passed_over(tmp_path: Path, file: Path) -> None:
    file.write_text(file.read_text() + '\n{"id": "c", "turns": [], "questions": [{"text": "?"}]}')
    found = evaluate_file(file, open_assistant=open_doubles)
    assert found.conversations == 2


def test_bm25_agrees_with_its_formula() -> None:
    bm25 = BM25(["tea tea milk", "coffee milk", "water"])
    norm = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
    expected = math.log(1 + 2.5 / 1.5) * 2 * 2.2 / (2 + norm)
    np.testing.assert_allclose(bm25.scores("tea"), [expected, 0, 0], rtol=1e-6)
    assert not bm25.scores("juice").any()
    assert BM25([]).scores("tea").shape == (0,)


def test_terms_are_stemmed_and_chinese_is_characters_and_bigrams() -> None:
    assert Terms()("Running dogs") == ["run", "dog"]
    assert Terms()("小泽叫") == ["小", "泽", "叫", "小泽", "泽叫"]


def test_measuring_never_imports_tensorflow(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from assistant.training.evaluation import evaluate_file\n"
        f"evaluate_file(Path({str(file)!r}))\n"
        "assert not {'tensorflow', 'keras', 'torch'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_an_evaluation_of_nothing_has_no_figures() -> None:
    empty = Evaluation((Method("assistant", ()),), 0, 0, 0.0)
    assert "assistant" in render(empty)
    assert as_json(empty)["r_at_10"] == 0
