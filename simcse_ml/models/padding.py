"""Ragged rows to the rectangle a transformer wants."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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
    return on_device(ids, device), on_device(mask, device)


def on_device(array: NDArray[Any], device: torch.device) -> Tensor:
    """`array` as a tensor there. CUDA copies from pinned memory while the processor goes on, so that a chunk is made
    ready while the one before it is computed.
    """
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)
