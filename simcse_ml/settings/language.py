"""Which stages want a language-model head, and whether a recipe trains one itself."""

from __future__ import annotations

from simcse_ml.settings.schema import Recipe, StageSettings

TRAINS_HEAD = "language_head"
"""the objective of a stage that trains a head for those behind it"""
COPYING = frozenset({"diffcse", TRAINS_HEAD})
"""objectives that learn from altered copies"""


def wants_language(stage: StageSettings) -> bool:
    """Whether a stage cannot do without a language-model head."""
    return (
        stage.objective.kind in COPYING
        or stage.objective.mlm_weight > 0
        or any(view.kind == "mlm" for view in stage.views)
    )


def trains_head_first(recipe: Recipe) -> bool:
    """Whether the first stage that wants a head is one that trains it."""
    kinds = [stage.objective.kind for stage in recipe.stages if wants_language(stage)]
    return kinds[:1] == [TRAINS_HEAD]
