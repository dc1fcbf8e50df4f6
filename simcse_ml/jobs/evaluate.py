"""`eval`: what a model is worth on labelled sets, always beside what costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.evaluation.geometry import ROWS_FOR_NUMBERS, WORTH, Geometry, measure
from simcse_ml.evaluation.scoreboard import OTHER, TRAINED, ScoreTable
from simcse_ml.evaluation.sts import EmbedFn
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.evaluation.verdict import sentence
from simcse_ml.events import Said, Sink, silent
from simcse_ml.jobs.scored_pairs import scored_pairs
from simcse_ml.jobs.scoring import IDF_SENTENCES, evaluate_sets
from simcse_ml.jobs.tasks import named_tasks, tell_what_is_cut
from simcse_ml.jobs.using import Use, open_text, open_used, own_corpus
from simcse_ml.runs.folder import RunFolder
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.pairs import PairSet

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel

CENTRE_SENTENCES = 1000


@dataclass(frozen=True)
class EvaluateRequest:
    """sts: files of scored pairs.  retrieval: folders.  translations: files of sentence pairs in two languages. With
    none of these, the scored pairs that the run was asked to report on.  corpus: a text for idf and centring; None: the
    run's own.

    fail_under: what every set must reach, of 100, for `check_gate`.
    """

    use: Use
    sts: tuple[Path, ...] = ()
    corpus: str | None = None
    samples: int = 1000
    seed: int = 42
    fail_under: float | None = None
    retrieval: tuple[Path, ...] = ()
    translations: tuple[Path, ...] = ()


@dataclass(frozen=True)
class EvaluateResult:
    """tables, sentences: one a set.  geometry: label-free numbers where there is a text (None for counting).

    note: what the numbers are worth where there was no set.
    """

    model: str
    tables: tuple[ScoreTable, ...]
    sentences: tuple[str, ...]
    geometry: Geometry | None
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "model": self.model,
            "sets": [
                {**table.as_json(), "verdict": told} for table, told in zip(self.tables, self.sentences, strict=True)
            ],
            "geometry": self.geometry.as_json() if self.geometry else None,
            "note": self.note,
        }


def evaluate(request: EvaluateRequest, sink: Sink) -> EvaluateResult:
    """Score a model on labelled sets; with none, only say how its vectors lie.

    Raises: UserError for a model, set or text that cannot be opened, and where there is neither set nor text.
    """
    use, run = request.use, request.use.run
    named = named_tasks(request.sts, request.retrieval, request.translations, sink)
    sets = named or [similarity_task(one) for one in run_sets(run, sink)]
    corpus = open_text(request.corpus, use, sink) if request.corpus else own_corpus(use)
    if not sets and (corpus is None or use.is_counting):
        raise UserError(
            "there is nothing to score it on",
            where=use.model,
            mend="give --sts, --retrieval or --translations, or --corpus TEXT for numbers that need no labels",
            exit_code=ExitCode.USAGE,
        )
    sample = _spread(corpus, CENTRE_SENTENCES)
    opened = None if use.is_counting else open_used(use)
    if opened is not None:
        tell_what_is_cut(sets, opened.encoder, sink)
    untouched = _untouched(run, corpus, opened, sink) if run and opened and sets else {}
    tables = (
        evaluate_sets(
            sets,
            opened.embed if opened else None,
            untouched,
            idf_texts(corpus) if corpus is not None else None,
            sample,
            request.samples,
            request.seed,
            sink,
            label=TRAINED if run else OTHER,
        )
        if sets
        else []
    )
    geometry = measure(opened.embed(_spread(corpus, ROWS_FOR_NUMBERS))) if opened and corpus is not None else None
    seeds = 1 if run else 0
    told = tuple(sentence(table, seeds=seeds) for table in tables)
    return EvaluateResult(use.model, tuple(tables), told, geometry, "" if tables else WORTH)


def check_gate(request: EvaluateRequest, result: EvaluateResult) -> None:
    """Raises: UserError GATE where a set lies under `fail_under`, or there was no set to reach it on."""
    if request.fail_under is None:
        return
    rows = [(table.name, row) for table in result.tables if (row := table.trained or table.free) is not None]
    under = [f"{name} {row.score:.1f}" for name, row in rows if row.score < request.fail_under]
    if under or not rows:
        raise UserError(
            f"the score is under {request.fail_under:g} ({', '.join(under) or 'no set was scored'})",
            where="--fail-under",
            mend="train on more text, or ask for less",
            exit_code=ExitCode.GATE,
        )


def run_sets(run: RunFolder | None, sink: Sink) -> list[PairSet]:
    """The sets a run was asked to report on, where their files are still there."""
    if run is None:
        return []
    from simcse_ml.jobs.train import request_of
    from simcse_ml.runs.state import read_state

    settings = request_of(run, read_state(run)).recipe.evaluation
    return scored_pairs((name for name in settings.sts if Path(name).is_file()), sink)


def _untouched(run: RunFolder, corpus: Corpus | None, opened: OpenedModel, sink: Sink) -> Mapping[str, EmbedFn]:
    """The run's backbone as it was before training, under each pooling; nothing where it cannot be had any more."""
    from simcse_ml.jobs.building import build_encoder
    from simcse_ml.jobs.resolved import from_record
    from simcse_ml.jobs.train import request_of
    from simcse_ml.jobs.untouched import untouched_embeddings
    from simcse_ml.languages.table import lang_info
    from simcse_ml.runs.state import read_state

    state = read_state(run)
    resolved = from_record(state.machine)
    if resolved is None or corpus is None:
        return {}
    asked, language = request_of(run, state), lang_info(state.language)
    places = {"work": run.path / "work", "cache": asked.cache_dir}
    try:
        built = build_encoder(resolved.choice, asked.recipe, corpus, language, **places, sink=silent)
    except UserError as error:
        sink(Said("backbone", f"the untouched backbone is not scored: {error.what}"))
        return {}
    device = next(opened.encoder.parameters()).device
    return untouched_embeddings(built.encoder.to(device), precision=opened.precision)


def idf_texts(corpus: Corpus) -> Callable[[], Iterator[str]]:
    """At most IDF_SENTENCES training sentences, spread over the whole corpus."""
    pool = corpus.train_rows
    rows = pool[np.linspace(0, len(pool) - 1, min(IDF_SENTENCES, len(pool))).astype(np.int64)]
    return lambda: (text for block in corpus.iterate(rows) for text in block)


def _spread(corpus: Corpus | None, count: int) -> list[str]:
    """At most `count` sentences, evenly spread; none without a corpus."""
    if corpus is None:
        return []
    return corpus.texts(np.linspace(0, len(corpus) - 1, min(count, len(corpus))).astype(np.int64))
