"""Labelled files whose records are marked as such: JSON, elements of XML, Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

from simcse_ml.text.labelled.records import Kind, Record, Table, input_error
from simcse_ml.text.sources.columnar import arrow_errors, short_reason

PARQUET = b"PAR1"
BATCH = 256
"""rows of a Parquet file at once"""
_ELEMENT = "pair"
_PARTS = {"t": "premise", "h": "hypothesis", "premise": "premise", "hypothesis": "hypothesis"}
_LABELS = ("entailment", "value")
"""attributes that hold the label of a pair of the RTE and ASSIN challenges"""
_WORDS = {"yes": "entailment", "true": "entailment", "no": "not_entailment", "false": "not_entailment"}
_WORDS |= {"unknown": "neutral", "none": "neutral"}
_MEND_XML = "give the sentences as TSV: premise, hypothesis, label"


def json_table(path: Path, text: str) -> Table:
    """JSON lines, one array, or one object that holds the records in a list.

    Raises: UserError(INPUT) with the line that is no JSON or no object.
    """
    kind: Kind
    parsed: list[tuple[int, object]]
    if text.lstrip().startswith("["):
        kind, parsed = "JSON array", _numbered(_parsed(path, 0, text))
    elif (values := _listed(text)) is not None:
        kind, parsed = "JSON object", _numbered(values)
    else:
        lines = ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())
        kind, parsed = "JSON lines", [(number, _parsed(path, number, line)) for number, line in lines]
    return _keyed(path, kind, [(number, _object(path, number, value)) for number, value in parsed])


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
    return Table(path, "XML", ("premise", "hypothesis", "label"), tuple(found.records))


def parquet_table(path: Path, rows: int | None = None) -> Table:
    """A Parquet file as the Hub keeps data sets.  rows: of its beginning, None for all.

    Raises: UserError(INPUT) where it is damaged.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        batches: Any = file.iter_batches(batch_size=BATCH, use_threads=False)
        kept = batches if rows is None else islice(batches, -(-rows // BATCH))
        objects = [one for batch in kept for one in batch.to_pylist()]
    except arrow_errors() as error:
        what = f"the Parquet file is damaged or cut off ({short_reason(error)})"
        raise input_error(path, what, "get the file again, whole") from error
    return _keyed(path, "Parquet", list(enumerate(objects, start=1)))


class _Pairs:
    """Handlers of expat that collect records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parser: Any = None
        self.records: list[Record] = []
        self.label: str | None = None
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
            self.line, self.parts = self.parser.CurrentLineNumber, {}
        self.inside = _PARTS.get(name.casefold(), "")

    def text(self, data: str) -> None:
        if self.inside:
            self.parts[self.inside] = self.parts.get(self.inside, "") + data

    def end(self, name: str) -> None:
        self.inside = ""
        if name.casefold() == _ELEMENT and self.parts:
            cells = (self.parts.get("premise"), self.parts.get("hypothesis"), self.label)
            self.records.append(Record(self.line, cells))
            self.parts = {}


def _listed(text: str) -> Sequence[object] | None:
    """The records of an object that holds one list of objects; None for anything else, as lines of objects are."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    lists = [inner for inner in value.values() if _holds_objects(inner)] if isinstance(value, dict) else []
    return lists[0] if len(lists) == 1 else None


def _numbered(values: object) -> list[tuple[int, object]]:
    return list(enumerate(values if isinstance(values, list) else [values], start=1))


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _keyed(path: Path, kind: Kind, objects: Sequence[tuple[int, Mapping[str, object]]]) -> Table:
    columns = tuple(dict.fromkeys(key for _, one in objects for key in one))
    records = tuple(Record(number, tuple(one.get(key) for key in columns)) for number, one in objects)
    return Table(path, kind, columns, records)


def _parsed(path: Path, line: int, text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = line or getattr(error, "lineno", 0)
        raise input_error(path, f"this is no JSON ({error})", "correct the line", place) from error


def _object(path: Path, line: int, value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise input_error(path, "this record is no JSON object", "write records as objects with named fields", line)
