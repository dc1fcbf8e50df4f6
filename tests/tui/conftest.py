"""Windows without a terminal, and folders of runs to look at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminal import Terminal

from simcse_tui.app import Tui
from simcse_tui.look import Look
from simcse_tui.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Empty folders."""
    for name in ("runs", "cache", "data"):
        (tmp_path / name).mkdir()
    return Places(tmp_path / "runs", tmp_path / "cache", tmp_path / "data", "cpu")


@pytest.fixture
def add_run(places: Places) -> Callable[..., Path]:
    """Put a run.json into a new folder."""

    def add(name: str, **fields: object) -> Path:
        folder = places.runs_dir / name
        folder.mkdir()
        record = {"format": 1, "created": "2026-01-01T00:00:00", "state": "done", "language": "ja", **fields}
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
        return folder

    return add


@pytest.fixture
def window(places: Places) -> Callable[..., Tui]:
    """An app that is not run yet; use `async with app.run_test(size=...)`."""

    def make(first: str = "home", look: Look | None = None, **wants: str) -> Tui:
        return Tui(look or Look(), places, first=first, wants=wants)

    return make


@pytest.fixture
def open_terminal() -> Iterator[Callable[..., Terminal]]:
    """Terminal(...), ended with the test."""
    opened: list[Terminal] = []

    def make(*arguments: str, **more: object) -> Terminal:
        opened.append(Terminal(*arguments, **more))
        return opened[-1]

    yield make
    for terminal in opened:
        terminal.kill()
