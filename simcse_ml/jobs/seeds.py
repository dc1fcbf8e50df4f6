"""`train --seeds N`: the same training from N seeds, one run each, and what holds in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.train import resume, train
from simcse_ml.runs.evaluation import read_evaluation
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.sources.location import only_once

if TYPE_CHECKING:
    from simcse_ml.evaluation.seeds import SeedTable

FOUND_LATER = {"stages", "nli"}
"""what labelled pairs that were found beside the text change in a recipe"""


@dataclass(frozen=True)
class SeedsResult:
    """runs: the folder of each seed.  tables: one a labelled set.  verdicts: the sentence of each run."""

    runs: Mapping[int, Path]
    tables: tuple[SeedTable, ...]
    verdicts: Mapping[int, str]

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "runs": [
                {"seed": seed, "run": str(path), "verdict": self.verdicts[seed]} for seed, path in self.runs.items()
            ],
            "tables": [table.as_json() for table in self.tables],
        }


def train_seeds(request: TrainRequest, out: Path, count: int, sink: Sink) -> SeedsResult:
    """Train from the seed of the recipe and the `count` - 1 that follow it, each to `out`-seedN.

    The same request once more goes on: a seed that is done is left as it is, an interrupted one is resumed.

    Raises: UserError (USAGE) where a folder holds another run or the text can be read only once; what `train` raises.
    """
    if any(map(only_once, request.inputs)):
        raise UserError(
            "standard input and pipes can be read only once, and each seed reads the text",
            where="--seeds",
            mend="write the text to a file first",
            exit_code=ExitCode.USAGE,
        )
    first = request.recipe.training.seed
    folders = {seed: seed_folder(out, seed) for seed in range(first, first + count)}
    for number, (seed, folder) in enumerate(folders.items(), start=1):
        sink(Said("seed", f"{seed}, {number} of {count}: {folder}"))
        _bring_to_its_end(RunFolder(folder), _with_seed(request, seed, folder), sink)
    evaluations = {seed: read_evaluation(RunFolder(folder)) for seed, folder in folders.items()}
    from simcse_ml.evaluation.seeds import over_seeds

    tables = over_seeds({seed: found["sets"] for seed, found in evaluations.items()})
    return SeedsResult(folders, tables, {seed: str(found["verdict"]) for seed, found in evaluations.items()})


def seed_folder(out: Path, seed: int) -> Path:
    """Where the run of a seed lies: beside the others."""
    return out.with_name(f"{out.name}-seed{seed}")


def _bring_to_its_end(folder: RunFolder, request: TrainRequest, sink: Sink) -> None:
    """Train, go on, or leave what is done."""
    if not folder.state.is_file():
        train(request, sink)
        return
    _require_same(folder, request)
    if read_state(folder).state != "done":
        resume(folder.path, sink)


def _require_same(folder: RunFolder, request: TrainRequest) -> None:
    """Raises: UserError (USAGE) where the run in `folder` was asked for otherwise."""
    state = read_state(folder)
    recipes = [one for one in (request.recipe, request.static_recipe) if one is not None]  # auto may end at the second
    other = min((_other_keys(state.asked.get("recipe", {}), one) for one in recipes), key=len)
    inputs = tuple(str(Path(name).expanduser().resolve()) for name in request.inputs)
    if state.language != request.language:
        other.append("--lang")
    if state.inputs != inputs and all(Path(name).exists() for name in inputs):
        other.append("the text")
    if other:
        raise UserError(
            f"this folder holds a run with another {' and '.join(other)}",
            where=str(folder.path),
            mend="choose another name with --out",
            exit_code=ExitCode.USAGE,
        )


def _other_keys(asked: Any, recipe: Recipe) -> list[str]:  # noqa: ANN401 - of run.json
    wanted = recipe.model_dump(mode="json")
    return [key for key in wanted if key not in FOUND_LATER and asked.get(key) != wanted[key]]


def _with_seed(request: TrainRequest, seed: int, folder: Path) -> TrainRequest:
    static = request.static_recipe
    return replace(
        request,
        recipe=_seeded(request.recipe, seed),
        static_recipe=None if static is None else _seeded(static, seed),
        out=folder,
    )


def _seeded(recipe: Recipe, seed: int) -> Recipe:
    return recipe.model_copy(update={"training": recipe.training.model_copy(update={"seed": seed})})
