"""What happens during a job, as plain records.

A job tells its `Sink`; the command line prints, the run folder appends, the terminal UI posts, tests collect.
No producer knows who listens.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Planned:
    """What will be done, before it is done."""

    steps: int
    batch_size: int
    epochs: float
    seconds: float
    """expected training time, from a few real steps"""
    note: str = ""


@dataclass(frozen=True)
class StageStarted:
    """One part of the job began: text, tokenizer, tokens, plan, a training stage, evaluation, save."""

    stage: str
    total: int = 0
    """units of work to come, 0 when unknown"""


@dataclass(frozen=True)
class Progress:
    """Work done within the current part."""

    stage: str
    done: int
    total: int = 0
    note: str = ""


@dataclass(frozen=True)
class Said:
    """One line for the person, under a short heading ("text", "machine", "backbone", "plan")."""

    heading: str
    text: str


@dataclass(frozen=True)
class StepDone:
    stage: str
    step: int
    steps: int
    loss: float
    learning_rate: float
    rows_per_second: float
    eta_seconds: float


@dataclass(frozen=True)
class Evaluated:
    """Numbers of one evaluation during training: collapse meters, and dev scores where a dev set was given."""

    stage: str
    step: int
    numbers: Mapping[str, float]
    best: bool = False


@dataclass(frozen=True)
class Pins:
    """Where the person's pinned sentences stood at one evaluation; step 0 is before training.

    pool: how many sentences of the corpus were compared.  pins: for each its text and `near`, its nearest of the pool
    with row, score (cosine), percentile (among random pairs of the pool) and text, the nearest first.
    """

    stage: str
    step: int
    pool: int
    pins: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Saved:
    what: str
    path: str


@dataclass(frozen=True)
class Warned:
    """Something the person should know; counted and repeated at the end."""

    text: str


@dataclass(frozen=True)
class OomRetry:
    """A step did not fit in memory; it is run again, and from here on, in chunks of so many rows.  why: the error."""

    stage: str
    step: int
    chunk_rows: int
    why: str = ""


@dataclass(frozen=True)
class Stopped:
    stage: str
    step: int
    reason: str


@dataclass(frozen=True)
class Finished:
    summary: Mapping[str, object] = field(default_factory=dict)


Event = (
    Planned
    | StageStarted
    | Progress
    | Said
    | StepDone
    | Evaluated
    | Pins
    | Saved
    | Warned
    | OomRetry
    | Stopped
    | Finished
)
Sink = Callable[[Event], None]


def as_record(event: Event) -> dict[str, object]:
    """The event as a JSON-ready mapping with its kind."""
    return {"kind": type(event).__name__, **dataclasses.asdict(event)}


def silent(event: Event) -> None:
    """A sink that listens to nothing."""


def tee(*sinks: Sink) -> Sink:
    """One sink that tells each of `sinks`, in order."""

    def tell(event: Event) -> None:
        for sink in sinks:
            sink(event)

    return tell
