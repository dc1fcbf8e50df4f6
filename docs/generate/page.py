"""What the generators share: write a page, or say that it is stale."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def settle(name: str, text: str, script: str) -> int:
    """Write `name` of docs/reference; with --check only compare. Returns the exit code."""
    target = (ROOT / "docs" / "reference" / name).resolve()
    if "--check" not in sys.argv[1:]:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return 0
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{target.relative_to(ROOT)} is stale: run python docs/generate/{script}\n")
    return 1
