"""Everything that is scored on labelled sets, in one place: `train` and `eval` both end here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.baselines import counted, counted_sides, default_kind, fallback_texts
from simcse_ml.evaluation.scoreboard import AFTER, OTHER, TRAINED, WITH_COUNTING, ScoreTable, score_table
from simcse_ml.evaluation.sts import EmbedFn, embed_pairs, mean_direction, unit_rows
from simcse_ml.evaluation.tasks.contract import Sides, Task
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.models.counting import Counting, CountingKind, fit_all

STAGE = "evaluation"
IDF_SENTENCES = 200_000
"""sentences the idf is counted on at most: more change no weight that matters"""
BLOCK = 4096
"""texts that are embedded between two signs of life"""
NO_CORPUS = "idf from the sentences under test, which flatters counting; --corpus mends that"

Floats = NDArray[np.float64]


def evaluate_sets(
    sets: Sequence[Task],
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
    scored = [counted(one, counting) for one in sets]
    done = len(sets)
    sink(Progress(STAGE, done, total, "counting"))
    models = [(f"untouched {pooling}".strip(), embed) for pooling, embed in untouched.items()]
    models += stages.items()
    if trained is not None:
        models.append((label, trained))
    for name, embed in models:
        centred = bool(centre_sample) and name not in stages
        centre = mean_direction(embed(list(centre_sample))) if centred else None
        for one, outcomes in zip(sets, scored, strict=True):
            told = partial(_tell, sink, done, total, f"{name}, {one.name}")
            outcomes.update(_of_model(name, _in_blocks(embed, told), one, centre, counting))
            done += 1
            sink(Progress(STAGE, done, total, f"{name}, {one.name}"))
    note = "" if corpus_texts else NO_CORPUS
    return [
        score_table(one, outcomes, samples=samples, seed=seed, note=note)
        for one, outcomes in zip(sets, scored, strict=True)
    ]


def _tell(sink: Sink, done: int, total: int, what: str, embedded: int, texts: int) -> None:
    sink(Progress(STAGE, done, total, f"{what}: {embedded:,} of {texts:,} texts"))


def _in_blocks(embed: EmbedFn, told: Callable[[int, int], None]) -> EmbedFn:
    """The same vectors.  told: gets how many of how many texts are done, where there is more than one block."""

    def embedded(texts: Sequence[str]) -> NDArray[np.float32]:
        if len(texts) <= BLOCK:
            return embed(texts)
        parts = []
        for start in range(0, len(texts), BLOCK):
            parts.append(embed(texts[start : start + BLOCK]))
            told(min(start + BLOCK, len(texts)), len(texts))
        return np.concatenate(parts)

    return embedded


def _of_model(
    label: str,
    embed: EmbedFn,
    task: Task,
    centre: Floats | None,
    counting: Mapping[CountingKind, Counting],
) -> dict[str, Floats]:
    """Plain, centred, and for what was trained also the mix that `search --hybrid` uses."""
    vectors, left, right = embed_pairs(embed, task)
    units = unit_rows(vectors)
    outcomes = {label: task.outcomes([Sides(units[left], units[right])])}
    if centre is None:
        return outcomes
    units = unit_rows(units - centre)
    outcomes[f"{label}, centred"] = task.outcomes([Sides(units[left], units[right])])
    if label in (TRAINED, OTHER):
        words = counting[default_kind((*task.left, *task.right))]
        half = Sides(units[left], units[right], 0.5)
        outcomes[f"{label}{WITH_COUNTING}"] = task.outcomes([half, counted_sides(task, words, 0.5)])
    return outcomes
