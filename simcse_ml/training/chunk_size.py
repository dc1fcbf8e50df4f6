"""How much goes through the encoder at once: as memory allows, found by a real forward of the longest rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from simcse_ml.training.checkpoints import Trained, trainable
from simcse_ml.training.schedule import ChunkTokens

SHARE = 0.5
"""of the free memory that training may take: others work on this machine too, and estimates err"""
BEYOND_SAVED = 1.5
"""peak over what a forward keeps for its backward (measured on a CPU: 1.2 to 1.4, benchmarks/LOG.md)"""
PER_PARAMETER = 12
"""bytes: a gradient and AdamW's two moments in float32"""
PER_PAIR = 14
"""bytes: what a contrastive loss takes for each pair of rows at its peak (measured: 234 MB for a batch of 4,096)"""
ON_CPU = ChunkTokens(whole=8192, part=2048)
"""the most, however much is free: 64 rows of 128 tokens, the default batch at its longest, go whole; beyond that memory
stays flat. Larger chunks are no faster (benchmarks/LOG.md)"""
ON_GPU = ChunkTokens(whole=2**30, part=16_384)
"""its memory is there for this; not measured"""


@dataclass(frozen=True)
class Room:
    """tokens: padded ones that fit.  token_bytes: what one of the longest rows takes at the peak.  free: bytes."""

    tokens: int
    token_bytes: int
    free: int


def room_for(forward: Callable[[], object], tokens: int, trained: Trained, *, batch: int, free: int) -> Room:
    """forward: computes the loss of a few of the longest rows, `tokens` padded ones, with a graph.  batch: rows.
    free: bytes.

    Of shorter rows a token takes less, since attention grows with the square of the length.
    """
    token_bytes = max(1, round(BEYOND_SAVED * saved_bytes(forward, trained) / tokens))
    parameters = [*trainable(trained.encoder).values(), *trainable(trained.state).values()]
    fixed = PER_PARAMETER * sum(parameter.numel() for parameter in parameters) + PER_PAIR * batch**2
    left = SHARE * free - fixed
    return Room(max(0, int(left // token_bytes)), token_bytes, free)


def tokens_of(room: Room, *, most: ChunkTokens) -> ChunkTokens:
    """Powers of two, so that a little more or less free memory does not make another training.

    A whole batch costs one forward less; one that does not fit is cut no larger than pays.
    """
    whole = min(most.whole, 1 << max(room.tokens, 1).bit_length() - 1)
    return ChunkTokens(whole, min(whole, most.part))


def saved_bytes(forward: Callable[[], object], trained: Trained) -> int:
    """Bytes of what `forward` keeps for its backward, parameters apart; the same on every device."""
    known = {
        tensor.untyped_storage().data_ptr()
        for module in (trained.encoder, trained.state)
        for tensor in (*module.parameters(), *module.buffers())
    }
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        forward()
    return sum(kept.values())
