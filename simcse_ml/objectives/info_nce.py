"""InfoNCE over in-batch negatives, the part that every contrastive objective here shares."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize


def cosines(a: Tensor, b: Tensor) -> Tensor:
    """A (n, d), b (m, d) -> (n, m) cosine similarities."""
    return normalize(a, dim=-1) @ normalize(b, dim=-1).T


def equal_text_mask(hashes: Tensor) -> Tensor:
    """Hashes (n,) -> (n, n) true where another row has the same text: a false negative, to be left out."""
    equal = hashes.unsqueeze(0) == hashes.unsqueeze(1)  # (n, n)
    return equal & ~torch.eye(len(hashes), dtype=torch.bool, device=hashes.device)


def info_nce(z1: Tensor, z2: Tensor, *, temperature: float, not_negative: Tensor | None = None) -> Tensor:
    """Mean over i of LSE_j(c(z1_i, z2_j) / t) - c(z1_i, z2_i) / t: equation 1 of arXiv 2104.08821.

    z1, z2: (n, d) the two views, unnormalised.  not_negative: (n, n) true at pairs left out of the denominator.
    Returns: () mean loss; ln n where all cosines are equal.
    """
    logits = cosines(z1, z2) / temperature  # (n, n)
    if not_negative is not None:
        logits = logits.masked_fill(not_negative, float("-inf"))
    return cross_entropy(logits, torch.arange(len(z1), device=z1.device))
