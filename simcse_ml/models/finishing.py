"""What the vectors of a trained encoder go through at last, as a part of the saved model: fitted once, on its text."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.affine import (
    Affine,
    Moments,
    Sums,
    centring,
    cut,
    unchanged,
    whitening,
    without_directions,
)
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.projection import Dense, Normalise
from simcse_ml.models.static import PlainTable, StaticEncoder
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import FinishSettings

BLOCK = 64
"""rows that are encoded at once"""
LEAST_ROWS, ROWS_A_DIMENSION = 2_000, 5
"""sentences that the moments are taken from: 5 for each dimension are needed for a covariance that means something"""
IDENTITY = "torch.nn.modules.linear.Identity"


def rows_wanted(encoder: Encoder) -> int:
    """How many sentences `finish` should be given."""
    return max(LEAST_ROWS, ROWS_A_DIMENSION * encoder.dim)


def require_possible(encoder: Encoder, settings: FinishSettings) -> None:
    """Raises: UserError(USAGE) for what these settings cannot mean with this encoder."""
    problem, mend = "", ""
    if settings.dim is not None and settings.dim > encoder.dim:
        problem, mend = f"{settings.dim} of {encoder.dim} numbers cannot be kept", f"at most {encoder.dim}"
    elif settings.remove >= encoder.dim:
        problem, mend = f"{settings.remove} of {encoder.dim} directions would be taken out", "take out fewer"
    elif settings.kind == "zipf" and isinstance(encoder, BackboneEncoder) and encoder.shape.pooling.reduce != "mean":
        problem, mend = "whitening of tokens needs a mean of tokens", "finish.kind: whiten, or pooling.kind: mean"
    if problem:
        raise UserError(problem, where="finish", mend=mend, exit_code=ExitCode.USAGE)


def finish(encoder: Encoder, rows: Ragged, settings: FinishSettings) -> None:
    """Give `encoder` the map that `settings` mean, fitted on `rows` (training sentences, never those under test)."""
    if settings == FinishSettings():
        return
    require_possible(encoder, settings)
    if settings.kind == "zipf":
        moments = _of_pieces(encoder, rows) if isinstance(encoder, StaticEncoder) else _of_tokens(encoder, rows)
        attach(encoder, fitted(moments, settings))
    else:
        attach(encoder, fitted(_of_sentences(encoder, rows), settings))


def fitted(moments: Moments, settings: FinishSettings) -> Affine:
    """kind, then `remove` directions of what it left (about zero unless centred), then the first `dim` numbers."""
    kinds = {"none": unchanged(len(moments.mean)), "centre": centring(moments)}
    affine = kinds.get(settings.kind) or whitening(moments)
    if settings.remove:
        affine = affine.then(without_directions(affine.moments(moments).second, settings.remove))
    return affine.then(cut(len(moments.mean), settings.dim)) if settings.dim is not None else affine


@torch.no_grad()
def attach(encoder: Encoder, affine: Affine) -> None:
    """Put `affine` behind the pooling, before a last normalising.

    A static sentence is a mean of its pieces, so each piece goes through it instead, and the table stays plain.
    """
    if isinstance(encoder, StaticEncoder):
        table = affine.of(encoder.table.folded().double().cpu().numpy())
        encoder.table = PlainTable(torch.from_numpy(table.astype(np.float32)))
        encoder.dim = encoder.table.dim
        return
    assert isinstance(encoder, BackboneEncoder), "there are two kinds of encoder"
    dense = Dense(len(affine.matrix), len(affine.shift), bias=True, activation=IDENTITY)
    dense.linear.weight.copy_(torch.from_numpy(affine.matrix.T.copy()))
    assert dense.linear.bias is not None
    dense.linear.bias.copy_(torch.from_numpy(affine.shift))
    device = next(encoder.parameters()).device
    encoder.after.insert(_place(encoder), dense.to(device))
    encoder.dim = len(affine.shift)


def _place(encoder: BackboneEncoder) -> int:
    """Where in `encoder.after` the map stands."""
    last = len(encoder.after) - 1
    return last if last >= 0 and isinstance(encoder.after[last], Normalise) else last + 1


@torch.inference_mode()
def _of_sentences(encoder: Encoder, rows: Ragged) -> Moments:
    sums = Sums(encoder.dim)
    held: list[nn.Module] = []
    if isinstance(encoder, BackboneEncoder) and _place(encoder) < len(encoder.after):
        held = [encoder.after[-1]]
        encoder.after = encoder.after[:-1]
    for block in _blocks(rows):
        sums.add(encoder.embed(block).float().cpu().numpy())
    if isinstance(encoder, BackboneEncoder):
        encoder.after.extend(held)
    return sums.moments()


@torch.inference_mode()
def _of_tokens(encoder: Encoder, rows: Ragged) -> Moments:
    """Of the token states that the mean is taken of, as often as they occur (Yokoi et al., arXiv 2411.00680, equation
    4: a word counts by its frequency).
    """
    sums = Sums(encoder.dim)
    for block in _blocks(rows):
        tokens = encoder(block)
        sums.add(tokens.states[tokens.mask].float().cpu().numpy())
    return sums.moments()


def _of_pieces(encoder: StaticEncoder, rows: Ragged) -> Moments:
    """Of all pieces, each by its count in the text plus 1."""
    table = encoder.table.folded().float().cpu().numpy()
    sums = Sums(encoder.dim)
    sums.add(table, np.bincount(rows.ids, minlength=len(table)) + 1.0)
    return sums.moments()


def _blocks(rows: Ragged) -> list[Ragged]:
    """By length, so that little is padded."""
    order = np.argsort(rows.lengths, kind="stable")
    return [rows.take(order[start : start + BLOCK]) for start in range(0, len(order), BLOCK)]
