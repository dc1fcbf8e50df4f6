"""What is looked at during training: is the space collapsing, and how does the dev set stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.evaluation.geometry import measure
from simcse_ml.evaluation.sts import cosine_scores, spearman
from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.contract import Encoder
from simcse_ml.models.dropout import dropout_drawn_from
from simcse_ml.models.opened import embed_texts
from simcse_ml.ragged import Ragged
from simcse_ml.text.labelled.sts import PairSet
from simcse_ml.training.seeds import derive

SAMPLE = 256
"""sentences that the meters are taken on, held-out ones first"""


@dataclass(frozen=True)
class Meters:
    """encoder: looked at as it stands.  sample: held-out token rows.  dev: chooses the checkpoint, or None."""

    encoder: Encoder
    sample: Ragged
    dev: PairSet | None
    precision: str
    seed: int

    def __call__(self) -> Mapping[str, float]:
        """mean_cosine, uniformity, alignment (of dropout twins), effective_rank; and dev, Spearman x 100."""
        numbers: dict[str, float] = {}
        if len(self.sample) >= 2:
            vectors = self._embed(training=False)
            twins = self._embed(training=True)
            geometry = measure(vectors, twins)
            numbers |= {
                "mean_cosine": geometry.mean_cosine,
                "uniformity": geometry.uniformity,
                "alignment": geometry.alignment or 0.0,
                "effective_rank": geometry.effective_rank,
            }
        if self.dev is not None:
            numbers["dev"] = 100 * spearman(self.dev.gold, cosine_scores(self._texts(), self.dev))
        return numbers

    def _texts(self) -> Callable[..., NDArray[np.float32]]:
        return lambda texts: embed_texts(self.encoder, texts, precision=self.precision)

    @torch.no_grad()
    def _embed(self, *, training: bool) -> NDArray[np.float32]:
        device = next(self.encoder.parameters()).device
        was_training = self.encoder.training
        self.encoder.train(training)
        parts = []
        for start in range(0, len(self.sample), 64):
            rows = self.sample.take(np.arange(start, min(start + 64, len(self.sample))))
            with (
                dropout_drawn_from(derive(self.seed, "meters", start), device),
                autocast(device, self.precision),
            ):
                parts.append(self.encoder.embed(rows).float().cpu().numpy())
        self.encoder.train(was_training)
        return np.concatenate(parts)


def meter_rows(held_out: NDArray[np.int64], rows: Ragged, train: NDArray[np.int64]) -> Ragged:
    """SAMPLE held-out rows, evenly spread; filled up with training rows where fewer were held out."""
    return rows.take(np.concatenate([_spread(held_out, SAMPLE), _spread(train, SAMPLE - len(held_out))]))


def _spread(pool: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """At most `count` of `pool`, at even distances."""
    count = max(0, min(count, len(pool)))
    picked: NDArray[np.int64] = pool[np.linspace(0, max(len(pool) - 1, 0), count).astype(np.int64)]
    return picked
