"""eval.json: what a run scored beside what costs nothing, as it was written when the run ended."""

from __future__ import annotations

from typing import Any

from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.records import read_record


def read_evaluation(folder: RunFolder) -> dict[str, Any]:
    """The scores of a run that is done.

    Raises: UserError (INPUT) where the file is gone or is no JSON object: without it no score can be told.
    """
    return read_record(folder.eval, "bring the file back: without it no score could be told")
