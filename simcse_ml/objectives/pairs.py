"""What is no negative in a batch of labelled pairs or triples: texts that say the same as a row's own."""

from __future__ import annotations

import torch
from torch import Tensor

from simcse_ml.objectives.contract import LossBatch


def positive_mask(batch: LossBatch) -> Tensor:
    """(n, n) true where the positive of row j, not i itself, has the text of row i's sentence or of its positive."""
    others = batch.extra["positive_hash"]
    own = torch.eye(len(others), dtype=torch.bool, device=others.device)
    return _says_the_same(batch, others) & ~own


def negative_mask(batch: LossBatch) -> Tensor:
    """(n, n) true where row j has no hard negative, or one with the text of row i's sentence or of its positive."""
    missing = ~batch.extra["has_negative"].unsqueeze(0)
    return _says_the_same(batch, batch.extra["negative_hash"]) | missing


def _says_the_same(batch: LossBatch, others: Tensor) -> Tensor:
    candidates = others.unsqueeze(0)
    sentence, positive = batch.text_hashes.unsqueeze(1), batch.extra["positive_hash"].unsqueeze(1)
    return (candidates == sentence) | (candidates == positive)
