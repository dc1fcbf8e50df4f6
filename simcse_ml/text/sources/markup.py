"""Text formats that are recognised only to be refused: XML of unknown kinds, dumps of databases."""

from __future__ import annotations

import re

from simcse_ml.text.sources.html import INLINE

_ROOT = re.compile(
    r"<([^\W\d][\w:.-]*+)(\s[^<>]*+)?>\s*+(?:<!--(?>.*?-->)\s*+)*+<([^\W\d][\w:.-]*+)(?:\s[^<>]*+)?>", re.DOTALL
)
_SQL = re.compile(
    r"(?:--[^\n]*+\n|/\*(?>.*?\*/);?|\s"
    r"|(?:alter|begin|drop|lock|pragma|select|set|start|use)\b[^;]{0,500}+;)*+"
    r"(?:create\s+(?:table|database|schema)\b|insert\s+into\s+\S+\s*(?:\(|values\b))",
    re.IGNORECASE | re.DOTALL,
)
"""what was matched is not given back (*+, ?>): many comments would else be parted in every way there is"""


def is_xml(start: str) -> bool:
    """Whether `start`, which is no HTML, is XML: it says so, or its first element has nothing but elements in it."""
    text = start.lstrip()
    if text.startswith(("<?xml", "<!DOCTYPE", "<!ENTITY")):
        return True
    found = _ROOT.match(text)
    if found is None or found[1].lower() in INLINE:
        return False
    closed = f"</{found[3]}>" in text or found[0].endswith("/>")
    return closed or "xmlns" in (found[2] or "")


def is_sql(start: str) -> bool:
    """Whether `start` is what mysqldump, pg_dump or SQLite's .dump write."""
    return start.lstrip()[:2] in ("--", "/*") and _SQL.match(start) is not None
