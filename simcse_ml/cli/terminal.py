"""`doctor --terminal`: a letter of each script is printed and the terminal asked where its cursor stands.

Terminals and libraries disagree about widths; what is found is kept, so that the window leaves as many cells free.
"""

from __future__ import annotations

import re
import select
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.files import write_json
from simcse_ml.jobs.checks import Check

PROBES: Mapping[str, str] = {
    "Latin, marks apart": "e\u0301",
    "Cyrillic": "ж",
    "Japanese": "日",
    "half-width kana": "ｶﾞ",
    "variation selector": "葛\U000e0100",
    "Chinese, Extension B": "𠀋",
    "Hangul jamo": "\u1112\u1161\u11ab",
    "Arabic": "لا",
    "Hebrew, points": "שָׁ",
    "Devanagari": "क्षि",
    "Tamil": "நி",
    "Thai": "ก็",
    "Khmer": "ខ្មែ",
    "Burmese": "မြန်",
    "Tibetan": "བསྒྲུ",
    "Amharic": "አ",
    "emoji, joined": "👨‍👩‍👧",
    "emoji, flag": "🇯🇵",
    "emoji, keycap": "1️⃣",
    "emoji, skin": "👍🏽",
}
FILE = "terminal-widths.json"
WAIT = 0.5
"""seconds for an answer; over a slow line one comes within"""
ASK = "\x1b[6n"
_ANSWER = re.compile(rb"\x1b\[(\d+);(\d+)R")


def check_terminal(cache_dir: Path) -> tuple[Check, ...]:
    """A check a script, and the differences written into the cache. Nothing is asked where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return (Check("terminal", "warn", "skipped: this is no terminal", "run it in the terminal you use"),)
    try:
        with _raw() as ask:
            measured = measure(ask, sys.stdout.write)
    except TimeoutError:
        text = "skipped: this terminal does not tell where its cursor stands"
        return (Check("terminal", "warn", text, "widths are taken from the tables of Unicode"),)
    drift = {name: cells - _expected(PROBES[name]) for name, cells in measured.items()}
    try:
        write_json(cache_dir / FILE, drift)
    except UserError as error:
        return (Check("terminal", "warn", f"measured, and not kept: {error.what}", error.mend),)
    return tuple(_check(name, drift[name], cells) for name, cells in measured.items())


def measure(ask: Callable[[], int], write: Callable[[str], object]) -> dict[str, int]:
    """Script -> cells that the terminal takes for its probe.

    ask: the cursor's column, from 1.  write: to the terminal.  Raises: TimeoutError where it does not answer.
    """
    found = {}
    for name, probe in PROBES.items():
        write("\r")
        before = ask()
        write(probe)
        found[name] = ask() - before
        write("\r\x1b[K")
    return found


def _expected(probe: str) -> int:
    from rich.cells import cell_len

    return cell_len(probe)


def _check(name: str, drift: int, cells: int) -> Check:
    if not drift:
        return Check(name, "ok", f"{cells} cells, as expected")
    return Check(name, "warn", f"{cells} cells, {drift:+d} than the tables say", "the window leaves cells free for it")


class _raw:
    """The terminal without echo and line buffering, while the block runs; entering gives the question."""

    def __enter__(self) -> Callable[[], int]:
        import termios
        import tty

        self._saved = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        return self._column

    def __exit__(self, *failure: object) -> None:
        import termios

        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._saved)

    def _column(self) -> int:
        import os

        sys.stdout.write(ASK)
        sys.stdout.flush()
        answer, end = b"", time.monotonic() + WAIT
        while time.monotonic() < end:
            ready, _, _ = select.select([sys.stdin], [], [], max(0.0, end - time.monotonic()))
            if ready:
                answer += os.read(sys.stdin.fileno(), 64)
                found = _ANSWER.search(answer)
                if found:
                    return int(found[2])
        raise TimeoutError
