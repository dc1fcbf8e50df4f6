"""Does every language go through? Each folder of texts by the commands a person types: `prepare`, then a short `train`.

    python benchmarks/every_language.py ../shared/data/text [--only ja,th] [--no-train] [--sample FILE] [--json FILE]

A folder is called after its language (`zh-HK`), or holds a file for each language called after it (`udhr/bod.txt`).
Prints one row a language; --sample writes ten random sentences of each, which somebody has to read.
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
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

SEED = 20_261_124
SAMPLE = 10
BY_FILE = "udhr"
"""name of the folder whose files are languages"""
LANGUAGE_OF = {
    "chr_cased": "chr", "chr_uppercase": "chr", "fuf_adlm": "fuf-Adlm", "jav_java": "jav-Java",
    "san_gran": "san-Gran", "uig_arab": "uig-Arab", "uig_latn": "uig-Latn",
}  # fmt: skip
"""files that are not called after a language's code alone"""


class Text(NamedTuple):
    name: str
    language: str
    path: Path


def texts_of(folder: Path) -> Iterator[Text]:
    """A text for each language."""
    for path in sorted(folder.iterdir()):
        if path.name != BY_FILE:
            yield Text(path.name, path.name, path)
            continue
        for file in sorted(path.glob("*.txt")):
            yield Text(f"{BY_FILE}/{file.stem}", LANGUAGE_OF.get(file.stem, file.stem), file)


def run(*arguments: str, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "simcse_ml.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)


def measure(text: Text, scratch: Path, *, train: bool) -> dict[str, object]:
    """One row: what came out of it, or the line that was said instead."""
    cache, sentences = scratch / "cache", scratch / "sentences.txt"
    began = time.perf_counter()
    done = run("prepare", "--lang", text.language, str(text.path), "--json", "--out", str(sentences), cache=cache)
    row: dict[str, object] = {"name": text.name, "language": text.language, "prepare": done.returncode}
    row["prepare_seconds"] = time.perf_counter() - began
    if done.returncode:
        return {**row, "said": done.stderr.strip().splitlines()[-1]}
    report = json.loads(done.stdout)
    row |= {key: report[key] for key in ("read", "kept", "dropped", "in_language", "ordered", "warnings")}
    lines = [line for line in sentences.read_text(encoding="utf-8").splitlines() if line]
    picked = np.random.default_rng(SEED).choice(len(lines), min(SAMPLE, len(lines)), replace=False)
    row["sample"] = [lines[index] for index in sorted(picked.tolist())]
    if train:
        began = time.perf_counter()
        command = ["train", "--lang", text.language, str(text.path), "--backbone", "builtin:static", "--time", "5s"]
        done = run(*command, "--out", str(scratch / "run"), "--json", cache=cache)
        row |= {"train": done.returncode, "train_seconds": time.perf_counter() - began}
        if done.returncode:
            row["said"] = done.stderr.strip().splitlines()[-1]
    return row


def shown(row: dict[str, object]) -> str:
    dropped = row.get("dropped", {})
    assert isinstance(dropped, dict)
    why = ", ".join(f"{name} {count}" for name, count in sorted(dropped.items(), key=lambda item: -item[1]))
    counts = f"{row.get('read', 0):>8,} {row.get('kept', 0):>8,}" if "read" in row else f"{'':17}"
    end = f"{row['prepare']:>4} {row.get('train', '-'):>4}"
    return f"{row['name']:<20} {row['language']:<9} {counts} {end}  {row.get('said', why)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="names, parted by commas")
    parser.add_argument("--no-train", action="store_true")
    parser.add_argument("--sample", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    print(f"Python {platform.python_version()}, {platform.platform()}, seed {SEED}")
    print(f"{'text':<20} {'language':<9} {'read':>8} {'kept':>8} {'exit codes':>9}  dropped, or what was said")
    rows = []
    for text in texts_of(arguments.folder):
        if only and text.name not in only:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(measure(text, Path(scratch), train=not arguments.no_train))
        print(shown(rows[-1]), flush=True)
    failed = [row["name"] for row in rows if row["prepare"] or row.get("train")]
    print(f"{len(rows)} texts, {len(failed)} failed {' '.join(map(str, failed))}")
    if arguments.sample:
        blocks = ["\n".join([f"== {row['name']}", *row.get("sample", ())]) for row in rows]  # type: ignore[misc]
        arguments.sample.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
