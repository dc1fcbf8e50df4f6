"""How everything is shown: the person's settings, made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simcse_tui.strings import TEXTS


@dataclass(frozen=True)
class Look:
    """theme: a name of themes.THEMES.  ascii: no glyph beyond ASCII of our own.  encoding: what the terminal reads.

    bidi: who puts right-to-left text in order, "terminal" or "app".
    layout: of text/layouts.py, "" tells by the character.
    keys: action -> key, the person's keys.toml.
    """

    theme: str = "dark"
    ascii: bool = False
    encoding: str = "utf-8"
    language: str = "en"
    bidi: str = "terminal"
    layout: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, /, **values: object) -> str:
        """The words of strings.py in the person's language."""
        table = TEXTS[self.language]
        return table[key].format(**values) if values else table[key]

    @property
    def end(self) -> str:
        """What stands where text was cut off."""
        return "..." if self.ascii else "…"


def choices() -> dict[str, tuple[str, ...]]:
    """What [tui] of config.toml may say."""
    from simcse_tui.text.layouts import LAYOUTS
    from simcse_tui.themes import THEMES

    return {
        "theme": tuple(THEMES),
        "language": tuple(TEXTS),
        "layout": tuple(LAYOUTS),
        "ascii": ("yes", "no"),
        "bidi": ("terminal", "app"),
    }
