"""What the store hands to screens: frozen records, nothing that can change under a screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from simcse_tui.store.scores import Scores

LIVE = ("preparing", "training", "evaluating")


@dataclass(frozen=True)
class RunRecord:
    """One run. state: of run.json; "died" where it says at work and nothing is; "unreadable"; "newer".

    backbone: what it was trained from, "" while that is not decided.
    summary: a few numbers and the verdict.  pid: of the process at work on it, 0 for none.
    """

    path: Path
    name: str
    state: str = "found"
    created: str = ""
    language: str = ""
    inputs: tuple[str, ...] = ()
    stage: str = ""
    step: int = 0
    steps: int = 0
    problem: str = ""
    summary: Mapping[str, object] = field(default_factory=dict)
    pid: int = 0
    backbone: str = ""

    @property
    def share(self) -> float:
        """How far it is, 0 to 1."""
        return min(self.step / self.steps, 1.0) if self.steps else 0.0

    @property
    def corpus(self) -> str:
        """The name of the first input, and how many more there are."""
        first = Path(self.inputs[0]).name if self.inputs else ""
        return first + (f" +{len(self.inputs) - 1}" if len(self.inputs) > 1 else "")

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class Detail:
    """What is looked at only for rows in view. size: bytes, -1 while unknown.  sentences: trained on, 0 unknown."""

    size: int = -1
    sentences: int = 0
    scores: Scores | None = None


NOTHING = Detail()
