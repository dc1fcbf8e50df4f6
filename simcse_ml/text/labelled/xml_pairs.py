"""Labelled pairs in XML, as the challenges have them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from simcse_ml.text.labelled.records import Record, Table, input_error

_ELEMENT = "pair"
_PARTS = {"t": "premise", "h": "hypothesis", "premise": "premise", "hypothesis": "hypothesis"}
_LABELS = ("entailment", "value")
"""attributes that hold the label of a pair of the RTE and ASSIN challenges"""
_SCORE = "similarity"
"""one that holds how alike its sentences are, as ASSIN has"""
_WORDS = {"yes": "entailment", "true": "entailment", "no": "not_entailment", "false": "not_entailment"}
_WORDS |= {"unknown": "neutral", "none": "neutral"}
_MEND_XML = "give the sentences as TSV: premise, hypothesis, label"


def xml_table(path: Path, text: str) -> Table:
    """<pair> elements as the RTE and ASSIN challenges have them: a text, a hypothesis, the label as an attribute.

    Their two-way labels say whether something is entailed; what is not is "not_entailment".
    Raises: UserError(INPUT) for what is no XML, defines entities, or holds no such element.
    """
    found = _Pairs(path)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = found.doctype
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    found.parser = parser
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise input_error(path, f"this is no XML ({error})", _MEND_XML, error.lineno) from error
    if not found.records:
        raise input_error(path, "this XML holds no <pair> of a text and a hypothesis", _MEND_XML)
    columns: tuple[str, ...] = ("premise", "hypothesis", "label", _SCORE)
    if all(record.cells[-1] is None for record in found.records):
        columns = columns[:-1]
    return Table(path, "XML", columns, tuple(Record(one.line, one.cells[: len(columns)]) for one in found.records))


class _Pairs:
    """Handlers of expat that collect records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parser: Any = None
        self.records: list[Record] = []
        self.label: str | None = None
        self.score: str | None = None
        self.line = 0
        self.parts: dict[str, str] = {}
        self.inside = ""

    def doctype(self, name: str, system: str | None, public: str | None, internal: bool) -> None:
        """A name of a DTD is never followed; one that stands in the file could define entities."""
        if internal:
            raise input_error(self.path, "it defines entities of its own (a DTD)", _MEND_XML)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name.casefold() == _ELEMENT:
            told = next((attributes[key] for key in _LABELS if key in attributes), None)
            self.label = None if told is None else _WORDS.get(told.strip().casefold(), told)
            self.score = attributes.get(_SCORE)
            self.line, self.parts = self.parser.CurrentLineNumber, {}
        self.inside = _PARTS.get(name.casefold(), "")

    def text(self, data: str) -> None:
        if self.inside:
            self.parts[self.inside] = self.parts.get(self.inside, "") + data

    def end(self, name: str) -> None:
        self.inside = ""
        if name.casefold() == _ELEMENT and self.parts:
            cells = (self.parts.get("premise"), self.parts.get("hypothesis"), self.label, self.score)
            self.records.append(Record(self.line, cells))
            self.parts = {}
