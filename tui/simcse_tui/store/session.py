"""What Explore knows: a model over a text in two children, the query that was asked, what came back.

No widget and no key here: the screen turns keys into calls and draws the fields.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from simcse_tui.child.client import Child, text_of
from simcse_tui.child.protocol import ENCODE, SEARCH, Answer
from simcse_tui.places import Places

State = Literal["empty", "loading", "ready", "error"]
BUILTIN = "builtin:"
"""how the names begin of what is no model on a disk or a Hub"""
COUNTING = f"{BUILTIN}counting"
CONTEXT = 6
"""lines before and behind a row"""
Hit = Mapping[str, Any]


@dataclass
class Session:
    """slot: of the children.  changed: called when a field is another one.

    note: progress, or what went wrong.  bad: (message, position, length) of a query that cannot be read.
    scanned: 0 to 1.  complete: no better hit can be missing.  closest: score of the nearest row, filtered out or not.
    recall: of the index that hits are from while rows are still being read.
    texts: sentences seen, by row.  lines: rows around `lines_of`.
    """

    places: Places
    model: str
    text: str
    changed: Callable[[], None]
    search: Child
    encode: Child | None
    slot: str = "a"
    state: State = "loading"
    note: str = ""
    stage: str = ""
    rows: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    hits: list[Hit] = field(default_factory=list)
    scanned: float = 0.0
    looked_at: int = 0
    complete: bool = True
    closest: float | None = None
    recall: float | None = None
    searching: bool = False
    bad: tuple[str, int, int] | None = None
    pins: set[int] = field(default_factory=set)
    lines: list[Hit] = field(default_factory=list)
    lines_of: int = -1
    why: Mapping[str, Any] | None = None
    why_of: tuple[str, str] = ("", "")
    equal: float | None = None
    map: Mapping[str, Any] | None = None
    texts: dict[int, str] = field(default_factory=dict)
    back: list[str] = field(default_factory=list)
    forward: list[str] = field(default_factory=list)

    @property
    def counting(self) -> bool:
        return self.model == COUNTING

    @property
    def use(self) -> dict[str, object]:
        """The model for a child."""
        return {
            "model": self.model,
            "runs_dir": str(self.places.runs_dir),
            "cache_dir": str(self.places.cache_dir),
            "device": self.places.device,
        }

    def open(self, corpus: str = "") -> None:
        """Vectors from the cache or made now, then the search child.  corpus: a prepared text that both sides share."""
        self.state, self.note, self.stage = "loading", "", ""
        if self.counting:
            args = {"slot": self.slot, "kind": "counting", "use": self.use, "text": self.text or None, "corpus": corpus}
            self.search.ask("open", args, self._opened)
        else:
            assert self.encode is not None
            args = {"slot": self.slot, "use": self.use, "text": self.text or None, "corpus": corpus}
            self.encode.ask("open", args, self._made)

    def _made(self, answer: Answer) -> None:
        if self._progress(answer) or answer["ev"] != "done":
            return
        self.facts.update(answer)
        args = {"slot": self.slot, "kind": "vectors", "folder": answer["folder"], "corpus": answer["corpus"]}
        self.search.ask("open", args, self._opened)

    def _opened(self, answer: Answer) -> None:
        if self._progress(answer) or answer["ev"] != "done":
            return
        self.facts.update({key: value for key, value in answer.items() if value != ""})
        self.rows, self.state, self.note = int(answer["rows"]), "ready", ""
        self.pins |= set(answer.get("pins") or ())
        if self.query:
            self.ask(self.query)
        self.changed()

    def _progress(self, answer: Answer) -> bool:
        if answer["ev"] == "progress":
            total, done = int(answer.get("total") or 0), int(answer.get("done") or 0)
            self.stage = str(answer["stage"])
            self.note = f"{done:,} / {total:,}" if total else str(answer.get("note") or "")
            self.changed()
            return True
        if answer["ev"] == "error":
            self.state, self.note = "error", text_of(answer)
            self.changed()
            return True
        return False

    # queries

    def ask(self, line: str) -> None:
        """Search; the newest query wins."""
        if self.state != "ready":
            self.query = line
            return
        text, filters_only = _text_in(line)
        self._ask_text(line)
        if text and not self.counting and not filters_only:
            assert self.encode is not None
            self.searching = True
            self.encode.ask("encode", {"slot": self.slot, "text": text}, lambda answer: self._encoded(line, answer))
        else:
            self._search(line, "")

    def _ask_text(self, line: str) -> None:
        """The sentence of a query that is a row, for the heading and for reasons."""
        row = row_in(line)
        if row is None or row in self.texts:
            return

        def heard(answer: Answer) -> None:
            if answer["ev"] == "done":
                self.texts.update({one["row"]: one["text"] for one in answer["rows"]})
                self.changed()

        self.search.ask("text_of", {"slot": self.slot, "first": row, "count": 1}, heard)

    def _encoded(self, line: str, answer: Answer) -> None:
        if answer["ev"] == "done":
            self._search(line, str(answer["vec"]))
        elif answer["ev"] == "error":
            self.searching = False
            self.note = text_of(answer)
            self.changed()

    def _search(self, line: str, vector: str) -> None:
        self.searching, self.bad = True, None
        args = {"slot": self.slot, "query": line, "vec": vector, "pins": sorted(self.pins)}
        self.search.ask("search", args, lambda answer: self._found(line, answer))

    def _found(self, line: str, answer: Answer) -> None:
        if answer["ev"] == "error":
            self.searching = False
            if answer.get("code") == "query":
                self.bad = (str(answer["msg"]), int(answer["position"]), int(answer["length"]))
            else:
                self.note = text_of(answer)
        elif answer["ev"] in {"part", "done"}:
            self.query, self.note = line, ""
            self.hits = list(answer["hits"])
            self.texts.update({hit["row"]: hit["text"] for hit in self.hits})
            self.scanned, self.looked_at = float(answer["scanned"]), int(answer["looked_at"])
            self.complete, self.searching = bool(answer["complete"]), answer["ev"] == "part"
            self.closest, self.recall = answer.get("closest"), answer.get("recall")
        self.changed()

    def visit(self, line: str) -> None:
        """Search for something else, and remember where one was."""
        if self.query and self.query != line:
            self.back.append(self.query)
            self.forward.clear()
        self.ask(line)

    def go_back(self) -> bool:
        return self._turn(self.back, self.forward)

    def go_forward(self) -> bool:
        return self._turn(self.forward, self.back)

    def _turn(self, away: list[str], kept: list[str]) -> bool:
        if not away:
            return False
        kept.append(self.query)
        self.ask(away.pop())
        return True

    # panes

    def ask_lines(self, row: int) -> None:
        """The lines of the text around a row."""
        if row == self.lines_of:
            return
        self.lines_of = row
        args = {"slot": self.slot, "first": row - CONTEXT, "count": 2 * CONTEXT + 1}

        def heard(answer: Answer) -> None:
            if answer["ev"] == "done" and row == self.lines_of:
                self.lines = list(answer["rows"])
                self.texts.update({one["row"]: one["text"] for one in self.lines})
                self.changed()

        self.search.ask("rows", args, heard)

    def ask_why(self, left: str, right: str) -> None:
        """Why a hit is near to the query."""
        if (left, right) == self.why_of or not left:
            return
        self.why_of, self.why, self.equal = (left, right), None, None
        child = self.search if self.counting else self.encode
        assert child is not None

        def heard(answer: Answer) -> None:
            if answer["ev"] == "done" and (left, right) == self.why_of:
                self.why = answer["why"]
                told = {"slot": self.slot, "cosine": answer["why"]["cosine"], "lex": answer["why"]["lex"]}
                self.search.ask("equal", told, equal)
            elif answer["ev"] == "error":
                self.note = text_of(answer)
            self.changed()

        def equal(answer: Answer) -> None:
            if answer["ev"] == "done" and (left, right) == self.why_of:
                self.equal = answer["pct"]
                self.changed()

        child.ask("why", {"slot": self.slot, "left": left, "right": right}, heard)

    def ask_map(self, **args: object) -> None:
        """The map, as many cells as there is room for."""

        def heard(answer: Answer) -> None:
            if answer["ev"] == "done":
                self.map, self.stage, self.note = answer, "", ""
                inside = answer.get("inside")
                if inside:
                    self.hits = list(inside["hits"])
                    self.complete = int(inside["count"]) <= len(self.hits)
                    self.looked_at, self.scanned = int(inside["count"]), 1.0
            elif answer["ev"] == "progress":
                self.note = f"{answer['stage']} {answer.get('done', 0):,}"
            elif answer["ev"] == "error":
                self.note = text_of(answer)
            self.changed()

        self.search.ask("map", {"slot": self.slot, **args}, heard)

    def pin(self, row: int) -> bool:
        """Pin a row, or take its pin away; whether it is pinned now."""
        self.pins ^= {row}
        self.search.ask("pin", {"slot": self.slot, "pins": sorted(self.pins)}, lambda answer: None)
        return row in self.pins


async def close(*children: Child | None) -> None:
    """End them all."""
    for child in children:
        if child is not None:
            with contextlib.suppress(OSError):
                await child.stop()


def make_child(places: Places, module: str) -> Child:
    """A child that is not started yet; what it prints goes into the private cache."""
    name = module.rsplit(".", 1)[-1]
    return Child(module, places.cache_dir / "logs" / f"{name}.txt", python=places.command[:1])


def children(places: Places, model: str) -> tuple[Child, Child | None]:
    """The search child and, for a model, the encode child."""
    return make_child(places, SEARCH), None if model == COUNTING else make_child(places, ENCODE)


def row_in(line: str) -> int | None:
    """The row that a query line names, None where it names none."""
    from simcse_ml.search.grammar import BadQuery, parse_query

    try:
        return parse_query(line).row
    except BadQuery:
        return None


def _text_in(line: str) -> tuple[str, bool]:
    """What of a query line is to be encoded, and whether there is nothing (a row or filters only, or an error)."""
    from simcse_ml.search.grammar import BadQuery, parse_query

    try:
        query = parse_query(line)
    except BadQuery:
        return "", True  # the search child says where
    return query.text, not query.text
