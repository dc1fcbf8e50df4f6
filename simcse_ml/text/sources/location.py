"""What an input of a command line names: a path, standard input or a pipe, a data set on the Hub."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

STDIN = "-"
PREFIX = "hf:"
_OWNED = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_FULL = re.compile(
    r"hf:(?P<id>[\w.-]+(?:/[\w.-]+)?)(?::(?P<config>[^/@:]+))?(?:/(?P<split>[\w.-]+))?(?:@(?P<revision>[0-9a-f]{7,64}))?"
)
_FILE_ENDING = re.compile(
    r"\.(txt|text|csv|tsv|tab|jsonl?|ndjson|xml|html?|md|gz|bz2|xz|zst|zip|tar|tgz|7z|rar|parquet|arrow|w(arc|et))$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HubId:
    """A data set on the Hub. config, split: "" for the only or usual one.  revision: the commit, "" for the newest."""

    id: str
    config: str = ""
    split: str = ""
    revision: str = ""

    def __str__(self) -> str:
        config = f":{self.config}" if self.config else ""
        split = f"/{self.split}" if self.split else ""
        return f"{PREFIX}{self.id}{config}{split}" + (f"@{self.revision}" if self.revision else "")


def hub_id(name: str | Path) -> HubId | None:
    """The data set that `name` means: hf:owner/name[:config][/split], or a bare owner/name that can be no path here.

    A bare name is a path if it exists, if its folder exists, or if it ends like a file.
    """
    text = str(name)
    if text.startswith(PREFIX) and not os.path.lexists(text):
        found = _FULL.fullmatch(text)
        return None if found is None else HubId(**{key: value or "" for key, value in found.groupdict().items()})
    if not _OWNED.fullmatch(text) or _FILE_ENDING.search(text):
        return None
    return None if os.path.lexists(text) or os.path.isdir(text.partition("/")[0]) else HubId(text)


def only_once(name: str | Path) -> bool:
    """True for what can be read only once: standard input and named pipes."""
    if str(name) == STDIN:
        return True
    try:
        return stat.S_ISFIFO(os.stat(Path(name).expanduser()).st_mode)
    except (OSError, ValueError):
        return False
