"""The model folder in sentence-transformers' layout: the only place that writes it.

The old type names and keys are written on purpose: they load in every version from 5.4 to 6.2 with equal vectors, the
new ones do not (docs/decisions.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from simcse_ml.models.families import spare_padding
from simcse_ml.models.pooling import SAVED_KEYS
from simcse_ml.models.projection import Dense, dense_config
from simcse_ml.models.reading import NO_PROMPTS, Prompts
from simcse_ml.models.tensors import system_errors, write_tensors

if TYPE_CHECKING:
    from simcse_ml.models.backbone import BackboneEncoder
    from simcse_ml.models.static import StaticEncoder

TYPES = "sentence_transformers.models."


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _modules(names: list[str]) -> list[dict[str, Any]]:
    """The rows of modules.json; the first module lies at the root, the others in numbered folders."""
    return [
        {"idx": index, "name": str(index), "path": "" if index == 0 else f"{index}_{name}", "type": TYPES + name}
        for index, name in enumerate(names)
    ]


def _prompts(prefix: str, kept: Prompts) -> dict[str, Any]:
    """Those of the start, and `prefix` as the default under the name it had there, else under "text"."""
    default = None
    if prefix:
        names = [kept.default, *kept.named]
        default = next((name for name in names if name is not None and kept.named.get(name) == prefix), "text")
    return {
        "prompts": {**kept.named, **({default: prefix} if default is not None else {})},
        "default_prompt_name": default,
        "similarity_fn_name": "cosine",
    }


def write_static(encoder: StaticEncoder, folder: Path) -> None:
    """One tensor `embedding.weight` and one tokenizer.json."""
    write_tensors({"embedding.weight": encoder.table.folded().float()}, folder / "model.safetensors")
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    names = ["StaticEmbedding", *(["Normalize"] if encoder.normalise else [])]
    for index, name in enumerate(names[1:], start=1):
        (folder / f"{index}_{name}").mkdir()
    _write(folder / "modules.json", _modules(names))
    _write(folder / "config_sentence_transformers.json", _prompts("", NO_PROMPTS))


def write_backbone(encoder: BackboneEncoder, folder: Path) -> None:
    """The transformer at the root, then layer weighting where wanted, pooling, and what comes after."""
    shape = encoder.shape
    with system_errors():
        encoder.model.save_pretrained(folder)
    encoder.tokenizer.save_pretrained(folder)
    _tidy_tokenizer(folder / "tokenizer_config.json", shape.max_tokens)
    names = ["Transformer"]
    if shape.pooling.first_last:
        names.append("WeightedLayerPooling")
        _write_first_last(encoder, folder, len(names) - 1)
    names.append("Pooling")
    chosen = SAVED_KEYS[shape.pooling.reduce]
    _write(
        folder / f"{len(names) - 1}_Pooling" / "config.json",
        {"word_embedding_dimension": encoder.width, **{key: key == chosen for key in SAVED_KEYS.values()}},
    )
    for module in encoder.after:
        names.append("Dense" if isinstance(module, Dense) else "Normalize")
        _write_after(module, folder / f"{len(names) - 1}_{names[-1]}")
    _write(folder / "modules.json", _modules(names))
    _write(folder / "sentence_bert_config.json", _settings(encoder))
    _write(folder / "config_sentence_transformers.json", _prompts(shape.prefix, shape.prompts))


def _settings(encoder: BackboneEncoder) -> dict[str, Any]:
    """The transformer's own file; a model whose vectors move with their padding is always padded to its length."""
    settings: dict[str, Any] = {"max_seq_length": encoder.shape.max_tokens, "do_lower_case": False}
    if spare_padding(encoder.config):
        settings["processing_kwargs"] = {"text": {"padding": "max_length"}}
    return settings


def _write_after(module: nn.Module, folder: Path) -> None:
    folder.mkdir()
    if isinstance(module, Dense):
        _write(folder / "config.json", dense_config(module))
        tensors = {name: value for name, value in module.state_dict().items() if name.startswith("linear.")}
        write_tensors(tensors, folder / "model.safetensors")


def _write_first_last(encoder: BackboneEncoder, folder: Path, index: int) -> None:
    """Weights 1, 0 ... 0, 1 over the layers, and a transformer that hands out all of them."""
    import torch

    layers = int(encoder.config.num_hidden_layers)
    weights = torch.zeros(layers)
    weights[0] = weights[-1] = 1.0
    where = folder / f"{index}_WeightedLayerPooling"
    _write(
        where / "config.json",
        {"word_embedding_dimension": encoder.width, "layer_start": 1, "num_hidden_layers": layers},
    )
    write_tensors({"layer_weights": weights}, where / "model.safetensors")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    _write(folder / "config.json", {**config, "output_hidden_states": True})


def _tidy_tokenizer(path: Path, max_tokens: int) -> None:
    """State the length we truncate at, and take out what newer libraries leave there of the machine."""
    config = json.loads(path.read_text(encoding="utf-8"))
    for key in ("local_files_only", "is_local", "name_or_path"):
        config.pop(key, None)
    _write(path, {**config, "model_max_length": max_tokens})
