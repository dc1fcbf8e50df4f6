"""The table of benchmarks/methods.py: mean and deviation over seeds, a part for each set; docs/methods.md shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from method_list import METHODS

TRAINED = "trained"
BARE = "not measured"
VARIANTS = ("", ", centred", ", whitened")
"""what is done to the vectors of a model, behind its label"""


@dataclass(frozen=True)
class Line:
    """One finished run.  about: backbone, text and test of its set.  scores: label -> (kind, Spearman x 100).

    head: where the language-model head came from.
    """

    method: str
    set: str
    about: str
    seed: int
    sentences: int
    head: str
    seconds: float
    scores: Mapping[str, tuple[str, float]]


def as_line(record: Mapping[str, object]) -> Line:
    """A line of the results file."""
    scores = {label: (one["kind"], one["score"]) for label, one in record["scores"].items()}
    names = ("method", "set", "about", "seed", "sentences", "head", "seconds")
    return Line(*(record[name] for name in names), scores)


def table(lines: Sequence[Line], sets: Iterable[str] = ()) -> list[str]:
    """Markdown.  sets: those that are shown even without a line."""
    shown = list(dict.fromkeys([*sets, *(line.set for line in lines)]))
    text: list[str] = []
    for name in shown:
        text += _of_set(name, [line for line in lines if line.set == name])
    hours = sum(line.seconds for line in lines) / 3600
    return [*text, f"{len(lines)} runs, {hours:.1f} hours.", ""]


def _of_set(name: str, lines: Sequence[Line]) -> list[str]:
    head = [f"### {name}", ""]
    if lines:
        head += [f"{lines[0].about}. {_floors(lines)}", ""]
    head += ["| method | trained | centred | whitened | seeds | sentences | |", "|---|---|---|---|---|---|---|"]
    known = [*METHODS, *sorted({line.method for line in lines} - METHODS.keys())]
    return [*head, *(_row(method, [line for line in lines if line.method == method]) for method in known), ""]


def _floors(lines: Sequence[Line]) -> str:
    """What costs nothing, the same in all runs: of one that has it all."""
    scores = max(lines, key=lambda line: len(line.scores)).scores
    told = []
    for kind in ("counting", "untouched"):
        found = {label: score for label, (of, score) in scores.items() if of == kind}
        if found:
            best = max(found, key=lambda label: found[label])
            told.append(f"{best} {found[best]:.1f}")
    plain = [f"{label} {score:.1f}" for label, (kind, score) in scores.items() if kind == "untouched"]
    return f"What costs nothing: {', '.join(told)} (the best of their kind on this set); {', '.join(plain)}."


def _row(method: str, lines: Sequence[Line]) -> str:
    if not lines:
        return f"| {method} | {BARE} | | | | | |"
    cells = [
        _mean([line.scores[f"{TRAINED}{v}"][1] for line in lines if f"{TRAINED}{v}" in line.scores]) for v in VARIANTS
    ]
    seen = " / ".join(f"{count:,}" for count in sorted({line.sentences for line in lines}))
    note = "head trained in the run" if any(line.head == "trained in this run" for line in lines) else ""
    return f"| {method} | {' | '.join(cells)} | {len({line.seed for line in lines})} | {seen} | {note} |"


def _mean(scores: Sequence[float]) -> str:
    if not scores:
        return BARE
    return f"{mean(scores):.2f}" + (f" ± {stdev(scores):.2f}" if len(scores) > 1 else "")
