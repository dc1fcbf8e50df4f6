"""Unsupervised SimCSE's two views come from dropout, so a backbone must have some (arXiv 2104.08821, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.contract import Encoder
from simcse_ml.ragged import Ragged

KEYS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "dropout",
    "attention_dropout",
    "embedding_dropout",
    "mlp_dropout",
    "dropout_rate",
    "hidden_dropout",
    "classifier_dropout_prob",
    "attn_pdrop",
    "embd_pdrop",
    "resid_pdrop",
)
"""The names that transformers' configurations use for it."""


def raise_dropout(config: object, rate: float) -> dict[str, float]:
    """Set every dropout of `config` that is below `rate`; returns the old values of those that were changed."""
    changed: dict[str, float] = {}
    for key in KEYS:
        value = getattr(config, key, None)
        if isinstance(value, int | float) and not isinstance(value, bool) and value < rate:
            changed[key] = float(value)
            setattr(config, key, rate)
    return changed


def _mend(encoder: Encoder) -> str:
    if not any(isinstance(module, torch.nn.LayerNorm | torch.nn.Linear) for module in encoder.modules()):
        return "use views that leave out tokens (--recipe static-start does)"
    return "set backbone.dropout (for example --set backbone.dropout=0.1), or use views that alter the text"


@contextmanager
def dropout_drawn_from(seed: int, device: torch.device) -> Iterator[None]:
    """Within, torch's own dropout draws from `seed`; the state outside, of the CPU and of `device`, is as it was."""
    if device.type == "mps":  # it has one generator, and no device to name
        before = torch.mps.get_rng_state()
        try:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                yield
        finally:
            torch.mps.set_rng_state(before)
        return
    forked = [] if device.type == "cpu" else [device]
    with torch.random.fork_rng(devices=forked, device_type=device.type if forked else None):
        torch.manual_seed(seed)
        yield


@torch.no_grad()
def view_noise(encoder: Encoder, rows: Ragged, *, seed: int) -> float:
    """Mean over rows of 1 - cosine between two training passes of the same text; 0 means identical views."""
    was_training = encoder.training
    encoder.train()
    with dropout_drawn_from(seed, next(encoder.parameters()).device):
        first: Tensor = encoder.embed(rows)
        second: Tensor = encoder.embed(rows)
    encoder.train(was_training)
    if torch.equal(first, second):
        return 0.0
    return float((1 - torch.nn.functional.cosine_similarity(first, second)).mean())


def require_noise(encoder: Encoder, rows: Ragged, *, seed: int) -> float:
    """As view_noise. Raises: UserError when two passes are identical, since training would learn nothing."""
    noise = view_noise(encoder, rows, seed=seed)
    if noise == 0.0:
        raise UserError(
            "two training passes of one sentence are identical: this backbone has no dropout, so SimCSE has no views",
            where=f"backbone {encoder.name}",
            mend=_mend(encoder),
            exit_code=ExitCode.USAGE,
        )
    return noise
