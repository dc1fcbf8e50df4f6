"""The keys of Publish; keys.py takes them into the one table."""

from __future__ import annotations

ROWS: tuple[tuple[tuple[str, ...], str, tuple[str, ...], bool], ...] = (
    (("P",), "publish", ("home", "report"), False),
    (("enter", "e"), "edit", ("publish",), True),
    (("D",), "dry_run", ("publish",), True),
    (("a",), "agree", ("publish",), True),
    (("P",), "send", ("publish",), True),
    (("c",), "card", ("publish",), True),
    (("u",), "public", ("publish",), False),
)
"""keys, action, contexts, whether the footer shows it"""
