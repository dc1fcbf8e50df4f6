"""Labelled pairs beside a text: a further stage, or the only one."""

from __future__ import annotations

from typing import Literal

from simcse_ml.settings.schema import ObjectiveSettings, Recipe, StageSettings

Mode = Literal["both", "sup"]
MODES: tuple[Mode, ...] = ("both", "sup")


def supervised(recipe: Recipe, mode: Mode) -> Recipe:
    """The recipe with a stage of supervised SimCSE behind its own (both), or in their place (sup).

    A recipe that has a stage on labelled pairs already stays as it is.
    """
    if any(stage.data == "nli" for stage in recipe.stages):
        return recipe
    stage = StageSettings(name="sup", data="nli", objective=ObjectiveSettings(kind="sup"))
    return recipe.model_copy(update={"stages": (*recipe.stages, stage) if mode == "both" else (stage,)})
