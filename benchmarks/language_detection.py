"""How often is a language told right, and how sure is a wrong answer? Texts whose language is known from their place.

    python benchmarks/language_detection.py FOLDER [--json out.json] [--wrong]

FOLDER holds a folder a language, named by its tag, with .txt files of a sentence or paragraph a line. Each file is told
twice: by py3langid alone (certainty: its mean probability over the lines), and with the commonest words of the table.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

from simcse_ml.languages import detect as detector
from simcse_ml.languages.common_words import WordCounts
from simcse_ml.languages.scripts import letter_shares
from simcse_ml.languages.table import Language, all_languages, lang_info

CHARACTERS = 200_000
SURE = 0.8


def texts(folder: Path):
    """(name, language, lines) of every file."""
    for file in sorted(folder.glob("*/*.txt")):
        lines = [line for line in file.read_text(encoding="utf-8")[:CHARACTERS].split("\n") if line.strip()]
        yield f"{file.parent.name}/{file.name}", lang_info(file.parent.name), lines


def alone(lines: list[str]) -> tuple[str, float]:
    """py3langid's answer."""
    script = letter_shares(lines)[0][0]
    heard = detector._from_py3langid(detector._spread(lines), script)
    return max(heard.items(), key=lambda item: item[1], default=("", 0.0))


def both(lines: list[str]) -> tuple[str, float]:
    """The answer of `langs detect`; by the script alone where nobody knows more."""
    return next(iter(detector.detect(lines).languages), ("", 0.0))


def word_shares(info: Language, lines: list[str]) -> tuple[float | None, list[float]]:
    """The share of the text that the words of its own language make, and those of each other of the script."""
    script, counts = letter_shares(lines)[0][0], WordCounts(detector._spread(lines))
    others = [other for other in all_languages() if script in other.scripts and other.code not in {"und", info.code}]
    shares = [share for other in others if (share := counts.share(other, script)) is not None]
    return counts.share(info, script), shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print every wrong answer")
    arguments = parser.parse_args()
    rows, own, others, began = [], [], [], time.process_time()
    for name, info, lines in texts(arguments.folder):
        answers = {"py3langid": alone(lines), "with words": both(lines)}
        rows.append({"file": name, "language": info.code, **answers})
        share, shares = word_shares(info, lines)
        own += [] if share is None else [share]
        others += shares
        if arguments.wrong and answers["with words"][0] != info.code:
            print(f"{name:50} {info.code:6} {answers['py3langid']} {answers['with words']}")
    summary = {
        way: {
            "right": sum(row[way][0] == row["language"] for row in rows),
            "wrong and sure": sum(row[way][0] != row["language"] and row[way][1] > SURE for row in rows),
        }
        for way in ("py3langid", "with words")
    }
    enough = detector.LEAST_WORDS
    result = {
        "files": len(rows),
        **summary,
        "own words at least": [sum(share >= enough for share in own), len(own)],
        "words of another below": [sum(share < enough for share in others), len(others)],
        "cpu_seconds": round(time.process_time() - began, 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "version of py3langid": version("py3langid"),
    }
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps({**result, "rows": rows}, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
