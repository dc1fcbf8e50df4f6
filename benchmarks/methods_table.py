"""The tables of benchmarks/methods.py: mean and deviation over seeds, one for each set; docs/methods.md shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from method_list import METHODS, NEEDS_LIST, NEEDS_PAIRS

TRAINED = "trained"
BARE = "not measured"
PLAIN = "unsup"
"""the method that all others stand beside"""
USUAL = "fp32"
"""the arithmetic of lines that name none"""
ENOUGH = 3
"""seeds from which a difference is called one"""
VARIANTS = ("", ", centred", ", whitened")
"""what is done to the vectors of a model, behind its label"""


@dataclass(frozen=True)
class Line:
    """One finished run.  about: backbone, text and test of its set.  scores: label -> (kind, Spearman x 100).

    command: what was run.  head: where the language-model head came from.  refused: why the program would not train so,
    "" where it did.  precision: of training.
    """

    method: str
    set: str
    about: str
    command: str
    seed: int
    sentences: int
    head: str
    seconds: float
    scores: Mapping[str, tuple[str, float]]
    refused: str = ""
    precision: str = USUAL


def as_line(record: Mapping[str, object]) -> Line:
    """A line of the results file."""
    scores = {label: (one["kind"], one["score"]) for label, one in record["scores"].items()}
    names = ("method", "set", "about", "command", "seed", "sentences", "head", "seconds")
    return Line(*(record[name] for name in names), scores, record.get("refused", ""), record.get("precision", USUAL))


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
        told = max(lines, key=lambda line: (line.method == PLAIN, len(line.scores)))  # one has what costs nothing
        head += [f"{told.about}. {_floors(told.scores)}", "", "```", told.command, "```", ""]
    head += [f"| method | trained | beside {PLAIN} | centred | whitened | seeds | sentences | |", "|" + "---|" * 8]
    measured = {line.method for line in lines}
    known = [*(method for method in METHODS if whole or method in measured), *sorted(measured - METHODS.keys())]
    return [*head, *(_row(method, [line for line in lines if line.method == method], lines) for method in known), ""]


def _floors(scores: Mapping[str, tuple[str, float]]) -> str:
    """What costs nothing."""
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


def _row(method: str, lines: Sequence[Line], of_set: Sequence[Line]) -> str:
    """lines: of the method; of_set: of all methods."""
    if not lines:
        wants = "wants a list of words" if method in NEEDS_LIST else "wants labelled pairs"
        return f"| {method} | {BARE} | | | | | | {wants if method in NEEDS_LIST | NEEDS_PAIRS else ''} |"
    if all(line.refused for line in lines):
        return f"| {method} | refused | | | | | | {lines[0].refused.replace('|', ' ')} |"
    lines = [line for line in lines if not line.refused]
    cells = [
        _mean([line.scores[f"{TRAINED}{v}"][1] for line in lines if f"{TRAINED}{v}" in line.scores]) for v in VARIANTS
    ]
    cells.insert(1, "" if method == PLAIN else beside(differences(lines, of_set)))
    seen = " / ".join(f"{count:,}" for count in sorted({line.sentences for line in lines}))
    notes = ["head trained in the run"] if any(line.head == "trained in this run" for line in lines) else []
    precisions = sorted({line.precision for line in lines})
    notes += [" and ".join(precisions)] if precisions != [USUAL] else []
    return f"| {method} | {' | '.join(cells)} | {len({line.seed for line in lines})} | {seen} | {', '.join(notes)} |"


def differences(lines: Sequence[Line], of_set: Sequence[Line]) -> list[float]:
    """What the runs of a method reached above PLAIN with the same seed and precision on the same set."""
    plain = {(one.seed, one.precision): score_of(one) for one in of_set if one.method == PLAIN and not one.refused}
    return [score_of(line) - plain[key] for line in lines if (key := (line.seed, line.precision)) in plain]


def beside(added: Sequence[float]) -> str:
    """What a method adds to PLAIN, and whether every seed has it."""
    if not added:
        return BARE
    told = f"{mean(added):+z.2f}"
    if len(added) < ENOUGH:
        return told
    if all(one > 0 for one in added):
        return f"{told}, with every seed"
    return f"{told}, worse with every seed" if all(one < 0 for one in added) else f"{told}, no gain"


def score_of(line: Line) -> float:
    return line.scores[TRAINED][1]


def _mean(scores: Sequence[float]) -> str:
    if not scores:
        return BARE
    return f"{mean(scores):.2f}" + (f" ± {stdev(scores):.2f}" if len(scores) > 1 else "")
