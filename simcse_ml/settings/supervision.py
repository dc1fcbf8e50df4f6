"""Labelled pairs beside a text: a further stage, or the only one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from simcse_ml.settings.schema import ObjectiveSettings, Recipe, StageSettings

Mode = Literal["auto", "unsup", "sup"]
MODES: tuple[Mode, ...] = ("auto", "unsup", "sup")
"""auto: the text, then labelled pairs where there are some.  unsup: the text only.  sup: labelled pairs only."""


def wants_pairs(recipe: Recipe) -> bool:
    """Whether a stage trains on labelled pairs."""
    return any(stage.data == "nli" for stage in recipe.stages)


def supervised(recipe: Recipe, mode: Mode, paths: Sequence[str]) -> Recipe:
    """The recipe with `paths` as its labelled pairs, and a stage of supervised SimCSE on them: behind its own (auto),
    or in their place (sup).

    A recipe that has a stage on labelled pairs already keeps its stages.
    """
    recipe = recipe.model_copy(update={"nli": recipe.nli.model_copy(update={"paths": tuple(paths)})})
    if wants_pairs(recipe):
        return recipe
    stage = StageSettings(name="sup", data="nli", objective=ObjectiveSettings(kind="sup"))
    return recipe.model_copy(update={"stages": (stage,) if mode == "sup" else (*recipe.stages, stage)})
