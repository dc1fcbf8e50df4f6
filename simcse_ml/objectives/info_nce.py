"""InfoNCE over in-batch negatives, the part that every contrastive objective here shares."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

ROWS = 2048
"""rows of the (n, n) similarities that are in memory at a time"""

Pairs = tuple[Tensor, Tensor]
"""(k,) rows and (k,) columns of single entries of an (n, n) matrix, in the order of the rows"""


def cosines(a: Tensor, b: Tensor) -> Tensor:
    """A (n, d), b (m, d) -> (n, m) cosine similarities."""
    return normalize(a, dim=-1) @ normalize(b, dim=-1).T


def equal_texts(hashes: Tensor) -> Pairs:
    """Hashes (n,) -> the pairs of different rows with the same text: false negatives, to be left out."""
    _, inverse, counts = torch.unique(hashes, return_inverse=True, return_counts=True)
    repeated = torch.nonzero(counts[inverse] > 1).flatten()  # (r,), r small: nothing of (n, n) is made
    equal = hashes[repeated].unsqueeze(0) == hashes[repeated].unsqueeze(1)  # (r, r)
    rows, columns = torch.nonzero(equal.fill_diagonal_(False), as_tuple=True)
    return repeated[rows], repeated[columns]


def equal_text_mask(hashes: Tensor) -> Tensor:
    """Hashes (n,) -> (n, n) true at the pairs of `equal_texts`."""
    mask = torch.zeros(len(hashes), len(hashes), dtype=torch.bool, device=hashes.device)
    mask[equal_texts(hashes)] = True
    return mask


def without(logits: Tensor, left_out: Tensor) -> Tensor:
    """Logits with those where `left_out` is true taken out of every sum."""
    return logits.masked_fill(left_out, float("-inf"))


def diagonal_loss(logits: Tensor) -> Tensor:
    """Logits (n, m), m >= n, row i's positive in column i -> () mean over i of LSE_j logits_ij - logits_ii."""
    return cross_entropy(logits, torch.arange(len(logits), device=logits.device))


def info_nce(z1: Tensor, z2: Tensor, *, temperature: float, not_negative: Pairs | None = None) -> Tensor:
    """Mean over i of LSE_j(c(z1_i, z2_j) / t) - c(z1_i, z2_i) / t: equation 1 of arXiv 2104.08821.

    z1, z2: (n, d) the two views, unnormalised.  not_negative: pairs (i, j) left out of the denominator.
    Returns: () mean loss; ln n where all cosines are equal.
    """
    nothing = torch.zeros(0, dtype=torch.int64, device=z1.device)
    rows, columns = not_negative if not_negative is not None else (nothing, nothing)
    loss: Tensor = _OfSimilarities.apply(normalize(z1, dim=-1) / temperature, normalize(z2, dim=-1), rows, columns)  # type: ignore[no-untyped-call]
    return loss


class _OfSimilarities(torch.autograd.Function):
    """Mean over i of LSE_j(a_i . b_j) - a_i . b_i, with its gradients found in the same pass over the similarities.

    With p_ij = softmax_j(a_i . b_j): dL/da = (p - 1) b / n and dL/db = (p - 1)' a / n. Autograd's way holds six (n, n)
    matrices and passes over them fourteen times; here two are held, of ROWS rows each (benchmarks/LOG.md).
    """

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, rows: Tensor, columns: Tensor) -> Tensor:  # noqa: ANN401
        total, count = a.new_zeros(()), len(a)
        wanted = any(ctx.needs_input_grad)
        of_a, of_b = (torch.empty_like(a), torch.zeros_like(b)) if wanted else (a, b)
        for start in range(0, count, ROWS):
            part = a[start : start + ROWS]
            logits = part @ b.T  # (rows, n)
            here = (rows >= start) & (rows < start + ROWS)
            logits[rows[here] - start, columns[here]] = float("-inf")
            p = torch.log_softmax(logits, dim=1)
            total -= p.diagonal(start).sum()
            if wanted:
                p.exp_().diagonal(start).sub_(1)
                torch.mm(p, b, out=of_a[start : start + ROWS])
                of_b.addmm_(p.T, part)
        if wanted:
            ctx.save_for_backward(of_a.div_(count), of_b.div_(count))
        return total / count

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:  # noqa: ANN401
        of_a, of_b = ctx.saved_tensors
        return of_a * gradient, of_b * gradient, None, None
