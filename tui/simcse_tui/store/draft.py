"""A training that is being put together, and the command line that it is."""

from __future__ import annotations

import secrets
import shlex
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.runs.folder import run_name


@dataclass(frozen=True)
class Draft:
    """What the person chose so far. backbone: "" lets simcse-ml choose.  limit: of time, such as 30m, "" for none."""

    corpus: str = ""
    language: str = ""
    backbone: str = ""
    nli: str = ""
    sts: str = ""
    limit: str = ""
    sentences: str = ""
    device: str = "auto"

    def arguments(self) -> list[str]:
        """After `simcse-ml`: only what differs from what is done anyway."""
        found = ["train", "--lang", self.language]
        flags = {
            "--backbone": self.backbone,
            "--nli": self.nli,
            "--sts": self.sts,
            "--time": self.limit,
            "--max-sentences": self.sentences,
            "--device": "" if self.device == "auto" else self.device,
        }
        for flag, value in flags.items():
            if value:
                found += [flag, value]
        corpus = str(Path(self.corpus).expanduser())
        return [*found, *(("--", corpus) if corpus.startswith("-") else (corpus,))]

    def command(self) -> str:
        """The line that does the same in a shell."""
        return shlex.join(["simcse-ml", *self.arguments()])

    def started(self, runs_dir: Path) -> tuple[str, list[str]]:
        """The name of the new run, and the arguments that train into its folder."""
        name = run_name(self.language, [self.corpus], secrets.token_hex(2))
        return name, [*self.arguments()[:1], "--out", str(runs_dir / name), *self.arguments()[1:]]
