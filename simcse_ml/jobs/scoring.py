"""Everything that is scored on labelled sets, in one place: `train` and `eval` both end here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.baselines import default_kind, fallback_texts, fitted_scores
from simcse_ml.evaluation.scoreboard import AFTER, OTHER, TRAINED, ScoreTable, score_table
from simcse_ml.evaluation.sts import EmbedFn, embed_pairs, mean_direction, pair_cosines
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.models.counting import Counting, CountingKind, fit_all
from simcse_ml.text.labelled.sts import PairSet

STAGE = "evaluation"
IDF_SENTENCES = 200_000
"""sentences the idf is counted on at most: more change no weight that matters"""
NO_CORPUS = "idf from the sentences under test, which flatters counting; --corpus mends that"

Floats = NDArray[np.float64]


def evaluate_sets(
    sets: Sequence[PairSet],
    trained: EmbedFn | None,
    untouched: Mapping[str, EmbedFn],
    corpus_texts: Callable[[], Iterable[str]] | None,
    centre_sample: Sequence[str],
    samples: int,
    seed: int,
    sink: Sink,
    *,
    label: str = TRAINED,
    earlier: Mapping[str, EmbedFn] | None = None,
) -> list[ScoreTable]:
    """A table a set: every kind of counting, the untouched backbone under each label, and what was trained.

    untouched: {"mean": embed, "cls": embed ...}.  corpus_texts: the training corpus, for the idf; None takes the sets.
    centre_sample: sentences of the training corpus; their mean vector makes the centred variants (none if empty).
    label: of the row of `trained`: OTHER for a model that no run trained.  earlier: stage -> what it had reached.
    """
    stages = {f"{AFTER}{stage}": embed for stage, embed in (earlier or {}).items()}
    total = len(sets) * (1 + len(untouched) + len(stages) + (trained is not None))
    sink(StageStarted(STAGE, total=total))
    texts = corpus_texts or fallback_texts(sets)
    counting = fit_all(islice(iter(texts()), IDF_SENTENCES))
    scored = [dict(fitted_scores(pairs, counting)) for pairs in sets]
    done = len(sets)
    sink(Progress(STAGE, done, total, "counting"))
    models = [(f"untouched {pooling}".strip(), embed) for pooling, embed in untouched.items()]
    models += stages.items()
    if trained is not None:
        models.append((label, trained))
    for name, embed in models:
        centred = bool(centre_sample) and name not in stages
        centre = mean_direction(embed(list(centre_sample))) if centred else None
        for pairs, scores in zip(sets, scored, strict=True):
            scores.update(_model_scores(name, embed, pairs, centre, counting))
            done += 1
            sink(Progress(STAGE, done, total, f"{name}, {pairs.name}"))
    note = "" if corpus_texts else NO_CORPUS
    return [
        score_table(pairs, scores, samples=samples, seed=seed, note=note)
        for pairs, scores in zip(sets, scored, strict=True)
    ]


def _model_scores(
    label: str,
    embed: EmbedFn,
    pairs: PairSet,
    centre: Floats | None,
    counting: Mapping[CountingKind, Counting],
) -> dict[str, Floats]:
    """Plain, centred, and for what was trained also the mix that `search --hybrid` uses."""
    vectors, left, right = embed_pairs(embed, pairs)
    scores = {label: pair_cosines(vectors, left, right)}
    if centre is None:
        return scores
    scores[f"{label}, centred"] = pair_cosines(vectors, left, right, centre=centre)
    if label in (TRAINED, OTHER):
        words = counting[default_kind((*pairs.left, *pairs.right))]
        scores[f"{label} + counting"] = 0.5 * scores[f"{label}, centred"] + 0.5 * words.cosines(pairs.left, pairs.right)
    return scores
