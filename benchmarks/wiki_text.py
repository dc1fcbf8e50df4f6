"""What is read out of dumps, beside WikiExtractor: how complete, and how much markup is left.

    pip install wikiextractor==3.1.0        # into an environment of its own: it is no dependency
    python benchmarks/wiki_text.py --wikiextractor PATH/TO/bin/wikiextractor DUMP ... [--json out.json]

Both read the same dumps, WikiExtractor with its defaults; it cannot read UTF-16, so it gets such a dump in UTF-8.
Only pages of namespace 0 that are no redirects are compared. Ours is taken before sentences are split and dropped.

completeness   the share of the different character 8-grams of one text that the other has as well, of letters and
               figures alone in lower case (WikiExtractor puts quotes where italics are), without its stand-ins for
               formulas (formula_1, codice_2). In running text: those of lines that end in a stop.
residue        matches of the fixed rules in RULES per million characters
"""

from __future__ import annotations

import argparse
import html
import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.mediawiki.dump import dump_blocks

GRAM = 8
RULES = {
    "{{ }}": r"\{\{|\}\}",
    "[[ ]]": r"\[\[|\]\]",
    "|": r"\|",
    "''": r"''",
    "<tag": r"</?[A-Za-z][A-Za-z]*(?:\s[^<>]*)?/?>",
    "&entity;": r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);",
    "==": r"==",
    "__X__": r"__[^\W_]+__",
    "prefix": r"\b(?:File|Image|Category|Файл|Картинка|Категория|ファイル|画像|カテゴリ|Attēls|Kategoreja)\s*:",
    "()": r"\(\s*[,;:]*\s*\)|（[\s、，；]*）",
    "( ,": r"[(（]\s*[,;、，；]",
    ",,": r"[、,，。][ ]?[、,，。]",
    "://": r"https?://",
    "-{": r"-\{",
}
_STAND_IN = re.compile(r"(?:formula|codice)_\d+")
_STOP = re.compile(r"[.!?。！？।][\s\"'”’»›」』）)\]]*$")


def ours(dump: Path) -> list[str]:
    facts = Facts(dump.name)
    with open_bytes(dump) as file:
        return [block.text for block in dump_blocks(read_chunks(file, facts), facts, Hints())]


def theirs(dump: Path, program: str) -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        source = in_utf8(dump, Path(scratch))
        command = [program, "--json", "-q", "--processes", "1", "-o", f"{scratch}/out", str(source)]
        subprocess.run(command, check=True, capture_output=True)
        pages = [json.loads(line) for file in sorted(Path(scratch, "out").rglob("wiki_*")) for line in file.open()]
    return [line for page in pages for line in page["text"].split("\n") if line.strip()]


def in_utf8(dump: Path, scratch: Path) -> Path:
    facts = Facts(dump.name)
    with open_bytes(dump) as file:
        data = b"".join(read_chunks(file, facts))
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return dump
    path = scratch / "dump.xml"
    path.write_bytes(data.decode("utf-16").encode("utf-8"))
    return path


def grams(lines: list[str]) -> set[str]:
    found: set[str] = set()
    for line in lines:
        text = "".join(filter(str.isalnum, _STAND_IN.sub("", html.unescape(line)))).lower()
        found.update(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))
    return found


def running(lines: list[str]) -> list[str]:
    return [line for line in lines if _STOP.search(line)]


def residue(lines: list[str]) -> dict[str, int]:
    return {name: sum(len(re.findall(rule, line)) for line in lines) for name, rule in RULES.items()}


def share(part: set[str], of: set[str]) -> float:
    return len(part & of) / max(1, len(of))


def compare(dump: Path, program: str) -> dict[str, object]:
    us, them = ours(dump), theirs(dump, program)
    our_grams, their_grams = grams(us), grams(them)
    sizes = sum(map(len, us)), sum(map(len, them))
    return {
        "dump": dump.name,
        "characters": {"ours": sizes[0], "theirs": sizes[1]},
        "characters in running text": {"ours": sum(map(len, running(us))), "theirs": sum(map(len, running(them)))},
        "of theirs in ours": share(our_grams, their_grams),
        "of ours in theirs": share(their_grams, our_grams),
        "of their running text in ours": share(our_grams, grams(running(them))),
        "of our running text in theirs": share(their_grams, grams(running(us))),
        "residue": {"ours": residue(us), "theirs": residue(them)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", nargs="+", type=Path)
    parser.add_argument("--wikiextractor", default="wikiextractor")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows = [compare(dump, arguments.wikiextractor) for dump in arguments.dumps]
    print(f"Python {platform.python_version()}, {platform.platform()}, WikiExtractor of {arguments.wikiextractor}")
    for row in rows:
        print(f"\n{row['dump']}")
        for name in ("characters", "characters in running text"):
            print(f"  {name:34} ours {row[name]['ours']:10,}   theirs {row[name]['theirs']:10,}")
        for name in (name for name in row if " of " in f" {name} " and isinstance(row[name], float)):
            print(f"  {name:34} {row[name]:6.1%}")
        for who, size in row["characters"].items():
            counts = row["residue"][who]
            rate = 1e6 * sum(counts.values()) / max(1, size)
            some = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
            print(f"  residue, {who:7} {rate:8.0f} per million characters   {some}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
