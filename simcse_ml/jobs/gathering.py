"""What a training needs before anything heavy is loaded: the recipe that runs, labelled sets, prepared text. No torch.

Nearly everything a person can get wrong is noticed here, within a second instead of after torch has been imported.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simcse_ml.events import Sink
from simcse_ml.files import write_text
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.labelled import read_triples
from simcse_ml.jobs.request import STATIC_RECIPE, TrainRequest
from simcse_ml.jobs.resolved import from_record
from simcse_ml.jobs.scored_pairs import scored_pairs
from simcse_ml.languages.table import lang_info
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state, write_state
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.pairs import PairSet
from simcse_ml.text.labelled.parts import FOR_CHOOSING
from simcse_ml.text.labelled.triples import Triples
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.training.threads import pick_threads


@dataclass(frozen=True)
class Gathered:
    """request: with the recipe that really runs.  sets: reported only.  dev: chooses the checkpoint.
    threads: for this run, as before where it is resumed.  triples: of labelled pairs, where a stage wants them.
    """

    request: TrainRequest
    sets: tuple[PairSet, ...]
    dev: PairSet | None
    corpus: Corpus
    threads: int
    triples: Triples | None = None


def gather(folder: RunFolder, request: TrainRequest, choice: Choice, sink: Sink) -> Gathered:
    """Raises: UserError for labelled sets or text that cannot be used."""
    if choice.is_static and request.static_recipe is not None:
        request = replace(request, recipe=request.static_recipe, static_recipe=None, recipe_name=STATIC_RECIPE)
        if request.launch.rank == 0:
            _write_what_runs(folder, request)
    settings = request.recipe.evaluation
    dev = scored_pairs([settings.dev], sink, FOR_CHOOSING)[0] if settings.dev else None
    sets = tuple(scored_pairs(settings.sts, sink))
    resolved = from_record(read_state(folder).machine)
    threads = resolved.threads if resolved else pick_threads(request.threads, request.launch.local_size)
    os.environ["RAYON_NUM_THREADS"] = str(threads)  # the tokenizers' own pool would otherwise take every core
    known = [*sets, *([dev] if dev else [])]
    exclude = sorted({text for pairs in known for text in (*pairs.left, *pairs.right)})
    if settings.keep_overlap:
        exclude = []
    triples = read_triples(request.recipe, lang_info(request.language), exclude, sink)
    return Gathered(request, sets, dev, _corpus(request, exclude, sink), threads, triples)


def _write_what_runs(folder: RunFolder, request: TrainRequest) -> None:
    """The recipe that really runs, in recipe.yaml and in run.json: card, page and export tell of that one."""
    write_text(folder.recipe, recipe_yaml(request.recipe))
    state = read_state(folder)
    asked = {**state.asked, "recipe": request.recipe.model_dump(mode="json"), "static_recipe": None}
    write_state(folder, state, asked=asked, recipe_name=request.recipe_name)


def _corpus(request: TrainRequest, exclude: Sequence[str], sink: Sink) -> Corpus:
    recipe = request.recipe
    return prepare_corpus(
        request.inputs,
        lang_info(request.language),
        recipe.text,
        cache=request.cache_dir,
        sink=sink,
        encoding=request.encoding,
        exclude=exclude,
        seed=recipe.training.seed,
    )
