"""`doctor`: what this machine can do, found by doing it, and what to do about each problem."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.jobs import doctor_devices
from simcse_ml.jobs.checks import Check

ROOM = 5e9
"""bytes that a cache and a few runs want"""


@dataclass(frozen=True)
class DoctorResult:
    checks: tuple[Check, ...]


def doctor(cache_dir: Path, runs_dir: Path, sink: Sink) -> DoctorResult:
    """Run every check; each is a real attempt."""
    checks: list[Check] = []
    steps: tuple[Callable[[], list[Check]], ...] = (
        doctor_devices.load,
        doctor_devices.cpu,
        doctor_devices.gpus,
        lambda: [_disk(cache_dir, "cache"), _disk(runs_dir, "runs")],
        _hub,
    )
    sink(StageStarted("doctor", total=len(steps)))
    for number, step in enumerate(steps, 1):
        checks += step()
        sink(Progress("doctor", number, len(steps), checks[-1].name))
    return DoctorResult(tuple(checks))


def _disk(folder: Path, name: str) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free for {name} ({folder})"
    if free < ROOM:
        return Check(f"disk {name}", "warn", text, f"set {name}_dir in config.toml to a larger disk")
    return Check(f"disk {name}", "ok", text)


def _hub() -> list[Check]:
    from simcse_ml.models.locate import hub_answers

    why = hub_answers()
    if why:
        return [Check("hub", "warn", why, "name a backbone by its folder, or use builtin:static")]
    return [Check("hub", "ok", "the Hugging Face Hub answers")]
