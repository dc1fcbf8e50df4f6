"""DiffCSE (Chuang et al. 2022, arXiv 2204.10298): SimCSE that must also see which tokens were replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.objectives.contract import LossBatch, LossParts, Pass, PassTokens, RowPass, width_of
from simcse_ml.objectives.info_nce import equal_texts, info_nce
from simcse_ml.objectives.momentum import shared_copy


class DiffState(nn.Module):
    """projector: over both views of a batch.  discriminator: a second encoder, from the same checkpoint.  detector:
    Linear(d, 2).  All of it is trained, and thrown away at the end.
    """

    def __init__(self, encoder: nn.Module, dim: int, generator: torch.Generator) -> None:
        super().__init__()
        self.discriminator = shared_copy(encoder)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(torch.randint(2**31 - 1, (), generator=generator)))
            self.projector = nn.Sequential(
                nn.Linear(dim, 2 * dim, bias=False),
                nn.BatchNorm1d(2 * dim, track_running_stats=False),
                nn.ReLU(),
                nn.Linear(2 * dim, dim, bias=False),
                nn.BatchNorm1d(dim, affine=False, track_running_stats=False),
            )
            self.detector = nn.Linear(dim, 2)


@dataclass(frozen=True)
class DiffCSE:
    """L_contrast + replaced_weight * L_rtd: equations 2 and 3.

    A frozen language model fills a share `rate` of each sentence's tokens again; a discriminator that is told the
    sentence vector h, in place of its first token's embedding, says of every token whether it was replaced.
    h is the projector's output (batch normalisation over both views of all rows), and gradients flow through it.
    replaced_weight: lambda, .005 for STS.  rate: .30.  Where the authors' code and the paper disagree we follow the
    paper: tokens are sampled and not the likeliest, by a generator without dropout, at masked places only. Padding and
    special tokens are no terms here; L_rtd is the mean over tokens, as in the code (its lambda belongs to that).
    The generator is the backbone itself with its own language head; the authors take a smaller one that shares the
    tokenizer. Equal texts are not each other's negatives.
    """

    temperature: float = 0.05
    replaced_weight: float = 0.005
    rate: float = 0.30

    @property
    def passes(self) -> Sequence[Pass]:
        return (Pass(view=0), Pass(view=1))

    @property
    def row_passes(self) -> Sequence[RowPass]:
        return tuple(
            RowPass(view=view, kind="replaced", rate=self.rate, encoder="discriminator", given=view) for view in (0, 1)
        )

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        """Raises: UserError USAGE where a vector does not fit in the place of a token's embedding."""
        dim = width_of(encoder)
        width = getattr(encoder, "embedding_width", 0)
        if width != dim:
            raise UserError(
                f"diffcse puts a vector ({dim} wide) in the place of a token's embedding ({width} wide here)",
                where="objective.kind",
                mend="take a backbone whose embeddings are as wide as its vectors, or another objective",
                exit_code=ExitCode.USAGE,
            )
        return DiffState(encoder, dim, generator)

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        """vectors: z1, z2, each (n, d), before the projector."""
        assert isinstance(state, DiffState)
        h1, h2 = state.projector(torch.cat(list(vectors))).chunk(2)  # (n, d) each
        loss = info_nce(h1, h2, temperature=self.temperature, not_negative=equal_texts(batch.text_hashes))
        return LossParts(loss, {"contrast": loss.detach()}, given=(h1, h2))

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> Tensor:
        """tokens: the discriminator's, of the edited copies of both views; labels 1 where a token was replaced."""
        assert isinstance(state, DiffState)
        total = torch.zeros((), device=rows.row_ids.device)
        for one in tokens:
            terms = one.labels >= 0  # (rows, length)
            total = total + cross_entropy(state.detector(one.states[terms]), one.labels[terms], reduction="sum")
        return self.replaced_weight * total
