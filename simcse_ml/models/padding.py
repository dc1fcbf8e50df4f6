"""Ragged rows to the rectangle a transformer wants."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from simcse_ml.ragged import Ragged


def pad(rows: Ragged, *, pad_id: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids (rows, longest) int64 and mask (rows, longest) bool, padded on the right."""
    lengths = rows.lengths
    longest = int(lengths.max(initial=1))
    mask = np.arange(longest)[None, :] < lengths[:, None]  # (rows, longest)
    ids = np.full(mask.shape, pad_id, np.int64)
    ids[mask] = rows.ids
    return torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)
