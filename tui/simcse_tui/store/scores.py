"""eval.json as records: what a run scored beside what costs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.runs.folder import RunFolder


@dataclass(frozen=True)
class Scored:
    """One row of a set: Spearman x 100 with its interval. kind: counting, untouched or trained."""

    label: str
    kind: str
    score: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class Gained:
    """The paired difference of two rows. verdict: better, no gain or worse; only what excludes zero is better."""

    of: str
    over: str
    over_kind: str
    value: float
    low: float
    high: float
    verdict: str


@dataclass(frozen=True)
class SetScores:
    """One labelled set."""

    name: str
    pairs: int
    rows: tuple[Scored, ...]
    gains: tuple[Gained, ...]

    @property
    def trained(self) -> Scored | None:
        """The model as it is saved."""
        return next((row for row in self.rows if row.label in {"trained", "this model"}), None)

    @property
    def free(self) -> Scored | None:
        """The best row that costs nothing."""
        return max((row for row in self.rows if row.kind != "trained"), key=lambda row: row.score, default=None)

    def gain_of(self, row: Scored) -> Gained | None:
        """The gain of a row over the best that costs nothing."""
        free = self.free
        return next((gain for gain in self.gains if free and (gain.of, gain.over) == (row.label, free.label)), None)

    def gain_over(self, kind: str) -> Gained | None:
        """The model's gain over the best row of a kind."""
        trained, best = self.trained, next((row for row in self.rows if row.kind == kind and row.best), None)
        if trained is None or best is None:
            return None
        label = trained.label
        gains = [gain for gain in self.gains if gain.of == label and gain.over_kind == kind]
        return min(gains, key=lambda gain: gain.value, default=None)


@dataclass(frozen=True)
class Scores:
    """Everything of eval.json. geometry: the label-free numbers.  problem: why there is nothing."""

    sets: tuple[SetScores, ...] = ()
    geometry: Mapping[str, float] | None = None
    verdict: str = ""
    problem: str = ""


def read_scores(run: Path) -> Scores:
    """What eval.json of a run says; a row of another shape than expected is left out."""
    try:
        found = json.loads(RunFolder(run).eval.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Scores()
    except (OSError, ValueError, RecursionError):
        return Scores(problem="eval.json cannot be read")
    return scores_of(found) if isinstance(found, dict) else Scores(problem="eval.json is no object")


def scores_of(found: Mapping[str, object]) -> Scores:
    """The scores in what eval.json or `eval --json` says; a row of another shape than expected is left out."""
    geometry = found.get("geometry")
    return Scores(
        tuple(one for record in _list(found.get("sets")) if (one := _set(record)) is not None),
        {str(key): float(value) for key, value in geometry.items() if isinstance(value, int | float)}
        if isinstance(geometry, dict)
        else None,
        str(found.get("verdict", "")),
    )


def _list(value: object) -> list[dict[str, object]]:
    return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []


def _set(record: dict[str, object]) -> SetScores | None:
    try:
        rows = tuple(
            Scored(
                str(row["label"]), str(row["kind"]), _number(row["score"]), _number(row["low"]), _number(row["high"]),
                bool(row.get("best")),
            )
            for row in _list(record.get("rows"))
        )  # fmt: skip
        gains = tuple(
            Gained(
                str(gain["of"]), str(gain["over"]), str(gain["over_kind"]), _number(gain["value"]),
                _number(gain["low"]), _number(gain["high"]), str(gain["verdict"]),
            )
            for gain in _list(record.get("gains"))
        )  # fmt: skip
        return SetScores(str(record["set"]), int(_number(record["pairs"])), rows, gains)
    except (KeyError, TypeError, ValueError):
        return None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return float(value)
