"""The explorer's search: exact, in parts, so that the first hits are there at once, and stopped between two blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simcse_ml.search.calibration import Calibration
from simcse_ml.search.conditions import MARK_KEYS, Columns, TextConditions, row_mask
from simcse_ml.search.folding import fold
from simcse_ml.search.grammar import BadQuery, Query
from simcse_ml.search.hubs import NEAREST, Hubs
from simcse_ml.search.overlap import Grams, lexical_overlap, trigrams
from simcse_ml.search.space import Guess, Space, products

COUNT = 50
LOOKED_AT = 20_000
"""rows whose text is read, best first, before a filter that finds too little is given up, and that is said"""
GUESSED = 200
"""rows that an index is asked for"""
STEP = 500
EVERY = 0.1
"""seconds between two parts"""
MARKED = 20
"""hits for which it is counted whether the query is among their own nearest: a pass over the corpus for all of them"""
LEAST = 20
"""scores below which nothing can be said of what is usual"""
TO_NORMAL = 1.4826
"""median absolute deviation of a normal distribution -> its standard deviation"""

Floats = NDArray[np.floating]
Texts = Callable[[NDArray[np.int64]], Sequence[str]]


@dataclass(frozen=True)
class Neighbour:
    """One hit. row: of the corpus, from 0.  score: cosine.  pct: percent of random pairs less alike.  own: robust z.

    hub: times the expected lists.  lex: shared trigrams, 0 to 1.  mutual: None where it was not counted.
    dup: near-duplicates folded into it, itself among them, 1 for none.  folded_into: the row of the hit that stands for
    it, None where it stands for itself.  A number that does not apply (no query) is None.
    """

    row: int
    text: str
    score: float | None = None
    pct: float | None = None
    own: float | None = None
    hub: float | None = None
    lex: float | None = None
    mutual: bool | None = None
    dup: int = 1
    folded_into: int | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Part:
    """scanned: 0 to 1.  looked_at: rows whose text was read for a filter.  complete: no better hit can be missing.

    last: nothing will follow.  closest: the best cosine of any row, filtered out or not, None without a query.
    recall: of the index that some of the hits are from; None where all rows were read.
    """

    hits: tuple[Neighbour, ...]
    scanned: float
    looked_at: int = 0
    complete: bool = False
    last: bool = False
    closest: float | None = None
    recall: float | None = None


@dataclass(frozen=True)
class Explorer:
    """texts: rows (n,) -> sentences.  documents: (rows,) number of each row's document.  language: text -> code."""

    space: Space
    texts: Texts
    documents: NDArray[np.integer]
    calibration: Calibration
    hubs: Hubs
    language: Callable[[str], str]

    def search(
        self,
        query: Query,
        vector: NDArray[np.float32] | None,
        *,
        pins: Collection[int] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[Part]:
        """Parts, each with the best hits so far; nothing more once `stopped` says so.

        vector: of the query's text or row; None where there are only filters, which list rows in order.
        Raises: BadQuery where a filter asks for what is not there.
        """
        self._check(query, vector)
        search = _Search(self, query, self._sought(query), pins, stopped)
        yield from search.by_meaning(vector) if vector is not None else search.by_filters()

    def _sought(self, query: Query) -> Grams:
        text = query.text if query.row is None else self.texts(np.array([query.row]))[0]
        return trigrams(text)

    def _check(self, query: Query, vector: NDArray[np.float32] | None) -> None:
        if query.row is not None and query.row >= len(self.space):
            raise BadQuery(f"there is no row {query.row:,}; the last one is {len(self.space) - 1:,}", 0, 1)
        if vector is None and not query.conditions:
            raise BadQuery("there is nothing to look for", 0, 1)
        if vector is None:
            wants = [one.key for one in query.conditions if one.key in {"score", "pct", "own", "lex", "mutual"}]
            if wants:
                raise BadQuery(f"{wants[0]}: compares with a query, and there is none: add a text or a #row", 0, 1)


@dataclass(frozen=True)
class _Search:
    """One query under way."""

    explorer: Explorer
    query: Query
    sought: Grams
    pins: Collection[int]
    stopped: Callable[[], bool]

    @property
    def count(self) -> int:
        return self.query.count or COUNT

    def by_meaning(self, vector: NDArray[np.float32]) -> Iterator[Part]:
        total = len(self.explorer.space)
        itself = slice(0) if self.query.row is None else slice(self.query.row, self.query.row + 1)
        scores = np.full(total, np.nan, np.float32)
        guess = self._guess(vector)
        recall = None if guess is None else guess.recall
        if guess is not None:
            scores[guess.rows] = guess.scores
            scores[itself] = np.nan
            hits, looked, _ = self._best(scores, GUESSED)
            yield Part(tuple(replace(hit, own=None) for hit in hits[: self.count]), 0.0, looked, recall=recall)
        told = 0.0
        for rows, part in self.explorer.space.scores(vector):
            scores[rows] = part
            scores[itself] = np.nan  # a sentence is not its own neighbour
            if self.stopped():
                return
            now = time.monotonic()
            if rows.stop < total and now - told > EVERY:
                told = now
                hits, looked, _ = self._best(scores if guess else scores[: rows.stop], LOOKED_AT // 20)
                yield Part(tuple(hits), rows.stop / total, looked, recall=recall)
        hits, looked, whole = self._best(scores, LOOKED_AT)
        closest = None if np.isnan(scores).all() else float(np.nanmax(scores))
        if self.stopped():
            return
        if not any(one.key in MARK_KEYS for one in self.query.conditions):
            yield Part(tuple(hits[: self.count]), 1.0, looked, whole, closest=closest)
        marked = self._marked(hits)
        if not self.stopped():
            yield Part(tuple(marked[: self.count]), 1.0, looked, whole, last=True, closest=closest)

    def _guess(self, vector: NDArray[np.float32]) -> Guess | None:
        """What an index proposes; nothing where it cannot: what is usual is known once all rows were read."""
        if any(one.key == "own" for one in self.query.conditions):
            return None
        return self.explorer.space.guess(vector, GUESSED)

    def by_filters(self) -> Iterator[Part]:
        total = len(self.explorer.space)
        nothing = np.full(total, np.nan, np.float32)
        columns = Columns(nothing, nothing, nothing, self.explorer.documents, self.pins)
        rows = np.flatnonzero(row_mask(self.query, columns))
        conditions = self._text_conditions()
        hits: list[Neighbour] = []
        for start in range(0, len(rows), STEP):
            if self.stopped():
                return
            some = rows[start : start + STEP]
            texts = self.explorer.texts(some)
            hits += [
                Neighbour(int(row), text)
                for row, text in zip(some, texts, strict=True)
                if not conditions or conditions.hold(text)
            ]
            if len(hits) >= self._wanted:
                break
            if start % (STEP * 20) == 0:
                yield Part(tuple(hits[: self.count]), min(1.0, (start + STEP) / len(rows)), start + len(some))
        yield Part(tuple(self._marked(hits)[: self.count]), 1.0, len(rows), complete=True, last=True)

    @property
    def _wanted(self) -> int:
        """Hits to look for: more where what is known only of hits takes some away."""
        return self.count * (4 if any(one.key in MARK_KEYS for one in self.query.conditions) else 1)

    def _text_conditions(self) -> TextConditions:
        return TextConditions.of(self.query, self.sought, self.explorer.language)

    def _best(self, scores: Floats, most: int) -> tuple[list[Neighbour], int, bool]:
        """The best hits, how many texts were read for them, and whether none can be missing.

        scores: (rows so far,) NaN for a row that is not to be found.
        """
        known = ~np.isnan(scores)
        own = robust_z(scores)
        mask = known
        if any(one.key in {"pct", "own", "score", "line", "src", "is"} for one in self.query.conditions):
            pct = self._percent(scores)
            columns = Columns(scores, pct, own, self.explorer.documents[: len(scores)], self.pins)
            mask = known & row_mask(self.query, columns)
        conditions = self._text_conditions()
        rows: list[int] = []
        texts: list[str] = []
        looked, exhausted = 0, False
        for some in _in_order(scores, mask, self._wanted if not conditions else STEP):
            found = self.explorer.texts(some)
            looked += len(some)
            for row, text in zip(some.tolist(), found, strict=True):
                if not conditions or conditions.hold(text):
                    rows.append(row)
                    texts.append(text)
            if len(rows) >= self._wanted or looked >= most or self.stopped():
                break
        else:
            exhausted = True
        rows, texts = rows[: self._wanted], texts[: self._wanted]
        percents = self._percent(scores[rows])
        hits = [
            Neighbour(
                row,
                text,
                float(scores[row]),
                float(percent),
                None if np.isnan(own[row]) else float(own[row]),
                lex=lexical_overlap(self.sought, trigrams(text)),
            )
            for row, text, percent in zip(rows, texts, percents, strict=True)
        ]
        return hits, looked if conditions else 0, exhausted or len(rows) >= self._wanted

    def _percent(self, scores: Floats) -> NDArray[np.float64]:
        percent = self.explorer.calibration.percentile(np.nan_to_num(scores, nan=-2.0))
        return np.where(np.isnan(scores), np.nan, percent)

    def _marked(self, hits: list[Neighbour]) -> list[Neighbour]:
        """With hubs, mutual marks and folds, and without the hits that filters on those take away."""
        if not hits:
            return hits
        rows = np.array([hit.row for hit in hits], np.int64)
        units = self.explorer.space.units(rows)
        places = fold(products(units, units), [trigrams(hit.text) for hit in hits])
        times = self.explorer.hubs.times(rows)
        marked = [
            replace(
                hit,
                hub=None if np.isnan(times[place]) else float(times[place]),
                dup=places.count(place) if first == place else 1,
                folded_into=None if first == place else hits[first].row,
            )
            for place, (hit, first) in enumerate(zip(hits, places, strict=True))
        ]
        wanted = [one for one in self.query.conditions if one.key == "mutual"]
        some = marked[: len(marked) if wanted else MARKED]
        if hits[0].score is not None:
            than = np.array([hit.score for hit in some], np.float32)
            closer = self.explorer.space.closer(rows[: len(some)], than, self.stopped)
            mutual = [replace(hit, mutual=bool(ahead < NEAREST)) for hit, ahead in zip(some, closer, strict=True)]
            marked[: len(some)] = mutual
        return [hit for hit in marked if self._keeps(hit)]

    def _keeps(self, hit: Neighbour) -> bool:
        for one in self.query.conditions:
            if one.key == "hub" and not one.holds(hit.hub if hit.hub is not None else float("nan")):
                return False
            if one.key == "dup" and not one.holds(hit.dup):
                return False
            if one.key == "mutual" and ((one.word.lower() == "yes") != bool(hit.mutual)) != one.negated:
                return False
        return True


def robust_z(scores: Floats) -> Floats:
    """(rows,) distances from the median in robust standard deviations; NaN where too few scores say what is usual.

    Scores of exactly 0 are left out: with counting most sentences share nothing with a query.
    """
    usual = scores[~np.isnan(scores) & (scores != 0)]
    if len(usual) < LEAST:
        return np.full_like(scores, np.nan)
    middle = np.median(usual)
    spread = TO_NORMAL * np.median(np.abs(usual - middle))
    return (scores - middle) / spread if spread > 0 else np.full_like(scores, np.nan)


def _in_order(scores: Floats, mask: NDArray[np.bool_], first: int) -> Iterator[NDArray[np.int64]]:
    """Rows of `mask`, the best first, equal scores by row, in growing pieces, sorted only as far as is asked for."""
    rows = np.flatnonzero(mask)
    values = scores[rows]
    size = first
    while len(rows) > size:
        cut = np.partition(values, len(values) - size)[len(values) - size]
        above = values >= cut
        yield _sorted(rows[above], values[above])
        rows, values = rows[~above], values[~above]
        size = min(2 * size, STEP * 8)
    if len(rows):
        yield _sorted(rows, values)


def _sorted(rows: NDArray[np.int64], values: Floats) -> NDArray[np.int64]:
    return rows[np.lexsort((rows, -values))]
