"""`search`: the sentences of a text that mean the same as a query."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.evaluation.baselines import default_kind
from simcse_ml.events import Sink
from simcse_ml.jobs.using import Use, open_text, open_used, own_corpus
from simcse_ml.search.counted import CountedStore, build_counted
from simcse_ml.search.hybrid import nearest_hybrid
from simcse_ml.search.index import ApproximateIndex, build_index, require_usearch
from simcse_ml.search.many import nearest_many
from simcse_ml.search.neighbours import Hit, nearest, top
from simcse_ml.search.vectors import VectorStore, build_vectors
from simcse_ml.text.corpus import Corpus

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel

SCRIPT_SAMPLE = 500
"""sentences that tell whether the text is written with spaces"""
By = Literal["meaning", "counting", "both"]


@dataclass(frozen=True)
class SearchRequest:
    """arguments: a text and one query or more; for a run the text may be left out, and its own is searched.

    count: hits a query.  hybrid: half by meaning, half by counting.  index: ask an approximate index, not every row.
    """

    use: Use
    arguments: tuple[str, ...]
    count: int = 10
    hybrid: bool = False
    index: bool = False


@dataclass(frozen=True)
class Found:
    """text: a sentence.  row: in the corpus.  document, position: where it stood.  score: cosine, or a mix of two."""

    text: str
    score: float
    row: int
    document: int
    position: int


@dataclass(frozen=True)
class Answer:
    """What was found for one query, best first."""

    query: str
    hits: tuple[Found, ...]


@dataclass(frozen=True)
class SearchResult:
    """by: what the scores are made of.  sentences: how many were searched.

    recall: share of the ten nearest that the index found when it was measured, None for an exact search.
    """

    model: str
    by: By
    sentences: int
    answers: tuple[Answer, ...]
    recall: float | None = None

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def search(request: SearchRequest, sink: Sink) -> SearchResult:
    """Exact search over all sentences; the first time their vectors are made, and kept in the cache.

    With `index` the approximate index is asked instead, which is made the first time too.
    Raises: UserError for a missing text or query, a model or text that cannot be opened, an index that cannot be.
    """
    if request.index:
        check_index(request.use, hybrid=request.hybrid)
    corpus, queries = text_and_queries(request, sink)
    if request.use.is_counting:
        counted = counted_store(corpus, request.use.cache_dir, sink)
        found = [top(counted.scores(query), request.count) for query in queries]
        return _result(request, "counting", corpus, queries, found)
    model = open_used(request.use)
    store = vector_store(corpus, model, request.use.cache_dir, sink)
    vectors = model.embed(list(queries))
    if request.index:
        index = index_of(store, request.use, sink)
        found = [index.nearest(vector, request.count) for vector in vectors]
        return replace(_result(request, "meaning", corpus, queries, found), recall=index.recall)
    if not request.hybrid:
        found = _nearest(store, vectors, request)
        return _result(request, "meaning", corpus, queries, found)
    counted = counted_store(corpus, request.use.cache_dir, sink)
    found = [
        nearest_hybrid(store, counted, vector, query, request.count)
        for vector, query in zip(vectors, queries, strict=True)
    ]
    return _result(request, "both", corpus, queries, found)


def _nearest(store: VectorStore, vectors: NDArray[np.float32], request: SearchRequest) -> list[list[Hit]]:
    """Vectors (queries, dim) -> hits of each: one query reads every vector, many share a reading."""
    from simcse_ml.training.threads import pick_threads

    if len(vectors) == 1:
        return [nearest(store, vectors[0], request.count, threads=pick_threads(request.use.threads))]
    return [
        [Hit(int(row), float(score)) for row, score in zip(rows, scores, strict=True)]
        for part in nearest_many(store, vectors, request.count)
        for rows, scores in zip(part.rows, part.scores, strict=True)
    ]


def index_of(store: VectorStore, use: Use, sink: Sink) -> ApproximateIndex:
    """The index of these vectors, from beside them or made now, with the threads that the machine has free."""
    from simcse_ml.training.threads import pick_threads

    return build_index(store, sink, threads=pick_threads(use.threads))


def check_index(use: Use, *, hybrid: bool = False) -> None:
    """Raises: UserError USAGE where counting takes part, which has no index, MACHINE without usearch."""
    if hybrid or use.is_counting:
        raise UserError(
            "an index is of vectors, and counting has none",
            where="--index",
            mend="leave it out: counting is searched exactly",
            exit_code=ExitCode.USAGE,
        )
    require_usearch("--index")


def vector_store(corpus: Corpus, model: OpenedModel, cache: Path, sink: Sink) -> VectorStore:
    """The vectors of `corpus` by `model`, from the cache or made now."""
    made_by = f"{model.fingerprint} {model.precision}"
    made_from = {"model": made_by, "corpus": corpus.fingerprint}
    folder = cache / "vectors" / _key(made_by, corpus.fingerprint)
    return build_vectors(folder, corpus.iterate(), model.embed, model.dim, len(corpus), made_from, sink)


def counted_store(corpus: Corpus, cache: Path, sink: Sink) -> CountedStore:
    """The counting vectors of `corpus`, from the cache or made now; the kind of counting follows its script."""
    rows = np.linspace(0, len(corpus) - 1, min(SCRIPT_SAMPLE, len(corpus))).astype(np.int64)
    kind = default_kind(corpus.texts(rows))
    folder = cache / "counting" / _key(kind, corpus.fingerprint)
    blocks: Callable[[], Iterator[list[str]]] = corpus.iterate
    return build_counted(folder, blocks, corpus.fingerprint, kind, count=len(corpus), sink=sink)


def text_and_queries(request: SearchRequest, sink: Sink) -> tuple[Corpus, tuple[str, ...]]:
    """The first argument is a text if it exists; a run may do without one."""
    first, rest = (request.arguments[0], request.arguments[1:]) if request.arguments else ("", ())
    own = own_corpus(request.use)
    named = bool(rest) and (own is None or Path(first).expanduser().exists() or _looks_like_a_path(first))
    corpus = open_text(first, request.use, sink) if named else own
    queries = tuple(query for query in (rest if named else request.arguments) if query.strip())
    if corpus is None:
        raise UserError(
            "name a text to search in, then what to look for",
            where=request.use.model,
            mend=f'like this: simcse-ml search {request.use.model} corpus.txt "a sentence"',
            exit_code=ExitCode.USAGE,
        )
    if not queries:
        raise UserError(
            "there is nothing to look for",
            where="QUERY",
            mend='give a query of at least one letter, in quotes: "a sentence"',
            exit_code=ExitCode.USAGE,
        )
    return corpus, queries


def _looks_like_a_path(text: str) -> bool:
    """Whether a person who typed this meant a file: then a missing one is an error, and not a query."""
    ending = Path(text).suffix
    return not any(map(str.isspace, text)) and (os.sep in text or (1 < len(ending) <= 6 and ending.isascii()))


def _result(
    request: SearchRequest, by: By, corpus: Corpus, queries: Sequence[str], found: Sequence[list[Hit]]
) -> SearchResult:
    answers = tuple(Answer(query, _with_text(corpus, hits)) for query, hits in zip(queries, found, strict=True))
    return SearchResult(request.use.model, by, len(corpus), answers)


def _with_text(corpus: Corpus, hits: list[Hit]) -> tuple[Found, ...]:
    texts = corpus.texts(np.array([hit.row for hit in hits], np.int64))
    return tuple(
        Found(text, hit.score, hit.row, int(corpus.documents[hit.row]), int(corpus.positions[hit.row]))
        for text, hit in zip(texts, hits, strict=True)
    )


def _key(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()
