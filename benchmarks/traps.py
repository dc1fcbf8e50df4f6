"""Input that is meant to hurt: bombs, giant lines, a million files. Each must end with a clear line, in bounded memory.

    python benchmarks/traps.py [--files 1000000] [--only NAME ...] [--json]

Makes the inputs in a temporary folder (about 3 GB with a million files), runs `simcse-ml prepare` on each in a process
of its own and prints: what, exit code, wall and CPU seconds, peak MiB, the last line said.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import io
import json
import lzma
import os
import platform
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import zstandard
from processes import Peaks

SENTENCE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
GIGABYTE = 1 << 30
BOMB = 10 * GIGABYTE


def lines(count: int = 200) -> str:
    return "".join(f"第{number}話では{SENTENCE[: 10 + number % 20]}という話をした。\n" for number in range(count))


def repeated_member(path: Path, pack: Callable[[bytes], bytes], size: int = BOMB) -> Path:
    """As above by writing one packed member many times: quick to make."""
    member = pack(b"a" * (64 << 20))
    path.write_bytes(member * (size // (64 << 20)))
    return path


def zip_bomb(path: Path) -> Path:
    """Three members of 3.9 GB: one packed block, written many times (its checksum is never reached)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"a" * (64 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    data, size = block * 61, 61 * (64 << 20)
    entries = b""
    with path.open("wb") as file:
        for name in (b"a.txt", b"b.txt", b"c.txt"):
            common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(data), size, len(name), 0)
            entries += b"PK\1\2" + struct.pack("<H", 20) + common
            entries += struct.pack("<HHHII", 0, 0, 0, 0, file.tell()) + name
            file.write(b"PK\3\4" + common + name + data)
        at = file.tell()
        file.write(entries + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 3, 3, len(entries), at, 0))
    return path


def members(path: Path, names: list[str], text: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, text or lines())
    return path


def encrypted_zip(path: Path) -> Path:
    """The flag of an encrypted member is enough: its bytes are never looked at."""
    members(path, ["a.txt"])
    data = bytearray(path.read_bytes())
    data[6] |= 1
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    return path


def nested_zip(path: Path) -> Path:
    inner = members(path.with_name("inner-of-nested"), ["a.txt"])
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, "inner.zip")
        archive.writestr("b.txt", lines())
    inner.unlink()
    return path


def tar_with_links(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name in ("../outside.txt", "/absolute.txt", "good.txt"):
            info = tarfile.TarInfo(name)
            data = lines().encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def long_line(path: Path) -> Path:
    return write(path, SENTENCE.encode() * (100 * (1 << 20) // len(SENTENCE.encode())))


def one_word_line(path: Path) -> Path:
    return write(path, b"a" * (100 << 20))


def long_row(path: Path) -> Path:
    text = SENTENCE * (50 * (1 << 20) // len(SENTENCE.encode()))
    with path.open("w", encoding="utf-8") as file:
        for line in lines().splitlines():
            file.write(json.dumps({"text": line}, ensure_ascii=False) + "\n")
        file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return path


def long_csv_cell(path: Path) -> Path:
    rows = "".join(f'{number},"{line}"\n' for number, line in enumerate(lines().splitlines()))
    return write(path, "id,text\n" + rows + '7,"' + SENTENCE * 200_000 + "\n" + rows)


def json_array(path: Path) -> Path:
    row = [
        json.dumps({"id": number, "text": line}, ensure_ascii=False) for number, line in enumerate(lines().splitlines())
    ]
    block = ",\n".join(row) + ",\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("[\n")
        for _ in range(GIGABYTE // len(block.encode())):
            file.write(block)
        file.write(row[0] + "]\n")
    return path


def xml_bomb(path: Path) -> Path:
    entities = "".join(f'<!ENTITY l{n} "{("&l" + str(n - 1) + ";") * 10}">\n' for n in range(1, 10))
    return write(path, f'<?xml version="1.0"?>\n<!DOCTYPE a [\n<!ENTITY l0 "ha">\n{entities}]>\n<a>&l9;</a>\n')


def dump_with_entities(path: Path) -> Path:
    head = '<?xml version="1.0"?>\n<!DOCTYPE mediawiki [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
    page = "<page><title>A</title><ns>0</ns><revision><text>&x; " + SENTENCE + "</text></revision></page>\n"
    return write(path, head + "<mediawiki>" + page * 30 + "</mediawiki>\n")


def tiny_files(path: Path, count: int) -> Path:
    for number in range(count):
        if number % 10_000 == 0:
            sub = path / f"{number // 10_000:03d}"
            sub.mkdir(parents=True)
        (sub / f"{number}.txt").write_text(
            f"{number}番目の手紙には{number * 7919}という数だけが書いてある。\n", encoding="utf-8"
        )
    return path


def loop(path: Path) -> Path:
    (path / "a").mkdir(parents=True)
    write(path / "a" / "text.txt", lines())
    (path / "a" / "back").symlink_to(path)
    (path / "self").symlink_to(path / "self")
    (path / "out.txt").symlink_to("/etc/passwd")
    os.mkfifo(path / "pipe")
    return path


def odd_names(path: Path) -> Path:
    path.mkdir()
    write(path / "-x.txt", lines(40))
    write(path / ("長" * 80 + ".txt"), lines(60)[800:])
    with open(os.path.join(os.fsencode(path), b"\xff\xfe\x80.txt"), "wb") as file:
        file.write(lines(90)[2000:].encode())
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    threading.Thread(target=lambda: path.write_text(lines(), encoding="utf-8"), daemon=True).start()
    return path


def unix_socket(path: Path) -> Path:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.close()
    return path


def growing(path: Path) -> Path:
    write(path, lines() * 2000)

    def grow() -> None:
        for _ in range(400):
            with path.open("a", encoding="utf-8") as file:
                file.write("あとから書き足した行はまだ読まれないはずである。\n" * 50)
            time.sleep(0.05)

    threading.Thread(target=grow, daemon=True).start()
    return path


def vanishing(path: Path) -> Path:
    write(path, lines() * 30000)

    def shrink() -> None:
        time.sleep(5)
        os.truncate(path, 40_000)

    threading.Thread(target=shrink, daemon=True).start()
    return path


def parquet(path: Path, rows: int = 4_000_000) -> Path:
    """One row group of about 400 MB of text."""
    import pyarrow.parquet as pq

    texts = [f"{number}番の行に{SENTENCE}と{number * 31}回書いた。" for number in range(rows)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=rows, compression="zstd", use_dictionary=False)
    return path


def cut(path: Path, make: Callable[[Path], Path]) -> Path:
    make(path)
    data = path.read_bytes()
    return write(path, data[: len(data) // 2])


def small_parquet(path: Path) -> Path:
    return parquet(path, 5000)


TRAPS: dict[str, tuple[str, Callable[[Path], Path | str], list[str]]] = {
    "bz2 bomb": ("b.bz2", lambda p: repeated_member(p, bz2.compress), []),
    "gzip bomb": ("b.gz", lambda p: repeated_member(p, gzip.compress), []),
    "xz bomb": ("b.xz", lambda p: repeated_member(p, lzma.compress), []),
    "zstd bomb": ("b.zst", lambda p: repeated_member(p, zstandard.compress), []),
    "gzip bomb of line ends": ("n.gz", lambda p: repeated_member(p, lambda d: gzip.compress(b"\n" * len(d))), []),
    "zip bomb": ("b.zip", zip_bomb, []),
    "zip member ../x": ("dots.zip", lambda p: members(p, ["../x.txt", "/etc/y.txt", "good.txt"]), []),
    "zip with only ../x": ("only.zip", lambda p: members(p, ["../x.txt"]), []),
    "encrypted zip": ("enc.zip", encrypted_zip, []),
    "zip within zip": ("nested.zip", nested_zip, []),
    "cut zip": ("cut.zip", lambda p: cut(p, lambda q: members(q, ["a.txt", "b.txt"])), []),
    "docx": ("letter.docx", lambda p: members(p, ["[Content_Types].xml", "word/document.xml"]), []),
    "tar.gz with ../x and links": ("t.tar.gz", tar_with_links, []),
    "7z": ("a.7z", lambda p: write(p, b"7z\xbc\xaf\x27\x1c" + bytes(range(256)) * 40), []),
    "rar": ("a.rar", lambda p: write(p, b"Rar!\x1a\x07\x01\x00" + bytes(range(256)) * 40), []),
    "pdf": ("a.pdf", lambda p: write(p, b"%PDF-1.7\n" + bytes(range(256)) * 40), []),
    "XML with entities": ("e.xml", xml_bomb, []),
    "dump with a DTD": ("d.xml", dump_with_entities, []),
    "line of 100 MB": ("line.txt", long_line, []),
    "word of 100 MB": ("word.txt", one_word_line, []),
    "JSON row of 50 MB": ("row.jsonl", long_row, []),
    "CSV cell of 20 MB, open quote": ("cell.csv", long_csv_cell, []),
    "JSON array of 1 GB": ("array.json", json_array, []),
    "Parquet, one row group": ("big.parquet", parquet, ["--max-sentences", "1000"]),
    "cut Parquet": ("cut.parquet", lambda p: cut(p, small_parquet), []),
    "link loop, pipe, link out": ("loop", loop, []),
    "odd names": ("odd", odd_names, []),
    "named pipe": ("pipe.txt", pipe, []),
    "socket": ("s.sock", unix_socket, []),
    "/dev/zero": ("zero", lambda p: "/dev/zero", []),
    "file that grows": ("grow.txt", growing, []),
    "file that shrinks": ("shrink.txt", vanishing, []),
    "wrong --encoding": ("enc.txt", lambda p: write(p, lines()), ["--encoding", "euc-jp"]),
    "no such encoding": ("enc2.txt", lambda p: write(p, lines()), ["--encoding", "klingon"]),
    "NUL bytes": ("nul.txt", lambda p: write(p, lines().replace("。", "\0。")), []),
}


def run(path: Path | str, options: list[str], cache: Path) -> dict[str, object]:
    """One run of prepare in a process of its own, with the sum of the peaks of all its processes."""
    said = cache / "said"
    command = [sys.executable, "-m", "simcse_ml.cli.main", "prepare", "--lang", "ja", "--quiet", *options, str(path)]
    environment = {**os.environ, "SIMCSE_ML_CACHE_DIR": str(cache / "cache")}
    start = time.monotonic()
    with said.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        with Peaks(process.pid) as peaks:
            _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return {
        "exit": process.returncode,
        "seconds": round(time.monotonic() - start, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "MiB": round(peaks.mib),
        "said": last[-1] if last else "",
        "lines": len(last),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=0, help="tiny files in a folder; 0 leaves that trap out")
    parser.add_argument("--only", nargs="*", help="names of traps")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    traps = dict(TRAPS)
    if asked.files:
        traps[f"{asked.files:,} tiny files"] = ("many", lambda p: tiny_files(p, asked.files), [])
    results = []
    print(f"# {platform.processor() or platform.machine()}, Python {platform.python_version()}", file=sys.stderr)
    for name, (file, make, options) in traps.items():
        if asked.only and name not in asked.only:
            continue
        folder = Path(tempfile.mkdtemp(prefix="traps-"))
        try:
            results.append({"what": name, **run(make(folder / file), options, folder)})
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        row = results[-1]
        if not asked.json:
            print(
                f"{name:30} {row['exit']:3} {row['seconds']:7} {row['cpu']:7} {row['MiB']:6}  {row['said']}", flush=True
            )
    if asked.json:
        print(
            json.dumps(
                {"limit": resource.getrlimit(resource.RLIMIT_AS)[0], "traps": results}, ensure_ascii=False, indent=1
            )
        )


if __name__ == "__main__":
    main()
