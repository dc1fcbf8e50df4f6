"""Where things lie on this machine; the command line found it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """runs_dir, cache_dir, data_dir: as in config.toml.  device: as there.  command: what starts simcse-ml."""

    runs_dir: Path
    cache_dir: Path
    data_dir: Path
    device: str = "auto"
    command: tuple[str, ...] = ("simcse-ml",)
