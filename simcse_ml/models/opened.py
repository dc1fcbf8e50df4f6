"""A model as a person uses it: texts in, vectors out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from simcse_ml.models.arithmetic import autocast
from simcse_ml.models.contract import Encoder
from simcse_ml.models.loading import load_saved
from simcse_ml.models.locate import locate

TOKENS_PER_BATCH = 4096
TOKENS_ON_CPU = 1024
"""8 % less processor time than 4,096 (benchmarks/LOG.md)"""
Told = Callable[[int], None]


@dataclass(frozen=True)
class OpenedModel:
    """name: as the person gave it.  fingerprint: of weights and settings.  dim: width of a vector."""

    name: str
    encoder: Encoder
    fingerprint: str
    precision: str

    @property
    def dim(self) -> int:
        return self.encoder.dim

    def embed(self, texts: Sequence[str], *, progress: Told | None = None) -> NDArray[np.float32]:
        """(texts, dim) float32, as the saved model gives them."""
        return embed_texts(self.encoder, texts, precision=self.precision, progress=progress)


def open_model(
    name: str,
    *,
    device: str = "cpu",
    max_tokens: int | None = None,
    precision: str = "fp32",
    offline: bool = False,
    trust: bool = False,
) -> OpenedModel:
    """A run folder, a model folder, or a Hub id; trust: let the folder's own code run.

    Raises: UserError if it is none of them.
    """
    folder = Path(name).expanduser()
    if (folder / "run.json").exists() and (folder / "model").is_dir():
        folder = folder / "model"
    if not folder.is_dir():
        folder = locate(name, offline=offline, allow_large=False).folder
    encoder = load_saved(folder, name=name, max_tokens=max_tokens, trust=trust).to(device)
    return OpenedModel(name, encoder, fingerprint(folder, max_tokens), precision)


def fingerprint(folder: Path, max_tokens: int | None = None) -> str:
    """Of everything that changes a vector: weights, tokenizer, module settings."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model", ".py"} and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    digest.update(str(max_tokens).encode())
    return digest.hexdigest()


@torch.inference_mode()
def embed_texts(
    encoder: Encoder, texts: Sequence[str], *, precision: str = "fp32", progress: Told | None = None
) -> NDArray[np.float32]:
    """(texts, dim) float32 in the order of `texts`; encoded by length, in batches of tokens_per_batch."""
    was_training = encoder.training
    encoder.eval()
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    if texts:
        rows = encoder.tokenize(texts)
        order = np.argsort(rows.lengths, kind="stable")
        device = next(encoder.parameters()).device
        done = 0
        with autocast(device, precision):
            for batch in batches_of_tokens(order, rows.lengths, tokens_per_batch(device)):
                vectors[batch] = encoder.embed(rows.take(batch)).float().cpu().numpy()
                done += len(batch)
                if progress is not None:
                    progress(done)
    encoder.train(was_training)
    return vectors


def tokens_per_batch(device: torch.device) -> int:
    """About how many tokens, padding included, are encoded at once."""
    return TOKENS_ON_CPU if device.type == "cpu" else TOKENS_PER_BATCH


def batches_of_tokens(order: NDArray[np.int64], lengths: NDArray[np.int64], limit: int) -> Sequence[NDArray[np.int64]]:
    """`order` cut into runs whose padded size (rows x longest) stays within `limit`; at least one row each.

    order must be sorted by length.
    """
    batches = []
    start = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or (end + 1 - start) * max(int(lengths[order[end]]), 1) > limit:
            batches.append(order[start:end])
            start = end
    return batches
