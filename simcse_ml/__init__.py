"""simcse-ml: sentence-embedding models for any language, from raw text, on the machine you have.

From Python: `from simcse_ml import train, prepare, evaluate, load`. The first three are jobs of `simcse_ml.jobs`
(a request and a sink for events in, a result out); `load` gives a model that embeds texts. Nothing is imported before
it is asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0.dev0"
__all__ = ["evaluate", "load", "prepare", "train"]

_LATER = {
    "train": ("simcse_ml.jobs.train", "train"),
    "prepare": ("simcse_ml.jobs.prepare", "prepare"),
    "evaluate": ("simcse_ml.jobs.evaluate", "evaluate"),
    "load": ("simcse_ml.models.opened", "open_model"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _LATER:
        raise AttributeError(f"module 'simcse_ml' has no attribute {name!r}")
    module, attribute = _LATER[name]
    return getattr(importlib.import_module(module), attribute)
