"""A run as one HTML page that stands alone: no script, nothing fetched, the person's sentences only where asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from markupsafe import Markup, escape

from simcse_ml import __version__
from simcse_ml.display import safe
from simcse_ml.evaluation.worth import gains_of, legend, worth_of
from simcse_ml.languages.table import Language
from simcse_ml.report.charts import curve, interval, is_logarithmic, scale_of
from simcse_ml.report.course import Course
from simcse_ml.resources import resource
from simcse_ml.text.mojibake import EXAMPLE
from simcse_ml.text.report import InputFacts, PrepareReport

TEMPLATE = "report/page.html.jinja"
NEIGHBOURS = 5
"""of a pin that are shown"""
OF_A_SET = {"set", "pairs", "groups", "rows", "gains"}
GEOMETRY = {"mean_cosine", "uniformity", "effective_rank", "rows", "dim"}
NUMBERS: Mapping[str, tuple[str, str]] = {
    "loss": ("loss", "says nothing of how good the vectors are"),
    "dev": ("dev set, Spearman x 100", "chooses what is kept"),
    "mean_cosine": ("random pairs, mean cosine", "0: spread; 1: all sentences are one point"),
    "uniformity": ("uniformity", "about -4: spread evenly; 0: all are one point"),
    "alignment": ("alignment", "how far two views of one sentence lie apart; 0: not at all"),
    "effective_rank": ("effective rank", "how many directions the vectors use"),
}
"""of a training: what it is called, and what it says"""


@dataclass(frozen=True)
class RunFacts:
    """What a page is made of.  state: run.json.  evaluation: eval.json, {} where the run has not come so far.

    text: None where it is gone.  recipe_yaml: the recipe without places on the person's disk.  start: the backbone.
    static: whether that was random vectors.  time: that it took.  shows_text: whether their sentences may be on it.
    """

    name: str
    state: Mapping[str, Any]
    language: Language
    evaluation: Mapping[str, Any]
    course: Course
    text: PrepareReport | None
    recipe_yaml: str
    start: str
    static: bool
    time: str
    shows_text: bool = False


@dataclass(frozen=True)
class Drawing:
    """One number of a stage over its steps."""

    name: str
    meaning: str
    first: float
    last: float
    log: bool
    picture: Markup


def render_page(run: RunFacts) -> str:
    """The page. Everything that comes from outside is escaped, and shown without controls or marks of direction."""
    from jinja2 import BaseLoader, Environment, StrictUndefined

    environment = Environment(
        loader=BaseLoader(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=True
    )
    environment.filters |= {"shown": safe, "marked": _marked, "base": _base}
    text, course, state = run.text, run.course, run.state
    untouched = "untouched backbone was better" in str(state["selected_by"])
    sets = _sets(run.evaluation)
    return environment.from_string(resource(TEMPLATE).read_text(encoding="utf-8")).render(
        run=run,
        state=state,
        text=text,
        course=course,
        warnings=[one if run.shows_text else one.partition(EXAMPLE)[0] for one in course.warnings],
        language=run.language,
        version=__version__,
        verdict=str(state["summary"].get("verdict", "")),
        sets=[
            (record, worth_of(record, untouched=untouched, static=run.static), list(_rows(record))) for record in sets
        ],
        gains_of=gains_of,
        unread=len(run.evaluation.get("sets", ())) - len(sets),
        legend=legend(sets, untouched=untouched, static=run.static),
        geometry=_geometry(run.evaluation),
        stages=[(stage, list(_drawings(stage.curves(), stage.best))) for stage in course.stages],
        facts=[(name, value) for name, value in _facts(run) if value],
        reasons=[] if text is None else sorted(text.reasons(), key=_count, reverse=True),
        inputs=() if text is None else text.inputs,
        kind_of_input=_kind,
        neighbours=NEIGHBOURS,
    )


def _sets(evaluation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those in the shape that this version writes."""
    return [record for record in evaluation.get("sets", ()) if isinstance(record, dict) and OF_A_SET <= record.keys()]


def _geometry(evaluation: Mapping[str, Any]) -> Mapping[str, float]:
    """The numbers that need no labels, {} where they are not all there."""
    found = evaluation.get("geometry")
    return found if isinstance(found, dict) and GEOMETRY <= found.keys() else {}


def _rows(record: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Markup]]:
    """Every row of a set with its interval drawn; a line stands at the best that costs nothing.

    The scale is that of the best of each kind and of what was trained: a row that does not lie on it is not drawn.
    """
    rows: Sequence[Mapping[str, Any]] = record["rows"]
    scale = scale_of([(row["low"], row["high"]) for row in rows if row["best"] or row["kind"] == "trained"])
    free = max((row["score"] for row in rows if row["kind"] != "trained"), default=None)
    for row in rows:
        inside = scale.low <= row["low"] and row["high"] <= scale.high
        yield row, interval(row["kind"], row["score"], row["low"], row["high"], scale, free) if inside else Markup("")


def _drawings(curves: Mapping[str, Sequence[tuple[int, float]]], best: int | None) -> Iterator[Drawing]:
    for name, points in curves.items():
        called, meaning = NUMBERS.get(name, (name, ""))
        title = f"{called}, from step {points[0][0]:,} to step {points[-1][0]:,}"
        values = [value for _, value in points]
        picture = curve(points, title=title, marked=best if name == "dev" else None)
        yield Drawing(called, meaning, values[0], values[-1], is_logarithmic(values), picture)


def _facts(run: RunFacts) -> Iterator[tuple[str, str]]:
    """How it was made, as rows of a table; empty ones are left out."""
    state = run.state
    machine, training = state["machine"], _section(state, "training")
    yield "language", f"{run.language.name} ({run.language.code})"
    yield "start", run.start
    yield "recipe", f"{PurePath(state['recipe_name']).stem}: {_recipe(state).get('about', '')}".strip(": ")
    yield "steps", f"{state['steps']:,} of {training.get('batch_size', '?')} sentences" if state["steps"] else ""
    yield "learning rate", str(training.get("learning_rate", ""))
    yield "seed", str(training.get("seed", ""))
    yield "what was kept", str(state["selected_by"])
    yield "device", ", ".join(str(machine[key]) for key in ("device", "precision") if machine.get(key))
    yield "threads", str(machine.get("threads") or "")
    yield "began", str(state["created"]).replace("T", " ")
    yield "time", run.time
    yield "memory", f"{run.course.halvings} times a step went on in smaller chunks" if run.course.halvings else ""
    yield "versions", ", ".join(f"{name} {value}" for name, value in machine.get("versions", {}).items())


def _recipe(state: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = state["asked"].get("recipe", {})
    return found


def _section(state: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _recipe(state).get(name, {})
    return found


def _count(reason: Mapping[str, Any]) -> int:
    count: int = reason["count"]
    return count


def _kind(facts: InputFacts) -> str:
    return ", ".join(filter(None, (facts.format, facts.encoding)))


def _base(path: str) -> str:
    """The last part of a path: where something lies on a disk is nobody's business."""
    return PurePath(path).name or path


def _marked(text: str) -> Markup:
    """Escaped; what stands between pairs of asterisks in bold, between single back quotes as code."""
    return _between("**", "strong", safe(text), lambda part: _between("`", "code", part, escape))


def _between(mark: str, tag: str, text: str, inner: Callable[[str], Markup]) -> Markup:
    """Every second part of `text`, cut at `mark`, in an element; a mark without its fellow stays."""
    parts = text.split(mark)
    if len(parts) % 2 == 0:
        parts[-2:] = [mark.join(parts[-2:])]
    element = Markup("<{0}>{{}}</{0}>").format(tag)  # the name of an element of ours
    return Markup("").join(element.format(inner(part)) if at % 2 else inner(part) for at, part in enumerate(parts))
