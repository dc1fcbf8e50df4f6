"""The sentence twice, as it is: dropout alone makes the difference (arXiv 2104.08821)."""

from __future__ import annotations

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest


def same(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """Both views are the row."""
    return request.rows, request.rows
