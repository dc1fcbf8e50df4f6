"""Ragged rows to the rectangle a transformer wants."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from simcse_ml.ragged import Ragged


def pad(rows: Ragged, *, pad_id: int, device: torch.device, spare: int = 0, most: int = 0) -> tuple[Tensor, Tensor]:
    """Ids (rows, width) int64 and mask (rows, width) bool, padded on the right.

    spare: positions of padding behind the longest row, as far as the width stays within `most`.
    """
    lengths = rows.lengths
    longest = int(lengths.max(initial=1))
    width = max(longest, min(longest + spare, most))
    mask = np.arange(width)[None, :] < lengths[:, None]  # (rows, width)
    ids = np.full(mask.shape, pad_id, np.int64)
    ids[mask] = rows.ids
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)
