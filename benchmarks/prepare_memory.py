"""Is `prepare` linear in time and flat in memory? Distinct text of 1, 4 and 16 times a size, each in its own process.

    python benchmarks/prepare_memory.py [--megabytes 16] [--json out.json]

The text is random: letters of Japanese drawn with a Zipf law, so that no sentence is like another; what is measured is
the work of reading, splitting, cleaning, finding repeats and near repeats, and writing. CPU seconds and
memory (the sum of the peaks) are of all processes; growth is against 1x. Under 10 MB or so no worker is started, so
the first size must be larger.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from processes import Peaks

FACTORS = (1, 4, 16)
SEED = 20_261_124


def write_text(path: Path, megabytes: float) -> int:
    """Random sentences, ten a line, twenty lines a document; returns how many."""
    rng = np.random.default_rng(SEED)
    letters = np.array([*map(chr, range(0x3041, 0x3097)), *map(chr, range(0x4E00, 0x5600))])
    shares = 1.0 / np.arange(1, len(letters) + 1) ** 0.6
    shares /= shares.sum()
    written, sentences = 0, 0
    with path.open("w", encoding="utf-8") as file:
        while written < megabytes * 1e6:
            lengths = rng.integers(15, 60, 200)
            text = "".join(rng.choice(letters, int(lengths.sum()), p=shares))
            ends = np.cumsum(lengths)
            pieces = [text[end - length : end] + "。" for end, length in zip(ends, lengths, strict=True)]
            block = "\n".join("".join(pieces[at : at + 10]) for at in range(0, 200, 10)) + "\n\n"
            written += file.write(block) * 3
            sentences += 200
    return sentences


def measure(path: Path, cache: Path) -> dict[str, float]:
    """Prepare `path` in this process."""
    from simcse_ml.events import silent
    from simcse_ml.languages.table import lang_info
    from simcse_ml.settings.schema import TextSettings
    from simcse_ml.text.prepare import prepare_corpus

    began = time.perf_counter()
    with Peaks(os.getpid()) as peaks:
        corpus = prepare_corpus([str(path)], lang_info("ja"), TextSettings(), cache=cache, sink=silent)
    times = os.times()
    return {
        "sentences": len(corpus),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": times.user + times.system + times.children_user + times.children_system,
        "peak_mib": peaks.mib,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=16.0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.one:
            print(json.dumps(measure(arguments.one, Path(scratch))))
            return
        rows = []
        for factor in FACTORS:
            path = Path(scratch) / f"text-{factor}.txt"
            write_text(path, factor * arguments.megabytes)
            command = [sys.executable, __file__, "--one", str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
            rows.append({"factor": factor, "megabytes": path.stat().st_size / 1e6, **json.loads(done.stdout)})
            path.unlink()
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.platform()}, seed {SEED}")
    print("size    MB      sentences   CPU s   sentences/CPU s       peak MiB   growth")
    for row in rows:
        growth = row["peak_mib"] / rows[0]["peak_mib"] - 1
        print(
            f"{row['factor']:3d}x {row['megabytes']:7.1f} {row['sentences']:12,} {row['cpu_seconds']:8.1f}"
            f" {row['sentences'] / row['cpu_seconds']:12,.0f} {row['peak_mib']:15.0f} {growth:12.0%}"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
