"""Files stay small enough to read: no .py of the packages over 400 lines, the median below 120."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

LONGEST, MEDIAN = 400, 120


def main(*packages: Path) -> int:
    files = [path for package in packages for path in package.rglob("*.py")]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    lines = {path: count for path, count in lines.items() if count}  # empty __init__.py files would flatter the median
    for path, count in lines.items():
        if count > LONGEST:
            sys.stderr.write(f"{path}: {count} lines, over {LONGEST}; it is about more than one thing\n")
    middle = median(lines.values())
    sys.stdout.write(f"{len(lines)} files, median {middle:.0f} lines, longest {max(lines.values())}\n")
    return int(max(lines.values()) > LONGEST or middle >= MEDIAN)


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    sys.exit(main(root / "simcse_ml", root / "tui" / "simcse_tui"))
