"""Checkpoints on disk: whole or absent, the last two, the best and the end of each stage, enough to go on exactly.

Only what training changes is kept (a frozen table is read again from its backbone), with the optimizer's moments and
the objective's state. There is no random state to keep: every draw is a function of the seed and the step.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from simcse_ml.files import PARTIAL, atomic_folder, write_json
from simcse_ml.models.tensors import write_tensors

FORMAT = 1
KEEP = 2


@dataclass(frozen=True)
class Position:
    """stage: index and name.  step: steps of that stage that are done."""

    stage_index: int
    stage: str
    step: int


@dataclass(frozen=True)
class Best:
    """The checkpoint with the best dev score so far; folder is its name."""

    folder: str
    score: float
    step: int


@dataclass
class Trained:
    """Everything that a step changes.  scaler: of the loss in fp16, else one that does nothing."""

    encoder: nn.Module
    state: nn.Module
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler = field(default_factory=lambda: torch.amp.GradScaler("cpu", enabled=False))


def trainable(module: nn.Module) -> dict[str, Tensor]:
    """Name -> tensor of every parameter that has a gradient, in order."""
    return {name: value for name, value in module.named_parameters() if value.requires_grad}


class Checkpoints:
    """The folder `checkpoints/` of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, position: Position, trained: Trained) -> str:
        """Write one; returns its name. An equal name is replaced whole."""
        label = f"{position.stage_index}-{position.stage}-{position.step:07d}"
        with atomic_folder(self.folder / label) as building:
            write_parameters(trained.encoder, building / "encoder.safetensors")
            for name, part in _parts(trained).items():
                with (building / name).open("wb") as file:  # a file of Python's own tells a full disk as OSError
                    torch.save(part, file)
            write_json(building / "position.json", {"format": FORMAT, **asdict(position)})
        self._prune()
        return label

    def mark_best(self, best: Best) -> None:
        """Say which checkpoint is the best; it is then kept."""
        write_json(self.folder / "best.json", asdict(best))
        self._prune()

    def best(self) -> Best | None:
        path = self.folder / "best.json"
        return Best(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def names(self) -> list[str]:
        """Whole checkpoints, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            entry.name
            for entry in self.folder.iterdir()
            if entry.is_dir() and not entry.name.startswith(PARTIAL) and (entry / "position.json").exists()
        )

    def latest(self) -> Position | None:
        names = self.names()
        return self.position_of(names[-1]) if names else None

    def load_latest(self, trained: Trained) -> Position | None:
        """Put the latest checkpoint into `trained`; None where there is none."""
        names = self.names()
        if not names:
            return None
        folder = self.folder / names[-1]
        read_parameters(trained.encoder, folder / "encoder.safetensors")
        shared = trained.state.state_dict()  # what is not in the checkpoint is frozen in the encoder
        trained.state.load_state_dict({**shared, **_read(folder / "state.pt")})
        trained.optimizer.load_state_dict(_read(folder / "optimizer.pt"))
        if trained.scaler.is_enabled():
            trained.scaler.load_state_dict(_read(folder / "scaler.pt"))
        return self.position_of(names[-1])

    def ends(self) -> dict[str, str]:
        """Stage -> its last checkpoint, in the order of the stages."""
        return {self.position_of(name).stage: name for name in self.names()}

    def load_encoder(self, name: str, encoder: nn.Module) -> None:
        """Put the encoder of checkpoint `name` into `encoder`."""
        read_parameters(encoder, self.folder / name / "encoder.safetensors")

    def position_of(self, name: str) -> Position:
        """Where training stood when checkpoint `name` was written."""
        record = json.loads((self.folder / name / "position.json").read_text(encoding="utf-8"))
        return Position(record["stage_index"], record["stage"], record["step"])

    def _prune(self) -> None:
        best = self.best()
        names = self.names()
        kept = {*names[-KEEP:], *self.ends().values(), *([best.folder] if best is not None else [])}
        for name in names:
            if name not in kept:
                shutil.rmtree(self.folder / name, ignore_errors=True)


def _state_of(trained: Trained) -> dict[str, Tensor]:
    """The objective's state, without what it shares with the encoder because it is frozen there."""
    frozen = {value.data_ptr() for value in trained.encoder.parameters() if not value.requires_grad}
    return {name: value for name, value in trained.state.state_dict().items() if value.data_ptr() not in frozen}


def _parts(trained: Trained) -> Mapping[str, Mapping[str, Any]]:
    """File name -> what is in it, beside the encoder."""
    parts = {"state.pt": _state_of(trained), "optimizer.pt": trained.optimizer.state_dict()}
    return {**parts, "scaler.pt": trained.scaler.state_dict()} if trained.scaler.is_enabled() else parts


def _read(path: Path) -> dict[str, Any]:
    """Onto the processor first; each part takes its tensors to its device."""
    saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return saved


def write_parameters(encoder: nn.Module, path: Path) -> None:
    """The trainable parameters of `encoder` as safetensors."""
    write_tensors(trainable(encoder), path)


@torch.no_grad()
def read_parameters(encoder: nn.Module, path: Path) -> None:
    """Copy what write_parameters wrote into `encoder`."""
    saved = load_file(path)
    for name, value in trainable(encoder).items():
        value.copy_(saved[name])
