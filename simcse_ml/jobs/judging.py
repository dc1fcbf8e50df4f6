"""What came of a training: every score beside what costs nothing, and one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from simcse_ml.evaluation.geometry import WORTH, Geometry, measure
from simcse_ml.evaluation.scoreboard import ScoreTable
from simcse_ml.evaluation.sts import EmbedFn, cosine_scores, spearman
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.evaluation.verdict import sentence
from simcse_ml.events import Said, Sink
from simcse_ml.files import write_json
from simcse_ml.jobs.scoring import evaluate_sets
from simcse_ml.jobs.untouched import untouched_embeddings
from simcse_ml.models.contract import Encoder
from simcse_ml.models.opened import embed_texts
from simcse_ml.runs.state import finite
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.sts import PairSet

CENTRE_SAMPLE = 300


@dataclass(frozen=True)
class Judgement:
    """tables: one a set.  geometry: label-free numbers.  sentence: for people.  numbers: for run.json."""

    tables: tuple[ScoreTable, ...]
    geometry: Geometry
    sentence: str
    untouched_is_better: bool = False
    numbers: dict[str, float] = field(default_factory=dict)


def judge(
    trained: Encoder,
    untouched: Encoder,
    corpus: Corpus,
    sets: Sequence[PairSet],
    dev: PairSet | None,
    recipe: Recipe,
    precision: str,
    *,
    path: Path,
    sink: Sink,
    earlier: Mapping[str, Encoder] | None = None,
) -> Judgement:
    """Score both encoders and counting on every set; writes `path` (eval.json).

    earlier: stage -> the encoder as that stage left it, for stages before the last.
    """
    pool = corpus.held_out_rows if len(corpus.held_out_rows) >= 50 else corpus.train_rows
    sample = corpus.texts(pool[np.linspace(0, len(pool) - 1, min(CENTRE_SAMPLE, len(pool))).astype(np.int64)])

    def embeds(encoder: Encoder) -> EmbedFn:
        return lambda texts: embed_texts(encoder, texts, precision=precision)

    geometry = measure(embeds(trained)(sample))
    tables = tuple(
        evaluate_sets(
            [similarity_task(one) for one in sets],
            embeds(trained),
            untouched_embeddings(untouched, precision=precision),
            lambda: (text for block in corpus.iterate(corpus.train_rows) for text in block),
            sample,
            recipe.evaluation.bootstrap,
            recipe.training.seed,
            sink,
            earlier={stage: embeds(encoder) for stage, encoder in (earlier or {}).items()},
        )
        if sets
        else ()
    )
    told = " ".join(f"{table.name}: {sentence(table)}" if len(tables) > 1 else sentence(table) for table in tables)
    if not tables:
        sink(Said("scores", WORTH))
        told = "No labelled set was given, so nobody can say whether this is better than counting; --sts FILE tells."
    found = {"format": 1, "sets": [t.as_json() for t in tables], "geometry": geometry.as_json(), "verdict": told}
    write_json(path, finite(found))
    better = dev is not None and _dev(untouched, dev, precision) > _dev(trained, dev, precision)
    numbers = {table.name: round(table.trained.score, 2) for table in tables if table.trained is not None}
    return Judgement(tables, geometry, told, better, numbers)


def _dev(encoder: Encoder, dev: PairSet, precision: str) -> float:
    return spearman(dev.gold, cosine_scores(lambda texts: embed_texts(encoder, texts, precision=precision), dev))
