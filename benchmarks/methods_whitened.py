"""Scores of whitened vectors, which the table of benchmarks/methods.py has beside the plain and the centred ones."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from simcse_ml.evaluation.sts import embed_pairs, pair_cosines, spearman, unit_rows
from simcse_ml.jobs.using import run_corpus
from simcse_ml.models.affine import Sums, whitening
from simcse_ml.models.finishing import rows_wanted
from simcse_ml.models.opened import OpenedModel, open_model
from simcse_ml.runs.folder import RunFolder
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.sts import PairSet, read_sts

NEAR = 0.05
"""points between two scores of the same vectors"""


def whitened(run: Path, backbone: str, test: Path, scores: Mapping[str, float], threads: int) -> dict[str, float]:
    """{"trained, whitened": Spearman x 100 ...} of a run's model and of its backbone.

    Fitted (models/affine.py) on unit vectors of the run's own training sentences, five for each dimension, never on
    `test`.  scores: what the run itself reports; a backbone that does not score the same here is left out, and said.
    """
    torch.set_num_threads(threads)
    corpus, pairs = run_corpus(RunFolder(run)), read_sts(test)
    found: dict[str, float] = {}
    models = {"trained": str(run)}
    untouched = next((label for label in scores if label.startswith("untouched") and "," not in label), None)
    if untouched is not None and not backbone.startswith("builtin:"):
        models[untouched] = backbone
    for label, name in models.items():
        plain, white = plain_and_whitened(open_model(name, offline=True), corpus, pairs)
        if abs(plain - scores[label]) > NEAR:
            print(f"  {label}: {plain:.2f} here, {scores[label]:.2f} in the run: not whitened", file=sys.stderr)
            continue
        found[f"{label}, whitened"] = white
    return found


def plain_and_whitened(model: OpenedModel, corpus: Corpus, pairs: PairSet) -> tuple[float, float]:
    """Spearman x 100 of the vectors as they are, and whitened."""
    pool = corpus.train_rows
    rows = pool[np.linspace(0, len(pool) - 1, min(rows_wanted(model.encoder), len(pool))).astype(np.int64)]
    sums = Sums(model.dim)
    sums.add(unit_rows(model.embed(corpus.texts(rows))))
    vectors, left, right = embed_pairs(model.embed, pairs)
    white = whitening(sums.moments()).of(unit_rows(vectors))
    plain, whitened = (spearman(pair_cosines(one, left, right), pairs.gold) for one in (vectors, white))
    return 100 * plain, 100 * whitened
