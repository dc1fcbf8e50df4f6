"""What `simcse-ml prepare` makes of odd files: one line a file, with the exit code and the line that was said.

    python benchmarks/special_files.py FOLDER --lang ja

Prints a table and, with --json, the same as JSON. Nothing is timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def outcome(path: Path, lang: str, cache: str) -> dict[str, object]:
    """Exit code, and the last line said, or what was kept with the warnings."""
    command = [sys.executable, "-m", "simcse_ml.cli.main", "prepare", "--lang", lang, "--json", str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SIMCSE_ML_CACHE_DIR": cache}
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return {"file": path.name, "exit": done.returncode, "said": lines[-1] if lines else ""}
    report = json.loads(done.stdout)
    first = report["inputs"][0] if report["inputs"] else {"format": "", "encoding": ""}
    dropped = ", ".join(f"{count:,} {reason}" for reason, count in report["dropped"].items())
    said = f"{first['format']}, {first['encoding']}: {report['kept']:,} kept of {report['read']:,}"
    said += f" ({dropped})" if dropped else ""
    said += "".join(f"; warning: {warning}" for warning in report["warnings"])
    return {"file": path.name, "exit": 0, "said": said}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", default="ja")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        for path in sorted(asked.folder.iterdir()):
            rows.append(outcome(path, asked.lang, cache))
            if not asked.json:
                print(f"{rows[-1]['file']:34} {rows[-1]['exit']}  {rows[-1]['said']}")
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
