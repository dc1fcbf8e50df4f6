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


def without(logits: Tensor, left_out: Tensor | None) -> Tensor:
    """Logits with those where `left_out` is true taken out of every sum."""
    return logits if left_out is None else logits.masked_fill(left_out, float("-inf"))


def diagonal_loss(logits: Tensor) -> Tensor:
    """Logits (n, m), m >= n, row i's positive in column i -> () mean over i of LSE_j logits_ij - logits_ii."""
    return cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def info_nce(z1: Tensor, z2: Tensor, *, temperature: float, not_negative: Tensor | None = None) -> Tensor:
    """Mean over i of LSE_j(c(z1_i, z2_j) / t) - c(z1_i, z2_i) / t: equation 1 of arXiv 2104.08821.

    z1, z2: (n, d) the two views, unnormalised.  not_negative: (n, n) true at pairs left out of the denominator.
    Returns: () mean loss; ln n where all cosines are equal.
    """
    return diagonal_loss(without(cosines(z1, z2) / temperature, not_negative))
