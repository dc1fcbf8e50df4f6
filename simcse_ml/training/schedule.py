"""The plan of a stage, as run.json keeps it. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Halving = tuple[int, int]
"""(step, rows): from this step (from 0) on, chunks have at most so many rows, because more did not fit in memory"""


@dataclass(frozen=True)
class ChunkTokens:
    """How batches are cut, in padded tokens of one view (rows times the longest row).

    whole: a batch of no more goes through at once.  part: most of a chunk of a larger one.
    """

    whole: int
    part: int


@dataclass(frozen=True)
class Schedule:
    """How long and how fast: decided before the first step, kept in run.json.

    chunk_rows: rows of a chunk as asked for, None for whole batches, unless chunk_tokens says otherwise.
    shares: processes it was planned for; each has a chunk of every batch, and another number goes on with the same.
    halvings: what was changed since.
    """

    steps: int
    learning_rate: float
    warmup_share: float
    schedule: str
    clip_norm: float | None
    chunk_rows: int | None
    evaluate_every: int
    checkpoint_seconds: float
    chunk_tokens: ChunkTokens | None = None
    halvings: tuple[Halving, ...] = ()
    shares: int = 1


def rows_of_chunk(schedule: Schedule, halvings: Sequence[Halving], step: int, rows: int, width: int) -> int | None:
    """Rows of a chunk at `step`, where the batch has `rows` rows, the longest of `width` tokens; None: all of them."""
    most = schedule.chunk_rows or rows
    tokens = schedule.chunk_tokens
    if tokens is not None and rows * width > tokens.whole:
        most = min(most, max(1, tokens.part // width))
    most = min(most, -(-rows // schedule.shares))
    most = next((min(most, cap) for since, cap in reversed(halvings) if since <= step), most)
    return most if most < rows else None
