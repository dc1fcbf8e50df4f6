"""The result of a run: saved whole, read back, and compared before it is called done."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Saved, Sink
from simcse_ml.files import atomic_folder, write_text
from simcse_ml.models.contract import Encoder
from simcse_ml.models.loading import load_saved
from simcse_ml.models.opened import embed_texts
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state
from simcse_ml.sharing.card import own_card
from simcse_ml.text.report import PrepareReport

TOLERANCE = 1e-5


def keep_model(encoder: Encoder, folder: Path, *, probes: list[str], sink: Sink) -> None:
    """Save `encoder` as `folder`; the folder appears only after it gave the same vectors as the encoder in memory.

    probes: a few sentences.  Raises: UserError if what was written does not load or gives other vectors.
    """
    encoder = encoder.to("cpu").float().eval()
    expected = embed_texts(encoder, probes)
    with atomic_folder(folder) as building:
        encoder.save(building)
        found = embed_texts(load_saved(building, name=encoder.name, trust=encoder.own_code), probes)
        worst = float(np.abs(found - expected).max(initial=0.0))
        if not worst <= TOLERANCE:
            raise UserError(
                f"the saved model gives other vectors than the trained one (by {worst:.1e})",
                where=str(folder),
                mend="the checkpoints are whole; report this with log.txt",
                exit_code=ExitCode.FAULT,
            )
    sink(Saved("model", str(folder)))


def describe_model(folder: RunFolder, report: PrepareReport) -> None:
    """Put a card beside the model of a run that is all but done: README.md, free of sentences, names and paths."""
    state = read_state(folder).model_dump(mode="json")
    evaluation = json.loads(folder.eval.read_text(encoding="utf-8"))
    write_text(folder.model / "README.md", own_card(state, evaluation, report, folder.model))
