"""What a folder with documents, questions and judgements is described as."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.described import FIRST_ROWS, SHOWN, Described
from simcse_ml.text.labelled.retrieval import read_retrieval
from simcse_ml.text.labelled.retrieval_files import retrieval_files
from simcse_ml.text.labelled.tables import MOST_BYTES

TOO_LARGE = "questions and documents, too many to be looked into here; eval --retrieval takes them"


def described_retrieval(folder: Path) -> Described:
    """Of a folder that has all three; rows: questions that a document answers, each with its first such document."""
    try:
        files = retrieval_files(folder)
        size = sum(file.stat().st_size for file in files)
        if size > MOST_BYTES:
            return Described(str(folder), "unreadable", problem=TOO_LARGE)
        found = read_retrieval(folder)
    except UserError as error:
        return Described(str(folder), "unreadable", problem=f"{error.where}: {error.what}; {error.mend}")
    answers = dict(zip(found.query[::-1].tolist(), found.document[::-1].tolist(), strict=True))
    return Described(
        str(folder),
        "retrieval",
        ", ".join(file.relative_to(folder).as_posix() for file in files),
        bytes=size,
        rows=len(found.queries),
        columns=("question", "document that answers it"),
        first=tuple(
            (query[:SHOWN], found.documents[answers[row]][:SHOWN])
            for row, query in islice(enumerate(found.queries), FIRST_ROWS)
        ),
        warnings=(f"{len(found.documents):,} documents, {len(found.grade):,} answers", *found.notes),
    )
