"""Every objective by its recipe name; a new one is a file and a row here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.objectives.contract import Objective
from simcse_ml.objectives.unsup import UnsupSimCSE
from simcse_ml.settings.schema import ObjectiveSettings

OBJECTIVES: Mapping[str, Callable[..., Objective]] = {"unsup": UnsupSimCSE}


def make_objective(settings: ObjectiveSettings) -> Objective:
    """The objective of a recipe.  Raises: UserError for an unknown kind or setting, naming the known ones."""
    kind: Any = OBJECTIVES.get(settings.kind)
    if kind is None:
        raise UserError(
            f"unknown objective {settings.kind!r}",
            where="objective.kind",
            mend=f"choose one of: {', '.join(OBJECTIVES)}",
            exit_code=ExitCode.USAGE,
        )
    known = {field.name for field in dataclasses.fields(kind)}
    unknown = set(settings.settings) - known
    if unknown:
        raise UserError(
            f"unknown setting of {settings.kind}: {', '.join(sorted(unknown))}",
            where="objective.settings",
            mend=f"known are: {', '.join(sorted(known))}",
            exit_code=ExitCode.USAGE,
        )
    objective: Objective = kind(**settings.settings)
    return objective
