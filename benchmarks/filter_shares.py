"""What each step of preparation drops, folder by folder of clean text: the measure of every threshold.

    python benchmarks/filter_shares.py ../shared/data/text [--only ja,th] [--samples 3]

One JSON object a folder on standard output (dropped: reason -> count; samples), a table on standard error.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.events import silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.prepare import prepare_corpus


def measure(inputs: list[Path], code: str) -> dict[str, object]:
    """The report of one folder and the CPU seconds it took."""
    with tempfile.TemporaryDirectory() as cache:
        start = time.process_time()
        corpus = prepare_corpus(
            [str(path) for path in inputs], lang_info(code), TextSettings(), cache=Path(cache), sink=silent
        )
        seconds = time.process_time() - start
        report = corpus.report
        return {
            "read": report.read,
            "kept": report.kept,
            "dropped": dict(report.dropped),
            "samples": {name: list(texts) for name, texts in report.samples.items()},
            "warnings": list(report.warnings),
            "cpu_seconds": round(seconds, 2),
        }


def main() -> None:
    """Every folder below the one named: its name is the language's code, those of udhr/ are files of their own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--samples", type=int, default=0)
    asked = parser.parse_args()
    sys.stderr.write(f"{platform.machine()}, Python {platform.python_version()}\n")
    only = set(asked.only.split(",")) - {""}
    for folder in sorted(path for path in asked.folder.iterdir() if path.is_dir()):
        if only and folder.name not in only:
            continue
        files = sorted(folder.glob("*.txt"))
        jobs = [(f"udhr/{f.stem}", [f], f.stem.partition("_")[0]) for f in files]
        for name, inputs, code in jobs if folder.name == "udhr" else [(folder.name, files, folder.name)]:
            try:
                result = measure(inputs, code)
            except UserError as error:
                result = {"error": str(error)}
            sys.stdout.write(json.dumps({"name": name, **result}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            _say(name, result, asked.samples)


def _say(name: str, result: dict[str, object], samples: int) -> None:
    dropped = result.get("dropped", {})
    shares = " ".join(f"{key} {100 * count / result['read']:.2f}" for key, count in dropped.items())  # type: ignore[attr-defined, operator]
    sys.stderr.write(f"{name:14} read {result.get('read', 0):>7} {shares} {result.get('error', '')}\n")
    for reason in dropped if samples else ():  # type: ignore[attr-defined]
        for text in result["samples"].get(reason, [])[:samples]:  # type: ignore[attr-defined]
            sys.stderr.write(f"      {reason}: {text}\n")


if __name__ == "__main__":
    main()
