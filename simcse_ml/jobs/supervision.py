"""Which labelled pairs a training uses: those that were named, else those that lie where one would look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink, Warned
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import Recipe
from simcse_ml.settings.supervision import supervised, wants_pairs
from simcse_ml.text.labelled.finding import Found, beside, labelled_sets, within
from simcse_ml.text.sources.location import STDIN, hub_id


def with_pairs(request: TrainRequest, sink: Sink) -> TrainRequest:
    """The request with the stages that its mode means and the paths of its labelled pairs; said where they were found.

    Raises: UserError(USAGE) where pairs are insisted on and there are none, or are refused and the recipe needs them.
    """
    mode, recipe = request.mode, request.recipe
    if mode == "unsup":
        if wants_pairs(recipe):
            raise UserError(
                "this recipe trains on labelled pairs",
                where=f"--mode unsup, --no-nli and recipe {request.recipe_name}",
                mend="take another recipe, or leave the flag out",
                exit_code=ExitCode.USAGE,
            )
        return request
    named = recipe.nli.paths
    if not named and mode == "auto" and not request.look_for_pairs and not wants_pairs(recipe):
        return request
    paths = list(named) or [str(found.path) for found in _usable(_looked_for(request), request, sink)]
    if not paths:
        if mode == "auto" and not wants_pairs(recipe):
            return request
        places = ", ".join(str(folder) for folder in _places(request)) or "nothing"
        raise UserError(
            "a stage trains on labelled pairs, and none are named",
            where=f"--mode {mode}" if mode == "sup" else f"recipe {request.recipe_name}",
            mend=f"name a file or a folder: --nli PATH (looked beside the text and in the data folder: {places})",
            exit_code=ExitCode.USAGE,
        )

    def with_stage(one: Recipe) -> Recipe:
        return supervised(one, mode, paths)

    static = request.static_recipe
    return replace(request, recipe=with_stage(recipe), static_recipe=with_stage(static) if static else None)


def _places(request: TrainRequest) -> list[Path]:
    """Folders that are looked into."""
    near = [path.parent for path in _texts(request)]
    return list(dict.fromkeys([*near, *([request.data_dir] if request.data_dir is not None else [])]))


def _texts(request: TrainRequest) -> list[Path]:
    return [Path(name) for name in request.inputs if name != STDIN and hub_id(name) is None]


def _looked_for(request: TrainRequest) -> list[Found]:
    texts = _texts(request)
    settings = request.recipe.evaluation
    scored = [Path(name) for name in (*settings.sts, *([settings.dev] if settings.dev else []))]
    near = [path for text in texts for path in beside(text)]
    kept = within(request.data_dir) if request.data_dir is not None else []
    order = request.recipe.nli.labels
    return labelled_sets([*near, *kept], lang_info(request.language), order, leave=[*texts, *scored])


def _usable(sets: Sequence[Found], request: TrainRequest, sink: Sink) -> list[Found]:
    """Said aloud, since nobody named them."""
    for found in sets:
        if found.problem:
            sink(Warned(f"{found.path} looks like labelled pairs, and is not used: {found.problem}"))
        else:
            sink(Said("labels", f"found {found.path}: it is trained on too (--no-nli refuses it)"))
    return [found for found in sets if not found.problem]
