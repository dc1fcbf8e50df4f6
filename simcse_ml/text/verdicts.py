"""The second pass: what only all sentences together tell. Boilerplate, repeats, scripts, the sample, near repeats.

One byte a sentence: 0 is kept, any other number is a reason. Only columns are read, never all texts at once.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simcse_ml.files import PARTIAL
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import Shard, read_column, read_shards
from simcse_ml.text.reasons import Reason
from simcse_ml.text.steps.near import WINDOW, Digests, near_repeats
from simcse_ml.text.steps.repeated import LEAST_PLACES, Found, Often, Piece, repeated_rows
from simcse_ml.text.steps.sampling import sampled

KEPT = 0
CODES: Sequence[Reason] = (
    Reason.BOILERPLATE,
    Reason.REPEATED,
    Reason.OTHER_SCRIPT,
    Reason.NOT_SAMPLED,
    Reason.NEARLY_REPEATED,
)
"""code of a reason: its place, from 1"""
MOSTLY = 0.5
"""if more than this share of the sentences is in another script, they are what the text is in, and stay"""

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Verdicts:
    """codes: (rows,) of all shards, one after another.  foreign: share of the different sentences in another script."""

    codes: Codes
    foreign: float

    def kept(self, shards: Sequence[Path]) -> Iterator[tuple[Shard, Codes]]:
        """The shards one at a time, each with its codes."""
        first = 0
        for rows in read_shards(shards):
            yield rows, self.codes[first : first + len(rows)]
            first += len(rows)


def _code(reason: Reason) -> int:
    return CODES.index(reason) + 1


def judge(
    shards: Sequence[Path], settings: TextSettings, seed: int, scratch: Path, first_documents: Sequence[int] = (0,)
) -> Verdicts:
    """Codes for every row of `shards`. scratch: a folder for files of this call.  first_documents: of each file."""
    sizes = [len(read_column(path, "document")) for path in shards]
    codes = np.zeros(sum(sizes), np.uint8)
    for found in _repeated(shards, len(codes), settings, scratch, np.array(first_documents)):
        codes[found.boilerplate] = _code(Reason.BOILERPLATE)
        if settings.repeats == "drop":
            codes[found.repeated] = _code(Reason.REPEATED)
    foreign = _judge_scripts(shards, codes)
    if settings.max_sentences is not None:
        _judge_sample(codes, settings.max_sentences, seed)
    if settings.near_duplicates:
        _judge_same_letters(codes, shards, scratch)
        _judge_near_repeats(codes, shards, settings.near_similarity)
    return Verdicts(codes, foreign)


def _repeated(
    shards: Sequence[Path], total: int, settings: TextSettings, scratch: Path, first_documents: NDArray[np.int64]
) -> Iterator[Found]:
    """A line's places are files where there are several of them (their parts then belong together), else documents."""
    if settings.repeats == "keep" and not settings.boilerplate_share:
        return
    by_file = len(first_documents) >= LEAST_PLACES

    def pieces() -> Iterator[Piece]:
        for path in shards:
            documents = read_column(path, "document").astype(np.int64)
            places = np.searchsorted(first_documents, documents, "right") if by_file else documents
            hashes, loose = read_column(path, "hash").astype(np.uint64), read_column(path, "loose").astype(np.bool_)
            yield Piece(hashes, places.astype(np.int32), loose)

    often = Often.of(settings.boilerplate_share, len(first_documents) if by_file else _documents(shards))
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=scratch) as buckets:
        yield from repeated_rows(pieces(), total, often, Path(buckets))


def _documents(shards: Sequence[Path]) -> int:
    """Documents that have a sentence."""
    count, last = 0, -1
    for path in shards:
        numbers = read_column(path, "document").astype(np.int64)
        if len(numbers):
            count += int(np.count_nonzero(np.diff(numbers))) + int(numbers[0] != last)
            last = int(numbers[-1])
    return count


def _judge_scripts(shards: Sequence[Path], codes: Codes) -> float:
    flags = np.zeros(len(codes), np.bool_)
    first = 0
    for path in shards:
        column = read_column(path, "foreign").astype(np.bool_)
        flags[first : first + len(column)] = column
        first += len(column)
    different = codes == KEPT
    share = int(np.count_nonzero(flags & different)) / max(1, int(np.count_nonzero(different)))
    if share <= MOSTLY:
        codes[flags & different] = _code(Reason.OTHER_SCRIPT)
    return share


def _judge_sample(codes: Codes, most: int, seed: int) -> None:
    rows = np.flatnonzero(codes == KEPT)
    codes[rows[~sampled(len(rows), most, seed)]] = _code(Reason.NOT_SAMPLED)


def _judge_same_letters(codes: Codes, shards: Sequence[Path], scratch: Path) -> None:
    """Near repeats that have exactly the letters of an earlier sentence, wherever it stands."""
    rows = np.flatnonzero(codes == KEPT)

    def pieces() -> Iterator[Piece]:
        first = 0
        for path in shards:
            column = read_column(path, "plain").astype(np.uint64)
            hashes = column[codes[first : first + len(column)] == KEPT]
            yield Piece(hashes, np.zeros(len(hashes), np.int32), np.zeros(len(hashes), np.bool_))
            first += len(column)

    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=scratch) as buckets:
        for found in repeated_rows(pieces(), len(rows), Often(0, 0), Path(buckets)):
            codes[rows[found.repeated]] = _code(Reason.NEARLY_REPEATED)


def _judge_near_repeats(codes: Codes, shards: Sequence[Path], similarity: float) -> None:
    waiting: list[Digests] = []
    places: list[NDArray[np.int64]] = []
    first = count = 0
    for path in shards:
        digests = read_column(path, "digests").astype(np.uint32, copy=False)
        inside = np.flatnonzero(codes[first : first + len(digests)] == KEPT)
        for at in _pieces(len(inside), WINDOW - count):
            waiting.append(digests[inside[at]])
            places.append(inside[at] + first)
            count += len(places[-1])
            if count >= WINDOW:
                _mark(codes, waiting, places, similarity)
                count = 0
        first += len(digests)
    _mark(codes, waiting, places, similarity)


def _pieces(count: int, room: int) -> Iterator[slice]:
    """0 to `count`, first as much as fits into `room`, then by WINDOW."""
    bounds = sorted({0, count, *range(min(room, count), count, WINDOW)})
    yield from (slice(start, end) for start, end in pairwise(bounds))


def _mark(codes: Codes, waiting: list[Digests], places: list[NDArray[np.int64]], similarity: float) -> None:
    if waiting:
        rows = np.concatenate(places)
        codes[rows[near_repeats(np.concatenate(waiting), similarity)]] = _code(Reason.NEARLY_REPEATED)
    waiting.clear()
    places.clear()


Ordered = Literal["yes", "no", "unknown"]
ORDERED_MEAN = 3.0
"""sentences a document has on average in a corpus that is called ordered"""


def order_of(shards: Sequence[Path], marked: bool, rows: bool) -> Ordered:
    """Whether neighbours are neighbours in a text. marked: documents are parted in the input.  rows: it is a table."""
    documents, sentences, long = 0, 0, 0
    last, length = -1, 0
    for path in shards:
        numbers, positions = read_column(path, "document").astype(np.int64), read_column(path, "position")
        if not len(numbers):
            continue
        ends = np.append(np.flatnonzero(np.diff(numbers)), len(numbers) - 1)
        sizes = positions[ends].astype(np.int64) + 1
        if numbers[0] != last and last >= 0:
            documents, sentences, long = documents + 1, sentences + length, long + (length >= ORDERED_MEAN)
        documents += len(ends) - 1
        sentences += int(sizes[:-1].sum())
        long += int(np.count_nonzero(sizes[:-1] >= ORDERED_MEAN))
        last, length = int(numbers[-1]), int(sizes[-1])
    documents, sentences, long = documents + (last >= 0), sentences + length, long + (length >= ORDERED_MEAN)
    mean = sentences / max(1, documents)
    if (marked or rows) and documents > 1 and long > 1 and mean >= ORDERED_MEAN:
        return "yes"
    return "no" if rows and mean < 1.5 else "unknown"
