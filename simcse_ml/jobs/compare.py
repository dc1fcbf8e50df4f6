"""`compare`: two models on one text, by ranks and percentiles, beside the noise between two seeds of one recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Sink, StageStarted
from simcse_ml.jobs.exploring import Ready, parsed, ready, text_of
from simcse_ml.jobs.using import Use, own_corpus
from simcse_ml.search.calibration import percentile_text
from simcse_ml.search.comparing import DEEP, NEAREST, Interval, interval, merged, nearest_rows, overlap, query_rows
from simcse_ml.search.explorer import Explorer
from simcse_ml.search.grammar import BadQuery, Query
from simcse_ml.search.space import Space
from simcse_ml.text.corpus import Corpus

STAGE = "movers"
UNKNOWN = "noise unknown; train one more seed to judge"
STEP = 200


class Side(Protocol):
    """One of the two models, over the text."""

    @property
    def corpus(self) -> Corpus: ...

    @property
    def space(self) -> Space: ...

    @property
    def explorer(self) -> Explorer: ...


@dataclass(frozen=True)
class ComparedRow:
    """left_rank, right_rank: 1-based.  move: such as "=", "up 28", "A only", as the second model sees it; "only" where
    the other model ranks it below DEEP.
    """

    row: int
    text: str
    left_rank: int
    right_rank: int
    move: str
    left_score: float
    right_score: float
    left_pct: str
    right_pct: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Mover:
    """A sentence of the text as a query. overlap: share of its nearest ten that both models have."""

    row: int
    text: str
    overlap: float


@dataclass(frozen=True)
class Movers:
    """overlap: over all queries.  noise: the same between two seeds of one recipe, None where none was given.

    verdict: in words.  movers: the queries whose neighbours changed most, first.
    """

    queries: int
    overlap: Interval
    noise: Interval | None
    verdict: str
    movers: tuple[Mover, ...]

    def as_json(self, most: int | None = None) -> dict[str, object]:
        told = asdict(self)
        told["movers"] = told["movers"][:most]
        return told


@dataclass(frozen=True)
class CompareRequest:
    """left, right: models.  text: None for the left run's own.  query: a query line, None for movers only.

    seed: a third model that was trained like the left one with another seed.
    """

    left: Use
    right: Use
    text: str | None = None
    query: str | None = None
    movers: bool = False
    seed: Use | None = None
    count: int = NEAREST


@dataclass(frozen=True)
class CompareResult:
    """rows: of the query's merged list, None without a query.  movers: None where they were not asked for."""

    left: str
    right: str
    sentences: int
    rows: tuple[ComparedRow, ...] | None
    movers: Movers | None

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "movers": None if self.movers is None else self.movers.as_json()}


def compare(request: CompareRequest, sink: Sink) -> CompareResult:
    """Raises: UserError where the two were trained on different texts and none is named, or one cannot be opened."""
    corpus = common_text(request, sink)
    sides = [ready(use, corpus, sink) for use in (request.left, request.right)]
    rows = None
    if request.query is not None:
        query = parsed(request.query)
        rows = _rows_of(sides, query, request)
    movers = None
    if request.movers or request.query is None:
        seed = ready(request.seed, corpus, sink) if request.seed is not None else None
        movers = movers_of(sides[0], sides[1], sink, noise=seed)
    return CompareResult(request.left.model, request.right.model, len(corpus), rows, movers)


def _rows_of(sides: list[Ready], query: Query, request: CompareRequest) -> tuple[ComparedRow, ...]:
    from simcse_ml.jobs.exploring import bad_query

    try:
        vectors = [side.vector(query) for side in sides]
        return merged_list(sides[0], sides[1], vectors[0], vectors[1], query, query.count or request.count)
    except BadQuery as error:
        raise bad_query(error, request.query or "") from error


def common_text(request: CompareRequest, sink: Sink) -> Corpus:
    """The text both are compared on.  Raises: UserError where two runs have each their own and none was named."""
    if request.text is not None:
        return text_of(request.left, request.text, sink)
    texts = [own_corpus(use) for use in (request.left, request.right)]
    there = [text for text in texts if text is not None]
    if len(there) == 2 and there[0].fingerprint != there[1].fingerprint:
        left, right = request.left.model, request.right.model
        raise UserError(
            "they were trained on different texts, so their neighbours cannot be compared as they are",
            where=f"{left} and {right}",
            mend=f"encode both on one text: simcse-ml compare {left} {right} {left}",
            exit_code=ExitCode.USAGE,
        )
    return there[0] if there else text_of(request.left, None, sink)


def merged_list(
    left: Side,
    right: Side,
    first: NDArray[np.float32] | None,
    second: NDArray[np.float32] | None,
    query: Query,
    k: int,
) -> tuple[ComparedRow, ...]:
    """Everything in either's `k` nearest, each once.  Raises: BadQuery where there is nothing to be near to."""
    if first is None or second is None:
        raise BadQuery("comparing wants a text or a #row", 0, 1)
    if query.conditions:
        raise BadQuery(f"comparing knows no filters ({query.conditions[0].key}:); leave it out", 0, 1)
    scores = [_all(side.space, vector) for side, vector in ((left, first), (right, second))]
    found = merged(scores[0], scores[1], k, without=query.row)
    texts = left.corpus.texts(np.array([one.row for one in found], np.int64))
    yardsticks = [side.explorer.calibration for side in (left, right)]
    return tuple(
        ComparedRow(
            one.row,
            text,
            one.left,
            one.right,
            move_of(one.left, one.right),
            one.left_score,
            one.right_score,
            *(
                percentile_text(float(yardstick.percentile(np.array([score]))[0]), len(yardstick))
                for yardstick, score in zip(yardsticks, (one.left_score, one.right_score), strict=True)
            ),
        )
        for one, text in zip(found, texts, strict=True)
    )


def movers_of(
    left: Side, right: Side, sink: Sink, *, noise: Side | None = None, stopped: Callable[[], bool] = lambda: False
) -> Movers | None:
    """Over 1,000 sentences of the text as queries; None where it was stopped.

    noise: a model like `left` of another seed.
    """
    rows = query_rows(len(left.space))
    sides = [left, right, *([noise] if noise is not None else [])]
    lists = []
    sink(StageStarted(STAGE, total=len(rows) * len(sides)))
    for number, side in enumerate(sides):
        parts = []
        for start in range(0, len(rows), STEP):
            if stopped():
                return None
            parts += list(nearest_rows(side.space, rows[start : start + STEP]))
            sink(Progress(STAGE, number * len(rows) + min(start + STEP, len(rows)), len(rows) * len(sides)))
        lists.append(np.concatenate(parts))
    shares = overlap(lists[0], lists[1])
    between = interval(shares)
    beside = interval(overlap(lists[0], lists[2])) if noise is not None else None
    order = np.lexsort((rows, shares))
    texts = left.corpus.texts(rows[order])
    found = tuple(Mover(int(rows[i]), text, float(shares[i])) for i, text in zip(order, texts, strict=True))
    return Movers(len(rows), between, beside, verdict(between, beside), found)


def verdict(between: Interval, noise: Interval | None) -> str:
    """Whether two models differ by more than two seeds do."""
    if noise is None:
        return UNKNOWN
    if between.high < noise.low:
        return "they differ by more than two seeds of one recipe"
    return "no more different than two seeds of one recipe"


def move_of(left: int, right: int) -> str:
    """Two ranks as a move in words, from the first model to the second."""
    if left <= DEEP < right:
        return "A only"
    if right <= DEEP < left:
        return "B only"
    return "=" if left == right else f"{'up' if right < left else 'down'} {abs(left - right)}"


def _all(space: Space, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    scores = np.zeros(len(space), np.float32)
    for rows, part in space.scores(vector):
        scores[rows] = part
    return scores
