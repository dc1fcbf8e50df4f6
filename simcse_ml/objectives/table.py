"""Every objective by its recipe name; a new one is a file and a row here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.objectives.contract import Objective
from simcse_ml.objectives.dcl import DecoupledContrastive
from simcse_ml.objectives.diffcse import DiffCSE
from simcse_ml.objectives.esimcse import ESimCSE
from simcse_ml.objectives.gs_info_nce import GSInfoNCE
from simcse_ml.objectives.masked_language import LanguageHeadTraining, WithMaskedLanguage
from simcse_ml.objectives.matryoshka import Matryoshka
from simcse_ml.objectives.ranking import Ranking
from simcse_ml.objectives.simcse_plus_plus import SimCSEPlusPlus
from simcse_ml.objectives.softmax import Softmax
from simcse_ml.objectives.sup import SupSimCSE
from simcse_ml.objectives.unsup import UnsupSimCSE
from simcse_ml.settings.schema import ObjectiveSettings

OBJECTIVES: Mapping[str, Callable[..., Objective]] = {
    "unsup": UnsupSimCSE,
    "simcse++": SimCSEPlusPlus,
    "gs": GSInfoNCE,
    "dcl": DecoupledContrastive,
    "esimcse": ESimCSE,
    "ranking": Ranking,
    "sup": SupSimCSE,
    "softmax": Softmax,
    "diffcse": DiffCSE,
    "language_head": LanguageHeadTraining,
}
OF_FULL_WIDTH = frozenset({"esimcse", "softmax", "diffcse", "language_head"})
"""what a Matryoshka cannot be put around: their state is of one width"""
OF_ROWS = frozenset({"diffcse", "language_head"})
"""what a masked-language loss cannot be put beside: they have a loss over tokens already"""


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
    if settings.matryoshka and settings.kind in OF_FULL_WIDTH:
        raise UserError(
            f"{settings.kind} keeps vectors of the full width, so it cannot be trained at several",
            where="objective.matryoshka",
            mend=f"take it out, or choose one of: {', '.join(sorted(OBJECTIVES.keys() - OF_FULL_WIDTH))}",
            exit_code=ExitCode.USAGE,
        )
    if settings.mlm_weight and settings.kind in OF_ROWS:
        raise UserError(
            f"{settings.kind} has a loss over tokens of its own, so a masked-language loss cannot stand beside it",
            where="objective.mlm_weight",
            mend=f"take it out, or choose one of: {', '.join(sorted(OBJECTIVES.keys() - OF_ROWS))}",
            exit_code=ExitCode.USAGE,
        )
    if settings.matryoshka:
        objective = Matryoshka(objective, settings.matryoshka)
    return WithMaskedLanguage(objective, settings.mlm_weight, settings.mlm_rate) if settings.mlm_weight else objective
