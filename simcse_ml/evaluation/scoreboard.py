"""One labelled set, everything that was scored on it, and how sure each number is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from simcse_ml.evaluation.intervals import Interval, difference, interval_of
from simcse_ml.evaluation.tasks.contract import Task

RowKind = Literal["counting", "untouched", "trained"]
KINDS: tuple[RowKind, ...] = ("counting", "untouched", "trained")
TRAINED, OTHER = "trained", "this model"
"""the labels of the row that the verdict is about: what a run trained, or a model from elsewhere, as it is saved"""
AFTER = f"{TRAINED}, after stage "
"""begins the label of what an earlier stage had reached"""
WITH_COUNTING = " + counting"
"""ends the label of what is half by meaning, half by counting"""
BM25 = "BM25"
"""in the labels of what counts as search engines do, and is no model here"""


@dataclass(frozen=True)
class Row:
    """label: what was scored.  score, low, high: of 100.  best: the best of its kind on this set."""

    label: str
    kind: RowKind
    score: float
    low: float
    high: float
    best: bool


@dataclass(frozen=True)
class Gain:
    """The score of the row `of` minus that of the row `over`, on the same resamples."""

    of: str
    over: str
    over_kind: RowKind
    value: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["better", "no gain", "worse"]:
        """Better or worse only if the interval excludes zero."""
        return "better" if self.low > 0 else "worse" if self.high < 0 else "no gain"


@dataclass(frozen=True)
class ScoreTable:
    """rows: in the order counting, untouched, trained.  gains: each trained row over each row that costs nothing,
    and the last one over what earlier stages had reached.

    pairs: how many of what is `counted` were scored.  groups: independent ones among them.  note: what a reader must
    know of the idf or the set ("" for nothing).  measure: what the scores are.
    """

    name: str
    pairs: int
    groups: int
    rows: tuple[Row, ...]
    gains: tuple[Gain, ...]
    note: str = ""
    measure: str = "Spearman x 100"
    counted: str = "pairs"

    def best(self, kind: RowKind) -> Row | None:
        """The best row of a kind on this set."""
        return next((row for row in self.rows if row.kind == kind and row.best), None)

    @property
    def free(self) -> Row | None:
        """The best row that costs nothing."""
        return max((row for row in self.rows if row.kind != "trained"), key=lambda row: row.score, default=None)

    @property
    def trained(self) -> Row | None:
        """The row of the model as it is saved."""
        return next((row for row in self.rows if row.label in (TRAINED, OTHER)), None)

    def gain(self, of: str, over: str) -> Gain | None:
        """The difference of two rows, by label."""
        return next((gain for gain in self.gains if gain.of == of and gain.over == over), None)

    def as_json(self) -> dict[str, object]:
        """Everything, for eval.json and `--json`."""
        return {
            "set": self.name,
            "measure": self.measure.lower(),
            "counted": self.counted,
            "pairs": self.pairs,
            "groups": self.groups,
            "rows": [asdict(row) for row in self.rows],
            "gains": [{**asdict(gain), "verdict": gain.verdict} for gain in self.gains],
            "note": self.note,
        }

    def lines(self, *, full: bool = False) -> list[str]:
        """A plain-text table.  full: every row; else the best of each kind that costs nothing, and what was trained."""
        plain = next((row for row in self.rows if row.kind == "untouched"), None)  # with the backbone's own pooling
        shown = [row for row in self.rows if full or row.best or row is plain or row.kind == "trained"]
        head = (f"{self.name}, {self.measure}", "score", "95 % interval", "")
        cells = [head, *((row.label, f"{row.score:.1f}", span(row.low, row.high), self._remark(row)) for row in shown)]
        widths = [max(cell_len(line[column]) for line in cells) for column in range(3)]
        lines = [
            f"{_left(label, widths[0])}   {_right(score, widths[1])}   {_left(interval, widths[2])}   {remark}".rstrip()
            for label, score, interval, remark in cells
        ]
        return [*lines, f"({self.note})"] if self.note else lines

    def _remark(self, row: Row) -> str:
        free = self.free
        if free is None:
            return ""
        if row is free:
            return "the best that costs nothing"
        gain = self.gain(row.label, free.label)
        if gain is None:
            return ""
        word = "over" if gain.value >= 0 else "against"
        return f"{signed(gain.value)} {word} {free.kind} ({span(gain.low, gain.high)})"


def score_table(
    task: Task, scored: Mapping[str, NDArray[np.float64]], *, samples: int = 1000, seed: int = 42, note: str = ""
) -> ScoreTable:
    """Scores, intervals and paired differences of everything in `scored` {label: (n,) outcomes of the task}.

    The first word of a label is its kind: "counting (characters 1-2)", "untouched mean", "trained, centred"; a label
    that begins with OTHER stands where "trained" does.
    """
    groups = task.groups
    values = {label: task.value(outcomes) for label, outcomes in scored.items()}
    drawn = task.resampled(scored, samples, seed)
    kinds = {label: kind_of(label) for label in scored}
    tops = {
        kind: max((lab for lab in scored if kinds[lab] == kind), key=values.__getitem__, default="") for kind in KINDS
    }
    rows = []
    for label in sorted(scored, key=lambda label: KINDS.index(kinds[label])):
        told = _hundred(interval_of(values[label], drawn[label], groups))
        rows.append(Row(label, kinds[label], told.value, told.low, told.high, label == tops[kinds[label]]))
    gains = []
    for of in (label for label in scored if kinds[label] == "trained"):
        for over in (
            label for label in scored if kinds[label] != "trained" or (of == TRAINED and label.startswith(AFTER))
        ):
            told = _hundred(difference(values[of] - values[over], drawn[of] - drawn[over], groups))
            gains.append(Gain(of, over, kinds[over], told.value, told.low, told.high))
    count = int(groups.max()) + 1 if len(groups) else 0
    return ScoreTable(task.name, len(task), count, tuple(rows), tuple(gains), note, task.measure, task.counted)


def kind_of(label: str) -> RowKind:
    """The kind a label's first word names."""
    if label.startswith(OTHER):
        return "trained"
    first = label.replace(",", " ").replace("(", " ").split()[0]
    for kind in KINDS:
        if first == kind:
            return kind
    raise ValueError(f"a label begins with one of {', '.join(KINDS)}, not {label!r}")


def signed(value: float) -> str:
    """`+ 2.4` or `- 1.2`."""
    return f"{'-' if value < 0 else '+'} {abs(value):.1f}"


def span(low: float, high: float) -> str:
    """`70.6 – 74.9`; negative ends with their sign."""
    return f"{low:.1f} – {high:.1f}"


def _hundred(told: Interval) -> Interval:
    return Interval(100 * told.value, 100 * told.low, 100 * told.high)


def _left(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))


def _right(text: str, cells: int) -> str:
    return " " * (cells - cell_len(text)) + text
