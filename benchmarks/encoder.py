"""The turn encoder beside the encoders it learned from and BM25, all in one run.

    python -m benchmarks.encoder --questions FILE --corpora DIR --cache DIR

Measures, on one core: dense retrieval on a file in the neutral form (``assistant eval``) and on the
held-out questions of each training corpus; the time of one turn of 24 tokens; and how many turns a
second go through in bulk. all-MiniLM-L6-v2 and multilingual-e5-small (4 bit) are measured where the
training environment has them (docs/experiments.md); otherwise the rows are reported missing.

Their vectors take many minutes; the cache folder keeps them for the next run, which then measures
the times on a quiet machine. Keep it outside the repository.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from threadpoolctl import threadpool_limits

from assistant.encoder import Array, Encoder
from assistant.neural import load_encoder
from assistant.training.examples import ExampleMaker, Retrieval
from assistant.training.retrieval_check import Search, by_cosine, by_words, held_out, neutral_form

CHUNK = 512
TURN = (
    "user: my dog is called bruno and we went to paris in may because it was sunny there and she "
    "liked it"
)
OURS, MINILM, E5, BM25 = "this encoder", "all-MiniLM-L6-v2", "multilingual-e5-small", "BM25"
CHINESE = ("cmrc2018", "drcd", "xquad-zh", "crosswoz", "kdconv")


@dataclass(frozen=True)
class Subject:
    """An encoder under measurement: its two ways of encoding, which may be one."""

    name: str
    turns: Callable[[list[str]], Array]
    queries: Callable[[list[str]], Array]

    def search(self, cache: Path | None) -> Search:
        """By cosine, with vectors kept in ``cache``."""
        if cache is None:
            return by_cosine(lambda t: self.turns(list(t)), lambda q: self.queries(list(q)))
        folder = cache / self.name
        return by_cosine(cached(self.turns, folder / "turns"), cached(self.queries, folder / "q"))


def cached(encode: Callable[[list[str]], Array], folder: Path) -> Callable[[Sequence[str]], Array]:
    """The same, with each chunk of texts kept in a file named after its words."""

    def keep(texts: Sequence[str]) -> Array:
        # Texts of like length together: the least padding.
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
        parts: list[Array] = []
        for start in range(0, len(order), CHUNK):
            part = [texts[i] for i in order[start : start + CHUNK]]
            path = folder / f"{hashlib.sha256(json.dumps(part).encode()).hexdigest()[:32]}.npy"
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                temporary = path.with_suffix(".tmp.npy")
                np.save(temporary, encode(part))
                temporary.replace(path)
            parts.append(np.load(path))
        vectors = np.concatenate(parts)
        out = np.empty_like(vectors)
        out[order] = vectors
        return out

    return keep


def subjects(encoder: Encoder) -> Iterator[Subject]:
    """Ours, and the others as far as they are installed."""
    yield Subject(OURS, encoder.encode, lambda texts: encoder.encode(texts, kind="query"))
    try:
        from assistant.training.teachers import english_teacher

        minilm = english_teacher(tokens=256)
        yield Subject(MINILM, minilm, minilm)
    except ImportError as missing:
        print(f"{MINILM}: not measured ({missing}); see docs/experiments.md", file=sys.stderr)
    try:
        from assistant.training.teachers import multilingual_teacher

        e5 = multilingual_teacher()
        yield Subject(
            E5,
            lambda texts: e5(texts, [False] * len(texts)),
            lambda texts: e5(texts, [True] * len(texts)),
        )
    except ImportError as missing:
        print(f"{E5}: not measured ({missing}); see docs/experiments.md", file=sys.stderr)


def latency_ms(found: Sequence[Subject], rounds: int) -> dict[str, dict[str, float]]:
    """One turn at a time, the encoders in turn, so that other work on the machine hits all."""
    times: dict[str, list[tuple[float, float]]] = {one.name: [] for one in found}
    for _ in range(rounds + 3):
        for one in found:
            wall, cpu = time.perf_counter(), time.process_time()
            one.turns([TURN])
            times[one.name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {
        name: {
            "turn_p50_ms": 1e3 * statistics.median(wall for wall, _ in taken[3:]),
            "turn_p10_ms": 1e3 * float(np.quantile([wall for wall, _ in taken[3:]], 0.1)),
            "turn_cpu_p50_ms": 1e3 * statistics.median(cpu for _, cpu in taken[3:]),
        }
        for name, taken in times.items()
    }


def throughput(found: Sequence[Subject], texts: list[str]) -> dict[str, dict[str, float]]:
    """Turns a second of processor time, in bulk; again the encoders in turn."""
    spent = {one.name: 0.0 for one in found}
    size = max(1, len(texts) // 4)
    for start in range(0, len(texts), size):
        for one in found:
            cpu = time.process_time()
            one.turns(texts[start : start + size])
            spent[one.name] += time.process_time() - cpu
    return {name: {"turns_a_second": len(texts) / seconds} for name, seconds in spent.items()}


def candidates_of(asked: Sequence[Retrieval]) -> dict[str, int]:
    """How many texts each source offers."""
    found: dict[str, set[str]] = {}
    for one in asked:
        found.setdefault(one.source, set()).update(one.candidates)
    return {source: len(texts) for source, texts in found.items()}


def measure(
    found: Sequence[Subject],
    questions: Path | None,
    corpora: Path | None,
    cache: Path | None,
    rounds: int,
    limit: int,
    per_source: int,
    only: tuple[str, ...] = ("",),
) -> dict[str, dict[str, dict[str, float]]]:
    """Every figure: measure, then row (encoder or BM25), then figure."""
    searches = {one.name: one.search(None if one.name == OURS else cache) for one in found}
    searches[BM25] = by_words
    result: dict[str, dict[str, dict[str, float]]] = {}
    bulk: list[str] = [TURN] * 256
    if questions is not None:
        result["questions"] = {name: neutral_form(questions, s) for name, s in searches.items()}
        lines = questions.read_text(encoding="utf-8").splitlines()
        bulk = [f"{t['speaker']}: {t['text']}" for ln in lines for t in json.loads(ln)["turns"]]
    if corpora is not None:
        asked = ExampleMaker(corpora).held_out_retrievals(limit=per_source)
        wide = {source for source, n in candidates_of(asked).items() if n > limit}
        asked = [r for r in asked if r.source not in wide and r.source.startswith(only)]
        for name, search in searches.items():
            figures = held_out(asked, search)
            for source, row in figures.items():
                result.setdefault(f"held out, {source}", {})[name] = row
            for label, chinese in (("Chinese", True), ("English", False)):
                part = [v for k, v in figures.items() if k.startswith(CHINESE) is chinese]
                if part:
                    means = {k: statistics.fmean(v[k] for v in part) for k in ("r_at_10", "mrr")}
                    result.setdefault(f"held out, mean of {label} sources", {})[name] = means
        if questions is None:
            bulk = [text for one in asked for text in one.candidates[:2]]
    result["one turn of 24 tokens"] = latency_ms(found, rounds)
    result["in bulk"] = throughput(found, bulk[:512])
    return result


def render(result: dict[str, dict[str, dict[str, float]]]) -> str:
    """As a table in plain text."""
    lines = []
    for measured, rows in result.items():
        for name, figures in rows.items():
            shown = "  ".join(f"{key} {value:.4g}" for key, value in figures.items())
            lines.append(f"{measured:44}  {name:22}  {shown}")
    return "\n".join(lines)


@click.command(help=__doc__)
@click.option("--questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--corpora", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path))
@click.option("--encoder", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--per-source", default=200, show_default=True, help="Held-out questions of each.")
@click.option("--limit", default=5_000, show_default=True, help="Leave wider sources out.")
@click.option("--only", multiple=True, help="Only sources whose names begin so.")
@click.option("--rounds", default=100, show_default=True, help="Of the time of one turn.")
@click.option("--json", "as_json", type=click.Path(dir_okay=False, path_type=Path))
def main(
    questions: Path | None,
    corpora: Path | None,
    cache: Path | None,
    path: Path | None,
    per_source: int,
    limit: int,
    only: tuple[str, ...],
    rounds: int,
    as_json: Path | None,
) -> None:
    # One core for all: threads that would share it only wait for each other.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    encoder = load_encoder(path, device="cpu")
    found = list(subjects(encoder))
    with threadpool_limits(1):
        result = measure(found, questions, corpora, cache, rounds, limit, per_source, only or ("",))
    click.echo(f"{TURN!r} is {encoder.count_tokens(TURN) + 1} tokens")
    click.echo(render(result))
    if as_json is not None:
        as_json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
