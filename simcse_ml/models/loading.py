"""From a folder on disk to an Encoder: a backbone to train, or a saved model to use."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.models.contract import Encoder
from simcse_ml.models.dropout import raise_dropout
from simcse_ml.models.pooling import Pooling
from simcse_ml.models.prefixes import known_prefix
from simcse_ml.models.reading import FolderLayout, read_layout
from simcse_ml.models.static import PlainTable, StaticEncoder
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings


@dataclass(frozen=True)
class Loaded:
    """encoder: on the CPU, float32.  notes: what a person should know of how it was loaded."""

    encoder: BackboneEncoder
    notes: tuple[str, ...]


def load_backbone(folder: Path, *, name: str, backbone: BackboneSettings, pooling: PoolingSettings) -> Loaded:
    """A transformer to train on.

    Raises: UserError where the folder has no tokenizer or weights, or the model cannot be used.
    """
    layout = read_layout(folder)
    if layout.kind == "static":
        raise UserError(
            "a static model cannot be trained on yet",
            where=f"--backbone {name}",
            mend="use builtin:static to train one from nothing",
            exit_code=ExitCode.USAGE,
        )
    config = _config(folder, trust=backbone.trust_remote_code)
    notes: list[str] = []
    if backbone.dropout:
        changed = raise_dropout(config, backbone.dropout)
        if changed:
            old = ", ".join(f"{key} {value:g}" for key, value in changed.items())
            notes.append(f"dropout set to {backbone.dropout:g} for training (was {old})")
    chosen = _pooling(pooling, layout, total=int(config.num_hidden_layers))
    if chosen.layers is not None:
        config.num_hidden_layers = chosen.layers
    prefix = _prefix(backbone.prefix, layout, folder, name)
    if prefix:
        notes.append(f'"{prefix}" goes in front of every sentence, in training and in the saved model')
    shape = Shape(
        max_tokens=_limit(backbone.max_tokens, config),
        prefix=prefix,
        pooling=chosen,
        normalise=layout.normalise,
        mlp_head=pooling.head == "mlp",
    )
    encoder = BackboneEncoder(
        _model(folder, config, trust=backbone.trust_remote_code),
        _tokenizer(folder, trust=backbone.trust_remote_code),
        shape,
        name=name,
    )
    return Loaded(encoder, tuple(notes))


def load_saved(folder: Path, *, name: str, max_tokens: int | None = None) -> Encoder:
    """A saved model to use, in eval mode, exactly as it says of itself; max_tokens overrides its truncation."""
    layout = read_layout(folder)
    if layout.kind == "static":
        return _static(folder, name).eval()
    config = _config(folder, trust=False)
    limit = max_tokens or layout.max_tokens or 256
    shape = Shape(
        max_tokens=_limit(limit, config),
        prefix=layout.prefix if layout.prefix is not None else known_prefix(name),
        pooling=layout.pooling or Pooling("mean"),
        normalise=layout.normalise,
    )
    encoder = BackboneEncoder(_model(folder, config, trust=False), _tokenizer(folder, trust=False), shape, name=name)
    return encoder.eval()


def with_pooling(encoder: BackboneEncoder, pooling: Pooling) -> BackboneEncoder:
    """The same weights under another pooling (nothing is copied)."""
    shape = replace(encoder.shape, pooling=pooling, mlp_head=False)
    other = BackboneEncoder(encoder.model, encoder.tokenizer, shape, name=encoder.name)
    return other.train(encoder.training)


def _static(folder: Path, name: str) -> StaticEncoder:
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    tensors = load_file(folder / "model.safetensors")
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None:
        raise _unreadable(folder, "model.safetensors has neither embedding.weight nor embeddings")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return StaticEncoder(tokenizer, PlainTable(table.float()), name=name)


def _pooling(settings: PoolingSettings, layout: FolderLayout, *, total: int) -> Pooling:
    if settings.kind == "auto":
        return layout.pooling or Pooling("mean")
    if settings.kind == "first_last":
        return Pooling("mean", first_last=True)
    if settings.kind != "layer":
        return Pooling(settings.kind)
    layer = settings.layer if settings.layer is not None else -1
    layers = layer if layer > 0 else total + 1 + layer
    if not 1 <= layers <= total:
        raise UserError(
            f"there is no layer {layer} in a backbone of {total} layers",
            where="pooling.layer",
            mend=f"choose 1 to {total}, or -1 to -{total}",
            exit_code=ExitCode.USAGE,
        )
    return Pooling("mean", layers=None if layers == total else layers)


def _prefix(asked: str, layout: FolderLayout, folder: Path, name: str) -> str:
    if asked != "auto":
        return asked
    if layout.prefix is not None:
        return layout.prefix
    return known_prefix(name) or known_prefix(folder.name)


def _limit(max_tokens: int, config: Any) -> int:  # noqa: ANN401
    """No more tokens than the backbone has positions; RoBERTa's family starts counting after its padding id."""
    positions = int(getattr(config, "max_position_embeddings", 0) or 0)
    if positions and config.model_type in {"roberta", "xlm-roberta", "camembert"}:
        positions -= int(config.pad_token_id or 0) + 1
    return min(max_tokens, positions) if positions else max_tokens


def _config(folder: Path, *, trust: bool) -> Any:  # noqa: ANN401
    from transformers import AutoConfig

    with _library_errors(folder):
        return AutoConfig.from_pretrained(folder, trust_remote_code=trust, local_files_only=True)


def _model(folder: Path, config: Any, *, trust: bool) -> Any:  # noqa: ANN401
    import torch
    from transformers import AutoModel

    with _library_errors(folder), _quiet_loading():
        return AutoModel.from_pretrained(
            folder, config=config, dtype=torch.float32, trust_remote_code=trust, local_files_only=True
        )


def _tokenizer(folder: Path, *, trust: bool) -> Any:  # noqa: ANN401
    from transformers import AutoTokenizer

    if not any((folder / name).exists() for name in ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model",
                                                      "sentencepiece.bpe.model", "tokenizer.model")):  # fmt: skip
        raise _unreadable(folder, "it has no tokenizer")
    with _library_errors(folder):
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=trust, local_files_only=True)


def _unreadable(folder: Path, why: str) -> UserError:
    return UserError(
        f"the model cannot be loaded: {why}",
        where=str(folder),
        mend="get the whole model folder (config.json, weights, tokenizer.json)",
        exit_code=ExitCode.INPUT,
    )


@contextmanager
def _library_errors(folder: Path) -> Iterator[None]:
    """Transformers' own complaints about a folder, as one line."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise _unreadable(folder, " ".join(str(error).split())[:200]) from error


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """No load report and no bar on the terminal: unused heads and left-out layers are expected here."""
    from transformers.utils import logging as library

    level = library.get_verbosity()
    library.set_verbosity(logging.ERROR)
    library.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        library.set_verbosity(level)
