"""python run.py MODEL PYTHON...: vectors of each environment beside those of simcse-ml; exit code 1 if they differ."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sentences import SENTENCES

from simcse_ml.models.opened import open_model

TOLERANCE = 1e-5
SCRIPT = Path(__file__).with_name("vectors.py")


def main(model: str, pythons: list[str]) -> int:
    ours = open_model(model).embed(SENTENCES)
    worst = 0.0
    for python in pythons:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "vectors.npy"
            done = subprocess.run(
                [python, str(SCRIPT), str(Path(model).resolve()), str(out)], capture_output=True, text=True, check=True
            )
            difference = float(np.abs(np.load(out) - ours).max())
        worst = max(worst, difference)
        print(f"sentence-transformers {done.stdout.split()[-1]}: largest difference {difference:.1e}")
    return int(worst > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
