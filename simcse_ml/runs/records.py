"""What a run writes down about itself, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, UserError


def read_record(path: Path, mend: str) -> dict[str, Any]:
    """The JSON object in `path`. Raises: UserError(INPUT) with `mend` where it is gone or is none."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("not an object")
    except (OSError, ValueError) as error:
        what = f"{path.name} cannot be read"
        raise UserError(what, where=str(path), mend=mend, exit_code=ExitCode.INPUT) from error
    return record
