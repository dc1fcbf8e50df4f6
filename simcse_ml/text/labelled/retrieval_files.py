"""Which files of a folder are the documents, the questions and the judgements of a retrieval set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.labelled.finding import is_set_file, words_of
from simcse_ml.text.labelled.parts import FOR_REPORTING

_CORPUS = ("corpus", "collection", "documents", "docs", "passages")
_QUERIES = ("queries", "topics", "questions")
_QRELS = ("qrels", "judgements", "judgments")


@dataclass(frozen=True)
class RetrievalFiles:
    """corpus: one or more."""

    corpus: tuple[Path, ...]
    queries: Path
    qrels: Path

    def __iter__(self) -> Iterator[Path]:
        yield from (*self.corpus, self.queries, self.qrels)


def holds_retrieval(folder: Path) -> bool:
    """Whether a folder has files or folders called as all three of them are."""
    return all(_called(folder, names) for names in (_CORPUS, _QUERIES, _QRELS))


def retrieval_files(folder: Path) -> RetrievalFiles:
    """Raises: UserError(INPUT) where one of them is missing, or several may be meant."""
    if not folder.is_dir():
        what = "this is a file" if folder.exists() else "there is no such folder"
        raise _error(folder, what, "name a folder with corpus, queries and qrels")
    found = {names[0]: _called(folder, names) for names in (_CORPUS, _QUERIES, _QRELS)}
    missing = [name for name, files in found.items() if not files]
    if missing:
        mend = "name a folder with corpus, queries and qrels in tables (TSV, JSON lines, Parquet ...)"
        raise _error(folder, f"there is no file {' or '.join(missing)} in this folder", mend)
    return RetrievalFiles(tuple(found["corpus"]), _one(folder, found["queries"]), _one(folder, found["qrels"]))


def _called(folder: Path, names: Sequence[str]) -> list[Path]:
    """Tables whose name begins with one of `names`, or that lie in a folder called so."""
    if not folder.is_dir():
        return []
    entries = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    files = [one for one in entries if one.is_file() and is_set_file(one) and words_of(one)[0] in names]
    inside = [one for one in entries if one.is_dir() and one.name.casefold() in names]
    return files or sorted(one for sub in inside for one in sub.iterdir() if one.is_file() and is_set_file(one))


def _one(folder: Path, files: Sequence[Path]) -> Path:
    if len(files) == 1:
        return files[0]
    for beginnings in FOR_REPORTING:
        own = [file for file in files if any(word.startswith(beginnings) for word in words_of(file))]
        if len(own) == 1:
            return own[0]
    told = ", ".join(str(file.relative_to(folder)) for file in files)
    raise _error(folder, f"several files may be meant: {told}", "leave the one that is in a folder of its own")


def _error(folder: Path, what: str, mend: str) -> UserError:
    return UserError(what, where=str(folder), mend=mend, exit_code=ExitCode.INPUT)
