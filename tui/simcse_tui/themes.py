"""Five looks, as tables. A state always has a word or a glyph too: colour is never alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as Textuals

from simcse_tui.text.line import Role


@dataclass(frozen=True)
class Theme:
    """roles: Rich styles.  base: of all text.  ansi: colours are the terminal's own."""

    base: str
    roles: Mapping[Role, str]
    dark: bool = True
    ansi: bool = False
    background: str = "#000000"
    foreground: str = "#ffffff"


_PLAIN: Mapping[Role, str] = {"head": "bold", "accent": "bold", "warn": "bold", "bad": "bold", "bar": "reverse"}

THEMES: Mapping[str, Theme] = {
    "dark": Theme(
        "#d8dee9 on #14181f",
        {
            "dim": "#8b95a5",
            "head": "bold #a8c7fa",
            "good": "#8fd18f",
            "warn": "#f0c674",
            "bad": "bold #f28b82",
            "accent": "#7fd1d8",
            "bar": "#d8dee9 on #263040",
        },
        background="#14181f",
        foreground="#d8dee9",
    ),
    "light": Theme(
        "#1f2328 on #fbfbf8",
        {
            "dim": "#5f6873",
            "head": "bold #1a4f8b",
            "good": "#1b6e2d",
            "warn": "#7a5200",
            "bad": "bold #a3180f",
            "accent": "#0b6670",
            "bar": "#1f2328 on #e3e6e1",
        },
        dark=False,
        background="#fbfbf8",
        foreground="#1f2328",
    ),
    "high-contrast": Theme(
        "#ffffff on #000000",
        {
            "dim": "#d0d0d0",
            "head": "bold #ffff66",
            "good": "#7dff7d",
            "warn": "#ffff66",
            "bad": "bold #ff9c9c",
            "accent": "#7df9ff",
            "bar": "#000000 on #ffffff",
        },
    ),
    "ansi": Theme(
        "default on default",
        {
            "dim": "bright_black",
            "head": "bold blue",
            "good": "green",
            "warn": "yellow",
            "bad": "bold red",
            "accent": "cyan",
            "bar": "reverse",
        },
        ansi=True,
        background="ansi_default",
        foreground="ansi_default",
    ),
    "none": Theme("default on default", _PLAIN, ansi=True, background="ansi_default", foreground="ansi_default"),
}


def for_textual(name: str) -> Textuals:
    """The theme as the library wants it: only grounds matter, our lines carry their own colours."""
    theme = THEMES[name]
    return Textuals(
        name=f"simcse-{name}",
        primary=theme.foreground,
        foreground=theme.foreground,
        background=theme.background,
        surface=theme.background,
        panel=theme.background,
        boost=theme.background,
        dark=theme.dark,
        ansi=theme.ansi,
        variables=BUILTIN_THEMES["ansi-dark"].variables if theme.ansi else {},  # the library's own styles ask for them
    )
