"""Query lines of Explore: as text, in other words, as the equal command, and their hits as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcse_ml.errors import UserError
from simcse_ml.search.grammar import BadQuery, Query, parse_query
from simcse_tui.store.exporting import COMPARED, export

if TYPE_CHECKING:
    from simcse_tui.store.comparison import Comparison
    from simcse_tui.store.session import Session

OTHER_WORDS = "lex:<.2"
"""the other-words lens: alike in meaning, not in spelling"""


def with_other_words(line: str) -> str:
    """The query with the lens, or without it where it has it."""
    words = line.split()
    return " ".join(word for word in words if word != OTHER_WORDS) if OTHER_WORDS in words else f"{line} {OTHER_WORDS}"


def text_of_query(session: Session) -> str:
    """The sentence that is the query, "" where there is none or it is not known yet."""
    query = _parsed(session.query)
    if query.row is None:
        return query.text
    return session.texts.get(query.row, "")


def command_of(session: Session) -> list[str]:
    """The command that finds the same."""
    text = [session.text] if session.text else []
    if not session.query:
        return ["simcse-ml", "explore", session.model, *text]
    query = _parsed(session.query)
    sought = query.text or ("" if query.row is None else f"#{query.row}")
    filters = [word for word in session.query.split() if ":" in word or word.startswith(('"', '-"'))]
    told = ["simcse-ml", "search", session.model, *text, *([sought] if sought else [])]
    return [*told, "--filter", " ".join(filters), "-k", str(query.count or 50)]


def export_hits(
    session: Session, hits: Sequence[Mapping[str, Any]], typed: str, command: str, say: Callable[..., str]
) -> tuple[str, bool]:
    """Write them; returns what to tell, and whether it failed."""
    about = {
        "model": session.model,
        "model_hash": session.facts.get("model_hash", ""),
        "corpus_hash": session.facts.get("corpus_hash", ""),
        "query": session.query,
        "command": command,
    }
    try:
        count = export(Path(typed).expanduser(), hits, about)
    except (ValueError, UserError) as error:
        return str(error), True
    return say("explore.exported", count=count, path=typed), False


def export_compared(found: Comparison, typed: str, command: str, say: Callable[..., str]) -> tuple[str, bool]:
    """The merged list; ranks and percentiles stand in columns of their own."""
    about = {
        "models": f"A {found.left.model} | B {found.right.model}",
        "model_hashes": f"{found.left.facts.get('model_hash', '')} | {found.right.facts.get('model_hash', '')}",
        "corpus_hash": found.left.facts.get("corpus_hash", ""),
        "query": found.query,
        "command": command,
    }
    try:
        count = export(Path(typed).expanduser(), found.rows, about, columns=COMPARED)
    except (ValueError, UserError) as error:
        return str(error), True
    return say("explore.exported", count=count, path=typed), False


def _parsed(line: str) -> Query:
    try:
        return parse_query(line)
    except BadQuery:
        return Query()
