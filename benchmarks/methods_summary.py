"""Every method beside plain unsup on every set: one table of what benchmarks/methods.py has measured."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from method_list import METHODS
from methods_table import ENOUGH, PLAIN, Line, differences, score_of


def summary(lines: Sequence[Line]) -> list[str]:
    """Markdown: a column for each set; what costs nothing, the plain one, and what each other method adds to it."""
    done = [line for line in lines if not line.refused]
    sets = list(dict.fromkeys(line.set for line in done))
    of = {name: [line for line in done if line.set == name] for name in sets}
    rows = [
        ["counting", *(_best(of[name], "counting") for name in sets)],
        ["untouched", *(_best(of[name], "untouched") for name in sets)],
        [PLAIN, *(_plain(of[name]) for name in sets)],
    ]
    measured = {line.method for line in done}
    for method in METHODS:
        if method in measured - {PLAIN}:
            rows.append(
                [method, *(_added([line for line in of[name] if line.method == method], of[name]) for name in sets)]
            )
    return [
        f"| | {' | '.join(sets)} |",
        "|" + "---|" * (len(sets) + 1),
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _best(lines: Sequence[Line], kind: str) -> str:
    """Of what costs nothing, the best on this set."""
    scores = [score for line in lines for of, score in line.scores.values() if of == kind]
    return f"{max(scores):.1f}" if scores else ""


def _plain(lines: Sequence[Line]) -> str:
    scores = [score_of(line) for line in lines if line.method == PLAIN]
    return f"{mean(scores):.1f}" if scores else ""


def _added(lines: Sequence[Line], of_set: Sequence[Line]) -> str:
    found = differences(lines, of_set)
    if not found:
        return ""
    alike = all(one > 0 for one in found) or all(one < 0 for one in found)
    told = f"{mean(found):+z.2f}"
    if len(found) < ENOUGH:
        return f"{told} ({len(found)})"
    return f"**{told}**" if alike else told
