"""What this machine can really do, found by doing it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch

from simcse_ml.errors import ExitCode, UserError

WORTH = 1.1
"""bf16 is chosen only if it is at least this much faster than fp32"""
HOPELESS = 3.0
"""a first run this much slower than the best says enough"""


@dataclass(frozen=True)
class Trial:
    """One real step in one precision: seconds, or why it failed."""

    precision: str
    seconds: float
    failure: str = ""


def pick_device(asked: str) -> torch.device:
    """auto: a GPU that exists, else the CPU.  Raises: UserError for a device that is not there."""
    if asked == "auto":
        asked = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"the device cannot be used: {' '.join(str(error).split())[:160]}",
            where=f"--device {asked}",
            mend="simcse-ml doctor says what is there; --device cpu always works",
            exit_code=ExitCode.MACHINE,
        ) from error
    return device


def bf16_on_cpu() -> bool:
    """Whether this processor computes in bf16 itself; without AVX-512 it is emulated, eight times slower than fp32."""
    return torch.backends.cpu.get_cpu_capability() not in {"DEFAULT", "NO AVX", "AVX", "AVX2"}


def time_precisions(step: Callable[[str], float], precisions: tuple[str, ...]) -> list[Trial]:
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
            trials.append(Trial(precision, float("inf"), " ".join(str(error).split())[:160]))
            continue
        failure = "" if math.isfinite(loss) else "the loss is no number"
        trials.append(Trial(precision, median(seconds), failure))
    return trials


def _timed(step: Callable[[str], float], precision: str) -> tuple[float, float]:
    began = time.perf_counter()
    loss = step(precision)
    return time.perf_counter() - began, loss


def choose_precision(trials: list[Trial]) -> str:
    """bf16 if it worked and paid, else fp32."""
    by_name = {trial.precision: trial for trial in trials}
    plain, half = by_name["fp32"], by_name.get("bf16")
    if half is None or half.failure or half.seconds * WORTH > plain.seconds:
        return "fp32"
    return "bf16"
