"""One plain sentence on whether training was worth it. "No gain" is said in words."""

from __future__ import annotations

from simcse_ml.evaluation.intervals import LEAST_GROUPS
from simcse_ml.evaluation.scoreboard import AFTER, BM25, TRAINED, WITH_COUNTING, Gain, Row, ScoreTable, signed, span

NAMES = {"counting": "counting", "untouched": "the untouched backbone"}


def sentence(table: ScoreTable, *, seeds: int = 1) -> str:
    """Better, no gain or worse on this set, against the best counting and the best untouched row.

    seeds: how many runs stand behind the trained row; one is called one, 0 is for a model that was not trained here.
    """
    rivals = [row for row in (table.best("counting"), table.best("untouched")) if row is not None]
    trained = table.trained
    if trained is None:
        return f"Nothing trained was scored; the best that costs nothing here is {rivals[0].label}." if rivals else ""
    if not rivals:
        return f"{trained.score:.1f} with nothing to compare it with."
    if table.groups < LEAST_GROUPS:
        few = f"{table.pairs} {table.counted} in {table.groups} independent groups"
        return f"{few} are too few to say whether anything was gained."
    gains = [(row, gain) for row in rivals if (gain := table.gain(trained.label, row.label)) is not None]
    return f"{_judged(gains)} on this set{_seeds(seeds)}.{_stages(table)}{_advice(gains, table)}"


def _judged(gains: list[tuple[Row, Gain]]) -> str:
    worse = [pair for pair in gains if pair[1].verdict == "worse"]
    unsure = [pair for pair in gains if pair[1].verdict == "no gain"]
    better = [pair for pair in gains if pair[1].verdict == "better"]
    if worse:
        return f"Worse than {_listed(worse)}" + (f" and no gain over {_listed(unsure)}" if unsure else "")
    if unsure:
        other = f", though better than {_listed(better)}," if better else ""
        return f"No gain over {_listed(unsure)}{other}"
    return f"Better than {_listed(better)}"


def _listed(gains: list[tuple[Row, Gain]]) -> str:
    return " and ".join(f"{NAMES[row.kind]} ({signed(gain.value)}; {span(gain.low, gain.high)})" for row, gain in gains)


def _stages(table: ScoreTable) -> str:
    """What the last stage added to each earlier one."""
    told = [
        f" {signed(gain.value)} ({span(gain.low, gain.high)}) over stage {row.label.removeprefix(AFTER)}"
        + (": no gain." if gain.verdict == "no gain" else ".")
        for row in table.rows
        if row.label.startswith(AFTER) and (gain := table.gain(TRAINED, row.label)) is not None
    ]
    return "".join(told)


def _seeds(seeds: int) -> str:
    return ("", ", with this one seed")[seeds] if seeds < 2 else f", over {seeds} seeds"


def _advice(gains: list[tuple[Row, Gain]], table: ScoreTable) -> str:
    """What to use instead, where something that costs nothing does as well or better, or would with it."""
    mixed = _mixed(gains, table)
    if mixed is not None:
        gained = f"{signed(mixed.value)}; {span(mixed.low, mixed.high)}"
        return f" Half by meaning, half by counting it is better than counting ({gained}): use `search --hybrid`."
    ahead = {row.kind for row, gain in gains if gain.value < 0 and gain.verdict != "better"}
    if "counting" in ahead:
        here = max((row.score for row in table.rows if row.kind == "counting" and BM25 not in row.label), default=0.0)
        if table.trained is not None and here < table.trained.score:
            return f" {BM25}, by which search engines count, does at least as well."
        return " Counting does at least as well: use `search --hybrid`, or the model `builtin:counting`."
    if "untouched" in ahead:
        return " The untouched backbone does at least as well: keep it, or train on more or other text."
    return ""


def _mixed(gains: list[tuple[Row, Gain]], table: ScoreTable) -> Gain | None:
    """What the mix gains over counting, where that is sure and counting is all that the model does not beat alone."""
    short = [row for row, gain in gains if gain.verdict != "better"]
    if table.trained is None or [row.kind for row in short] != ["counting"]:
        return None
    gain = table.gain(f"{table.trained.label}{WITH_COUNTING}", short[0].label)
    return gain if gain is not None and gain.verdict == "better" else None
