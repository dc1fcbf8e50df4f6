"""run.json: what was asked and on what, and how far it is. Rewritten whole as the run goes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simcse_ml.files import write_json
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.records import read_record

FORMAT = 1

State = Literal["preparing", "training", "evaluating", "done", "stopped", "failed"]
LIVE: tuple[State, ...] = ("preparing", "training", "evaluating")
"""states in which a process should be at work"""


class RunState(BaseModel):
    """One run. Keys of later versions are kept out of the way; those of earlier ones have defaults."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = FORMAT
    created: str = ""
    """UTC, ISO 8601"""
    updated: str = ""
    state: State = "preparing"
    language: str = ""
    inputs: tuple[str, ...] = ()
    """absolute paths, "-" for standard input"""
    recipe_name: str = ""
    asked: Mapping[str, object] = Field(default_factory=dict)
    """settings in full: the recipe, and the request's other fields"""
    machine: Mapping[str, object] = Field(default_factory=dict)
    """what "auto" became and what a bit-exact resume needs: device, precision, threads, chunk_rows, steps, versions"""
    fingerprints: Mapping[str, str] = Field(default_factory=dict)
    """of inputs, corpus, backbone"""
    stage: str = ""
    step: int = 0
    steps: int = 0
    selected_by: str = ""
    """dev set, last checkpoint ..."""
    summary: Mapping[str, object] = Field(default_factory=dict)
    """a few numbers and the verdict, for lists"""
    problem: str = ""
    """one line, for a failed run"""


def new_state(**fields: object) -> RunState:
    """A run that begins now."""
    now = _now()
    return RunState.model_validate({"created": now, "updated": now, **fields})


def write_state(folder: RunFolder, state: RunState, /, **changes: object) -> RunState:
    """Write `state` with `changes` over it; returns what was written. A kill leaves the old file or the new one."""
    changed = RunState.model_validate({**state.model_dump(), **changes, "updated": _now()})
    write_json(folder.state, finite(changed.model_dump()))
    return changed


def read_state(folder: RunFolder) -> RunState:
    """The run's state; what cannot be understood in it takes its default.

    Raises: UserError where run.json is missing or is no JSON object.
    """
    record = read_record(folder.state, "remove this run with `simcse-ml runs remove`, or bring the file back")
    try:
        return RunState.model_validate(record)
    except ValidationError as error:
        bad = {detail["loc"][0] for detail in error.errors()}
        return RunState.model_validate({key: value for key, value in record.items() if key not in bad})


def finite(value: object) -> object:
    """`value` with null for NaN and infinities, which JSON does not have, and plain numbers for NumPy's."""
    if isinstance(value, Mapping):
        return {str(key): finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):
        return finite(value.tolist())
    return value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
