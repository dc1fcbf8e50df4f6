"""Running the command as a shell does, in a process of its own with its own cache and configuration."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    """The finished process of `simcse-ml ARGUMENTS` in an empty folder."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SIMCSE_ML_")}
    environment |= {
        "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache"),
        "SIMCSE_ML_CONFIG": str(tmp_path / "config.toml"),
        "PYTHONIOENCODING": "utf-8",
    }
    (tmp_path / "here").mkdir()

    def run(*arguments, **more):
        return subprocess.run(
            [sys.executable, "-m", "simcse_ml.cli.main", *map(str, arguments)],
            cwd=tmp_path / "here",
            env=environment | more,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run
