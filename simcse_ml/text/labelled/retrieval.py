"""Questions, documents, and which answer which, as publishers ship them: BEIR, TREC, MIRACL, plain tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcse_ml.text.labelled.pairs import set_name
from simcse_ml.text.labelled.records import Record, Table, cell_text, first_of, input_error
from simcse_ml.text.labelled.retrieval_files import RetrievalFiles, retrieval_files
from simcse_ml.text.labelled.sts_columns import column_name, number_of
from simcse_ml.text.labelled.tables import read_table

_ID = (
    "id",
    "docid",
    "docno",
    "pid",
    "qid",
    "doc_id",
    "query_id",
    "corpus_id",
    "passage_id",
    "document_id",
    "question_id",
)
_TEXT = ("text", "contents", "content", "body", "passage", "query", "question", "document", "segment")
_TITLE = "title"
_QUERY = ("query_id", "qid", "question_id", "topic_id", "query", "topic")
_DOCUMENT = ("corpus_id", "doc_id", "docid", "docno", "document_id", "passage_id", "pid", "document", "passage")
_GRADE = ("score", "relevance", "rel", "grade", "label", "relevance_score")
_NAMES = frozenset((*_ID, *_TEXT, _TITLE, *_QUERY, *_DOCUMENT, *_GRADE))
_TREC = 4
"""columns of qrels without a header: question, a number that means nothing, document, grade"""


@dataclass(frozen=True)
class RetrievalSet:
    """queries, documents: texts.  query, document: (judged,) which document was found to answer which query; grade:
    (judged,) how well, over 0.  Every query has one such document at least.  files: what it was read from.
    notes: what was left out.
    """

    name: str
    files: RetrievalFiles
    queries: tuple[str, ...]
    documents: tuple[str, ...]
    query: NDArray[np.int64]
    document: NDArray[np.int64]
    grade: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def read_retrieval(folder: Path) -> RetrievalSet:
    """The set in a folder with corpus, queries and qrels, each in any table that tables.py reads, or a folder of such.

    Raises: UserError(INPUT) where one of them is missing or cannot be told from others, with file:line for a missing
    column, an identifier that stands for two texts, a grade that is no number; where no document answers any query.
    """
    files = retrieval_files(folder)
    documents, empty = _texts(files.corpus)
    queries, silent = _texts((files.queries,))
    grades, unknown = _grades(files, queries, documents)
    answered = dict.fromkeys(one for one, _ in grades)
    if not answered:
        raise input_error(files.qrels, "no document in it answers a question", "give the qrels of these questions")
    place = {one: number for number, one in enumerate(answered)}
    column = {one: number for number, one in enumerate(documents)}
    return RetrievalSet(
        set_name(folder),
        files,
        tuple(queries[one] for one in answered),
        tuple(documents.values()),
        np.array([place[one] for one, _ in grades], np.int64),
        np.array([column[one] for _, one in grades], np.int64),
        np.array(list(grades.values()), np.float64),
        tuple(_notes(empty, silent, unknown, len(queries) - len(answered))),
    )


def _notes(empty: int, silent: int, unknown: Counter[str], unanswered: int) -> Iterator[str]:
    told = (
        (empty, "documents without a text"),
        (silent, "questions without a text"),
        (unanswered, "questions that no document answers"),
        (unknown["question"], "judgements of questions that are not there"),
        (unknown["document"], "judgements of documents that are not there"),
    )
    yield from (f"{count:,} {what} left out" for count, what in told if count)


def _texts(paths: Sequence[Path]) -> tuple[dict[str, str], int]:
    """Identifier -> text, a title in front of it, and how many had none."""
    found: dict[str, str] = {}
    empty = 0
    for path in paths:
        table = read_table(path, _is_column)
        identifier, places = _text_places(table)
        for record in table.records:
            name = _name(table, record, identifier)
            text = " ".join(" ".join(cell_text(record, place).split()) for place in places).strip()
            if name in found:
                raise input_error(
                    path, f"{name} is the identifier of another text too", "give each its own", record.line
                )
            if text:
                found[name] = text
            empty += not text
    return found, empty


def _text_places(table: Table) -> tuple[int, tuple[int, ...]]:
    """The columns of the identifier, and of title and text. Without a header there are two."""
    names = [column_name(name).strip("_") for name in table.columns]
    if not any(names):
        if len(names) != 2:
            raise input_error(table.path, "its columns are not named", "name them id, text", 1)
        return 0, (1,)
    identifier, text = first_of(names, _ID), first_of(names, _TEXT)
    if identifier is None or text is None:
        what = f"no column {'id' if identifier is None else 'text'} among {', '.join(table.columns)}"
        raise input_error(table.path, what, "name the columns id, text", 1)
    title = first_of(names, (_TITLE,))
    return identifier, (text,) if title is None else (title, text)


def _grades(
    files: RetrievalFiles, queries: Mapping[str, str], documents: Mapping[str, str]
) -> tuple[dict[tuple[str, str], float], Counter[str]]:
    """(query, document) -> grade, over 0, and how many judgements are of what is not there."""
    table = _parted(read_table(files.qrels, _is_column))
    first, second, third = _grade_places(table)
    found: dict[tuple[str, str], float] = {}
    unknown: Counter[str] = Counter()
    for record in table.records:
        query, document = _name(table, record, first), _name(table, record, second)
        grade = number_of(cell_text(record, third)) if third >= 0 else 1.0
        if grade is None or not math.isfinite(grade):
            raise input_error(
                table.path, f"the grade is {cell_text(record, third)!r}", "correct the line or delete it", record.line
            )
        if query not in queries:
            unknown["question"] += 1
        elif document not in documents:
            unknown["document"] += 1
        elif grade > 0:
            found[query, document] = max(grade, found.get((query, document), 0.0))
    return found, unknown


def _grade_places(table: Table) -> tuple[int, int, int]:
    """The columns of question, document and grade; -1 where every line is an answer."""
    names = [column_name(name).strip("_") for name in table.columns]
    if any(names):
        query, document, grade = first_of(names, _QUERY), first_of(names, _DOCUMENT), first_of(names, _GRADE)
        if query is None or document is None:
            what = f"no column {'query_id' if query is None else 'corpus_id'} among {', '.join(table.columns)}"
            raise input_error(table.path, what, "name the columns query_id, corpus_id, score", 1)
        return query, document, -1 if grade is None else grade
    if len(names) == _TREC:
        return 0, 2, 3
    if len(names) in (2, 3):
        return 0, 1, len(names) - 1 if len(names) == 3 else -1
    raise input_error(table.path, "its columns are not named", "name them query_id, corpus_id, score", 1)


def _parted(table: Table) -> Table:
    """As TREC writes it, with blanks between the columns."""
    if len(table.columns) != 1 or any(table.columns):
        return table
    records = tuple(Record(one.line, tuple(str(one.cells[0]).split())) for one in table.records)
    widths = {len(one.cells) for one in records}
    return replace(table, columns=("",) * max(widths), records=records) if len(widths) == 1 else table


def _is_column(name: str) -> bool:
    return column_name(name).strip("_") in _NAMES


def _name(table: Table, record: Record, place: int) -> str:
    name = cell_text(record, place)
    if not name:
        raise input_error(table.path, "an identifier is missing", "complete the line or delete it", record.line)
    return name
