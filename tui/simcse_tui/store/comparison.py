"""What Compare knows: two models over one text, in one search child and one encode child."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simcse_tui.child.client import Child, text_of
from simcse_tui.child.protocol import Answer
from simcse_tui.places import Places
from simcse_tui.store.session import COUNTING, Session, row_in

NEAREST = 10


@dataclass
class Comparison:
    """left, right: sessions of slots a and b.  changed: called when a field is another one.

    note: progress or what is wrong.  refused: why they cannot be compared, with the command that mends it.
    """

    places: Places
    left: Session
    right: Session
    text: str
    changed: Callable[[], None]
    search: Child
    encode: Child | None
    note: str = ""
    refused: str = ""
    query: str = ""
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    movers: Mapping[str, Any] | None = None
    counting_movers: bool = False
    asking: bool = False
    bad: str = ""
    back: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return self.left.state == self.right.state == "ready"

    @property
    def loading(self) -> Session:
        """The side that is being opened."""
        return self.left if self.left.state != "ready" else self.right

    @property
    def busy(self) -> bool:
        """Whether a side is being opened, or something that was asked for is on its way."""
        return not self.refused and not self.error and (not self.ready or self.asking or self.counting_movers)

    @property
    def error(self) -> str:
        """What went wrong with a side, "" for nothing."""
        return next((side.note for side in (self.left, self.right) if side.state == "error"), "")

    def open(self) -> None:
        """Find the text that both are compared on, then open A, then B on the same."""
        found: dict[str, Answer] = {}

        def heard(name: str, answer: Answer) -> None:
            if answer["ev"] == "error":
                self.refused = text_of(answer)
                self.changed()
            elif answer["ev"] == "done":
                found[name] = answer
                if len(found) == 2:
                    self._texts_known(found["a"], found["b"])

        for name, side in (("a", self.left), ("b", self.right)):
            told = {"use": side.use, "text": self.text or None}
            self.search.ask("text", told, lambda answer, name=name: heard(name, answer))  # type: ignore[misc]

    def _texts_known(self, first: Answer, second: Answer) -> None:
        hashes = [answer["corpus_hash"] for answer in (first, second) if answer["corpus_hash"]]
        a, b = self.left.model, self.right.model
        if not hashes:
            self.refused = f"name a text for both: simcse-ml compare {a} {b} corpus.txt"
        elif len(set(hashes)) == 2:
            self.refused = f"they were trained on different texts; encode both on one: simcse-ml compare {a} {b} {a}"
        if self.refused:
            self.changed()
            return
        corpus = str(first["corpus"] or second["corpus"])
        self.left.changed = lambda: self._left_changed(corpus)
        self.left.open(corpus)

    def _left_changed(self, corpus: str) -> None:
        if self.left.state == "ready":
            self.left.changed = self.changed
            self.right.open(corpus)
        self.changed()

    def ask(self, line: str) -> None:
        """One merged list of both models' nearest."""
        from simcse_ml.search.grammar import BadQuery, parse_query

        if not self.ready:
            return
        try:
            query = parse_query(line)
        except BadQuery as error:
            self.bad = error.what
            self.changed()
            return
        self.bad, self.asking = "", True
        if self.query and self.query != line:
            self.back.append(self.query)
        vectors: dict[str, str] = {}
        wanted = [side for side in (self.left, self.right) if query.text and side.model != COUNTING]

        def encoded(slot: str, answer: Answer) -> None:
            if answer["ev"] == "done":
                vectors[slot] = str(answer["vec"])
                if len(vectors) == len(wanted):
                    self._ask(line, vectors, query.count or NEAREST)
            elif answer["ev"] == "error":
                self.bad, self.asking = text_of(answer), False
                self.changed()

        for side in wanted:
            assert self.encode is not None
            told = {"slot": side.slot, "text": query.text}
            self.encode.ask("encode_both", told, lambda answer, slot=side.slot: encoded(slot, answer))  # type: ignore[misc]
        if not wanted:
            self._ask(line, vectors, query.count or NEAREST)

    def _ask(self, line: str, vectors: Mapping[str, str], k: int) -> None:
        def heard(answer: Answer) -> None:
            if answer["ev"] == "done":
                self.query, self.rows = line, list(answer["rows"])
            elif answer["ev"] == "error":
                self.bad = text_of(answer)
            self.asking = answer["ev"] not in {"done", "error"}
            self.changed()

        self.search.ask("compare", {"query": line, "vecs": dict(vectors), "k": k}, heard)

    def ask_movers(self) -> None:
        """Overlap over 1,000 rows as queries, and those that moved most."""
        if not self.ready:
            return
        self.counting_movers, self.note = True, ""

        def heard(answer: Answer) -> None:
            if answer["ev"] == "progress":
                self.note = f"{answer.get('done', 0):,} / {answer.get('total', 0):,}"
            elif answer["ev"] == "done":
                self.movers, self.counting_movers, self.note = answer, False, ""
            elif answer["ev"] in {"error", "cancelled"}:
                self.counting_movers, self.note = False, text_of(answer)
            self.changed()

        self.search.ask("movers", {}, heard)

    def row_text(self) -> int | None:
        """The row that is the query, if it is one."""
        return row_in(self.query)
