"""What `eval --pairs --json` says, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unlike:
    """people, model: percent of the set's pairs that are less alike.  gap: how much too alike the model takes it."""

    left: str
    right: str
    people: float
    model: float
    gap: float
    lex: float


@dataclass(frozen=True)
class UnlikeSet:
    """grid: pairs by fifths, people from the top (most alike), the model to the right."""

    name: str
    pairs: int
    worst: tuple[Unlike, ...]
    grid: tuple[tuple[int, ...], ...]

    def on_side(self, side: str) -> list[Unlike]:
        """over: taken for too alike.  under: for too unlike.  Anything else: both."""
        signs = {"over": 1.0, "under": -1.0}
        return [one for one in self.worst if side not in signs or one.gap * signs[side] > 0]


def unlike_sets(found: Mapping[str, object]) -> tuple[UnlikeSet, ...]:
    """The sets in an answer; one of another shape than expected is left out."""
    sets = found.get("sets")
    read = [_set(record) for record in sets if isinstance(record, dict)] if isinstance(sets, list) else []
    return tuple(one for one in read if one is not None)


def _set(record: Mapping[str, object]) -> UnlikeSet | None:
    try:
        worst = record["worst"]
        grid = record["grid"]
        if not isinstance(worst, list) or not isinstance(grid, list):
            return None
        pairs = tuple(
            Unlike(
                str(one["left"]), str(one["right"]), float(one["gold_pct"]), float(one["model_pct"]),
                float(one["gap"]), float(one["lex"]),
            )
            for one in worst
        )  # fmt: skip
        counts = tuple(tuple(int(count) for count in row) for row in grid)
        return UnlikeSet(str(record["set"]), int(str(record["pairs"])), pairs, counts)
    except (KeyError, TypeError, ValueError):
        return None
