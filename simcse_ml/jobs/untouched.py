"""The encoder as it was before training, under each pooling: the baseline that a training has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.evaluation.sts import EmbedFn
from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.families import baselines
from simcse_ml.models.loading import with_pooling
from simcse_ml.models.opened import batches_of_tokens, embed_texts, tokens_per_batch
from simcse_ml.models.pooling import Pooling

Vectors = NDArray[np.float32]


def untouched_embeddings(encoder: Encoder, *, precision: str) -> Mapping[str, EmbedFn]:
    """{label: embed}, a label for each pooling; one forward serves all of them."""
    if not isinstance(encoder, BackboneEncoder):
        return {encoder.name: lambda texts: embed_texts(encoder, texts, precision=precision)}
    own = encoder.shape.pooling
    poolings = {str(own): own}
    if own.layers is None:
        poolings |= {str(other): other for other in baselines(encoder.config)}
    together = _Together({label: with_pooling(encoder, pooling) for label, pooling in poolings.items()}, precision)
    return {label: together.of(label) for label in poolings}


class _Together:
    """Embeds texts under all poolings at once and keeps the last few results, since each pooling asks in its turn."""

    def __init__(self, encoders: Mapping[str, BackboneEncoder], precision: str) -> None:
        self._encoders = encoders
        self._precision = precision
        self._kept: dict[tuple[str, ...], dict[str, Vectors]] = {}

    def of(self, label: str) -> EmbedFn:
        def embed(texts: Sequence[str]) -> Vectors:
            key = tuple(texts)
            if key not in self._kept:
                self._kept[key] = self._embed(texts)
            return self._kept[key][label]

        return embed

    @torch.inference_mode()
    def _embed(self, texts: Sequence[str]) -> dict[str, Vectors]:
        first = next(iter(self._encoders.values()))
        widest = self._encoders.get(str(Pooling("mean", first_last=True)), first).eval()
        vectors = {label: np.zeros((len(texts), first.dim), np.float32) for label in self._encoders}
        rows = first.tokenize(texts)
        device = next(first.parameters()).device
        order = np.argsort(rows.lengths, kind="stable")
        for batch in batches_of_tokens(order, rows.lengths, tokens_per_batch(device)):
            with autocast(device, self._precision):
                layers = widest.layers(rows.take(batch))
            for label, encoder in self._encoders.items():
                vectors[label][batch] = encoder.pool(encoder.picked(layers)).float().cpu().numpy()
        return vectors
