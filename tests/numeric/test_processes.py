"""Two processes over gloo compute what one does: losses, gradients, parameters, queues, for every objective."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

pytestmark = pytest.mark.numeric
SCRIPT = Path(__file__).with_name("shared_training.py")


def run(model: Path, folder: Path, size: int) -> list[dict[str, dict[str, torch.Tensor]]]:
    outs = [folder / f"{size}-{rank}.pt" for rank in range(size)]
    meeting = folder / f"meeting-{size}"
    processes = [
        subprocess.Popen([sys.executable, str(SCRIPT), str(model), str(out), str(rank), str(size), str(meeting)])
        for rank, out in enumerate(outs)
    ]
    assert [process.wait(timeout=600) for process in processes] == [0] * size
    return [torch.load(out, weights_only=True) for out in outs]


def test_two_processes_equal_one_for_every_objective(tiny_bert: Path, tmp_path: Path) -> None:
    (alone,) = run(tiny_bert, tmp_path, 1)
    first, second = run(tiny_bert, tmp_path, 2)
    assert len(alone) >= 18
    for case, numbers in alone.items():
        assert first[case].keys() == numbers.keys()
        for name, value in numbers.items():
            torch.testing.assert_close(first[case][name], value, rtol=1e-4, atol=1e-5, msg=f"{case}: {name}")
            assert torch.equal(first[case][name], second[case][name]), f"{case}: {name} differs between the two"
