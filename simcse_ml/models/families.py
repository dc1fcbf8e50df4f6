"""What differs between architectures, by the `model_type` of transformers' configurations; nothing else knows names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.pooling import Pooling

ENCODER_HALVES: Mapping[str, str] = {
    "t5": "T5EncoderModel",
    "mt5": "MT5EncoderModel",
    "umt5": "UMT5EncoderModel",
    "longt5": "LongT5EncoderModel",
}
"""Encoder-decoders whose encoder is a model of its own; sentence-transformers takes the same half."""

BIDIRECTIONAL: Mapping[str, tuple[str, bool]] = {
    "qwen2": ("is_causal", False),
    "qwen3": ("is_causal", False),
    "llama": ("is_causal", False),
    "mistral": ("is_causal", False),
    "gemma3_text": ("use_bidirectional_attention", True),
}
"""Decoders -> the key and value of config.json with which every token sees the whole sentence. It is saved with the
model, so that transformers (from 5.2) and sentence-transformers read it too."""

POSITIONS_AFTER_PAD = frozenset(
    {"camembert", "data2vec-text", "ibert", "longformer", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta",
     "xlm-roberta-xl", "xmod"}
)  # fmt: skip
"""They count positions from the padding id on, so that many of max_position_embeddings are never used."""

TRIED = frozenset(
    {"albert", "bert", "camembert", "canine", "deberta-v2", "distilbert", "electra", "modernbert", "mpnet", "mt5",
     "roberta", "t5", "umt5", "xlm-roberta", *BIDIRECTIONAL}
)  # fmt: skip
"""A tiny random model of each goes from training to sentence-transformers in tests/unit/models/test_families.py."""

CANINE_SPARE = 9
"""CANINE convolves over padding: the states of a row move until 9 positions of padding stand behind it (measured),
and it fails on fewer than 4 characters without any."""


def require_text_encoder(config: Any, where: str) -> None:  # noqa: ANN401
    """Raises: UserError INPUT where the model is no encoder of text: images, sound, several kinds, a whole seq2seq."""
    kind = str(config.model_type)
    if config.get_text_config() is not config:
        raise _other_kind(f"{kind} reads images or sound beside text", where)
    if getattr(config, "is_encoder_decoder", False) and kind not in ENCODER_HALVES:
        raise _other_kind(f"{kind} is an encoder-decoder that cannot be used without its decoder here", where)
    if _input_name(config) != "input_ids":
        raise _other_kind(f"{kind} reads {_input_name(config)}, not text", where)


def model_class(config: Any) -> Any:  # noqa: ANN401
    """The class that loads this configuration's text encoder."""
    import transformers

    half = ENCODER_HALVES.get(str(config.model_type))
    return getattr(transformers, half) if half else transformers.AutoModel


def positions(config: Any) -> int | None:  # noqa: ANN401
    """How many tokens the model has positions for, None where they are relative without a limit."""
    count = int(getattr(config, "max_position_embeddings", 0) or 0)
    if config.model_type in POSITIONS_AFTER_PAD:
        count -= int(config.pad_token_id or 0) + 1
    return count if count > 0 else None


def shorten(config: Any, layers: int) -> None:  # noqa: ANN401
    """Let the model end after its first `layers` layers; a closing norm, where there is one, stays the last step."""
    kinds = getattr(config, "layer_types", None)
    config.num_hidden_layers = layers
    if kinds is not None:
        config.layer_types = list(kinds)[:layers]


def set_bidirectional(config: Any, wish: bool | str) -> str:  # noqa: ANN401
    """Make a decoder see both sides (True) or the left only (False); "auto" leaves what the folder says.

    Returns: what a person should know, "" for nothing.  Raises: UserError USAGE where the model has no such choice.
    """
    kind = str(config.model_type)
    if kind in BIDIRECTIONAL:
        key, both = BIDIRECTIONAL[kind]
        if wish != "auto":
            setattr(config, key, both if wish else not both)
        sees = "both sides" if getattr(config, key, not both) == both else "what stands before it"
        return f"every token sees {sees} (backbone.bidirectional)"
    if wish == "auto":
        return ""
    raise UserError(
        f"{kind} has no such choice: it is one of decoders ({', '.join(BIDIRECTIONAL)})",
        where=f"backbone.bidirectional={str(wish).lower()}",
        mend="leave it at auto",
        exit_code=ExitCode.USAGE,
    )


def spare_padding(config: Any) -> int:  # noqa: ANN401
    """How many positions of padding have to stand behind the longest row for its vector to be its own."""
    return CANINE_SPARE if config.model_type == "canine" else 0


def keeps_all_layers(config: Any) -> bool:  # noqa: ANN401
    """Whether every layer has a state for every token; CANINE's inner layers have one for every fourth."""
    return str(config.model_type) != "canine"


def baselines(config: Any) -> tuple[Pooling, ...]:  # noqa: ANN401
    """The poolings under which an untouched model is worth looking at."""
    if config.model_type in BIDIRECTIONAL:
        return (Pooling("mean"), Pooling("last"))
    first_last = (Pooling("mean", first_last=True),) if keeps_all_layers(config) else ()
    return (Pooling("mean"), Pooling("cls"), *first_last)


def _input_name(config: Any) -> str:  # noqa: ANN401
    from transformers import MODEL_MAPPING

    found: Any = MODEL_MAPPING.get(type(config), None)
    if isinstance(found, tuple | list):
        found = found[0]
    return str(getattr(found, "main_input_name", "input_ids"))


def _other_kind(why: str, where: str) -> UserError:
    return UserError(
        f"this is a model of another kind: {why}",
        where=where,
        mend="name an encoder of text, such as intfloat/multilingual-e5-small",
        exit_code=ExitCode.INPUT,
    )


def word_embedding(model: Any) -> Any:  # noqa: ANN401 - transformers types it as any module
    """The layer that turns word ids to vectors; None where there is none (CANINE hashes characters)."""
    try:
        return model.get_input_embeddings()
    except NotImplementedError:
        return None
