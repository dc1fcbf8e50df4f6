"""How fast does `prepare` read dumps, and does its memory stay flat? Distinct pages at 1, 4 and 16 times a size.

    python benchmarks/dump_speed.py DUMP ... --lang ja [--megabytes 16] [--workers 2] [--packed] [--json out.json]

The pages are made from the real pages of the dumps: the paragraphs of all articles are dealt out anew under a fixed
seed, so that each page is as long as a real one and like no other; templates, tables and lists stay whole in them.
Megabytes are of XML. Memory is the sum of the peaks (VmHWM) of all processes. --packed writes a multistream bzip2 file.
"""

from __future__ import annotations

import argparse
import bz2
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from processes import Peaks

from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks
from simcse_ml.text.sources.mediawiki.pages import page_elements, read_page

FACTORS = (1, 4, 16)
SEED = 20_261_124
PAGES_A_STREAM = 100


def real_paragraphs(dumps: list[Path]) -> tuple[str, list[str], list[int]]:
    """The header of the first dump, the paragraphs of all articles, and how many each article has."""
    header, paragraphs, counts = "", [], []
    for dump in dumps:
        with open_bytes(dump) as file:
            data = b"".join(read_chunks(file, Facts(dump.name)))
        header = header or data[: data.index(b"<page>")].decode()
        for element in page_elements(data):
            page = read_page(element)
            if page and page.namespace == 0 and not page.redirect:
                blocks = page.text.split("\n\n")
                paragraphs += blocks
                counts.append(len(blocks))
    return header, paragraphs, counts


def write_dump(path: Path, megabytes: float, source: tuple[str, list[str], list[int]], packed: bool) -> int:
    """Pages whose paragraphs are dealt out with marks of their own, so that no two pages are alike."""
    header, paragraphs, counts = source
    rng = np.random.default_rng(SEED)
    written, number, held = 0, 0, []
    pack = bz2.compress if packed else bytes
    with path.open("wb") as file:
        file.write(pack(header.encode()))
        while written < megabytes * 1e6:
            chosen = rng.integers(0, len(paragraphs), counts[int(rng.integers(len(counts)))])
            marks = rng.integers(0, 10**9, len(chosen)).tolist()
            text = "\n\n".join(_marked(paragraphs[at], mark) for at, mark in zip(chosen, marks, strict=True))
            held.append(
                f"  <page>\n    <title>Page {number}</title>\n    <ns>0</ns>\n    <id>{number}</id>\n    <revision>\n"
                f'      <text xml:space="preserve">{escape(text)}</text>\n    </revision>\n  </page>\n'
            )
            number += 1
            if len(held) == PAGES_A_STREAM:
                data = "".join(held).encode()
                written += len(data)
                file.write(pack(data))
                held = []
        file.write(pack("".join([*held, "</mediawiki>\n"]).encode()))
    return written


def _marked(paragraph: str, mark: int) -> str:
    """A number into every sentence: what was copied is then no repeat."""
    for stop in ("。", ". ", "। "):
        parts = paragraph.split(stop)
        if len(parts) > 1:
            return "".join(f"{part} {mark + at}{stop}" for at, part in enumerate(parts[:-1])) + parts[-1]
    return paragraph


def measure(path: Path, lang: str, workers: int, cache: Path) -> dict[str, float]:
    from simcse_ml.events import silent
    from simcse_ml.languages.table import lang_info
    from simcse_ml.settings.schema import TextSettings
    from simcse_ml.text.prepare import prepare_corpus

    began = time.perf_counter()
    with Peaks(os.getpid()) as peaks:
        corpus = prepare_corpus([str(path)], lang_info(lang), TextSettings(), cache=cache, sink=silent, workers=workers)
    seconds = time.perf_counter() - began
    times = os.times()
    cpu = times.user + times.system + times.children_user + times.children_system
    return {"sentences": len(corpus), "seconds": seconds, "cpu_seconds": cpu, "peak_mib": peaks.mib}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dumps", nargs="+", type=Path)
    parser.add_argument("--lang", required=True)
    parser.add_argument("--megabytes", type=float, default=16.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--packed", action="store_true")
    parser.add_argument("--factors", type=int, nargs="+", default=FACTORS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.one:
            print(json.dumps(measure(arguments.dumps[0], arguments.lang, arguments.workers, Path(scratch))))
            return
        source = real_paragraphs(arguments.dumps)
        rows = []
        print(f"Python {platform.python_version()}, {platform.platform()}")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, seed {SEED}")
        print("size      MB  sentences   seconds   MB/s   CPU s   MB/CPU s   peak MiB   growth")
        for factor in arguments.factors:
            path = Path(scratch) / "dump"
            size = write_dump(path, factor * arguments.megabytes, source, arguments.packed)
            command = [sys.executable, __file__, str(path), "--lang", arguments.lang, "--one"]
            command += ["--workers", str(arguments.workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            row = {"factor": factor, "megabytes": size / 1e6, **json.loads(done.stdout)}
            rows.append(row)
            print(
                f"{factor:3d}x {row['megabytes']:7.1f} {row['sentences']:10,} {row['seconds']:9.1f}"
                f" {row['megabytes'] / row['seconds']:6.2f} {row['cpu_seconds']:7.1f}"
                f" {row['megabytes'] / row['cpu_seconds']:10.2f} {row['peak_mib']:10.0f}"
                f" {row['peak_mib'] / rows[0]['peak_mib'] - 1:8.0%}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
