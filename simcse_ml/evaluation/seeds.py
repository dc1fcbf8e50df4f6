"""The same training from several seeds: what holds in all of them, and what was one seed's.

A seed moves SimCSE by about as much as many a published gain: unsupervised BERT-base lies between 73.2 and 76.7 over 50
seeds (hppRC/simple-simcse). So a gain that one seed shows is called one seed's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from simcse_ml.evaluation.intervals import LEAST_GROUPS
from simcse_ml.evaluation.scoreboard import KINDS, TRAINED, signed
from simcse_ml.evaluation.verdict import NAMES

Record = Mapping[str, Any]
"""one labelled set of eval.json"""


@dataclass(frozen=True)
class SeedRow:
    """scores: Spearman x 100, one a seed, of two at least."""

    label: str
    kind: str
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        return mean(self.scores)

    @property
    def deviation(self) -> float:
        """Of the sample (n - 1)."""
        return stdev(self.scores)


@dataclass(frozen=True)
class SeedGain:
    """What was trained over the best of a kind that costs nothing, seed by seed; each seed has its own best.

    verdicts: better, no gain or worse, by the interval over pairs that the seed has for itself.
    """

    kind: str
    values: tuple[float, ...]
    verdicts: tuple[str, ...]

    def sentence(self) -> str:
        """One sentence; a gain is called one only if every seed has it."""
        count, name = len(self.values), NAMES[self.kind]
        spread = f"{signed(mean(self.values))}, deviation {stdev(self.values):.1f}"
        for word, shown in (("better", "Better"), ("worse", "Worse")):
            if set(self.verdicts) == {word}:
                return f"{shown} than {name} with each of {count} seeds ({spread})."
        told = [f"{word} with {self.verdicts.count(word)}" for word in ("better", "worse") if word in self.verdicts]
        if told:
            return f"No gain over {name} that holds: {', '.join(told)} of {count} ({spread})."
        return f"No gain over {name} with any of {count} seeds ({spread})."


@dataclass(frozen=True)
class SeedTable:
    """One labelled set over all seeds.  gains: over counting and the untouched backbone, where they were scored."""

    name: str
    pairs: int
    groups: int
    seeds: tuple[int, ...]
    rows: tuple[SeedRow, ...]
    gains: tuple[SeedGain, ...]

    def sentence(self) -> str:
        """What can be said on this set."""
        if self.groups < LEAST_GROUPS:
            few = f"{self.groups} independent groups of pairs are too few"
            return f"{self.name}: {few} to say whether anything was gained."
        return " ".join([f"{self.name}:", *(gain.sentence() for gain in self.gains)])

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "set": self.name,
            "pairs": self.pairs,
            "groups": self.groups,
            "seeds": list(self.seeds),
            "rows": [
                {"label": row.label, "kind": row.kind, "scores": list(row.scores), "mean": row.mean}
                | {"deviation": row.deviation}
                for row in self.rows
            ],
            "gains": [
                {"over": gain.kind, "values": list(gain.values), "verdicts": list(gain.verdicts)}
                | {"mean": mean(gain.values), "deviation": stdev(gain.values)}
                for gain in self.gains
            ],
            "verdict": self.sentence(),
        }


def over_seeds(records: Mapping[int, Sequence[Record]]) -> tuple[SeedTable, ...]:
    """{seed: the sets of its eval.json} as one table a set.  At least two seeds, all scored on the same sets."""
    seeds = tuple(records)
    return tuple(_table(seeds, same_set) for same_set in zip(*records.values(), strict=True))


def _table(seeds: tuple[int, ...], of_set: Sequence[Record]) -> SeedTable:
    labels = [row["label"] for row in of_set[0]["rows"] if all(_row(record, row["label"]) for record in of_set)]
    rows = [_seed_row(label, of_set) for label in labels]
    gains = [gain for kind in KINDS if kind != TRAINED and (gain := _gain(kind, of_set)) is not None]
    first = of_set[0]
    return SeedTable(first["set"], first["pairs"], first["groups"], seeds, tuple(_shown(rows)), tuple(gains))


def _shown(rows: Sequence[SeedRow]) -> list[SeedRow]:
    """The best of each kind that costs nothing, by its mean, and everything that was trained."""
    best = {
        max((row for row in rows if row.kind == kind), key=lambda row: row.mean).label
        for kind in {row.kind for row in rows if row.kind != TRAINED}
    }
    return [row for row in rows if row.kind == TRAINED or row.label in best]


def _seed_row(label: str, of_set: Sequence[Record]) -> SeedRow:
    found = [row for record in of_set if (row := _row(record, label)) is not None]
    return SeedRow(label, str(found[0]["kind"]), tuple(float(row["score"]) for row in found))


def _row(record: Record, label: str) -> Record | None:
    return next((row for row in record["rows"] if row["label"] == label), None)


def _gain(kind: str, of_set: Sequence[Record]) -> SeedGain | None:
    """None where a seed has no row of that kind."""
    told = []
    for record in of_set:
        best = next((row["label"] for row in record["rows"] if row["kind"] == kind and row["best"]), None)
        gain = next((one for one in record["gains"] if (one["of"], one["over"]) == (TRAINED, best)), None)
        if gain is None:
            return None
        told.append(gain)
    return SeedGain(kind, tuple(float(one["value"]) for one in told), tuple(str(one["verdict"]) for one in told))
