"""A model and a text made ready to be explored: vectors, yardstick, hubs; made the first time, then opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Sink
from simcse_ml.jobs.search import check_index, counted_store, index_of, vector_store
from simcse_ml.jobs.using import Use, open_text, open_used, own_corpus
from simcse_ml.languages.detect import identify
from simcse_ml.search.calibration import calibrate
from simcse_ml.search.explorer import Explorer
from simcse_ml.search.grammar import BadQuery, Query, parse_query
from simcse_ml.search.hubs import hubs_of
from simcse_ml.search.index import ApproximateIndex
from simcse_ml.search.space import CountedSpace, DenseSpace, Space
from simcse_ml.text.corpus import Corpus

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel


@dataclass(frozen=True)
class Ready:
    """A model over a text. opened: None for builtin:counting.  model_hash: of what made the vectors."""

    name: str
    corpus: Corpus
    space: Space
    explorer: Explorer
    opened: OpenedModel | None
    model_hash: str

    def vector(self, query: Query) -> NDArray[np.float32] | None:
        """What the query is sought by; None where it is only filters."""
        if query.row is not None:
            if query.row >= len(self.space):
                raise BadQuery(f"there is no row {query.row:,}; the last one is {len(self.space) - 1:,}", 0, 1)
            return self.space.vector_of_row(query.row)
        if not query.text:
            return None
        if isinstance(self.space, CountedSpace):
            return self.space.vector_of_text(query.text)
        assert self.opened is not None
        found: NDArray[np.float32] = self.opened.embed([query.text])[0]
        return found


def text_of(use: Use, name: str | None, sink: Sink) -> Corpus:
    """The named text, or the run's own.  Raises: UserError USAGE where there is neither."""
    corpus = open_text(name, use, sink) if name is not None else own_corpus(use)
    if corpus is None:
        raise UserError(
            "name a text beside the model",
            where=use.model,
            mend=f"like this: simcse-ml explore {use.model} corpus.txt",
            exit_code=ExitCode.USAGE,
        )
    if not len(corpus):
        raise UserError(
            "there is no sentence in this text", where=name or use.model, mend="give another", exit_code=ExitCode.INPUT
        )
    return corpus


def ready(use: Use, corpus: Corpus, sink: Sink) -> Ready:
    """Vectors, yardstick and hubs of `corpus` by the model, from the cache or made now.

    Raises: UserError where the model cannot be opened or the disk cannot take it.
    """
    if use.is_counting:
        counted = CountedSpace(counted_store(corpus, use.cache_dir, sink))
        return _ready(use.model, corpus, counted, None, counted.store.model.fingerprint, sink)
    opened = open_used(use)
    store = vector_store(corpus, opened, use.cache_dir, sink)
    return _ready(use.model, corpus, DenseSpace(store), opened, store.manifest.model, sink)


def indexed(use: Use, name: str | None, sink: Sink) -> ApproximateIndex:
    """The approximate index of a text's vectors by a model, from the cache or made now.

    Raises: UserError USAGE for builtin:counting, which has none, MACHINE without usearch, and as `ready` does.
    """
    check_index(use)
    corpus = text_of(use, name, sink)
    store = vector_store(corpus, open_used(use), use.cache_dir, sink)
    return index_of(store, use, sink)


def explorer_of(corpus: Corpus, space: Space, sink: Sink) -> Explorer:
    """The explorer of a space that has its vectors."""
    return Explorer(
        space,
        corpus.texts,
        corpus.documents,
        calibrate(space, corpus.texts, sink),
        hubs_of(space, sink),
        lambda text: identify(text)[0],
    )


def parsed(line: str) -> Query:
    """A query line of the command line.  Raises: UserError USAGE with the place that cannot be read."""
    try:
        return parse_query(line)
    except BadQuery as error:
        raise bad_query(error, line) from error


def bad_query(error: BadQuery, line: str) -> UserError:
    """The one-line form."""
    marked = line[error.position : error.position + error.length]
    return UserError(
        error.what,
        where=f"query, character {error.position + 1}: {marked}",
        mend="see docs/exploring.md for the filters",
        exit_code=ExitCode.USAGE,
    )


def _ready(name: str, corpus: Corpus, space: Space, opened: OpenedModel | None, model_hash: str, sink: Sink) -> Ready:
    return Ready(name, corpus, space, explorer_of(corpus, space, sink), opened, model_hash)
