"""`search --filter`: the explorer's search, for the command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Sink
from simcse_ml.jobs.exploring import Ready, bad_query, parsed, ready
from simcse_ml.jobs.search import SearchRequest, text_and_queries
from simcse_ml.search.explorer import Neighbour, Part
from simcse_ml.search.grammar import BadQuery


@dataclass(frozen=True)
class FilteredAnswer:
    """hits: best first.  looked_at: sentences whose text was read.  complete: no better hit can be missing.

    closest: the best score of any sentence, filtered out or not.
    """

    query: str
    hits: tuple[Neighbour, ...]
    looked_at: int
    complete: bool
    closest: float | None = None


@dataclass(frozen=True)
class FilteredResult:
    """pairs: random pairs behind the percentiles."""

    model: str
    sentences: int
    pairs: int
    answers: tuple[FilteredAnswer, ...]

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def filtered_search(request: SearchRequest, filters: str, sink: Sink) -> FilteredResult:
    """Raises: UserError for a filter that cannot be read, and as `search` does."""
    parsed(filters)
    if request.hybrid:
        raise UserError(
            "filters are counted by one score, and this is a mix of two",
            where="--hybrid --filter",
            mend="leave one of them out",
            exit_code=ExitCode.USAGE,
        )
    if request.index:
        raise UserError(
            "filters look at every row, an index at few",
            where="--index --filter",
            mend="leave one of them out",
            exit_code=ExitCode.USAGE,
        )
    corpus, queries = text_and_queries(request, sink)
    space = ready(request.use, corpus, sink)
    answers = tuple(_answer(space, query, f"{query} k:{request.count} {filters}") for query in queries)
    return FilteredResult(request.use.model, len(corpus), len(space.explorer.calibration), answers)


def _answer(space: Ready, query: str, line: str) -> FilteredAnswer:
    try:
        wanted = parsed(line)
        parts: list[Part] = list(space.explorer.search(wanted, space.vector(wanted)))
    except BadQuery as error:
        raise bad_query(error, line) from error
    return FilteredAnswer(query, parts[-1].hits, parts[-1].looked_at, parts[-1].complete, parts[-1].closest)
