"""The plan of a stage, as run.json keeps it. No torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: decided before the first step, kept in run.json."""

    steps: int
    learning_rate: float
    warmup_share: float
    schedule: str
    clip_norm: float | None
    chunk_rows: int | None
    evaluate_every: int
    checkpoint_seconds: float
