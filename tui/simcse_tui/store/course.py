"""The course of a run as its events tell it: folded into one frozen record, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from simcse_tui.store.tail import Record
from simcse_tui.store.thinning import Point, thinned

LOGGED = 2_000
"""lines of the log that are kept"""


@dataclass(frozen=True)
class Near:
    """One neighbour of a pin."""

    row: int
    score: float
    percentile: float
    text: str


@dataclass(frozen=True)
class PinsAt:
    """Where the pins stood at one step, by their text."""

    step: int
    pool: int
    pins: Mapping[str, tuple[Near, ...]]


@dataclass(frozen=True)
class Logged:
    """One line of the log. level: "", "warn" or "bad"."""

    time: float
    text: str
    level: str = ""


@dataclass(frozen=True)
class Course:
    """losses, meters, pins: in order, their steps counted over all stages.  losses: thinned where they are many.

    step, steps: of the stage.  begins: steps that were done before each stage.  reached: steps of all of them.
    ended: the kind of the last word, or "".  began, now: times of the first and the last event.
    planned: seconds that training was to take.
    """

    stage: str = ""
    begins: Mapping[str, int] = field(default_factory=dict)
    reached: int = 0
    step: int = 0
    steps: int = 0
    rate: float = 0.0
    left: float = 0.0
    loss: float = 0.0
    batch: int = 0
    began: float = 0.0
    now: float = 0.0
    planned: float = 0.0
    part: str = ""
    done: int = 0
    total: int = 0
    losses: tuple[Point, ...] = ()
    meters: Mapping[str, tuple[Point, ...]] | None = None
    pins: tuple[PinsAt, ...] = ()
    log: tuple[Logged, ...] = ()
    ended: str = ""
    verdict: str = ""

    def meter(self, name: str) -> tuple[Point, ...]:
        """The values of one number of the evaluations."""
        return (self.meters or {}).get(name, ())


NONE_YET = Course()


def advanced(course: Course, records: Iterable[Record]) -> Course:
    """The course after these events; what is not understood is passed over."""
    losses = list(course.losses)
    log: list[Logged] = []
    for record in records:
        kind = _text(record, "kind")
        when = _number(record, "time")
        course = replace(course, began=course.began or when, now=when or course.now)
        if kind == "StepDone":
            course = _stepped(_along(course, record), record)
            while losses and losses[-1][0] >= course.reached:  # resumed from an earlier checkpoint: trained anew
                losses.pop()
            losses.append((course.reached, course.loss))
        elif kind == "Evaluated":
            course = _evaluated(_along(course, record), record)
        elif kind == "Pins":
            course = _along(course, record)
            course = replace(course, pins=_pinned(course.pins, record, course.reached))
        else:
            course = _told(course, kind, record)
        said = None if kind in {"StepDone", "Progress"} else _said(kind, record)
        if said is not None:
            log.append(Logged(when, *said))
    return replace(course, losses=tuple(thinned(losses)), log=(*course.log, *log)[-LOGGED:])


def _along(course: Course, record: Record) -> Course:
    """The course at the step of an event; a stage that is new begins where the others have come to."""
    stage, step = _text(record, "stage"), round(_number(record, "step"))
    begins = {stage: course.reached, **course.begins}
    return replace(course, begins=begins, reached=begins[stage] + step)


def _stepped(course: Course, record: Record) -> Course:
    return replace(
        course,
        stage=_text(record, "stage"),
        step=round(_number(record, "step")),
        steps=round(_number(record, "steps")),
        loss=_number(record, "loss"),
        rate=_number(record, "rows_per_second"),
        left=_number(record, "eta_seconds"),
        part="",
        ended="",
    )


def _evaluated(course: Course, record: Record) -> Course:
    numbers, step = record.get("numbers"), course.reached
    meters = dict(course.meters or {})
    for name, value in numbers.items() if isinstance(numbers, dict) else ():
        number = _finite(value)
        if number is not None:
            before = tuple(point for point in meters.get(str(name), ()) if point[0] < step)
            meters[str(name)] = (*before, (step, number))
    return replace(course, meters=meters)


def _told(course: Course, kind: str, record: Record) -> Course:
    match kind:
        case "Planned":
            return replace(course, planned=_number(record, "seconds"), batch=round(_number(record, "batch_size")))
        case "StageStarted":
            part = _text(record, "stage")
            return replace(course, part=part, done=0, total=round(_number(record, "total")), ended="")
        case "Progress":
            done, total = round(_number(record, "done")), round(_number(record, "total"))
            return replace(course, part=_text(record, "stage"), done=done, total=total)
        case "Stopped" | "Finished":
            summary = record.get("summary")
            verdict = str(summary.get("verdict", "")) if isinstance(summary, dict) else ""
            return replace(course, ended=kind, verdict=verdict, left=0.0)
    return course


def _pinned(before: tuple[PinsAt, ...], record: Record, step: int) -> tuple[PinsAt, ...]:
    pins = record.get("pins")
    found = {
        str(pin["text"]): tuple(near for entry in pin["near"] if (near := _near(entry)) is not None)
        for pin in (pins if isinstance(pins, list) else [])
        if isinstance(pin, dict) and isinstance(pin.get("near"), list) and "text" in pin
    }
    return (*(at for at in before if at.step < step), PinsAt(step, round(_number(record, "pool")), found))


def _near(entry: object) -> Near | None:
    if not isinstance(entry, dict):
        return None
    text = _text(entry, "text")
    return Near(round(_number(entry, "row")), _number(entry, "score"), _number(entry, "percentile"), text)


def _said(kind: str, record: Record) -> tuple[str, str] | None:
    """The line of the log for an event, and its level; None for those that are seen elsewhere."""
    step, stage = f"step {round(_number(record, 'step')):,}", _text(record, "stage")
    rows = f"{round(_number(record, 'chunk_rows')):,} rows"
    summary = record.get("summary")
    verdict = str(summary.get("verdict", "")) if isinstance(summary, dict) else ""
    lines = {
        "Said": (f"{_text(record, 'heading')}: {_text(record, 'text')}", ""),
        "Warned": (_text(record, "text"), "warn"),
        "Saved": (f"{_text(record, 'what')} {_text(record, 'path').rpartition('/')[2]}", ""),
        "OomRetry": (f"{step} did not fit: {rows} at once from here on", "warn"),
        "Stopped": (f"{stage}, {step}: {_text(record, 'reason')}", "warn"),
        "StageStarted": (stage, ""),
        "Finished": (verdict, ""),
    }
    return lines.get(kind)


def _number(record: Mapping[str, object], key: str) -> float:
    """The number under a key; 0 for anything else, and for what is no finite number."""
    return _finite(record.get(key)) or 0.0


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e300 < value < 1e300:
        return None
    return float(value)


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""
