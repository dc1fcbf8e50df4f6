"""The keys of Explore and Compare; keys.py takes them into the one table."""

from __future__ import annotations

BOTH = ("explore", "compare")
ROWS: tuple[tuple[tuple[str, ...], str, tuple[str, ...], bool], ...] = (
    (("x",), "explore", ("home",), True),
    (("space",), "mark", ("home",), False),
    (("c",), "compare", ("home",), False),
    (("u",), "untouched", ("home", *BOTH), False),
    (("/",), "query", BOTH, True),
    (("enter",), "jump", BOTH, True),
    (("b",), "back", BOTH, True),
    (("B",), "forward", BOTH, False),
    (("x",), "why", ("explore",), True),
    (("t",), "context", ("explore",), False),
    (("m",), "map", ("explore",), True),
    (("w",), "other_words", ("explore",), True),
    (("d",), "fold", ("explore",), False),
    (("space",), "pin", ("explore",), False),
    (("e",), "export", BOTH, False),
    (("o",), "columns", BOTH, False),
    (("c",), "compare", ("explore",), False),
    (("+",), "larger", ("explore.map",), False),
    (("-",), "smaller", ("explore.map",), False),
    (("z",), "zoom", ("explore.map",), False),
    (("M",), "movers", ("compare",), True),
    (("X",), "swap", ("compare",), True),
)
"""keys, action, contexts, whether the footer shows it"""
