"""What a window needs to know of the person and the terminal, and opening it. Loads no typer: see cli/windows.py."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from simcse_ml.cli.environment import Config, resolve_config
from simcse_ml.errors import ExitCode, UserError

if TYPE_CHECKING:
    from simcse_tui.look import Look
    from simcse_tui.places import Places


def open_tui(
    *, plain: bool = False, ascii: bool = False, theme: str | None = None, runs: str | Path | None = None
) -> int:
    """Open Home, or print it; returns the exit code."""
    config = resolve_config()
    if runs is not None:
        config = replace(config, runs_dir=Path(runs).expanduser())
    return open_at(config, "home", {}, plain=plain, ascii=ascii, theme=theme)


def open_explore(
    *,
    model: str,
    text: str | None = None,
    index: bool = False,
    plain: bool = False,
    ascii: bool = False,
    theme: str | None = None,
) -> int:
    """Open Explore on a model and a text; a run has its own.  index: make an approximate index of it first.

    Raises: UserError as `open_at`, and where the index cannot be made.
    """
    if index:
        _make_index(model, text)
    wants = {"model": model, "text": text or ""}
    return open_at(resolve_config(), "explore", wants, plain=plain, ascii=ascii, theme=theme)


def _make_index(model: str, text: str | None) -> None:
    """With its progress in the terminal, before the window takes that over."""
    from simcse_ml.cli.render import note, progress_sink
    from simcse_ml.cli.using import use_of
    from simcse_ml.jobs.exploring import indexed

    with progress_sink(quiet=False, json=False) as sink:
        found = indexed(use_of(model), text, sink)
    note(f"the index finds {found.recall:.1%} of the ten nearest; the window looks at all rows behind it")


def open_compare(
    *,
    left: str,
    right: str,
    text: str | None = None,
    plain: bool = False,
    ascii: bool = False,
    theme: str | None = None,
) -> int:
    """Open Compare on two models."""
    wants = {"left": left, "right": right, "text": text or ""}
    return open_at(resolve_config(), "compare", wants, plain=plain, ascii=ascii, theme=theme)


def open_at(
    config: Config, screen: str, wants: Mapping[str, str], *, plain: bool, ascii: bool, theme: str | None
) -> int:
    """Open the window at `screen`, which is told what it is wanted for.

    Raises: UserError where there is no terminal, or a setting is wrong.
    """
    look = look_of(config, theme=theme, ascii=ascii)
    places = places_of(config)
    if plain:
        from simcse_tui.plain import print_screens

        return print_screens(look, places, first=screen, wants=wants)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(
            "this is no terminal",
            mend="run it in a terminal, or print lines with --plain",
            exit_code=ExitCode.USAGE,
        )
    from simcse_tui.launch import open_window

    return open_window(look, places, first=screen, wants=wants)


def places_of(config: Config) -> Places:
    """Folders, and the command that starts this very program again."""
    from simcse_tui.places import Places

    return Places(
        config.runs_dir.resolve(),
        config.cache_dir.resolve(),
        config.data_dir.resolve(),
        config.device,
        (sys.executable, "-m", "simcse_ml.cli.main"),
    )


def look_of(config: Config, *, theme: str | None = None, ascii: bool = False) -> Look:
    """Flag before environment before [tui] of config.toml before what the terminal says.

    Raises: UserError for an unknown name or value.
    """
    from simcse_tui.look import Look, choices

    known = choices()
    asked: dict[str, str] = {}
    for key, value in config.tui.items():
        if key not in known or (known[key] and str(value) not in known[key]):
            mend = f"it is one of {', '.join(known[key])}" if key in known else f"known keys: {', '.join(known)}"
            raise UserError(f"[tui] {key} = {value}", where=str(config.file), mend=mend, exit_code=ExitCode.USAGE)
        asked[key] = str(value)
    if theme is not None and theme not in known["theme"]:
        mend = f"it is one of {', '.join(known['theme'])}"
        raise UserError(f"no theme is named {theme}", where="--theme", mend=mend, exit_code=ExitCode.USAGE)
    if asked.get("bidi") == "app":
        from simcse_tui.text.bidi import require_bidi

        require_bidi()
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("_", "-")
    narrow = encoding not in {"utf-8", "utf8"}
    return Look(
        theme=theme or ("none" if os.environ.get("NO_COLOR") else asked.get("theme", "dark")),
        ascii=ascii or narrow or asked.get("ascii") == "yes",
        encoding=encoding if narrow else "utf-8",
        language=asked.get("language", _language()),
        bidi=asked.get("bidi", "terminal"),
        layout=asked.get("layout", ""),
        keys=_keys(config.file.with_name("keys.toml")),
    )


def _language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "ja" if os.environ[name].startswith("ja") else "en"
    return "en"


def _keys(file: Path) -> dict[str, str]:
    """keys.toml: action = "key". {} where there is none."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(
            f"cannot be read: {error}", where=str(file), mend="mend or delete that file", exit_code=ExitCode.USAGE
        ) from error
    from simcse_tui.keys import remapped

    changes = {action: str(key) for action, key in table.items()}
    try:
        remapped(changes)
    except ValueError as error:
        raise UserError(
            str(error), where=str(file), mend="actions and keys: simcse-ml tui, then ?", exit_code=ExitCode.USAGE
        ) from error
    return changes
