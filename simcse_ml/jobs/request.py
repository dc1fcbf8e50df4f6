"""What a training is asked for, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simcse_ml.settings.schema import Recipe
from simcse_ml.settings.supervision import Mode

if TYPE_CHECKING:
    from simcse_ml.evaluation.geometry import Geometry
    from simcse_ml.evaluation.scoreboard import ScoreTable


@dataclass(frozen=True)
class Launch:
    """Which of how many processes this is, as torchrun says it. rank: from 0, over all machines.
    local_rank, local_size: the same on this machine.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1


ALONE = Launch()
STATIC_RECIPE = "static"
"""what `static_recipe` is called"""


@dataclass(frozen=True)
class TrainRequest:
    """inputs: files, folders or "-".  recipe: complete, flags already in it.  out: the run's folder, None: a new name.

    cache_dir: private; prepared text and token rows.  offline: ask no network.  yes: fetch what is over 1 GB.
    static_recipe: used instead of `recipe` where `auto` ends at builtin:static.  launch: the processes that share it.
    mode: of MODES.  look_for_pairs: take labelled pairs that lie beside the text or in data_dir, where none are named.
    """

    inputs: tuple[str, ...]
    language: str
    recipe: Recipe
    recipe_name: str
    runs_dir: Path
    cache_dir: Path
    out: Path | None = None
    device: str = "auto"
    threads: int | None = None
    encoding: str | None = None
    offline: bool = False
    yes: bool = False
    static_recipe: Recipe | None = None
    launch: Launch = ALONE
    mode: Mode = "auto"
    look_for_pairs: bool = False
    data_dir: Path | None = None


@dataclass(frozen=True)
class TrainResult:
    """run, model: folders.  tables: one a labelled set.  verdict: the plain sentence.  selected_by: what chose it."""

    run: Path
    model: Path
    tables: tuple[ScoreTable, ...]
    geometry: Geometry
    verdict: str
    selected_by: str
