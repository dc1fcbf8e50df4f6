"""The labelled sets that `eval` was asked for, as tasks, with what is left out of them said aloud. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcse_ml.evaluation.tasks.contract import Task
from simcse_ml.evaluation.tasks.retrieval import retrieval_task
from simcse_ml.evaluation.tasks.similarity import similarity_task
from simcse_ml.evaluation.tasks.translation import translation_task
from simcse_ml.events import Said, Sink
from simcse_ml.jobs.scored_pairs import HEADING, scored_pairs
from simcse_ml.text.labelled.parallel import read_translations
from simcse_ml.text.labelled.retrieval import read_retrieval

if TYPE_CHECKING:
    from simcse_ml.models.contract import Encoder


def named_tasks(sts: Iterable[Path], retrieval: Iterable[Path], translations: Iterable[Path], sink: Sink) -> list[Task]:
    """One a path.  Raises: UserError as their readers do."""
    tasks: list[Task] = [similarity_task(one) for one in scored_pairs(sts, sink)]
    for folder in retrieval:
        found = read_retrieval(folder)
        for note in found.notes:
            sink(Said(HEADING, f"{found.name}: {note}"))
        tasks.append(retrieval_task(found))
    return [*tasks, *(translation_task(read_translations(path)) for path in translations)]


def tell_what_is_cut(tasks: Sequence[Task], encoder: Encoder, sink: Sink) -> None:
    """Say of each set with documents how many of them are longer than the encoder reads."""
    for task in tasks:
        if not task.searches or not encoder.max_tokens:
            continue
        share = (encoder.tokenize(task.right).lengths >= encoder.max_tokens).mean()
        if share:
            what = f"{100 * share:.1f} % of its documents are longer than {encoder.max_tokens} tokens and are cut there"
            sink(Said(HEADING, f"{task.name}: {what} (--max-tokens)"))
