"""bf16 is taken where the processor has it, it pays, and the vectors stay; and then always the same is taken."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from simcse_ml.jobs.timed import with_timed_precision
from simcse_ml.training import precisions

FAST = [""]
"""what the stand-in for a clock finds"""


class Parameters:
    """All that is asked of an encoder here."""

    def parameters(self):
        return iter([torch.zeros(1)])


@dataclass(frozen=True)
class Model:
    """fast: which precision takes less time.  off: what bf16 adds to the vectors."""

    fingerprint: str = "m"
    precision: str = "fp32"
    fast: str = "bf16"
    off: float = 0.0
    encoder: Parameters = field(default_factory=Parameters)

    def embed(self, texts):
        FAST[0] = self.fast
        rows = np.ones((len(texts), 3), np.float32)
        rows[:, 0] += self.off if self.precision == "bf16" else 0.0
        return rows


@pytest.fixture(autouse=True)
def has_bf16(monkeypatch):
    def clocked(step, tried):
        return [precisions.Trial(name, 1.0 if name == FAST[0] else 2.0) for name in tried if np.isfinite(step(name))]

    monkeypatch.setattr(precisions, "bf16_on_cpu", lambda: True)
    monkeypatch.setattr(precisions, "time_precisions", clocked)


@pytest.mark.parametrize(
    ("model", "expected"), [(Model(), "bf16"), (Model(fast="fp32"), "fp32"), (Model(off=0.2), "fp32")]
)
def test_bf16_is_taken_if_it_pays_and_keeps_the_vectors(model, expected, tmp_path):
    assert with_timed_precision(model, tmp_path).precision == expected


def test_what_was_timed_is_kept_for_this_model_alone(tmp_path):
    with_timed_precision(Model(), tmp_path)
    assert with_timed_precision(Model(fast="fp32"), tmp_path).precision == "bf16"
    assert with_timed_precision(Model(fingerprint="other", fast="fp32"), tmp_path).precision == "fp32"
    (tmp_path / "timed" / "m.json").write_text("{")
    assert with_timed_precision(Model(fast="fp32"), tmp_path).precision == "fp32"


def test_without_bf16_nothing_is_timed(tmp_path, monkeypatch):
    monkeypatch.setattr(precisions, "bf16_on_cpu", lambda: False)
    assert with_timed_precision(Model(), tmp_path).precision == "fp32"
    assert not (tmp_path / "timed").exists()
