"""The command line of training: corpora in, weights out.

    python -m assistant.training tokenizer --corpora DIR --out DIR
    python -m assistant.training teachers  --corpora DIR --cache DIR
    python -m assistant.training encoder   --corpora DIR --cache DIR --state DIR --out FILE
    python -m assistant.training session   --corpora DIR --encoder FILE --state DIR --out FILE
    python -m assistant.training ranker    --corpora DIR --encoder FILE --state DIR --out FILE
    python -m assistant.training check     --encoder FILE [--corpora DIR] [--questions FILE]

Each is seeded and goes on where a killed run stopped. Keep the cache and state folders outside the
repository. ``KERAS_BACKEND=jax`` trains fastest on a CPU.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_READABLE = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """Train the networks of the assistant from a folder of corpora."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--out", type=_FOLDER, required=True, help="Where tokenizer.model goes.")
@click.option("--pieces", default=24_000, show_default=True)
@click.option("--per-source", default=9_000, show_default=True, help="Texts of each source.")
@click.option("--seed", default=0, show_default=True)
def tokenizer(corpora: Path, out: Path, pieces: int, per_source: int, seed: int) -> None:
    """Train the SentencePiece tokenizer."""
    from assistant.training.tokenizer import tokenizer_texts, train_tokenizer

    texts = tokenizer_texts(corpora, per_source, seed)
    click.echo(f"{len(texts)} texts; training {pieces} pieces takes some minutes")
    click.echo(str(train_tokenizer(texts, out, pieces=pieces, seed=seed)))


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--cache", type=_FOLDER, required=True, help="Where the teachers' vectors go.")
@click.option("--tokenizer", "pieces", type=_FILE, help="Also cache the vectors of its pieces.")
@click.option("--texts", default=200_000, show_default=True)
@click.option("--seed", default=0, show_default=True)
def teachers(corpora: Path, cache: Path, pieces: Path | None, texts: int, seed: int) -> None:
    """Cache the vectors of the two teachers (training extras needed: see docs/experiments.md)."""
    from assistant.neural.tokenizer import Tokenizer
    from assistant.training.piece_vectors import cache_piece_vectors
    from assistant.training.teachers import cache_teachers

    if pieces is not None:
        cache_piece_vectors(Tokenizer.of(pieces), cache / "pieces.npz")
    cache_teachers(corpora, cache, texts, seed)


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--cache", type=_READABLE, required=True, help="The teachers' vectors.")
@click.option("--tokenizer", "pieces", type=_FILE, required=True)
@click.option("--state", type=_FOLDER, required=True, help="Where a run keeps its progress.")
@click.option("--out", type=_FILE, required=True, help="The checkpoint to write.")
@click.option("--epochs", default=3.0, show_default=True, help="Of distillation.")
@click.option("--passes", default=0.55, show_default=True, help="Of contrast.")
@click.option("--dimension", default=256, show_default=True)
@click.option("--units", default=256, show_default=True)
@click.option("--seed", default=0, show_default=True)
def encoder(
    corpora: Path,
    cache: Path,
    pieces: Path,
    state: Path,
    out: Path,
    epochs: float,
    passes: float,
    dimension: int,
    units: int,
    seed: int,
) -> None:
    """Train the turn encoder: distillation, then contrast."""
    from assistant.neural.checkpoint import write_checkpoint
    from assistant.neural.encoder_keras import EncoderConfig, get_weights
    from assistant.neural.tokenizer import Tokenizer
    from assistant.training.encoder_training import EncoderTraining, Plan, prepare
    from assistant.training.examples import ExampleMaker

    cut = Tokenizer.of(pieces)
    config = EncoderConfig(cut.size, embedding=dimension, units=units, dimension=dimension)
    data, model = prepare(cache, cut, config, seed)
    run = EncoderTraining(model, cut, Plan(seed=seed, epochs=epochs, passes=passes), state)
    with _progress("distillation") as report:
        run.distil(data, report)
    with _progress("contrast") as report:
        run.contrast(data, ExampleMaker(corpora, seed=seed), report)
    weights = get_weights(run.model)
    click.echo(write_checkpoint(out, "encoder", config.to_json(), weights, cut.serialized))


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", "path", type=_FILE, help="Checkpoint; the shipped one when left out.")
@click.option("--state", type=_FOLDER, required=True, help="Where a run keeps its progress.")
@click.option("--out", type=_FILE, required=True, help="The checkpoint to write.")
@click.option("--sessions", default=6_000, show_default=True, help="Dialogues to learn from.")
@click.option("--invented", default=3_000, show_default=True, help="Sessions of invented words.")
@click.option("--epochs", default=6, show_default=True)
@click.option("--loss", default=0.015, show_default=True, help="Evidence the threshold may lose.")
@click.option("--seed", default=0, show_default=True)
def session(
    corpora: Path,
    path: Path | None,
    state: Path,
    out: Path,
    sessions: int,
    invented: int,
    epochs: int,
    loss: float,
    seed: int,
) -> None:
    """Train the network behind short-term memory, on the vectors of a finished encoder."""
    from assistant.neural import load_encoder
    from assistant.neural.checkpoint import write_checkpoint
    from assistant.neural.short_term_keras import SessionConfig, get_weights
    from assistant.training.session_check import check_sessions
    from assistant.training.session_examples import invented_sessions, read_sessions
    from assistant.training.session_training import prepare_sessions, train_session_network

    reader = load_encoder(path, device="cpu")
    train, held = read_sessions(corpora, count=sessions, seed=seed)
    click.echo(f"{len(train)} dialogues and {invented} invented sessions; encoding them")
    data = prepare_sessions([*train, *invented_sessions(invented, seed)], reader)
    config = SessionConfig(dimension=reader.dimension)
    with _progress("session") as report:
        model = train_session_network(
            data, config, epochs=epochs, report=report, state=state, seed=seed
        )
    figures = check_sessions(model, prepare_sessions(held, reader), loss)
    settings = {
        **config.to_json(),
        "encoder": reader.fingerprint,
        "threshold": figures["threshold"],
        "context_weight": 1.0,
    }
    click.echo(write_checkpoint(out, "session", settings, get_weights(model)))
    click.echo(json.dumps(figures, indent=2))


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", type=_FILE, help="Encoder checkpoint; the shipped one if left out.")
@click.option("--state", type=_FOLDER, required=True, help="Where examples are kept.")
@click.option("--out", type=_FILE, required=True, help="Where the checkpoint goes.")
@click.option("--timelines", default=480, show_default=True)
@click.option("--epochs", default=6, show_default=True)
@click.option("--seed", default=0, show_default=True)
def ranker(
    corpora: Path,
    encoder: Path | None,
    state: Path,
    out: Path,
    timelines: int,
    epochs: int,
    seed: int,
) -> None:
    """Train the recall ranker on the vectors of an encoder."""
    from assistant.neural import load_encoder
    from assistant.training.ranker import train

    loaded = load_encoder(encoder)
    figures = train(corpora, state, loaded, timelines=timelines, epochs=epochs, out=out, seed=seed)
    click.echo(json.dumps(figures))


@main.command()
@click.option("--encoder", "path", type=_FILE, help="Checkpoint; the shipped one when left out.")
@click.option("--corpora", type=_READABLE, help="Check held-out questions of these corpora.")
@click.option("--questions", type=_FILE, help="Check a file in the neutral form.")
def check(path: Path | None, corpora: Path | None, questions: Path | None) -> None:
    """Dense retrieval by cosine alone."""
    from assistant.neural import load_encoder
    from assistant.training.examples import ExampleMaker
    from assistant.training.retrieval_check import held_out, neutral_form

    reader = load_encoder(path, device="cpu")
    turns = reader.encode

    def queries(texts: list[str]) -> object:
        return reader.encode(texts, kind="query")

    if questions is not None:
        click.echo(json.dumps(neutral_form(questions, turns, queries)))  # type: ignore[arg-type]
    if corpora is not None:
        rows = ExampleMaker(corpora).held_out_retrievals()
        for source, figures in held_out(rows, turns, queries).items():  # type: ignore[arg-type]
            click.echo(f"{source}: {json.dumps(figures)}")


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int, float], None]]:
    """A progress bar that shows the loss; plain lines where there is no terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} loss {task.fields[loss]:.4f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task(label, total=None, loss=float("nan"))

        def report(step: int, steps: int, loss: float) -> None:
            bar.update(task, completed=step, total=steps, loss=loss)
            if not bar.console.is_terminal and (step % 100 == 0 or step == steps):
                click.echo(f"{label} {step}/{steps} loss {loss:.4f}")

        yield report


if __name__ == "__main__":
    main()
