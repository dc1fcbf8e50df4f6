"""Hits as a file: TSV, JSON lines or Markdown, told by the ending; the first lines say how it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from simcse_ml.files import write_text

COLUMNS = ("row", "score", "pct", "own", "hub", "lex", "mutual", "dup", "text")
COMPARED = ("row", "left_rank", "right_rank", "move", "left_pct", "right_pct", "left_score", "right_score", "text")
FORMULA = "=+-@\t\r"
"""first characters that a spreadsheet would take for a formula"""
Hit = Mapping[str, Any]


def export(path: Path, hits: Sequence[Hit], about: Mapping[str, object], columns: Sequence[str] = COLUMNS) -> int:
    """Write the hits, whole or not at all; returns how many.

    about: model, hashes, query, command.
    Raises: ValueError for another ending; UserError where it cannot be written.
    """
    writers = {".tsv": as_tsv, ".jsonl": as_jsonl, ".md": as_markdown}
    if path.suffix not in writers:
        raise ValueError(f"{path.name}: it must end in {', '.join(writers)}")
    write_text(path, writers[path.suffix](hits, about, columns))
    return len(hits)


def as_tsv(hits: Sequence[Hit], about: Mapping[str, object], columns: Sequence[str] = COLUMNS) -> str:
    r"""Comment lines, a heading, a line a hit; tabs and line ends are written as \t and \n."""
    head = [f"# {key}: {_flat(value)}" for key, value in about.items()]
    rows = ["\t".join(_cell(hit.get(name)) for name in columns) for hit in hits]
    return "\n".join([*head, "\t".join(columns), *rows]) + "\n"


def as_jsonl(hits: Sequence[Hit], about: Mapping[str, object], columns: Sequence[str] = COLUMNS) -> str:
    """The first object is about the export, each other one a hit."""
    rows = [{"about": dict(about)}, *({name: hit.get(name) for name in columns} for hit in hits)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_markdown(hits: Sequence[Hit], about: Mapping[str, object], columns: Sequence[str] = COLUMNS) -> str:
    """A list of what it is, and a table."""
    head = [f"- {key}: `{_flat(value)}`" for key, value in about.items()]
    names = [name for name in columns if name != "mutual"]
    rows = ["| " + " | ".join(_cell(hit.get(name)).replace("|", "\\|") for name in names) + " |" for hit in hits]
    return "\n".join([*head, "", "| " + " | ".join(names) + " |", "|" + " - |" * len(names), *rows]) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5g}"
    text = _flat(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in FORMULA and text else text


def _flat(value: object) -> str:
    text = str(value).replace("\\", "\\\\") if any(sign in str(value) for sign in "\t\r\n") else str(value)
    return text.replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")
