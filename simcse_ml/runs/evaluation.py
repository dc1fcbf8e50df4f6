"""eval.json: what a run scored beside what costs nothing, as it was written when the run ended."""

from __future__ import annotations

import json
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.runs.folder import RunFolder


def read_evaluation(folder: RunFolder) -> dict[str, Any]:
    """The scores of a run that is done.

    Raises: UserError (INPUT) where the file is gone or is no JSON object: without it no score can be told.
    """
    try:
        record = json.loads(folder.eval.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("not an object")
    except (OSError, ValueError) as error:
        raise UserError(
            "eval.json cannot be read",
            where=str(folder.eval),
            mend="bring the file back: without it no score could be told",
            exit_code=ExitCode.INPUT,
        ) from error
    return record
