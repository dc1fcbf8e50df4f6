"""Who and where the person is: what a gate looks for besides the corpus."""

from __future__ import annotations

import getpass
import socket
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

GENERIC = frozenset(
    "admin cache corpora corpus data dataset datasets desktop documents downloads files folder home host local "
    "localhost media model models private project projects root runs server shared text texts temp test tests train "
    "user users valid validation volumes work workspace".split()
)
"""names that tell nothing of anybody"""
LEAST = 4
"""letters of a name in ASCII; two of other scripts are enough"""


def private_names(paths: Iterable[Path]) -> tuple[str, ...]:
    """The user, the host, and the names of the folders and files on `paths`, as far as they tell something."""
    found = [_user(), *_hosts()]
    for path in paths:
        found += [part for part in path.parts[1:] if part] + [path.name.split(".")[0]]
    return tuple(sorted({name for name in found if _telling(name)}))


def private_paths(paths: Iterable[Path]) -> tuple[str, ...]:
    """As they are written, in both forms of Unicode that file systems use."""
    written = {str(path) for path in [*paths, Path.home()] if len(path.parts) > 1}
    return tuple(sorted({unicodedata.normalize(form, text) for text in written for form in ("NFC", "NFD")} | written))


def inputs_on_disk(inputs: Sequence[str]) -> list[Path]:
    """Those of a run's inputs that are paths."""
    return [Path(name) for name in inputs if Path(name).is_absolute()]


def _telling(name: str) -> bool:
    if name.casefold() in GENERIC:
        return False
    return len(name) >= LEAST or (not name.isascii() and len(name) >= 2)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no entry for this user id, as in some containers
        return ""


def _hosts() -> tuple[str, str]:
    whole = socket.gethostname()
    return whole, whole.partition(".")[0]
