"""Which precision to train in: found by a real step in each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.arithmetic import autocast
from simcse_ml.training.hardware import processor_flags
from simcse_ml.training.optimizer import AdamW

WORTH = 1.1
"""a half precision is chosen only if it is at least this much faster than fp32"""
HOPELESS = 3.0
"""a first run this much slower than the best says enough"""


@dataclass(frozen=True)
class Trial:
    """One real step in one precision: seconds, or why it failed."""

    precision: str
    seconds: float
    failure: str = ""


def precisions_of(device: torch.device) -> tuple[str, ...]:
    """Those worth a trial: fp32, and the half precision that the device computes in itself.

    fp16 is for NVIDIA GPUs before Ampere (T4, V100, RTX 20), which only emulate bf16.
    """
    if device.type == "cpu":
        return ("fp32", "bf16") if bf16_on_cpu() else ("fp32",)
    return ("fp32", "bf16" if bf16_native(device) else "fp16")


def bf16_native(device: torch.device) -> bool:
    """Whether the device computes in bf16 itself; torch emulates it on older NVIDIA GPUs."""
    if device.type == "cuda":
        return torch.version.hip is not None or torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type in {"xpu", "mps"} or bf16_on_cpu()


def bf16_on_cpu() -> bool:
    """Whether this processor may compute in bf16 itself; without AVX-512 that is emulated, 8 times slower than fp32."""
    if torch.backends.cpu.get_cpu_capability() not in {"DEFAULT", "NO AVX", "AVX", "AVX2"}:
        return True
    return "bf16" in processor_flags()  # ARM, whose capability is DEFAULT


def small_step(device: torch.device) -> Callable[[str], float]:
    """A function that trains one transformer layer once in the named precision and returns its loss."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = torch.nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)
        rows = torch.randn(32, 32, 256).to(device)
    layer.to(device)
    optimizer = AdamW(layer.parameters())

    def step(precision: str) -> float:
        with autocast(device, precision):
            loss = layer(rows).float().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def time_precisions(step: Callable[[str], float], precisions: Sequence[str]) -> list[Trial]:
    """Run `step(precision)`, which trains once and returns its loss: once to warm up, then timed.

    A precision whose first run is already HOPELESS times slower than the best so far is not run again.
    """
    trials: list[Trial] = []
    for precision in precisions:
        try:
            first, loss = _timed(step, precision)
            best = min((trial.seconds for trial in trials), default=first)
            seconds = [first] if first > HOPELESS * best else [_timed(step, precision)[0] for _ in range(2)]
        except RuntimeError as error:
            trials.append(Trial(precision, math.inf, one_line(error)))
            continue
        failure = "" if math.isfinite(loss) else "the loss is no number"
        trials.append(Trial(precision, median(seconds), failure))
    return trials


def choose_precision(trials: Sequence[Trial], device: torch.device) -> str:
    """A half precision if it worked and paid, else fp32.  Raises: UserError where none works."""
    working = {trial.precision: trial.seconds for trial in trials if not trial.failure}
    if not working:
        raise UserError(
            f"a training step fails in every precision: {trials[0].failure}",
            where=f"device {device}",
            mend="simcse-ml doctor says more; --device cpu trains on the processor",
            exit_code=ExitCode.MACHINE,
        )
    best = min(working, key=working.__getitem__)
    plain = working.get("fp32", math.inf)
    return best if working[best] * WORTH <= plain else "fp32"


def one_line(error: BaseException) -> str:
    """What an error of torch says, without its line breaks and cut where it grows long."""
    return " ".join(str(error).split())[:160]


def _timed(step: Callable[[str], float], precision: str) -> tuple[float, float]:
    began = time.perf_counter()
    loss = step(precision)
    return time.perf_counter() - began, loss
