"""Why two sentences are close: the cosine as a sum over pairs of tokens.

A vector that is a weighted sum of token states, perhaps through linear layers, has a cosine that is exactly the sum of
the products of all pairs of tokens, divided by the two lengths. What prompt, special tokens and biases give is the
rest. Any other pooling has no such sum; then the products of the states are an approximation, and said to be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.projection import Dense, Normalise
from simcse_ml.models.static import StaticEncoder
from simcse_ml.models.token_groups import NO_GROUP, Groups, Span, group_tokens

Floats = NDArray[np.float64]
WEIGHTED = frozenset({"mean", "mean_sqrt_len", "weighted_mean"})
IDENTITY = "torch.nn.modules.linear.Identity"


@dataclass(frozen=True)
class Split:
    """cosine = pairs.sum() + common + rest, exactly, where `exact`.

    left, right: groups of the two texts.  pairs: (left groups, right groups).
    common: what any two sentences of the corpus have, 0 where no corpus was given.
    note: why it is not exact, "" if it is.
    """

    cosine: float
    left: Groups
    right: Groups
    pairs: Floats
    common: float
    rest: float
    exact: bool
    note: str


@dataclass(frozen=True)
class _Side:
    """unit: (dim,) the vector, of length 1.  parts: (tokens, dim), each token's share of it, biases left out.

    shares: (tokens,) how much each token counts, 1 in all.
    """

    unit: Floats
    groups: Groups
    parts: Floats
    shares: Floats


@torch.inference_mode()
def split_cosine(encoder: Encoder, left: str, right: str, *, common: NDArray[np.floating] | None = None) -> Split:
    """In the precision of the model's weights, one text at a time, so that no padding is in it.

    common: (dim,) mean of a corpus's unit vectors. Each token gives up its share of it before pairs are formed:
    in many models that direction is most of every cosine, and would hide what two sentences share beyond it.
    """
    encoder.eval()
    note = _why_not_exact(encoder)
    one, two = (_side(encoder, text, linear=not note) for text in (left, right))
    cosine = float(one.unit @ two.unit)
    mean = np.zeros(encoder.dim) if common is None or note else np.asarray(common, np.float64)
    shared = cosine - float((one.unit - mean) @ (two.unit - mean))
    pairs = _summed(one, mean) @ _summed(two, mean).T
    rest = cosine - shared - float(pairs.sum())
    return Split(cosine, one.groups, two.groups, pairs, shared, rest, not note, note)


def _why_not_exact(encoder: Encoder) -> str:
    if isinstance(encoder, BackboneEncoder):
        if encoder.shape.pooling.reduce not in WEIGHTED:
            return f"this model pools by {encoder.shape.pooling.reduce}: its cosine is no sum over tokens"
        bent = [one for one in encoder.after if isinstance(one, Dense) and one.activation_name != IDENTITY]
        if bent:
            return "a layer behind the pooling bends the vector: its cosine is no sum over tokens"
        if any(isinstance(one, Normalise) for one in list(encoder.after)[:-1]):
            return "the vector is shortened before its last layer: its cosine is no sum over tokens"
    return ""


def _side(encoder: Encoder, text: str, *, linear: bool) -> _Side:
    rows = encoder.tokenize([text])
    if not rows.lengths.sum():
        nothing = np.zeros((0, encoder.dim))
        return _Side(np.zeros(encoder.dim), group_tokens(text, []), nothing, np.zeros(0))
    tokens = encoder(rows)
    vector = encoder.pool(tokens)[0].double().cpu().numpy()
    states = tokens.states[0][tokens.mask[0].bool()].double().cpu()  # (tokens, width)
    weights = _weights(encoder, len(states))
    parts = states * weights[:, None]
    if linear and isinstance(encoder, BackboneEncoder):
        for module in encoder.after:
            if isinstance(module, Dense):
                parts = parts @ module.linear.weight.double().cpu().T
    found: Floats = parts.numpy()
    whole = found.sum(0) + (_bias(encoder) if linear else 0.0)
    found = found / (float(np.linalg.norm(whole)) or 1.0)
    unit = vector / (float(np.linalg.norm(vector)) or 1.0)
    shares: Floats = (weights / weights.sum()).numpy()
    return _Side(unit, group_tokens(text, _offsets(encoder, text, len(states))), found, shares)


def _weights(encoder: Encoder, count: int) -> Tensor:
    """(tokens,) what each state counts in the pooled vector."""
    kind = encoder.shape.pooling.reduce if isinstance(encoder, BackboneEncoder) else "mean"
    if kind == "weighted_mean":
        places = torch.arange(1, count + 1, dtype=torch.float64)
        return places / places.sum()
    return torch.full((count,), 1 / count**0.5 if kind == "mean_sqrt_len" else 1 / count, dtype=torch.float64)


def _bias(encoder: Encoder) -> Floats:
    """(dim,) what the linear layers add whatever the text is."""
    if not isinstance(encoder, BackboneEncoder):
        return np.zeros(encoder.dim)
    added = torch.zeros(encoder.width, dtype=torch.float64)
    for module in encoder.after:
        if isinstance(module, Dense):
            added = added @ module.linear.weight.double().cpu().T
            if module.linear.bias is not None:
                added = added + module.linear.bias.double().cpu()
    found: Floats = added.numpy()
    return found


def _offsets(encoder: Encoder, text: str, count: int) -> Sequence[Span]:
    """Of each token in `text`; (-1, -1) for prompt and special tokens."""
    if isinstance(encoder, StaticEncoder):
        return list(encoder.tokenizer.encode(text, add_special_tokens=False).offsets)
    assert isinstance(encoder, BackboneEncoder)
    if not encoder.tokenizer.is_fast:
        return _without_offsets(encoder, text, count)
    ahead = len(encoder.shape.prefix)
    encoded = encoder.tokenizer(
        encoder.shape.prefix + text,
        truncation=True,
        max_length=encoder.max_tokens,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    return [
        (-1, -1) if special or end <= ahead else (max(start, ahead) - ahead, end - ahead)
        for (start, end), special in zip(encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True)
    ]


def _without_offsets(encoder: BackboneEncoder, text: str, count: int) -> Sequence[Span]:
    """A tokenizer in Python knows no places: all of the text is one group."""
    inside = range(encoder.head_tokens, count - encoder.tail_tokens)
    return [(0, len(text)) if place in inside else (-1, -1) for place in range(count)]


def _summed(side: _Side, mean: Floats) -> Floats:
    """(groups, dim) the parts of each group's tokens, less their share of `mean`."""
    sums = np.zeros((len(side.groups.spans), side.parts.shape[1]))
    lessened = side.parts - side.shares[:, None] * mean if mean.any() else side.parts
    for part, group in zip(lessened, side.groups.of_token, strict=True):
        if group != NO_GROUP:
            sums[group] += part
    return sums
