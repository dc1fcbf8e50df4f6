"""The sentence, and the sentence with some tokens as a language model guesses them (arXiv 2104.08821, table 1)."""

from __future__ import annotations

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import ViewRequest
from simcse_ml.views.copies import replaced


def mlm(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row, and the row with a share `rate` of its tokens masked and filled by the backbone's own language head."""
    rows = request.rows
    assert request.alphabet is not None, "made ready for every recipe with such a view"
    return rows, replaced(
        rows,
        request.row_ids,
        request.alphabet,
        rate=request.rate,
        seed=request.seed,
        epoch=request.epoch,
        stream=13,
    )[0]
