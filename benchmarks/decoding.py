"""Which encodings are told apart, by us and by others? Real text of 70 languages, written in its legacy encodings.

    python benchmarks/decoding.py --data ../shared/data [--given lang|und|wrong] [--sizes 0,2000,50000] [--peers]
                                   [--only ja,th] [--json out.json] [--misses]

--given: the language is told (lang), not told (und), or told wrongly (English for others, Japanese for English).
--peers: charset-normalizer, chardet and faust-cchardet too, those that can be imported; they are given the whole bytes.
A case is right if every line is; `alike` if the lines differ only in characters that a legacy code shares between two
of Unicode's (～ and 〜, ― and —); `nearly` if 99 % of the lines are right; `refused` is an error with a message.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import platform
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.languages.table import Language, lang_info
from simcse_ml.text.decoding import decode
from simcse_ml.text.sources.blocks import Facts, Hints

WIDE = ("utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32", "utf-8-sig", "utf-8")
COMMON = {
    "Latn": ("cp1252", "iso8859_1", "iso8859_15", "mac_roman", "cp850", "cp1250", "iso8859_2", "cp852", "mac_latin2",
             "cp1257", "iso8859_13", "iso8859_4", "iso8859_10", "cp1254", "iso8859_9", "cp857", "iso8859_3",
             "iso8859_14", "iso8859_16", "cp1258"),
    "Cyrl": ("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic", "cp1125", "ptcp154", "kz1048"),
    "Grek": ("cp1253", "iso8859_7", "cp737", "mac_greek"),
    "Arab": ("cp1256", "iso8859_6", "cp720", "cp864"),
    "Hebr": ("cp1255", "iso8859_8", "cp862"),
    "Thai": ("cp874", "tis_620", "iso8859_11"),
    "Hira": ("cp932", "euc_jp", "iso2022_jp", "shift_jis", "euc_jis_2004"),
    "Kana": ("cp932", "euc_jp"),
    "Hang": ("cp949", "euc_kr", "johab", "iso2022_kr"),
    "Hani": ("gb18030", "gbk", "gb2312", "hz", "big5", "cp950", "big5hkscs"),
}  # fmt: skip
ALIKE = str.maketrans("〜−‖―¢£¬∼‾¥\\•・", "～－∥—￠￡￢~~￥￥··")
LEAST_LINES = 0.3
"""lines of the text that the encoding must be able to write"""
HEADER = "This text is free; see the licence below. Permission is granted to copy and to change it. \n" * 3400


@dataclass(frozen=True)
class Case:
    """size: bytes asked for, 0 for one line.  twist: what was done to it.  text: what must come out."""

    code: str
    encoding: str
    size: int
    twist: str
    data: bytes
    text: str


def folders(data: Path, only: set[str]) -> Iterator[tuple[Language, list[str]]]:
    """Each language of the folder with some 600 kB of its lines."""
    for folder in sorted(path for path in (data / "text").iterdir() if path.is_dir() and path.name != "udhr"):
        if only and folder.name not in only:
            continue
        lines: list[str] = []
        for file in sorted(folder.glob("*.txt")):
            text = unicodedata.normalize("NFC", file.read_text("utf-8")[:600_000].lstrip("\ufeff"))
            lines += [line for line in text.split("\n") if line.strip() and "\ufffd" not in line]
        yield lang_info(folder.name), lines


def encoded(text: str, encoding: str) -> bytes | None:
    """`text` in `encoding`; Vietnamese takes its tone marks apart for cp1258."""
    forms = [text, _tones_apart(text)] if encoding == "cp1258" else [text]
    for form in forms:
        try:
            return form.encode(encoding)
        except UnicodeEncodeError:
            continue
    return None


def _tones_apart(text: str) -> str:
    out = []
    for character in text:
        parts = unicodedata.normalize("NFD", character)
        tones = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
        rest = "".join(mark for mark in parts if mark not in tones)
        out.append(unicodedata.normalize("NFC", rest) + "".join(tones))
    return "".join(out)


def cases(language: Language, lines: list[str], sizes: list[int]) -> Iterator[Case]:
    """The language's text in every encoding that is likely for it or common for its scripts."""
    names = [*language.encodings, *(name for script in language.scripts for name in COMMON.get(script, ())), *WIDE]
    for encoding in dict.fromkeys(names):
        pairs = ((line, encoded(line, encoding)) for line in lines[:4000])
        usable = [line for line, data in pairs if data is not None]
        if len(usable) < LEAST_LINES * min(len(lines), 4000):
            continue
        telling = [line for line in usable if not line.isascii()]
        if len(telling) < 3:
            continue
        for size in sizes:
            yield from _of_size(language.code, encoding, size, usable, telling)


def _of_size(code: str, encoding: str, size: int, usable: list[str], telling: list[str]) -> Iterator[Case]:
    if size == 0:
        long = [line for line in telling if len(line) >= 40] or telling
        for at in (0, len(long) // 3, 2 * len(long) // 3):
            yield _case(code, encoding, 0, "plain", long[at] + "\n")
        return
    text, used = [], 0
    for line in usable * 10:
        text.append(line)
        used += len(line.encode(encoding, "replace")) + 1
        if used >= size:
            break
    whole = "\n".join(text) + "\n"
    yield _case(code, encoding, size, "plain", whole)
    if size == 50_000 and encoding not in WIDE:
        yield _case(code, encoding, size, "crlf", whole.replace("\n", "\r\n"))
        yield _case(code, encoding, size, "late", HEADER + whole)
        yield _bad(code, encoding, size, whole)


def _case(code: str, encoding: str, size: int, twist: str, text: str) -> Case:
    return Case(code, encoding, size, twist, encoded(text, encoding) or b"", text)


def _bad(code: str, encoding: str, size: int, text: str) -> Case:
    """A byte in the middle becomes FF: that line is lost, all others must be right."""
    data = bytearray(encoded(text, encoding) or b"")
    at = len(data) // 2
    while data[at] < 0x80 and at < len(data) - 1:
        at += 1
    data[at] = 0xFF
    return Case(code, encoding, size, "bad byte", bytes(data), text)


def lines_of(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").removeprefix("\ufeff")).split("\n")


def judge(case: Case, found: str | None) -> str:
    """right, alike, nearly, wrong or refused."""
    if found is None:
        return "refused"
    want, have = lines_of(case.text), lines_of(found)
    if case.twist == "bad byte":
        different = sum(a != b for a, b in zip(want, have, strict=False)) + abs(len(want) - len(have))
        return "right" if different <= 2 else "nearly" if different <= 0.01 * len(want) else "wrong"
    if want == have:
        return "right"
    if [line.translate(ALIKE) for line in want] == [line.translate(ALIKE) for line in have]:
        return "alike"
    equal = sum(a == b for a, b in zip(want, have, strict=False))
    return "nearly" if equal >= 0.99 * len(want) else "wrong"


def ours(data: bytes, hints: Hints) -> tuple[str | None, str, float]:
    """(text, encoding, certainty) of our gate, fed by chunks as files are."""
    facts = Facts("case")
    chunks = (data[at : at + (1 << 16)] for at in range(0, len(data), 1 << 16))
    try:
        text = "".join(decode(chunks, facts, hints))
    except UserError:
        return None, "", 0.0
    return text, facts.encoding, facts.certainty


def peers() -> dict[str, Callable[[bytes], str | None]]:
    """Other detectors, each from bytes to a name."""
    found: dict[str, Callable[[bytes], str | None]] = {}
    try:
        from charset_normalizer import from_bytes

        found["charset-normalizer"] = lambda data: getattr(from_bytes(data).best(), "encoding", None)
    except ImportError:
        pass
    for name, module in (("chardet", "chardet"), ("faust-cchardet", "cchardet")):
        try:
            imported = __import__(module)
        except ImportError:
            continue
        found[name] = lambda data, detect=imported.detect: detect(data)["encoding"]
    return found


def peer_text(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding, "replace") if encoding else None
    except LookupError:
        return None


def given(language: Language, how: str) -> Hints:
    """What our gate is told."""
    wrong = "ja" if language.code == "en" else "en"
    told = language if how == "lang" else lang_info("und" if how == "und" else wrong)
    return Hints.of(told)


def shared_manifest(data: Path) -> list[tuple[str, str, float, bool]]:
    """(file, encoding found, certainty, hash as listed) of the folder of files with known hashes."""
    found = []
    rows = csv.DictReader((data / "encodings/MANIFEST.tsv").read_text("utf-8").splitlines(), delimiter="\t")
    for row in rows:
        name = row["file"]
        code = "ja" if name.startswith("aozora") else "yue" if name.startswith("zh-hk") else name.split("-")[0]
        text, encoding, certainty = ours((data / "encodings" / name).read_bytes(), Hints.of(lang_info(code)))
        plain = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n"))
        same = hashlib.sha256(plain.encode()).hexdigest() == row["sha256_of_nfc_utf8_lf_text"]
        found.append((name, encoding, certainty, same))
    return found


def print_calibration(certainties: list[tuple[float, bool]]) -> None:
    """How often a guess was right, by what it said of itself."""
    bounds = (0.0, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.01)
    print("\ncertainty        cases   right")
    for low, high in pairwise(bounds):
        inside = [right for certainty, right in certainties if low <= certainty < high]
        if inside:
            print(f"{low:.3f} to {min(high, 1):.3f} {len(inside):6}  {sum(inside) / len(inside):6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--given", choices=("lang", "und", "wrong"), default="lang")
    parser.add_argument("--sizes", default="0,2000,50000")
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    tools = peers() if args.peers else {}
    manifest = shared_manifest(args.data)
    print("files with a listed hash:", sum(same for *_, same in manifest), "of", len(manifest))
    print(
        "".join(f"  {name}: {encoding} {certainty:.3f}\n" for name, encoding, certainty, same in manifest if not same)
    )
    verdicts: dict[str, dict[tuple[str, int, str], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    seconds: Counter[str] = Counter()
    certainties: list[tuple[float, bool]] = []
    sizes = [int(size) for size in args.sizes.split(",")]
    for language, lines in folders(args.data, set(filter(None, args.only.split(",")))):
        hints = given(language, args.given)
        for case in cases(language, lines, sizes):
            key = (case.encoding, case.size, case.twist)
            began = time.process_time()
            text, encoding, certainty = ours(case.data, hints)
            seconds["ours"] += time.process_time() - began
            verdict = judge(case, text)
            verdicts["ours"][key][verdict] += 1
            certainties.append((certainty, verdict in ("right", "alike", "nearly")))
            if args.misses and verdict in ("wrong", "refused"):
                print(case.code, case.encoding, case.size, case.twist, verdict, encoding, f"{certainty:.3f}")
            for name, tool in tools.items():
                began = time.process_time()
                answer = tool(case.data)
                seconds[name] += time.process_time() - began
                verdicts[name][key][judge(case, peer_text(case.data, answer))] += 1
    report(verdicts, certainties, seconds)
    if args.json:
        record = {
            "given": args.given, "sizes": sizes, "python": sys.version, "machine": platform.platform(),
            "versions": {name: _version(name) for name in ("charset-normalizer", "chardet", "faust-cchardet")},
            "manifest": manifest, "cpu_seconds": dict(seconds), "certainties": certainties,
            "verdicts": {name: [[*key, dict(n)] for key, n in table.items()] for name, table in verdicts.items()},
        }  # fmt: skip
        args.json.write_text(json.dumps(record, indent=1))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not there"


def report(
    verdicts: dict[str, dict[tuple[str, int, str], Counter[str]]],
    certainties: list[tuple[float, bool]],
    seconds: Counter[str],
) -> None:
    """Right or nearly right of all cases, by encoding and by size and twist, for each tool."""
    names = list(verdicts)
    for title, part in (("encoding", lambda key: key[0]), ("size, twist", lambda key: f"{key[1]} {key[2]}"),
                        ("all", lambda key: "")):  # fmt: skip
        groups: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for name in names:
            for key, counts in verdicts[name].items():
                groups[part(key)][name] += counts
        print(f"\n{title:18} cases " + " ".join(f"{name:>20}" for name in names))
        for group, by_tool in sorted(groups.items()):
            total = by_tool["ours"].total()
            shares = [sum(by_tool[name][word] for word in ("right", "alike", "nearly")) for name in names]
            print(f"{group:18} {total:5} " + " ".join(f"{share / total:20.1%}" for share in shares))
    for name in names:
        total = sum(verdicts[name].values(), Counter())
        print(f"{name}: {dict(total)}, {seconds[name]:.1f} s of processor time")
    print_calibration(certainties)


if __name__ == "__main__":
    main()
