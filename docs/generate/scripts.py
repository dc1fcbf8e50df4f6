"""Write simcse_ml/languages/script_ranges.py: which script a character belongs to, after Unicode's Scripts.txt.

Python's unicodedata has no script property. The package `regex` has, but is 3.5 MB and not needed for more than this
table, so it is asked here, by a developer, and not at run time.

    pip install regex
    python docs/generate/scripts.py            # writes the file
    python docs/generate/scripts.py --check    # exits 1 when the file is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

import regex
from regex import _regex_core

TARGET = Path(__file__).resolve().parents[2] / "simcse_ml" / "languages" / "script_ranges.py"
WIDTH = 120
WIDEST_GAP = 128
"""unassigned characters between two ranges of one script are counted to it up to here: most will be its own one day"""
HEAD = '''"""The script of every character, as ranges. Made by docs/generate/scripts.py: do not edit.

A row: ISO 15924 code, then for each range the distance of its first character from the end of the one before it, and
its length if that is more than 1 ("gap.length"), both in base 36. A few unassigned characters between two ranges of
one script are counted to it. What is in no range is Zzzz, unknown.
"""

from __future__ import annotations

RANGES: tuple[tuple[str, str], ...] = (
'''


def script_codes() -> list[str]:
    """The four-letter codes that `regex` knows, without its private aliases and the unknown."""
    _, values = _regex_core.PROPERTIES["SCRIPT"]
    by_number: dict[int, list[str]] = {}
    for name, number in values.items():
        by_number.setdefault(number, []).append(name)
    codes = (next(n for n in names if len(n) == 4 and not n.startswith("QAA")) for names in by_number.values())
    return sorted(code.capitalize() for code in codes if code != "ZZZZ")


def script_ranges() -> list[tuple[int, int, str]]:
    """(first, last, code) in order, neighbours of one script joined."""
    surrogates = range(0xD800, 0xE000)
    everything = "".join(chr(point) for point in range(0x110000) if point not in surrogates)
    found = [
        (ord(run[0]), ord(run[-1]), code)
        for code in script_codes()
        for run in regex.findall(rf"\p{{Script={code}}}+", everything)
    ]
    joined: list[tuple[int, int, str]] = []
    for first, last, code in sorted(found):
        if joined and joined[-1][2] == code and first - joined[-1][1] <= WIDEST_GAP:
            joined[-1] = (joined[-1][0], last, code)
        else:
            joined.append((first, last, code))
    return joined


def base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def rows() -> list[str]:
    """One Python tuple a script, its ranges in strings that fit the line."""
    by_code: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    for first, last, code in script_ranges():
        gap, length = first - ends.get(code, 0), last - first + 1
        by_code.setdefault(code, []).append(base36(gap) + (f".{base36(length)}" if length > 1 else ""))
        ends[code] = last + 1
    lines: list[str] = []
    for code, words in sorted(by_code.items()):
        start = f'    ("{code}", "'
        if len(start) + len(" ".join(words)) + len('"),') <= WIDTH:
            lines.append(f'{start}{" ".join(words)}"),')
            continue
        lines += ["    (", f'        "{code}",']
        line = ""
        for word in words:
            if len(line) + len(word) + 13 > WIDTH:
                lines.append(f'        "{line}"')
                line = ""
            line += f"{word} "
        lines += [f'        "{line.rstrip()}",', "    ),"]
    return lines


def main() -> int:
    text = HEAD + "\n".join(rows()) + "\n)\n"
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{TARGET.name} is stale: run python docs/generate/scripts.py\n")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
