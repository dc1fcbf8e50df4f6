"""The table of benchmarks/methods.py: mean and deviation over seeds, a part for each set; docs/methods.md shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from method_list import METHODS, NEEDS_LIST, NEEDS_PAIRS

TRAINED = "trained"
BARE = "not measured"
PLAIN = "unsup"
"""the method that all others stand beside"""
ENOUGH = 3
"""seeds from which a difference is called one"""
VARIANTS = ("", ", centred", ", whitened")
"""what is done to the vectors of a model, behind its label"""


@dataclass(frozen=True)
class Line:
    """One finished run.  about: backbone, text and test of its set.  scores: label -> (kind, Spearman x 100).

    head: where the language-model head came from.  refused: why the program would not train so, "" where it did.
    """

    method: str
    set: str
    about: str
    seed: int
    sentences: int
    head: str
    seconds: float
    scores: Mapping[str, tuple[str, float]]
    refused: str = ""


def as_line(record: Mapping[str, object]) -> Line:
    """A line of the results file."""
    scores = {label: (one["kind"], one["score"]) for label, one in record["scores"].items()}
    names = ("method", "set", "about", "seed", "sentences", "head", "seconds")
    return Line(*(record[name] for name in names), scores, record.get("refused", ""))


def table(lines: Sequence[Line], sets: Iterable[str] = ()) -> list[str]:
    """Markdown.  sets: those that are shown whole, also what nobody has measured; of others only what was."""
    whole = tuple(sets)
    text: list[str] = []
    for name in dict.fromkeys([*whole, *(line.set for line in lines)]):
        text += _of_set(name, [line for line in lines if line.set == name], whole=name in whole or not whole)
    runs = [line for line in lines if not line.refused]
    hours = sum(line.seconds for line in runs) / 3600
    return [*text, f"{len(runs)} runs, {hours:.1f} hours by the clock.", ""]


def _of_set(name: str, lines: Sequence[Line], *, whole: bool) -> list[str]:
    head = [f"### {name}", ""]
    if lines:
        head += [f"{lines[0].about}. {_floors(lines)}", ""]
    head += [f"| method | trained | beside {PLAIN} | centred | whitened | seeds | sentences | |", "|" + "---|" * 8]
    measured = {line.method for line in lines}
    known = [*(method for method in METHODS if whole or method in measured), *sorted(measured - METHODS.keys())]
    plain = {line.seed: _score(line) for line in lines if line.method == PLAIN and not line.refused}
    return [*head, *(_row(method, [line for line in lines if line.method == method], plain) for method in known), ""]


def _floors(lines: Sequence[Line]) -> str:
    """What costs nothing, the same in all runs: of one that has it all."""
    scores = max(lines, key=lambda line: len(line.scores)).scores
    if not scores:
        return ""
    told = []
    for kind in ("counting", "untouched"):
        found = {label: score for label, (of, score) in scores.items() if of == kind}
        if found:
            best = max(found, key=lambda label: found[label])
            told.append(f"{best} {found[best]:.1f}")
    plain = [f"{label} {score:.1f}" for label, (kind, score) in scores.items() if kind == "untouched"]
    return f"What costs nothing: {', '.join(told)} (the best of their kind on this set); {', '.join(plain)}."


def _row(method: str, lines: Sequence[Line], plain: Mapping[int, float]) -> str:
    """plain: seed -> what PLAIN reached."""
    if not lines:
        wants = "wants a list of words" if method in NEEDS_LIST else "wants labelled pairs"
        return f"| {method} | {BARE} | | | | | | {wants if method in NEEDS_LIST | NEEDS_PAIRS else ''} |"
    if all(line.refused for line in lines):
        return f"| {method} | refused | | | | | | {lines[0].refused.replace('|', ' ')} |"
    lines = [line for line in lines if not line.refused]
    cells = [
        _mean([line.scores[f"{TRAINED}{v}"][1] for line in lines if f"{TRAINED}{v}" in line.scores]) for v in VARIANTS
    ]
    cells.insert(
        1, "" if method == PLAIN else beside([_score(one) - plain[one.seed] for one in lines if one.seed in plain])
    )
    seen = " / ".join(f"{count:,}" for count in sorted({line.sentences for line in lines}))
    note = "head trained in the run" if any(line.head == "trained in this run" for line in lines) else ""
    return f"| {method} | {' | '.join(cells)} | {len({line.seed for line in lines})} | {seen} | {note} |"


def beside(differences: Sequence[float]) -> str:
    """What a method adds to PLAIN with the same seeds, and whether every one of them has it."""
    if not differences:
        return BARE
    told = f"{mean(differences):+.2f}"
    if len(differences) < ENOUGH:
        return told
    if all(one > 0 for one in differences):
        return f"{told}, with every seed"
    return f"{told}, worse with every seed" if all(one < 0 for one in differences) else f"{told}, no gain"


def _score(line: Line) -> float:
    return line.scores[TRAINED][1]


def _mean(scores: Sequence[float]) -> str:
    if not scores:
        return BARE
    return f"{mean(scores):.2f}" + (f" ± {stdev(scores):.2f}" if len(scores) > 1 else "")
