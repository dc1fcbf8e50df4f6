"""From a folder on disk to an Encoder: a backbone to train, or a saved model to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models import families, tokenizing, weights
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.models.contract import Encoder
from simcse_ml.models.dropout import raise_dropout
from simcse_ml.models.pooling import MEAN, Pooling
from simcse_ml.models.prefixes import known_prefix
from simcse_ml.models.projection import Dense, Normalise, read_dense
from simcse_ml.models.quick_attention import use_quick_attention
from simcse_ml.models.quick_dropout import quicken
from simcse_ml.models.reading import FolderLayout, Row, read_json, read_layout
from simcse_ml.models.static import StaticEncoder
from simcse_ml.models.stored_tables import load_static
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

DEFAULT_MAX_TOKENS = 256
"""of a folder that says nothing"""


@dataclass(frozen=True)
class Loaded:
    """encoder: on the CPU, float32.  notes: what a person should know of how it was loaded.

    tokens: what decides its token rows beside the folder's files.
    """

    encoder: BackboneEncoder | StaticEncoder
    notes: tuple[str, ...]
    tokens: str = ""


def check_start(folder: Path, *, trust: bool) -> None:
    """Raises: UserError where `folder` cannot be trained on, as far as that is seen without its weights."""
    layout = read_layout(folder)
    if layout.kind == "transformer":
        config = weights.load_config(layout.core, trust=trust)
        families.require_text_encoder(config, str(folder))
        tokenizing.load_tokenizer(layout.core, trust=trust)


def load_backbone(folder: Path, *, name: str, backbone: BackboneSettings, pooling: PoolingSettings) -> Loaded:
    """A transformer or a static table to train on.

    Raises: UserError where the folder has no tokenizer or weights, or the model cannot be used.
    """
    layout = read_layout(folder)
    if layout.kind == "static":
        return Loaded(
            load_static(layout, name), ("stored static vectors: the table is what is trained (recipe static-start)",)
        )
    trust = backbone.trust_remote_code
    config = weights.load_config(layout.core, trust=trust)
    families.require_text_encoder(config, str(folder))
    chosen = _pooling(pooling, layout, config)
    prefix = _prefix(backbone.prefix, layout, folder, name)
    tokenizer = tokenizing.load_tokenizer(layout.core, trust=trust)
    notes = [
        *_settled(config, chosen, backbone),
        *tokenizing.prepare(tokenizer, config, folder, lower_case=layout.lower_case, closing=pooling.kind == "last"),
        *weights.notes_on_weights(layout.core, config),
        *_notes(layout, prefix, backbone, config),
    ]
    model = weights.load_weights(layout.core, config, trust=trust)
    quicken(model)
    use_quick_attention(model)
    encoder = BackboneEncoder(
        model,
        tokenizer,
        Shape(
            max_tokens=_limit(backbone.max_tokens, config),
            prefix=prefix,
            pooling=chosen,
            mlp_head=pooling.head == "mlp",
            prompts=layout.prompts,
        ),
        name=name,
        after=_after(layout.after),
        own_code=trust,
    )
    return Loaded(encoder, tuple(notes), f"{prefix}{' closed' if pooling.kind == 'last' else ''}")


def load_saved(folder: Path, *, name: str, max_tokens: int | None = None, trust: bool = False) -> Encoder:
    """A saved model to use, in eval mode, exactly as it says of itself; max_tokens overrides its truncation.

    trust: let the folder's own code run.
    """
    layout = read_layout(folder)
    if layout.kind == "static":
        return load_static(layout, name).eval()
    config = weights.load_config(layout.core, trust=trust)
    families.require_text_encoder(config, str(folder))
    tokenizer = tokenizing.load_tokenizer(layout.core, trust=trust)
    tokenizing.prepare(tokenizer, config, folder, lower_case=layout.lower_case, closing=False)
    shape = Shape(
        max_tokens=_limit(max_tokens or layout.max_tokens or _unsaid(layout, config), config),
        prefix=layout.prefix if layout.prefix is not None else known_prefix(name),
        pooling=layout.pooling or MEAN,
        prompts=layout.prompts,
    )
    model = weights.load_weights(layout.core, config, trust=trust)
    after = _after(layout.after)
    return BackboneEncoder(model, tokenizer, shape, name=name, after=after, own_code=trust).eval()


def with_pooling(encoder: BackboneEncoder, pooling: Pooling) -> BackboneEncoder:
    """The same weights under another pooling (nothing is copied)."""
    shape = replace(encoder.shape, pooling=pooling, mlp_head=False)
    after: Any = list(encoder.after)
    other = BackboneEncoder(encoder.model, encoder.tokenizer, shape, name=encoder.name, after=after)
    return other.train(encoder.training)


def _settled(config: Any, pooling: Pooling, backbone: BackboneSettings) -> list[str]:  # noqa: ANN401
    """Put what was asked for into `config`, before weights are read by it; returns what was changed."""
    notes = []
    if backbone.dropout:
        changed = raise_dropout(config, backbone.dropout)
        if changed:
            old = ", ".join(f"{key} {value:g}" for key, value in changed.items())
            notes.append(f"dropout set to {backbone.dropout:g} for training (was {old})")
    if pooling.layers is not None:
        families.shorten(config, pooling.layers)
    said = families.set_bidirectional(config, backbone.bidirectional)
    if config.model_type not in families.TRIED:
        said = f"{config.model_type} is none of the families tested here; the saved model is compared at the end"
    return [*notes, *([said] if said else [])]


def _notes(layout: FolderLayout, prefix: str, backbone: BackboneSettings, config: Any) -> list[str]:  # noqa: ANN401
    notes = []
    if prefix:
        notes.append(f'"{prefix}" goes in front of every sentence, in training and in the saved model')
    kept = [kind for kind, _ in layout.after if kind == "Dense"]
    if kept:
        notes.append(f"its {len(kept)} dense layer(s) behind the pooling are trained and kept")
    limit = _limit(backbone.max_tokens, config)
    if layout.max_tokens and limit < layout.max_tokens:
        notes.append(f"it was made for {layout.max_tokens} tokens; trained here, it cuts at {limit} (--max-tokens)")
    return notes


def _after(rows: Sequence[Row]) -> list[Dense | Normalise]:
    return [
        read_dense(folder, read_json(folder / "config.json")) if kind == "Dense" else Normalise()
        for kind, folder in rows
    ]


def _pooling(settings: PoolingSettings, layout: FolderLayout, config: Any) -> Pooling:  # noqa: ANN401
    """The pooling asked for, of the layer asked for.  Raises: UserError USAGE where the model has no such thing."""
    kind = settings.kind
    if kind == "auto":
        chosen = layout.pooling or MEAN
    elif kind == "first_last":
        chosen = Pooling("mean", first_last=True)
    else:
        chosen = Pooling("mean" if kind == "layer" else kind)
    if chosen.first_last and not families.keeps_all_layers(config):
        raise _usage(f"{config.model_type} has fewer states in its layers than tokens", "pooling.kind", "use mean")
    if settings.layer is None:
        return chosen
    total = int(config.num_hidden_layers)
    layers = settings.layer if settings.layer > 0 else total + 1 + settings.layer
    if not 1 <= layers <= total:
        what = f"there is no layer {settings.layer} in a backbone of {total} layers"
        raise _usage(what, "pooling.layer", f"choose 1 to {total}, or -1 to -{total}")
    return replace(chosen, layers=None if layers == total else layers)


def _prefix(asked: str, layout: FolderLayout, folder: Path, name: str) -> str:
    if asked != "auto":
        return asked
    if layout.prefix is not None:
        return layout.prefix
    return known_prefix(name) or known_prefix(folder.name)


def _limit(max_tokens: int, config: Any) -> int:  # noqa: ANN401
    """No more tokens than the backbone has positions."""
    most = families.positions(config)
    return min(max_tokens, most) if most else max_tokens


def _unsaid(layout: FolderLayout, config: Any) -> int:  # noqa: ANN401
    """sentence-transformers' folders without a limit go as far as their positions; others stay quick."""
    return (families.positions(config) if layout.pooling is not None else None) or DEFAULT_MAX_TOKENS


def _usage(what: str, where: str, mend: str) -> UserError:
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.USAGE)
