"""What "auto" became for a run: decided once, kept in run.json, taken from there by every resume."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.jobs.choosing import Choice
from simcse_ml.training.schedule import ChunkTokens, Halving, Schedule

LIBRARIES = ("torch", "transformers", "tokenizers", "accelerate", "numpy")


@dataclass(frozen=True)
class Resolved:
    """device, precision, threads: as used.  schedules: one a stage.  versions: of what can change a bit."""

    choice: Choice
    backbone_fingerprint: str
    device: str
    precision: str
    threads: int
    schedules: tuple[Schedule, ...]
    versions: Mapping[str, str]

    def as_record(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def versions(computes_on: str) -> dict[str, str]:
    """Of Python, what computes (name_of of training/devices.py) and the libraries."""
    machine = {"python": platform.python_version(), "processor": platform.machine(), "computes on": computes_on}
    return machine | {name: version(name) for name in LIBRARIES}


def from_record(record: Mapping[str, Any]) -> Resolved | None:
    """What as_record wrote; None for a run that had not come so far."""
    if "schedules" not in record:
        return None
    return Resolved(
        choice=Choice(**record["choice"]),
        backbone_fingerprint=record["backbone_fingerprint"],
        device=record["device"],
        precision=record["precision"],
        threads=record["threads"],
        schedules=tuple(_schedule(schedule) for schedule in record["schedules"]),
        versions=dict(record["versions"]),
    )


def _schedule(record: Mapping[str, Any]) -> Schedule:
    halvings = tuple((int(step), int(rows)) for step, rows in record.get("halvings", ()))
    tokens = record.get("chunk_tokens")
    return Schedule(**{**record, "halvings": halvings, "chunk_tokens": ChunkTokens(**tokens) if tokens else None})


def with_halvings(record: Mapping[str, Any], stage: int, halvings: Sequence[Halving]) -> dict[str, Any]:
    """What as_record wrote, with the halvings of one stage."""
    schedules = [*record["schedules"]]
    schedules[stage] = {**schedules[stage], "halvings": [list(one) for one in halvings]}
    return {**record, "schedules": schedules}


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """What changed between two `versions`, for a warning that the trajectory may differ in its last bits."""
    return [f"{name} {old[name]} -> {value}" for name, value in new.items() if name in old and old[name] != value]


def require_same_backbone(resolved: Resolved, fingerprint: str) -> None:
    """Raises: UserError where the backbone's files are no longer those that the run began with."""
    if resolved.backbone_fingerprint != fingerprint:
        raise UserError(
            "the backbone's files are no longer those that this run began with",
            where=f"backbone {resolved.choice.name}",
            mend="bring the old files back, or start a new run",
            exit_code=ExitCode.INPUT,
        )
