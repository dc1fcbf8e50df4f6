"""How well and how fast is text split, beside sentencex? Texts that have a sentence a line are joined and split again.

    python benchmarks/splitting.py FOLDER [--together 6] [--lines 1500] [--json out.json]

FOLDER has a folder for each language code with .txt files. Lines without a final mark are left out, except in languages
that have none. Lines of several sentences lower the precision of every splitter.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from sentencex import segment

from simcse_ml.languages.table import find_language
from simcse_ml.text.splitting.sentences import splitter_for

NO_FINAL_MARK = frozenset({"th", "bo"})
JOINED_BY_NOTHING = frozenset({"ja", "zh"})
CLOSING = "\"'”’»›」』）)"


def ends(sentences: list[str]) -> frozenset[int]:
    counted, places = 0, []
    for sentence in sentences:
        counted += len("".join(sentence.split()))
        places.append(counted)
    return frozenset(places[:-1])


def measure(split: Callable[[str], list[str]], paragraphs: list[list[str]], joiner: str) -> dict[str, float]:
    """Precision, recall, F1, and millions of characters a CPU second."""
    texts = [joiner.join(lines) for lines in paragraphs]
    began = time.process_time()
    pieces = [split(text) for text in texts]
    seconds = max(time.process_time() - began, 1e-6)
    found = sum(len(ends(lines) & ends(given)) for lines, given in zip(paragraphs, pieces, strict=True))
    given = sum(len(ends(one)) for one in pieces)
    right = sum(len(ends(one)) for one in paragraphs)
    return {
        "precision": round(found / max(1, given), 3),
        "recall": round(found / max(1, right), 3),
        "f1": round(2 * found / max(1, given + right), 3),
        "million_characters_a_second": round(sum(map(len, texts)) / seconds / 1e6, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--together", type=int, default=6, help="lines joined to a paragraph")
    parser.add_argument("--lines", type=int, default=1500, help="of each file")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    machine = {"python": platform.python_version(), "machine": platform.machine(), "sentencex": version("sentencex")}
    sys.stdout.write(f"{machine}\n")
    results = []
    for path in sorted(asked.folder.glob("*/*.txt")):
        language = find_language(path.parent.name)
        if language is None:
            continue
        marks = (*language.terminators, *CLOSING, *".!?…。")
        lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n")]
        lines = [line for line in lines if line and (line.endswith(marks) or language.code in NO_FINAL_MARK)]
        lines = lines[: asked.lines]
        paragraphs = [lines[at : at + asked.together] for at in range(0, len(lines), asked.together)]
        joiner = "" if language.code.partition("-")[0] in JOINED_BY_NOTHING else " "
        ours = measure(splitter_for(language), paragraphs, joiner)
        other = measure(lambda text, code=language.splitter: list(segment(code, text)), paragraphs, joiner)  # type: ignore[misc]
        results.append(
            {"file": f"{path.parent.name}/{path.name}", "lines": len(lines), "ours": ours, "sentencex": other}
        )
        sys.stdout.write(f"{results[-1]}\n")
    if asked.json:
        asked.json.write_text(json.dumps({**machine, "results": results}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
