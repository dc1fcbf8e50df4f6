"""From corpus rows to what a step eats: views of a batch and what the loss may know of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.objectives.contract import LossBatch
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import ViewSettings
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.seeds import derive, numpy_generator
from simcse_ml.views.contract import Alphabet, ViewRequest, Wording
from simcse_ml.views.table import NEEDS_ORDER, VIEWS


class Batches(Protocol):
    """What a stage trains on: sentences (StageData), triples (TripleData), labelled pairs (JudgedData)."""

    @property
    def batch_size(self) -> int: ...

    @property
    def order(self) -> BatchOrder: ...

    @property
    def rows(self) -> TokenRows:
        """Whose lengths stand for those of all views."""

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        """Views and batch of `step` (from 0), the same however often it is asked."""

    def of(self, step: int, epoch: int, ids: NDArray[np.int64]) -> tuple[tuple[Ragged, ...], LossBatch]:
        """The same for the rows `ids` (n,) in place of that step's own."""


@dataclass(frozen=True)
class StageData:
    """rows: all token rows.  order: which of them make a batch.  next_rows: (all rows,) the following one, or -1.
    max_tokens: the longest row the encoder takes; 0 for any.  alphabet, wordings: for views that need them.
    """

    rows: TokenRows
    order: BatchOrder
    views: tuple[ViewSettings, ...]
    next_rows: NDArray[np.int64]
    batch_size: int
    seed: int
    stage: str
    max_tokens: int = 0
    alphabet: Alphabet | None = None
    wordings: Mapping[ViewSettings, Wording] = field(default_factory=dict)

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        """Views and batch of `step` (from 0), the same however often it is asked."""
        return self.of(step, *self.order.at(step))

    def of(self, step: int, epoch: int, ids: NDArray[np.int64]) -> tuple[tuple[Ragged, ...], LossBatch]:
        """The same for the rows `ids` (n,) of the corpus in place of that step's own."""
        view = self._draw_view(step)
        request = ViewRequest(
            rows=self.rows.rows.take(ids),
            row_ids=ids,
            fetch=self.rows.rows.take,
            next_ids=self.next_rows[ids],
            rate=view.rate,
            seed=derive(self.seed, "views", self.stage),
            epoch=epoch,
            max_tokens=self.max_tokens,
            alphabet=self.alphabet,
            wording=self.wordings.get(view),
        )
        batch = LossBatch(torch.from_numpy(ids.copy()), torch.from_numpy(self.rows.hashes[ids]))
        return VIEWS[view.kind](request), batch

    def _draw_view(self, step: int) -> ViewSettings:
        if len(self.views) == 1:
            return self.views[0]
        weights = np.array([view.weight for view in self.views])
        generator = numpy_generator(self.seed, "view of step", self.stage, step)
        return self.views[int(generator.choice(len(self.views), p=weights / weights.sum()))]


def usable_views(views: Sequence[ViewSettings], *, ordered: str) -> tuple[tuple[ViewSettings, ...], str]:
    """The views this corpus allows, and what to say where one of a mix had to be left out.

    Raises: UserError where none is left.
    """
    kept = tuple(view for view in views if ordered == "yes" or view.kind not in NEEDS_ORDER)
    if len(kept) == len(views):
        return kept, ""
    if not kept:
        raise UserError(
            "neighbouring sentences were asked for, but the order of this corpus is not known to mean anything",
            where="stages.views",
            mend="part documents by blank lines, or choose another view",
            exit_code=ExitCode.USAGE,
        )
    return kept, "the order of this corpus is not known to mean anything: neighbouring sentences are not used"


def next_in_document(documents: NDArray[np.int32], allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(rows,) the row after each one in its document, -1 at its end or where that row is not `allowed` in training."""
    following = np.full(len(documents), -1, np.int64)
    joined = (documents[1:] == documents[:-1]) & allowed[1:] & allowed[:-1]
    following[:-1][joined] = np.flatnonzero(joined) + 1
    return following
