"""The language-model head of a training: loaded from the backbone, or trained by a stage for those behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.filling import Filler
from simcse_ml.models.language import Language, load_language
from simcse_ml.models.reading import read_layout
from simcse_ml.settings.language import TRAINS_HEAD, trains_head_first, wants_language
from simcse_ml.settings.schema import Recipe, StageSettings
from simcse_ml.training.checkpoints import Checkpoints
from simcse_ml.training.seeds import derive
from simcse_ml.views.contract import Alphabet

HEAD = "language_head."
"""what its numbers are called in the state of the stage that trains it"""


@dataclass(frozen=True)
class Speech:
    """language: the encoder's.  alphabet: of its tokens, filled by the backbone as it was before the first step."""

    language: Language
    alphabet: Alphabet


def speech_of(recipe: Recipe, encoder: Encoder, folder: str, device: torch.device, sink: Sink) -> Speech | None:
    """Give `encoder` its language head, where a stage wants one.  folder: the backbone's.  device: on which it guesses.

    Raises: UserError USAGE where the backbone has none and no earlier stage trains one.
    """
    wanting = [stage.name for stage in recipe.stages if wants_language(stage)]
    if not wanting:
        return None
    if not isinstance(encoder, BackboneEncoder):
        raise UserError(
            "static vectors have no language-model head",
            where=f"stage {wanting[0]}",
            mend="take a backbone that has one, such as BERT",
            exit_code=ExitCode.USAGE,
        )
    fresh = derive(recipe.training.seed, "language head") if trains_head_first(recipe) else None
    language = load_language(read_layout(Path(folder)).core, encoder, fresh=fresh)
    encoder.language = language
    told = "its own" if language.own else f"none in the checkpoint: stage {wanting[0]} trains one, the encoder is held"
    sink(Said("backbone", f"language-model head: {told}"))
    ordinary = np.setdiff1d(np.arange(language.size), language.special).astype(np.int32)
    return Speech(language, Alphabet(language.mask_id, ordinary, Filler(encoder, language, device).fill))


def hand_over(stage: StageSettings, speech: Speech | None, state: Mapping[str, Tensor]) -> None:
    """Let the head that `stage` has trained be that of the stages behind it; nothing, where it trained none."""
    if stage.objective.kind != TRAINS_HEAD or speech is None:
        return
    head = speech.language.head
    trained = {name.removeprefix(HEAD): value for name, value in state.items() if name.startswith(HEAD)}
    head.load_state_dict({**head.state_dict(), **trained})


def state_at_end(stage: StageSettings, checkpoints: Checkpoints) -> Mapping[str, Tensor]:
    """What `stage` kept beside the encoder when it ended."""
    path = checkpoints.folder / checkpoints.ends()[stage.name] / "state.pt"
    saved: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return saved
