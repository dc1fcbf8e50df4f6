"""docs/reference/tui-keys.md: every key of the terminal UI, from simcse_tui.keys."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tui"))

from page import settle

from simcse_tui.keys import KEYS, shown
from simcse_tui.strings import TEXTS


def page() -> str:
    texts = TEXTS["en"]
    lines = ["# Keys of the terminal UI", "", "Made by docs/generate/tui_keys.py from `tui/simcse_tui/keys.py`.", ""]
    places = dict.fromkeys(place for row in KEYS for place in row.where)
    for place in places:
        lines += [f"## {texts[f'where.{place}'].capitalize()}", "", "| key | does |", "|---|---|"]
        for row in KEYS:
            if place in row.where:
                keys = ", ".join(f"`{shown(key)}`" for key in row.keys)
                lines.append(f"| {keys} | {texts[f'key.{row.action}']} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(settle("tui-keys.md", page(), "tui_keys.py"))
