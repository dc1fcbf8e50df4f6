"""`eval --pairs`: the pairs of a labelled set that a model orders most unlike people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.evaluation.baselines import default_kind, fallback_texts
from simcse_ml.evaluation.judged import JudgedSet, Side, judge
from simcse_ml.evaluation.sts import cosine_scores
from simcse_ml.events import Progress, Sink, StageStarted, Warned
from simcse_ml.jobs.evaluate import idf_texts, run_sets
from simcse_ml.jobs.scored_pairs import scored_pairs
from simcse_ml.jobs.scoring import IDF_SENTENCES, NO_CORPUS
from simcse_ml.jobs.using import Use, open_text, open_used, own_corpus
from simcse_ml.models.counting import fit_counting
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.pairs import PairSet

STAGE = "pairs"


@dataclass(frozen=True)
class JudgeRequest:
    """sts: files; none takes those the run was asked to report on.  corpus: a text for the idf of counting."""

    use: Use
    sts: tuple[Path, ...] = ()
    corpus: str | None = None
    count: int = 20
    side: Side = "both"


def judge_pairs(request: JudgeRequest, sink: Sink) -> tuple[JudgedSet, ...]:
    """One JudgedSet a set.  Raises: UserError as `evaluate` does, and (USAGE) where there is no set."""
    use = request.use
    sets = scored_pairs(request.sts, sink) or run_sets(use.run, sink)
    if not sets:
        raise UserError(
            "there are no labelled pairs to look at", where=use.model, mend="give --sts FILE", exit_code=ExitCode.USAGE
        )
    corpus = open_text(request.corpus, use, sink) if request.corpus else own_corpus(use)
    opened = None if use.is_counting else open_used(use)
    if opened is None and corpus is None:
        sink(Warned(NO_CORPUS))
    sink(StageStarted(STAGE, total=len(sets)))
    found = []
    for done, pairs in enumerate(sets, 1):
        scores = cosine_scores(opened.embed, pairs) if opened else _counted(pairs, corpus)
        found.append(judge(pairs, scores, count=request.count, side=request.side))
        sink(Progress(STAGE, done, len(sets), pairs.name))
    return tuple(found)


def _counted(pairs: PairSet, corpus: Corpus | None) -> NDArray[np.float64]:
    kind = default_kind((*pairs.left, *pairs.right))
    texts = idf_texts(corpus) if corpus is not None else fallback_texts([pairs])
    return fit_counting(islice(iter(texts()), IDF_SENTENCES), kind).cosines(pairs.left, pairs.right)
