"""What a model is worth, for somebody who knows neither this tool nor what it compares with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcse_ml.evaluation.intervals import LEAST_GROUPS
from simcse_ml.evaluation.scoreboard import OTHER, TRAINED, WITH_COUNTING

Record = Mapping[str, Any]
"""one labelled set of eval.json"""
OURS = (TRAINED, OTHER)
MIXED = f"{TRAINED}{WITH_COUNTING}"
SHOWN = (*OURS, MIXED)
UNSCORED = (
    "It was scored on no labelled set, so nobody can say how good it is, nor whether it is better than counting which "
    "characters two sentences share, which needs no training."
)


def worth_of(record: Record, *, untouched: bool, static: bool) -> str:
    """A few sentences on one set.

    untouched: the start lies in the repository, and what was trained does not.  static: the start was random vectors.
    """
    row = _trained(record)
    if row is None:
        return ""
    begun = f"On {record['set']} ({record['pairs']:,} pairs of sentences that people compared)"
    if record["groups"] < LEAST_GROUPS:
        few = f"{record['groups']} independent groups"
        return f"{begun}, in {few}, nothing can be said: that is too few to tell a gain from chance."
    subject = "what was trained, and is not here," if untouched else "this model"
    told = [f"{begun} {subject} scores {row['score']:.1f}; 100 would be the very order that people gave them."]
    for gain in gains_of(record):
        rival = next(one for one in record["rows"] if one["label"] == gain["over"])
        told.append(f"{_rival(rival, static=static)} scores {rival['score']:.1f}: {_outcome(gain)}.")
    return " ".join(told)


def gains_of(record: Record) -> list[Mapping[str, Any]]:
    """What the trained model gains over the best of each kind that costs nothing."""
    best = {row["label"] for row in record["rows"] if row["best"] and row["kind"] != "trained"}
    return [gain for gain in record["gains"] if gain["of"] in OURS and gain["over"] in best]


def shown_rows(record: Record) -> list[Mapping[str, Any]]:
    """Those of the table: the best of each kind, and what was trained."""
    return [row for row in record["rows"] if row["best"] or row["label"] in SHOWN]


def legend(records: Sequence[Record], *, untouched: bool, static: bool) -> list[str]:
    """What the names in the tables mean, as far as they occur."""
    rows = [row for record in records for row in shown_rows(record)]
    labels = [str(row["label"]) for row in rows]
    kinds = {str(row["kind"]) for row in rows}
    before = "the random vectors before this training" if static else "the model before this training"
    pooled = "" if static else " (mean, cls or the like: how the vectors of its tokens become one)"
    ours = "what came of the training, which is not here" if untouched else "this model"
    said = {
        "counting: nothing is trained; two sentences are alike as far as they share characters, runs of characters, or "
        "words, and rare ones count more (TF-IDF)": "counting" in kinds,
        f"untouched: {before}{pooled}": "untouched" in kinds,
        "centred: with the mean of all vectors taken out": any("centred" in label for label in labels),
        f"trained: {ours}": "trained" in labels,
        f"{MIXED}: the mean of both cosines": MIXED in labels,
    }
    return [sentence for sentence, occurs in said.items() if occurs]


def _trained(record: Record) -> Mapping[str, Any] | None:
    return next((row for row in record["rows"] if row["label"] in OURS), None)


def _rival(row: Mapping[str, Any], *, static: bool) -> str:
    if row["kind"] == "counting":
        return "Counting which characters or words two sentences share, which needs no training,"
    start = "The table of random vectors that it began with" if static else "The model as it was before this training"
    return f"{start}, in the best of the ways that were tried,"


def _outcome(gain: Mapping[str, Any]) -> str:
    low, high, value = gain["low"], gain["high"], gain["value"]
    if gain["verdict"] == "better":
        return f"it is **better** than that, by {value:.1f} (95 % interval: {low:.1f} to {high:.1f})"
    if gain["verdict"] == "worse":
        return f"it is **worse** than that, by {-value:.1f} (95 % interval: {-high:.1f} to {-low:.1f})"
    return f"**no gain** over that can be told from chance ({value:+.1f}; 95 % interval: {low:+.1f} to {high:+.1f})"
