"""One seed, and a named generator for every purpose; nothing draws from a global state."""

from __future__ import annotations

import hashlib

import numpy as np
import torch


def derive(seed: int, *names: object) -> int:
    """A seed of 63 bits for one purpose: the names say which, such as "dropout", stage, step, chunk."""
    text = "\x1f".join(map(str, (seed, *names)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def numpy_generator(seed: int, *names: object) -> np.random.Generator:
    """A NumPy generator for the purpose `names`."""
    return np.random.default_rng(derive(seed, *names))


def torch_generator(seed: int, *names: object) -> torch.Generator:
    """A torch generator on the CPU for the purpose `names`."""
    return torch.Generator().manual_seed(derive(seed, *names))
