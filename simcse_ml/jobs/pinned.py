"""The person's pins during a training: where they stand at each evaluation, written as events.

It only listens: it encodes with dropout off and draws from generators of its own, so a run with pins gives the same
model, bit for bit, as one without (tests/numeric/test_pins.py).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.events import Evaluated, Event, Pins, Planned, StageStarted, StepDone
from simcse_ml.jobs.staging import Fit
from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.opened import batches_of_tokens, embed_texts, tokens_per_batch
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.pins import read_pins
from simcse_ml.training.seeds import numpy_generator

POOL = 2_000
"""sentences that pins are compared with"""
LEAST = 50
"""fewer sentences say nothing; then pins are left out"""
SHARE = 0.03
"""of the training's time that all looks together may take"""
LITTLE = 0.5
"""seconds that all looks together may take however short the training is"""
NEAREST = 5
PAIRS = 20_000
"""random pairs of the pool that a percentile is among"""
LOOKS = 10
"""how often is looked, for planning: each stage evaluates about eight times"""


@dataclass
class PinWatch:
    """A sink in front of that of `fit`: it tells everything on, and Pins after each evaluation.

    begins: no step was done yet.  seconds: how long the training takes, as the plan or the first step says.
    pool: corpus rows, chosen at the first look.
    """

    folder: RunFolder
    fit: Fit
    begins: bool
    precision: str = "fp32"
    seconds: float = 0.0
    pool: NDArray[np.int64] | None = None

    def __call__(self, event: Event) -> None:
        self.fit.sink(event)
        if isinstance(event, Planned):
            self.seconds = event.seconds
        elif isinstance(event, StepDone):
            self.begins = False
            self.seconds = self.seconds or event.eta_seconds
        elif isinstance(event, Evaluated):
            self._look(event.stage, event.step)
        elif isinstance(event, StageStarted) and self.begins and event.stage in self._stages:
            self._look(event.stage, 0)

    @property
    def _stages(self) -> set[str]:
        return {stage.name for stage in self.fit.recipe.stages}

    def _look(self, stage: str, step: int) -> None:
        texts = read_pins(self.folder)
        if not texts or not self.seconds:
            return
        if self.pool is None:
            self.pool = self._sized()
        if len(self.pool) < LEAST:
            return
        pins = embed_texts(self.fit.encoder, texts, precision=self.precision)
        near = nearest(_unit(pins), _unit(self._vectors(self.pool)), seed=self.fit.recipe.training.seed)
        told = [{"text": text, "near": self._told(*found)} for text, found in zip(texts, near, strict=True)]
        self.fit.sink(Pins(stage, step, len(self.pool), told))

    def _told(
        self, places: NDArray[np.int64], scores: NDArray[np.float32], shares: NDArray[np.float64]
    ) -> list[dict[str, object]]:
        assert self.pool is not None, "looked before the pool was chosen"
        rows = self.pool[places]
        numbers = zip(rows, scores, shares, self.fit.corpus.texts(rows), strict=True)
        return [
            {"row": int(row), "score": round(float(score), 4), "percentile": round(float(share), 3), "text": text}
            for row, score, share, text in numbers
        ]

    def _sized(self) -> NDArray[np.int64]:
        """As many rows, evenly spread, as keep all looks within their share of the time; timed on the first LEAST."""
        rows = self.fit.rows.among(np.arange(len(self.fit.corpus), dtype=np.int64))
        if len(rows) < LEAST:
            return rows
        probe = rows[np.linspace(0, len(rows) - 1, LEAST).astype(np.int64)]
        began = time.perf_counter()
        self._vectors(probe)
        per_row = (time.perf_counter() - began) / LEAST
        most = int(max(SHARE * self.seconds, LITTLE) / (LOOKS * max(per_row, 1e-9)))
        count = min(POOL, len(rows), most)
        return rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]

    @torch.inference_mode()
    def _vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(ids, dim) with dropout off."""
        encoder = self.fit.encoder
        was_training = encoder.training
        encoder.eval()
        rows = self.fit.rows.rows.take(ids)
        order = np.argsort(rows.lengths, kind="stable")
        vectors = np.zeros((len(ids), encoder.dim), np.float32)
        with autocast(self.fit.device, self.precision):
            for batch in batches_of_tokens(order, rows.lengths, tokens_per_batch(self.fit.device)):
                vectors[batch] = encoder.embed(rows.take(batch)).float().cpu().numpy()
        encoder.train(was_training)
        return vectors


Near = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]


def nearest(pins: NDArray[np.float32], pool: NDArray[np.float32], *, seed: int, k: int = NEAREST) -> list[Near]:
    """For each pin (pins, dim) its k nearest of the pool (rows, dim): places, cosines, percentiles.

    Unit vectors.  A percentile is the share of random pairs of the pool that are less alike, 0 to 100.  A sentence of
    the pool that is the pin itself (cosine 1) is left out.
    """
    if not len(pool):
        return [(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0))] * len(pins)
    generator = numpy_generator(seed, "pins", "pairs")
    left, right = generator.integers(0, len(pool), (2, PAIRS))
    apart = left != right
    pairs = np.sort(np.einsum("pd,pd->p", pool[left[apart]], pool[right[apart]]))
    found = []
    for scores in pins @ pool.T:  # (pool,)
        order = np.argsort(-scores, kind="stable")[: k + 1]
        order = order[scores[order] < 1 - 1e-5][:k]
        shares = 100 * np.searchsorted(pairs, scores[order]) / max(len(pairs), 1)
        found.append((order, scores[order], shares))
    return found


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return units
