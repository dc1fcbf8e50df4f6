"""What happened in a run, put together from its events in whatever order a resumed run wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

Record = Mapping[str, object]


@dataclass
class StageCourse:
    """One stage.  losses: by step; of a step that was trained again after a kill, the last.  measured: numbers by step.

    best: the step of the best dev score, None without a dev set.
    """

    name: str
    losses: dict[int, float] = field(default_factory=dict)
    measured: dict[int, Mapping[str, float]] = field(default_factory=dict)
    best: int | None = None

    def curves(self) -> dict[str, list[tuple[int, float]]]:
        """{name of a number: (step, value) in the order of steps}, the loss first."""
        found = {"loss": sorted(self.losses.items())}
        for step, numbers in sorted(self.measured.items()):
            for name, value in numbers.items():
                found.setdefault(name, []).append((step, value))
        return {name: points for name, points in found.items() if points}


@dataclass(frozen=True)
class Neighbour:
    """percentile: of random pairs of the text that are less alike."""

    text: str
    percentile: float


@dataclass(frozen=True)
class PinCourse:
    """A pinned sentence and its nearest, at the first evaluation that knew it and at the last."""

    text: str
    first: Sequence[Neighbour]
    last: Sequence[Neighbour]


@dataclass(frozen=True)
class Course:
    """halvings: how often a step did not fit in memory and went on in smaller chunks."""

    stages: tuple[StageCourse, ...] = ()
    warnings: tuple[str, ...] = ()
    pins: tuple[PinCourse, ...] = ()
    halvings: int = 0


def read_course(records: Iterable[Record]) -> Course:
    """The course of a run; a record of another shape than expected is left out."""
    stages: dict[str, StageCourse] = {}
    warnings: dict[str, None] = {}
    first: dict[str, Sequence[Neighbour]] = {}
    last: dict[str, Sequence[Neighbour]] = {}
    halvings = 0
    for record in records:
        kind = record.get("kind")
        if kind in {"StepDone", "Evaluated"}:
            name = str(record.get("stage", ""))
            _add(stages.setdefault(name, StageCourse(name)), record)
        elif kind == "Warned":
            warnings[str(record.get("text", ""))] = None
        elif kind == "OomRetry":
            halvings += 1
        elif kind == "Pins":
            for text, near in _pins(record):
                first.setdefault(text, near)
                last[text] = near
    pins = tuple(PinCourse(text, near, last[text]) for text, near in first.items())
    return Course(tuple(stages.values()), tuple(warnings), pins, halvings)


def _add(stage: StageCourse, record: Record) -> None:
    step = record.get("step")
    if not isinstance(step, int):
        return
    if record["kind"] == "StepDone":
        if _is_number(loss := record.get("loss")):
            stage.losses[step] = float(loss)
        return
    numbers = record.get("numbers")
    if isinstance(numbers, Mapping):
        stage.measured[step] = {str(name): float(value) for name, value in numbers.items() if _is_number(value)}
        if record.get("best"):
            stage.best = step


def _pins(record: Record) -> Iterable[tuple[str, list[Neighbour]]]:
    pins = record.get("pins")
    for pin in pins if isinstance(pins, list) else ():
        if isinstance(pin, Mapping) and isinstance(near := pin.get("near"), list):
            yield (
                str(pin.get("text", "")),
                [
                    Neighbour(str(one.get("text", "")), float(one["percentile"]))
                    for one in near
                    if isinstance(one, Mapping) and _is_number(one.get("percentile"))
                ],
            )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
