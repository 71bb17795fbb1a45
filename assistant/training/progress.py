"""How a training shows where it is: a bar in the terminal, and scalars for TensorBoard.

    tensorboard --logdir STATE/logs

TensorFlow writes the scalars, whatever backend trains; where it is missing they are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

Report = Callable[[int, int, float], None]
"""Told the step, how many there are, and the loss (or NaN) after each."""


@contextmanager
def progress(label: str, logs: Path | None = None) -> Iterator[Report]:
    """A progress bar with the loss; plain lines now and then where there is no terminal.

    Args:
        label: Of the bar, the lines and the TensorBoard run.
        logs: Folder for TensorBoard; None writes nothing.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}{task.fields[loss]}"),
        TimeRemainingColumn(),
    )
    with scalars(logs / label if logs else None) as write, Progress(*columns) as bar:
        task = bar.add_task(label, total=None, loss="")

        def report(step: int, steps: int, loss: float) -> None:
            shown = f" loss {loss:.4f}" if loss == loss else ""
            bar.update(task, completed=step, total=steps, loss=shown)
            if not bar.console.is_terminal and (step % 100 == 0 or step == steps):
                click.echo(f"{label} {step}/{steps}{shown}")
            if loss == loss:
                write("loss", loss, step)

        yield report


@contextmanager
def scalars(folder: Path | None) -> Iterator[Callable[[str, float, int], None]]:
    """Something to call with a name, a value and a step; it goes into TensorBoard's files."""
    if folder is None:
        yield lambda name, value, step: None
        return
    try:
        import sqlite3  # noqa: F401  # before TensorFlow: see ``neural.encoder_keras``

        import tensorflow
    except ImportError:
        click.echo("TensorFlow is not installed: nothing is written for TensorBoard", err=True)
        yield lambda name, value, step: None
        return
    writer = tensorflow.summary.create_file_writer(str(folder))
    # ``summary.scalar`` would do, but asks for TensorBoard itself for the sake of this label.
    label = tensorflow.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "scalars"})

    def write(name: str, value: float, step: int) -> None:
        with writer.as_default():
            tensorflow.summary.write(name, float(value), step=step, metadata=label)

    try:
        yield write
    finally:
        writer.close()
