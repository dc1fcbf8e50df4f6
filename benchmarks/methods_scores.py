"""What a run of benchmarks/methods.py is worth on the test set: its vectors as they are, centred, and whitened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from simcse_ml.errors import UserError
from simcse_ml.evaluation.sts import embed_pairs, mean_direction, pair_cosines, spearman, unit_rows
from simcse_ml.jobs.evaluate import CENTRE_SENTENCES
from simcse_ml.jobs.using import run_corpus
from simcse_ml.models.affine import Sums, whitening
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.finishing import rows_wanted
from simcse_ml.models.language import load_language
from simcse_ml.models.opened import OpenedModel, open_model
from simcse_ml.runs.folder import RunFolder
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.sts import PairSet, read_sts

DEV_PAIRS = 400
"""of a dev set, at most: it is there to choose a default by the mean over many sets"""
NEAR = 0.05
"""points between two scores of the same vectors"""


def scores_of(name: str, label: str, run: Path, test: Path, threads: int, precision: str) -> Mapping[str, float]:
    """{label: Spearman x 100, "label, centred": ..., "label, whitened": ...} of a run, or of a backbone.

    The mean and the whitening are fitted (models/affine.py) on unit vectors of sentences of the run's own text, for the
    latter five for each dimension, never on `test`; they are computed in `precision`, what is scored in fp32.
    """
    torch.set_num_threads(threads)
    model, corpus, pairs = open_model(name, offline=True), run_corpus(RunFolder(run)), read_sts(test)
    fitted = replace(model, precision=precision)
    plain, centred, white = _three(model, fitted, corpus, pairs)
    return {label: plain, f"{label}, centred": centred, f"{label}, whitened": white}


def dev_score(name: str, dev: Path, threads: int, precision: str) -> float:
    """Spearman x 100 on up to DEV_PAIRS pairs of `dev`, evenly spread over it, in `precision`."""
    torch.set_num_threads(threads)
    pairs = read_sts(dev)
    rows = np.linspace(0, len(pairs.gold) - 1, min(DEV_PAIRS, len(pairs.gold))).astype(np.int64)
    some = replace(
        pairs,
        left=tuple(pairs.left[row] for row in rows),
        right=tuple(pairs.right[row] for row in rows),
        gold=pairs.gold[rows],
    )
    vectors, left, right = embed_pairs(open_model(name, offline=True, precision=precision).embed, some)
    return 100 * spearman(pair_cosines(vectors, left, right), some.gold)


def _three(model: OpenedModel, fitted: OpenedModel, corpus: Corpus, pairs: PairSet) -> tuple[float, ...]:
    vectors, left, right = embed_pairs(model.embed, pairs)
    centre = mean_direction(fitted.embed(_spread(corpus, np.arange(len(corpus)), CENTRE_SENTENCES)))
    sums = Sums(model.dim)
    sums.add(unit_rows(fitted.embed(_spread(corpus, corpus.train_rows, rows_wanted(model.encoder)))))
    white = whitening(sums.moments()).of(unit_rows(vectors))
    cosines = (
        pair_cosines(vectors, left, right),
        pair_cosines(vectors, left, right, centre=centre),
        pair_cosines(white, left, right),
    )
    return tuple(100 * spearman(one, pairs.gold) for one in cosines)


def _spread(corpus: Corpus, pool: np.ndarray, count: int) -> list[str]:
    return corpus.texts(pool[np.linspace(0, len(pool) - 1, min(count, len(pool))).astype(np.int64)])


def differing(scores: Mapping[str, float], told: Mapping[str, float]) -> list[str]:
    """Labels that both know, with scores that are not the same: then these are not the same vectors."""
    return [label for label in scores.keys() & told.keys() if abs(scores[label] - told[label]) > NEAR]


def ships_head(backbone: str) -> bool:
    """Whether a backbone comes with a language-model head."""
    if backbone.startswith("builtin:"):
        return False
    encoder = open_model(backbone, offline=True).encoder
    if not isinstance(encoder, BackboneEncoder):
        return False
    try:
        load_language(Path(backbone), encoder)
    except UserError:
        return False
    return True
