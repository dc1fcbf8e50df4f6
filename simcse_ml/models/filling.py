"""Masked places filled by a frozen language model: the generator of DiffCSE and of the view `mlm`."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.language import Language
from simcse_ml.ragged import Ragged

ROWS, TOKENS = 64, 128
"""rows that go through the encoder, and masked tokens that go through the vocabulary, at once"""


class Filler:
    """A copy of an encoder as it is now, held and without dropout, under the language head of the moment."""

    def __init__(self, encoder: BackboneEncoder, language: Language, device: torch.device) -> None:
        held = {id(parameter): parameter for parameter in encoder.parameters() if not parameter.requires_grad}
        self._encoder = copy.deepcopy(encoder, dict(held)).requires_grad_(False).eval().to(device)
        self._language = language
        self._head = language.head.to(device).eval()

    @torch.no_grad()
    def fill(self, rows: Ragged, where: NDArray[np.bool_], draws: NDArray[np.float64]) -> NDArray[np.int32]:
        """One token for each masked place, drawn from the model's distribution (arXiv 2204.10298: sampled).

        rows: with mask tokens at `where` (total,).  draws: (masked,) numbers in [0, 1), which decide.
        Returns: (masked,) ids, in the order of the places; never a special token.
        """
        found, done = [], 0
        for start in range(0, len(rows), ROWS):
            few = rows.take(np.arange(start, min(start + ROWS, len(rows))))
            here = where[rows.offsets[start] : rows.offsets[start] + len(few.ids)]
            tokens = self._encoder.last_states(few)
            states = tokens.states[tokens.mask][torch.from_numpy(here).to(tokens.states.device)]  # (masked, width)
            for at in range(0, len(states), TOKENS):
                part = states[at : at + TOKENS]
                found.append(self._drawn(part, draws[done : done + len(part)]))
                done += len(part)
        return np.concatenate(found) if found else np.zeros(0, np.int32)

    def _drawn(self, states: Tensor, draws: NDArray[np.float64]) -> NDArray[np.int32]:
        """The token at which the sum of the probabilities passes the draw."""
        logits = self._head(states).float()
        logits[:, list(self._language.special)] = float("-inf")
        sums = torch.softmax(logits, dim=1).double().cumsum(1)  # (masked, vocabulary)
        at = torch.from_numpy(draws).to(sums.device).unsqueeze(1) * sums[:, -1:]
        chosen = torch.searchsorted(sums, at, right=True).squeeze(1).clamp(max=sums.shape[1] - 1)
        return chosen.cpu().numpy().astype(np.int32)
