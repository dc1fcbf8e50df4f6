"""Sets of scored pairs that were asked for, with what is left out of their files said aloud. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from simcse_ml.events import Said, Sink
from simcse_ml.text.labelled.parts import FOR_REPORTING, Purpose
from simcse_ml.text.labelled.sts import PairSet, read_sts

HEADING = "scores"


def scored_pairs(paths: Iterable[str | Path], sink: Sink, purpose: Purpose = FOR_REPORTING) -> list[PairSet]:
    """One set a path.  Raises: UserError as read_sts does."""
    sets = [read_sts(Path(path), purpose) for path in paths]
    for one in sets:
        if one.note:
            sink(Said(HEADING, one.note))
    return sets
