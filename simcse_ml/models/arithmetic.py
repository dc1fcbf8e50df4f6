"""In which precision a forward computes; weights, gradients and losses stay float32."""

from __future__ import annotations

import torch

HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """Matrix products in `precision` (fp32, bf16 or fp16) within."""
    half = HALVES.get(precision)
    return torch.autocast(device.type, dtype=half or torch.bfloat16, enabled=half is not None)
