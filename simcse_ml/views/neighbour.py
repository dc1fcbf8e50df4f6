"""A sentence and the one after it in its document; only for corpora whose order means something."""

from __future__ import annotations

import numpy as np

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.token_dropout import leave_out


def neighbour(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and its successor (itself, where it is the last of its document), each thinned by `rate`."""
    ids = np.where(request.next_ids >= 0, request.next_ids, request.row_ids)
    settings = {"rate": request.rate, "seed": request.seed, "epoch": request.epoch}
    first = leave_out(request.rows, request.row_ids, stream=7, **settings)  # type: ignore[arg-type]
    second = leave_out(request.fetch(ids), ids, stream=8, **settings)  # type: ignore[arg-type]
    return first, second
