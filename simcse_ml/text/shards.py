"""The first pass: sources through the pipeline into shards on disk, so that a killed run goes on where it was.

A shard is one file, which holds its rows and, in its schema, how far in the input it goes and what was dropped. After a
kill the sources are streamed again, which is quick, and only what has no shard yet goes through the pipeline. Several
processes may work on the input of shards; this one reads, numbers and writes, in order, so the bytes are the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path

from simcse_ml.events import Progress, Sink
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import read_note, write_shard
from simcse_ml.text.mojibake import watched
from simcse_ml.text.pipeline import Cursor, Sentence
from simcse_ml.text.reasons import Ledger
from simcse_ml.text.shardwork import Done, Job, make_work
from simcse_ml.text.sources.blocks import Block, Expanded, Facts, Hints
from simcse_ml.text.sources.opening import open_source
from simcse_ml.text.steps.aozora import without_marks
from simcse_ml.text.workers import Crew

SHARD_BLOCKS = 16_384
SHARD_CHARACTERS = 1 << 20
"""a shard is closed when it has gone through that many blocks or characters of input"""
AHEAD = 2
"""jobs, beside one for each process, that wait for their turn or for their results to be written"""


@dataclass(frozen=True)
class FirstPass:
    """shards: the files in order.  read: sentences found.  facts: of each file.  ledger: what was dropped so far."""

    shards: tuple[Path, ...]
    read: int
    facts: tuple[Facts, ...]
    ledger: Ledger


@dataclass(frozen=True)
class _Task:
    """first: the number to be added to the documents of a job's own.  facts: of the file a piece is from."""

    job: Job
    first: int
    facts: Facts | None = None


@dataclass
class _State:
    """What goes from shard to shard. documents: those of all pieces so far, which the reader could not know."""

    folder: Path
    shards: list[Path] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    read: int = 0
    documents: int = 0
    cursor: Cursor = field(default_factory=Cursor)


def first_pass(
    inputs: tuple[Path, ...],
    language: Language,
    settings: TextSettings,
    hints: Hints,
    excluded: frozenset[str],
    folder: Path,
    sink: Sink,
    workers: int = 1,
) -> FirstPass:
    """Write the shards that are missing in `folder`, with up to `workers` processes at work.

    Raises: UserError(INPUT) for inputs that hold no text.
    """
    facts: list[Facts] = []
    state = _State(folder)
    with Crew[Job, Done](workers, make_work, language, settings, excluded) as crew:
        for task, pending in _started(_tasks(inputs, hints, settings, facts), crew, state):
            if task.facts is not None and task.facts.enough:
                continue
            _finish(task, pending, state)
            sink(Progress("text", state.read, note=facts[-1].name if facts else ""))
    in_pieces = 0
    for one in facts:
        one.first_document += in_pieces
        in_pieces += one.in_pieces
        state.ledger.add(one.ledger)
        state.read += sum(one.ledger.counts.values())
    return FirstPass(tuple(state.shards), state.read, tuple(facts), state.ledger)


def _started(
    tasks: Iterator[_Task | None], crew: Crew[Job, Done], state: _State
) -> Iterator[tuple[_Task, Future[Done] | None]]:
    """The tasks in order, some of them started ahead; those whose shard is there already have no future."""
    waiting: deque[tuple[_Task, Future[Done] | None]] = deque()
    for task in tasks:
        if task is None:  # what follows must not be numbered before it is known how much of this file is used
            while waiting:
                yield waiting.popleft()
            continue
        there = _path(state, ahead=len(waiting)).exists()
        waiting.append((task, None if there else crew.submit(task.job)))
        if len(waiting) > (crew.size + AHEAD if crew.size > 1 else 0):
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def _path(state: _State, ahead: int = 0) -> Path:
    return state.folder / f"shard-{len(state.shards) + ahead:06d}.arrow"


def _finish(task: _Task, pending: Future[Done] | None, state: _State) -> None:
    """Write the next shard, if it is not there, and add up what its note says."""
    path = _path(state)
    if pending is not None:
        _write(path, pending.result(), task.first + state.documents, state.cursor)
    note = read_note(path)
    ledger = Ledger(**note["ledger"])  # type: ignore[arg-type]  # our own file
    state.cursor = Cursor(**note["cursor"])  # type: ignore[arg-type]
    state.ledger.add(ledger)
    kept = int(str(note["kept"]))
    state.read += kept + sum(ledger.counts.values())
    state.shards.append(path)
    if task.facts is not None:
        made = _made(note["made"])
        task.facts.take(made)
        state.documents += made.documents
        if task.facts.wanted is not None:
            task.facts.wanted -= kept
            task.facts.enough = task.facts.wanted <= 0


def _write(path: Path, done: Done, first: int, cursor: Cursor) -> None:
    """Number the documents from `first`, and go on counting in a document that the last shard left at `cursor`."""
    documents = done.rows.documents
    documents += documents.dtype.type(first)
    end = Cursor(done.cursor.document + first, done.cursor.position) if done.cursor.document >= 0 else cursor
    if cursor.document >= 0:
        done.rows.positions[documents == cursor.document] += cursor.position
        if end.document == cursor.document and end is not cursor:
            end.position += cursor.position
    note = {
        "kept": len(done.rows),
        "cursor": asdict(end),
        "ledger": asdict(done.ledger),
        "made": asdict(done.made) if done.made else None,
    }
    write_shard(path, done.rows, note)


def _made(note: object) -> Expanded:
    """What asdict made of it."""
    fields = dict(note)  # type: ignore[call-overload]  # our own file
    return Expanded(
        **{**fields, "blocks": (), "ledger": Ledger(**fields["ledger"]), "warnings": tuple(fields["warnings"])}
    )


def _tasks(
    inputs: tuple[Path, ...], hints: Hints, settings: TextSettings, facts: list[Facts]
) -> Iterator[_Task | None]:
    """What makes a shard each; None behind a file of which it is not known how much will be used."""
    plain = _Plain()
    for location in inputs:
        for source in open_source(location, hints):
            facts.append(source.facts)
            source.facts.first_document = plain.next_document
            if source.pieces is None:
                blocks = watched(source.blocks, source.facts, settings.mend_mojibake)
                yield from plain.batches(without_marks(blocks, settings.aozora, source.facts.ledger))
                continue
            yield from plain.rest()
            for piece in source.pieces:
                yield _Task(piece, plain.next_document, source.facts)
            if source.facts.wanted is not None:
                yield None
    yield from plain.rest()


@dataclass
class _Plain:
    """Blocks of all sources that have no pieces, in one row. batch, size: what waits to become a task."""

    next_document: int = 0
    batch: list[Sentence] = field(default_factory=list)
    size: int = 0

    def batches(self, blocks: Iterator[Block]) -> Iterator[_Task]:
        first, last = self.next_document, -1
        for block in blocks:
            last = block.document
            self.batch.append(Sentence(first + block.document, 0, block.text))
            self.size += len(block.text)
            if self.size >= SHARD_CHARACTERS or len(self.batch) >= SHARD_BLOCKS:
                yield from self.rest()
        self.next_document = first + last + 1

    def rest(self) -> Iterator[_Task]:
        if self.batch:
            yield _Task(self.batch, 0)
        self.batch, self.size = [], 0
