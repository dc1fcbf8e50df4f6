"""Labelled pairs with their labels, for a stage that tells the labels apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink
from simcse_ml.jobs.labelled import text_rows
from simcse_ml.models.contract import Encoder
from simcse_ml.settings.schema import OF_JUDGED, Recipe
from simcse_ml.text.labelled.labels import LABELS
from simcse_ml.text.labelled.triples import Triples
from simcse_ml.training.judged import JudgedRows


def judged_rows(
    triples: Triples | None, encoder: Encoder, recipe: Recipe, *, identity: str, cache: Path, sink: Sink
) -> JudgedRows | None:
    """None where no stage wants them.  identity: what decides the tokens beside the texts.

    Raises: UserError INPUT where all pairs have the same label, so that there is nothing to tell apart.
    """
    if triples is None or not any(stage.objective.kind in OF_JUDGED for stage in recipe.stages):
        return None
    pairs = triples.judged
    labels = np.array([LABELS.index(pair.label) for pair in pairs], np.int64)
    counts = np.bincount(labels, minlength=len(LABELS))
    if np.count_nonzero(counts) < 2:
        raise UserError(
            f"all {len(pairs):,} pairs have one label ({pairs[0].label}), and softmax learns to tell labels apart",
            where=", ".join(recipe.nli.paths),
            mend="give a set with several labels, or take --recipe sup or ranking",
            exit_code=ExitCode.INPUT,
        )
    told = ", ".join(f"{count:,} {label}" for label, count in zip(LABELS, counts, strict=True))
    sink(Said("labels", f"{len(pairs):,} different pairs with their labels: {told}"))
    first, second = (
        text_rows([pair[place] for pair in pairs], encoder, identity=identity, cache=cache) for place in (0, 1)
    )
    return JudgedRows((first, second), labels)
