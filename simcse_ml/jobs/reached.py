"""What the stages of a training reached, and which of it is kept."""

from __future__ import annotations

import copy
from pathlib import Path

from simcse_ml.jobs.staging import Fit
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.finishing import finish, rows_wanted
from simcse_ml.models.narrow_table import widen
from simcse_ml.models.static import ComposedTable, StaticEncoder, take_common_direction
from simcse_ml.ragged import Ragged
from simcse_ml.runs.events_file import read_events
from simcse_ml.settings.language import TRAINS_HEAD
from simcse_ml.text.labelled.sts import PairSet
from simcse_ml.training.checkpoints import Best, Checkpoints

MEANED = 20_000
"""sentences that tell the direction which all of a static table's vectors share"""


def reached_before(fit: Fit, checkpoints: Checkpoints) -> dict[str, Encoder]:
    """Stage -> a copy of the encoder as that stage left it, for every stage but the last that trained it."""
    ends, reached = checkpoints.ends(), {}
    for settings in fit.recipe.stages[:-1]:
        if settings.objective.kind != TRAINS_HEAD:
            reached[settings.name] = copy.deepcopy(fit.encoder)
            checkpoints.load_encoder(ends[settings.name], reached[settings.name])
    return reached


def select(fit: Fit, checkpoints: Checkpoints, dev: PairSet | None, events: Path) -> str:
    """Put the chosen checkpoint into the encoder; returns what chose it.  events: of the run, with every dev score."""
    best = checkpoints.best()
    if dev is None or best is None:
        return "last checkpoint"
    checkpoints.load_encoder(best.folder, fit.encoder)
    stage = checkpoints.position_of(best.folder).stage
    told = f"dev set {dev.name}: step {best.step}, {best.score:.1f}"
    return told if len(fit.recipe.stages) == 1 else f"{told} in stage {stage}{_against(best, stage, _tops(events))}"


def complete(encoder: Encoder, fit: Fit) -> Encoder:
    """What is done to an encoder behind its last step: the whole word table, no direction that all vectors share, and
    what the recipe's `finish` says.
    """
    if isinstance(encoder, BackboneEncoder):
        widen(encoder.model)
    if isinstance(encoder, StaticEncoder) and isinstance(encoder.table, ComposedTable):
        take_common_direction(encoder, _few(fit, MEANED), above=fit.recipe.static.most_common)
    encoder.eval()
    finish(encoder, _few(fit, rows_wanted(encoder)), fit.recipe.finish)
    return encoder


def _tops(events: Path) -> dict[str, float]:
    """Stage -> its best dev score."""
    tops: dict[str, float] = {}
    for record in read_events(events)[0]:
        numbers = record.get("numbers")
        if record.get("kind") == "Evaluated" and isinstance(numbers, dict) and "dev" in numbers:
            stage = str(record["stage"])
            tops[stage] = max(tops.get(stage, float("-inf")), float(numbers["dev"]))
    return tops


def _against(best: Best, stage: str, tops: dict[str, float]) -> str:
    return "".join(f"; {best.score - top:+.1f} over stage {other}" for other, top in tops.items() if other != stage)


def _few(fit: Fit, most: int) -> Ragged:
    """Training sentences, `most` of them at most, evenly spread."""
    ids = fit.rows.among(fit.corpus.train_rows)
    return fit.rows.rows.take(ids[:: -(-len(ids) // most)])
