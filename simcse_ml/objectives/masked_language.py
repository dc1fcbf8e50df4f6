"""Masked language modelling (Devlin et al. 2018, arXiv 1810.04805): beside any objective, or alone to train a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.objectives.contract import (
    HasAfterStep,
    LossBatch,
    LossParts,
    Objective,
    Pass,
    PassTokens,
    RowPass,
    state_of,
)


def new_head(encoder: Any) -> nn.Module:  # noqa: ANN401
    """A copy to train of the encoder's language head.  Raises: UserError USAGE where it has none."""
    if getattr(encoder, "language", None) is None:
        raise UserError(
            "this needs a language-model head, and this backbone has none",
            where="objective",
            mend="take a backbone with one, such as BERT",
            exit_code=ExitCode.USAGE,
        )
    head: nn.Module = encoder.language.new_head()
    return head


def masked_sum(head: nn.Module, tokens: PassTokens) -> Tensor:
    """() the sum of the cross-entropies at the tokens with a label; the others never meet the vocabulary."""
    chosen = tokens.labels >= 0  # (rows, length)
    if not bool(chosen.any()):
        return tokens.states.sum() * 0
    return cross_entropy(head(tokens.states[chosen]), tokens.labels[chosen], reduction="sum")


@dataclass(frozen=True)
class WithMaskedLanguage:
    """L + weight * CE over the masked tokens of copies of both views: arXiv 2104.08821, section 3 (+MLM).

    inner: the objective.  weight: .1 in the paper.  rate: share of masked tokens, .15.
    Where we differ: the decoder is tied to the word table as it came and held with it; the authors' is an untied copy.
    """

    inner: Objective
    weight: float
    rate: float = 0.15

    @property
    def passes(self) -> Sequence[Pass]:
        return self.inner.passes

    @property
    def row_passes(self) -> Sequence[RowPass]:
        return (RowPass(view=0, rate=self.rate), RowPass(view=1, rate=self.rate))

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """That of the inner objective, and the head."""
        state = state_of(self.inner, encoder, generator)
        state.language_head = new_head(encoder)
        return state

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: as the inner objective wants them."""
        return self.inner.batch_loss(vectors, batch, state, generator)

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> Tensor:
        """tokens: of the masked copies of both views."""
        head: Any = state.language_head
        return self.weight * torch.stack([masked_sum(head, one) for one in tokens]).sum()

    def after_step(self, state: nn.Module, encoder: nn.Module, vectors: Sequence[Tensor], batch: LossBatch) -> None:
        """That of the inner objective."""
        if isinstance(self.inner, HasAfterStep):
            self.inner.after_step(state, encoder, vectors, batch)


class HeadState(nn.Module):
    """language_head: what is trained."""

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.language_head = head


@dataclass(frozen=True)
class LanguageHeadTraining:
    """A stage that trains a masked-language head alone: for checkpoints that ship without one.

    The encoder is held, so what later stages start from is the backbone as it was. rate: share of masked tokens, .15.
    """

    rate: float = 0.15

    @property
    def passes(self) -> Sequence[Pass]:
        return ()

    @property
    def row_passes(self) -> Sequence[RowPass]:
        return (RowPass(view=0, rate=self.rate, dropout="off", grad="off"),)

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """The head."""
        return HeadState(new_head(encoder))

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """No vectors, no loss over them."""
        return LossParts(torch.zeros((), device=batch.row_ids.device))

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> Tensor:
        """tokens: of the masked copies."""
        head: Any = state.language_head
        return masked_sum(head, tokens[0])
