"""Which precision to encode in: bf16 on a processor that has it, if it was timed to pay and keeps the vectors.

Timed once a model and processor and then remembered, so that a busy minute does not change what vectors are made of.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simcse_ml.files import write_json

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel

SAME = 0.999
"""cosine to float32 below which no vector may fall"""
PROBE = [" ".join(f"{word}{number}" for word in range(4 + number % 24)) for number in range(64)]
"""short and long texts; what they say does not matter to the time"""


def with_timed_precision(model: OpenedModel, cache: Path) -> OpenedModel:
    """`model`, on a CPU, in the precision that is faster there."""
    import torch

    from simcse_ml.training.precisions import bf16_on_cpu

    if not bf16_on_cpu():
        return replace(model, precision="fp32")
    about = {"model": model.fingerprint, "torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability()}
    path = cache / "timed" / f"{model.fingerprint}.json"
    precision = _remembered(path, about)
    if precision is None:
        precision = _timed(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, {**about, "precision": precision})
    return replace(model, precision=precision)


def _timed(model: OpenedModel) -> str:
    from simcse_ml.training.precisions import choose_precision, time_precisions

    made: dict[str, np.ndarray] = {}

    def step(precision: str) -> float:
        made[precision] = replace(model, precision=precision).embed(PROBE)
        return float(made[precision].sum())

    chosen = choose_precision(time_precisions(step, ("fp32", "bf16")), next(model.encoder.parameters()).device)
    if chosen == "bf16" and _worst_cosine(made["fp32"], made["bf16"]) < SAME:
        return "fp32"
    return chosen


def _worst_cosine(a: np.ndarray, b: np.ndarray) -> float:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float((np.vecdot(a, b) / np.where(lengths > 0, lengths, 1.0)).min())


def _remembered(path: Path, about: dict[str, str]) -> str | None:
    try:
        told = json.loads(path.read_text("utf-8"))
        precision = str(told.pop("precision"))
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return precision if told == about and precision in {"fp32", "bf16"} else None
