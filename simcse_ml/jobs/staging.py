"""The stages of a run: which data in which order, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Sink, Warned
from simcse_ml.jobs.language import Speech
from simcse_ml.models.contract import Encoder
from simcse_ml.models.static import StaticEncoder
from simcse_ml.objectives.contract import row_passes_of
from simcse_ml.objectives.table import make_objective
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import OF_JUDGED, Recipe, StageSettings, ViewSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.copies import CopyingData
from simcse_ml.training.data import Batches, StageData, next_in_document, usable_views
from simcse_ml.training.judged import JudgedData, JudgedRows
from simcse_ml.training.loop import Stage
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.triples import TripleData, TripleRows
from simcse_ml.views.contract import Wording


@dataclass(frozen=True)
class Fit:
    """What is trained on what.  encoder: on its device, frozen where it should be.  shares: processes to plan for.
    triples, judged: for the stages that train on labelled pairs.  speech: for those that want a language head.
    wordings: for views of words.
    """

    encoder: Encoder
    recipe: Recipe
    corpus: Corpus
    rows: TokenRows
    device: torch.device
    sink: Sink
    shares: int = 1
    triples: TripleRows | None = None
    judged: JudgedRows | None = None
    speech: Speech | None = None
    wordings: Mapping[ViewSettings, Wording] = field(default_factory=dict)


def training_rows(corpus: Corpus, rows: Ragged) -> NDArray[np.int64]:
    """Corpus ids of the training sentences with at least two tokens of their own.

    Raises: UserError where fewer than two are left.
    """
    train = corpus.train_rows
    body = rows.lengths[train] - rows.head - rows.tail
    kept: NDArray[np.int64] = train[body >= 2]
    if len(kept) < 2:
        raise UserError(
            f"only {len(kept)} sentences have two tokens or more",
            where="corpus",
            mend="give more text, or a backbone that knows its script",
            exit_code=ExitCode.INPUT,
        )
    return kept


def draft(fit: Fit, index: int, *, steps: int = 1) -> Schedule:
    """The schedule of stage `index` as the recipe has it, before chunks and length are known."""
    settings = fit.recipe.training
    return Schedule(
        steps=steps,
        learning_rate=fit.recipe.stages[index].learning_rate or settings.learning_rate,
        warmup_share=settings.warmup_share,
        schedule=settings.schedule,
        clip_norm=settings.clip_norm,
        chunk_rows=None,
        evaluate_every=max(1, -(-steps // settings.evaluations)),
        checkpoint_seconds=settings.checkpoint_seconds,
        shares=fit.shares,
    )


def stage_of(fit: Fit, index: int, schedule: Schedule) -> Stage:
    """Stage `index` of the recipe, with its data."""
    settings = fit.recipe.stages[index]
    data, objective = data_of(fit, settings, told=schedule.steps > 1), make_objective(settings.objective)
    seed, copies = fit.recipe.training.seed, row_passes_of(objective)
    if copies:
        assert fit.speech is not None, "made ready for every recipe with such a stage"
        data = CopyingData(data, copies, fit.speech.alphabet, seed, settings.name)
    return Stage(index, settings.name, objective, data, schedule, seed)


def data_of(fit: Fit, settings: StageSettings, *, told: bool) -> Batches:
    """What a stage trains on.  told: say it where a view had to be left out."""
    if settings.data == "text":
        return _sentences(fit, settings, told=told)
    return _judged(fit, settings) if settings.objective.kind in OF_JUDGED else _triples(fit, settings)


def _judged(fit: Fit, settings: StageSettings) -> JudgedData:
    assert fit.judged is not None, "made ready for every recipe with such a stage"
    size = min(fit.recipe.training.batch_size, len(fit.judged))
    ids, seed = np.arange(len(fit.judged)), fit.recipe.training.seed
    order = BatchOrder(_sampler(fit), ids, fit.judged.lengths, size=size, seed=seed, stage=settings.name)
    return JudgedData(fit.judged, order, size)


def _triples(fit: Fit, settings: StageSettings) -> TripleData:
    assert fit.triples is not None, "gathered for every recipe with such a stage"
    size = min(fit.recipe.training.batch_size, len(fit.triples))
    ids, seed = np.arange(len(fit.triples)), fit.recipe.training.seed
    order = BatchOrder(_sampler(fit), ids, fit.triples.lengths, size=size, seed=seed, stage=settings.name)
    return TripleData(fit.triples, order, size)


def _sampler(fit: Fit) -> str:
    return "shuffled" if isinstance(fit.encoder, StaticEncoder) else "length_buckets"


def _sentences(fit: Fit, settings: StageSettings, *, told: bool) -> StageData:
    seed = fit.recipe.training.seed
    ids = training_rows(fit.corpus, fit.rows.rows)
    views, left_out = usable_views(settings.views, ordered=fit.corpus.ordered)
    if left_out and told:
        fit.sink(Warned(left_out))
    allowed = np.zeros(len(fit.rows), np.bool_)
    allowed[ids] = True
    size = min(fit.recipe.training.batch_size, len(ids))
    lengths = fit.rows.rows.lengths[ids]
    return StageData(
        rows=fit.rows,
        order=BatchOrder(_sampler(fit), ids, lengths, size=size, seed=seed, stage=settings.name),
        views=views,
        next_rows=next_in_document(fit.corpus.documents, allowed),
        batch_size=size,
        seed=seed,
        stage=settings.name,
        max_tokens=fit.encoder.max_tokens,
        alphabet=fit.speech.alphabet if fit.speech is not None else None,
        wordings=fit.wordings,
    )


def batches_per_epoch(fit: Fit, stage: Stage) -> int:
    """Batches that all training sentences would make, also where only some of them have their tokens."""
    if fit.recipe.stages[stage.index].data == "nli":
        return stage.data.order.per_epoch
    every = fit.corpus.train_rows
    return round(stage.data.order.per_epoch * len(every) / len(fit.rows.among(every)))
