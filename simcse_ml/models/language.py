"""The masked-language head of a backbone: what transformers' own model has between a token's state and the vocabulary.

One mechanism for all families (BERT, RoBERTa, XLM-R, DistilBERT, ELECTRA generators, ModernBERT ...): transformers'
masked-language model is loaded, and the backbone within is replaced by something that hands on given states. The
decoder's matrix, which is the word table, is held as it came; the dense layer, the norm and the bias are trained.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models import weights
from simcse_ml.models.backbone import BackboneEncoder


class _Given(nn.Module):
    """In place of a backbone: its answer is what it was asked with."""

    def forward(self, *_: object, inputs_embeds: Tensor, **__: object) -> Any:  # noqa: ANN401
        from transformers.modeling_outputs import BaseModelOutput

        return BaseModelOutput(last_hidden_state=inputs_embeds)


class LanguageHead(nn.Module):
    """States (tokens, width) -> logits (tokens, vocabulary)."""

    def __init__(self, model: Any, table: nn.Parameter | None) -> None:  # noqa: ANN401
        """model: transformers' masked-language model.  table: the encoder's word table."""
        super().__init__()
        setattr(model, model.base_model_prefix, _Given())
        decoder = model.get_output_embeddings()
        decoder.weight.requires_grad_(False)
        if table is not None and not table.requires_grad and torch.equal(table.cpu(), decoder.weight.cpu()):
            decoder.weight = table  # one copy in memory, and none in checkpoints
        self.model = model

    def forward(self, states: Tensor) -> Tensor:
        logits: Tensor = self.model(inputs_embeds=states.unsqueeze(0)).logits.squeeze(0)
        return logits


@dataclass
class Language:
    """What an encoder knows of its language beside vectors.

    head: as loaded, or as a stage has trained it.  own: whether the checkpoint ships it.  mask_id, special: ids of the
    tokenizer; special ones are neither altered nor drawn.  size: of the vocabulary.
    """

    head: LanguageHead
    own: bool
    mask_id: int
    size: int
    special: tuple[int, ...] = field(default=())

    def new_head(self) -> nn.Module:
        """A copy to train; what is held is shared."""
        held = {id(parameter): parameter for parameter in self.head.parameters() if not parameter.requires_grad}
        copied: nn.Module = copy.deepcopy(self.head, dict(held))
        return copied

    def __deepcopy__(self, memo: object) -> Language:
        return self


def load_language(folder: Path, encoder: BackboneEncoder, *, fresh: int | None = None) -> Language:
    """The head in the transformers folder `folder`, of which `encoder` was loaded.

    fresh: the seed of a new head where it ships none; None: that is an error.
    Raises: UserError USAGE where the backbone has no such head, or none is possible.
    """
    from transformers import MODEL_FOR_MASKED_LM_MAPPING, AutoModelForMaskedLM

    config, tokenizer = encoder.config, encoder.tokenizer
    if type(config) not in MODEL_FOR_MASKED_LM_MAPPING.keys() or tokenizer.mask_token_id is None:
        raise _none(encoder.name, f"{config.model_type} is no masked language model", "take an encoder such as BERT")
    if encoder.shape.pooling.layers is not None:
        raise _none(encoder.name, "pooling.layer ends it before the last layer, which its head reads", "leave it out")
    with weights.library_errors(folder), weights.quiet_loading(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(fresh or 0)
        model, told = AutoModelForMaskedLM.from_pretrained(
            folder, config=config, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
    inside = f"{model.base_model_prefix}."
    missing = sorted(name for name in told["missing_keys"] if not name.startswith(inside))
    if missing and fresh is None:
        raise _none(
            encoder.name,
            f"the checkpoint ships without one ({len(missing)} of its weights are absent)",
            "put a stage language_head in front, as the recipe diffcse-warm does, or take a backbone that has one",
        )
    if missing:
        model.tie_weights()
    return Language(
        LanguageHead(model, encoder.word_table()),
        own=not missing,
        mask_id=int(tokenizer.mask_token_id),
        size=min(len(tokenizer), int(config.vocab_size)),
        special=tuple(sorted({*tokenizer.all_special_ids, *range(len(tokenizer), int(config.vocab_size))})),
    )


def _none(name: str, why: str, mend: str) -> UserError:
    return UserError(
        f"this needs a language-model head: {why}", where=f"backbone {name}", mend=mend, exit_code=ExitCode.USAGE
    )
