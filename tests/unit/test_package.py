"""What a Python user finds at the top."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_the_jobs_are_there_and_nothing_heavy_is_imported_before_they_are_asked_for() -> None:
    code = (
        "import sys, simcse_ml; heavy = {'torch', 'numpy', 'transformers'} & set(sys.modules); print(sorted(heavy));"
        "from simcse_ml import train, prepare, evaluate, load; print(train.__name__, load.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "train open_model"]


def test_a_wrong_name_is_an_attribute_error() -> None:
    import simcse_ml

    with pytest.raises(AttributeError, match="has no attribute 'fly'"):
        simcse_ml.fly  # noqa: B018
