"""The private cache: what lies in it, how large, and away with it."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import write_error

TAG = "CACHEDIR.TAG"
"""marks the folder as a cache (bford.info/cachedir): backups skip it, and only with it is anything deleted"""
SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of simcse-ml; `simcse-ml cache clear` empties it.\n"


@dataclass(frozen=True)
class CacheKind:
    """One kind of thing. entries: how many.  size: bytes together."""

    kind: str
    entries: int
    size: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def list_cache(folder: Path) -> list[CacheKind]:
    """What is in the cache, by kind (each kind has a folder), the largest first."""
    kinds = [entry for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []
    listed = [CacheKind(kind.name, sum(1 for _ in kind.iterdir()), bytes_in(kind)) for kind in kinds]
    return sorted(listed, key=lambda kind: kind.size, reverse=True)


def clear_cache(folder: Path, kind: str | None = None) -> int:
    """Delete everything in the cache, or one kind; returns the bytes. It is made again when it is needed.

    Raises: UserError for a folder that is not marked as a cache, or a kind that is not there.
    """
    there = list_cache(folder)
    chosen = [found for found in there if kind in (None, found.kind)]
    if kind is not None and not chosen:
        names = ", ".join(found.kind for found in there) or "nothing"
        raise UserError(
            f"the cache holds no {kind}", where=str(folder), mend=f"it holds {names}", exit_code=ExitCode.USAGE
        )
    if chosen and not (folder / TAG).is_file():
        raise UserError(
            "this folder was not made by simcse-ml, so nothing in it is deleted",
            where=str(folder),
            mend="delete by hand what you do not need, or set cache_dir to a folder of its own",
            exit_code=ExitCode.USAGE,
        )
    for found in chosen:
        try:
            shutil.rmtree(folder / found.kind)
        except OSError as error:
            raise write_error(error, folder / found.kind) from error
    return sum(found.size for found in chosen)


def make_cache(folder: Path) -> None:
    """Make the cache folder, readable by its owner alone, and mark it; a folder that holds other things is not marked.

    Raises: OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tag = folder / TAG
    if not tag.exists() and not any(folder.iterdir()):
        tag.write_text(SIGNATURE, encoding="utf-8")


def bytes_in(path: Path) -> int:
    """Bytes of a file, or of everything below a folder; links are not followed."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    return sum(entry.lstat().st_size for entry in path.rglob("*") if entry.is_symlink() or entry.is_file())
