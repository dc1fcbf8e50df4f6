"""Files of a folder and members of an archive, in one form: a name, and how to open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simcse_ml.text.sources.bytestream import Reader
from simcse_ml.text.sources.expansion import Expansion


@dataclass(frozen=True)
class Entry:
    """One file. name: as shown.  open: gives its bytes; called once.  path: on disk, None for a member of an archive.
    expansion: counts for the archive it is in.  problem: why it is not read, "" where it can be.
    """

    name: str
    open: Callable[[], Reader] | None = None
    path: str | None = None
    expansion: Expansion | None = None
    problem: str = ""
