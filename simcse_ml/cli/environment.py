"""The one place that reads the environment and the person's config.toml."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simcse_ml.errors import ExitCode, UserError

if TYPE_CHECKING:
    from simcse_ml.jobs.request import Launch

KEYS: Mapping[str, str] = {
    "runs_dir": "where runs are kept",
    "data_dir": "where NLI and STS sets lie",
    "cache_dir": "prepared text, vectors and logs; private (0700)",
    "device": "auto, cpu, cuda, cuda:1, xpu, mps",
}
"""What config.toml may say; SIMCSE_ML_<KEY> in the environment comes before it."""

DEFAULT = "default"


@dataclass(frozen=True)
class Config:
    """Settings that belong to the person and the machine, not to a run.

    sources: for each key, "default", the path of config.toml, or the name of the environment variable.
    tui: the table [tui], which the terminal UI understands.
    """

    runs_dir: Path
    data_dir: Path
    cache_dir: Path
    device: str
    file: Path
    sources: Mapping[str, str] = field(default_factory=dict)
    tui: Mapping[str, object] = field(default_factory=dict)


def resolve_config(*, create: bool = True) -> Config:
    """Default < config.toml < environment.

    create: make the cache folder, readable by nobody else.
    Raises: UserError for a config.toml that cannot be read or has unknown keys, or a cache that cannot be made.
    """
    import platformdirs

    default_file = platformdirs.user_config_path("simcse-ml", appauthor=False) / "config.toml"
    file = Path(os.environ.get("SIMCSE_ML_CONFIG", default_file)).expanduser()
    values: dict[str, str] = {
        "runs_dir": "runs",
        "data_dir": str(platformdirs.user_data_path("simcse-ml", appauthor=False)),
        "cache_dir": str(platformdirs.user_cache_path("simcse-ml", appauthor=False)),
        "device": "auto",
    }
    sources = dict.fromkeys(KEYS, DEFAULT)
    read, tui = _read(file)
    for key, value in read.items():
        values[key], sources[key] = value, str(file)
    for key in KEYS:
        name = f"SIMCSE_ML_{key.upper()}"
        if os.environ.get(name):
            values[key], sources[key] = os.environ[name], name
    config = Config(
        runs_dir=Path(values["runs_dir"]).expanduser(),
        data_dir=Path(values["data_dir"]).expanduser(),
        cache_dir=Path(values["cache_dir"]).expanduser(),
        device=values["device"],
        file=file,
        sources=sources,
        tui=tui,
    )
    if create:
        _make_private(config.cache_dir)
    return config


def launched() -> Launch:
    """Which of several processes this is, as torchrun says it; the only one where it says nothing."""
    from simcse_ml.jobs.request import Launch

    rank, size, local_rank, local_size = (
        int(os.environ.get(name) or default)
        for name, default in (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0), ("LOCAL_WORLD_SIZE", 1))
    )
    return Launch(rank, size, local_rank, local_size)


def _read(file: Path) -> tuple[dict[str, str], dict[str, object]]:
    """The keys of config.toml that are set, and its table [tui]; both {} where there is no such file."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(
            f"cannot be read: {error}", where=str(file), mend="mend or delete that file", exit_code=ExitCode.USAGE
        ) from error
    tui = table.pop("tui", {})
    if not isinstance(tui, dict):
        raise UserError("tui is a table", where=str(file), mend="write [tui]", exit_code=ExitCode.USAGE)
    for key, value in table.items():
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            mend = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(KEYS)}"
            raise UserError(f"unknown key {key}", where=str(file), mend=mend, exit_code=ExitCode.USAGE)
        if not isinstance(value, str):
            raise UserError(
                f"{key} must be a text in quotes",
                where=str(file),
                mend=f'write {key} = "..."',
                exit_code=ExitCode.USAGE,
            )
    return table, tui


def _make_private(folder: Path) -> None:
    from simcse_ml.jobs.cache import make_cache

    try:
        make_cache(folder)
    except OSError as error:
        raise UserError(
            f"the cache folder cannot be made ({error.strerror})",
            where=str(folder),
            mend="set SIMCSE_ML_CACHE_DIR to a folder that can be written",
            exit_code=ExitCode.MACHINE,
        ) from error
