"""The sentence in two frames that ask for its meaning, as PromptBERT does (Jiang et al. 2022, arXiv 2201.04337)."""

from __future__ import annotations

import numpy as np

from simcse_ml.ragged import Ragged
from simcse_ml.views.contract import Frame, ViewRequest


def template(request: ViewRequest) -> tuple[Ragged, Ragged]:
    """The row within the first frame, and within the second; where it does not fit, the sentence is cut, no frame.

    Where we differ: PromptBERT reads the state of the mask token less that of the empty frame, in training and in use.
    Vectors here are pooled as the recipe says, since the saved model gets bare sentences from whoever loads it.
    """
    assert request.wording is not None, "made ready for every recipe with such a view"
    first, second = request.wording.frames
    return framed(request.rows, first, request.max_tokens), framed(request.rows, second, request.max_tokens)


def framed(rows: Ragged, frame: Frame, max_tokens: int) -> Ragged:
    """Each row's body between frame.before and frame.after.  max_tokens: of the whole; 0 for any."""
    around = rows.head + rows.tail + len(frame.before) + len(frame.after)
    most = max(max_tokens - around, 1) if max_tokens else int(rows.lengths.max(initial=0))
    parts = []
    for index in range(len(rows)):
        row = rows.row(index)
        end = len(row) - rows.tail
        body = row[rows.head : end][:most]
        parts.append(np.concatenate([row[: rows.head], frame.before, body, frame.after, row[end:]]))
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return Ragged(np.concatenate(parts).astype(np.int32), offsets, rows.head, rows.tail)
