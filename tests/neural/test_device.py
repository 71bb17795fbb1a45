from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ConfigurationError
from assistant.neural.device import choose, find_gpu


def test_a_bare_machine_has_no_gpu(tmp_path: Path) -> None:
    assert find_gpu({}, tmp_path) == (False, "no GPU is in sight")


def test_a_device_node_is_a_gpu(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    (tmp_path / "dev/nvidiactl").touch()
    assert find_gpu({}, tmp_path) == (True, "1 NVIDIA GPU(s) in sight")


def test_hidden_gpus_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/nvidia0").touch()
    found, why = find_gpu({"CUDA_VISIBLE_DEVICES": "-1"}, tmp_path)
    assert not found
    assert "CUDA_VISIBLE_DEVICES" in why


@pytest.mark.parametrize(
    ("runtime", "device", "gpu", "expected"),
    [
        ("numpy", "auto", False, ("numpy", "cpu", False)),
        ("numpy", "auto", True, ("keras", "gpu", True)),
        ("numpy", "cpu", True, ("numpy", "cpu", False)),
        ("keras", "cpu", True, ("keras", "cpu", False)),
        ("keras", "auto", False, ("keras", "cpu", False)),
        ("keras", "gpu", True, ("keras", "gpu", True)),
    ],
)
def test_the_choice_follows_the_settings_and_the_machine(
    runtime: str, device: str, gpu: bool, expected: tuple[str, str, bool]
) -> None:
    choice = choose(runtime, device, gpu=(gpu, "as told"))
    assert (choice.runtime, choice.device, choice.background) == expected
    assert choice.reason


@pytest.mark.parametrize(
    ("runtime", "device", "message"),
    [("torch", "auto", "runtime is 'torch'"), ("numpy", "tpu", "device is 'tpu'"),
     ("numpy", "gpu", "use device 'auto' or 'cpu'")],
)  # fmt: skip
def test_what_cannot_be_had_is_refused(runtime: str, device: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        choose(runtime, device, gpu=(False, "no GPU is in sight"))
