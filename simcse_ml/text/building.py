"""The end of preparation: the kept rows of the shards become a corpus folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import atomic_folder, write_json
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.arrowfiles import Shard, write_rows
from simcse_ml.text.corpus import FORMAT, MANIFEST, PART_ROWS, part_path
from simcse_ml.text.reasons import SAMPLES, WORDS, Ledger, Reason
from simcse_ml.text.report import InputFacts, PrepareReport, pages_line
from simcse_ml.text.shards import FirstPass
from simcse_ml.text.sources.blocks import Facts
from simcse_ml.text.steps.held_out import chosen_groups, target
from simcse_ml.text.steps.languages import language_hints
from simcse_ml.text.steps.near import WINDOW
from simcse_ml.text.verdicts import CODES, KEPT, MOSTLY, Ordered, Verdicts, order_of

LEAST_SENTENCES = 20
LISTED_WARNINGS = 50
LISTED_INPUTS = 1000
"""files named in the manifest; more are only counted"""
LOOKED_AT = 1000
"""kept sentences of which the language is guessed"""
OFFERED = 10 * SAMPLES
"""texts of a shard among which the samples of a reason are chosen"""


@dataclass
class _Part:
    """Rows that wait to be written, a piece from each shard."""

    texts: list[pa.StringArray] = field(default_factory=list)
    documents: list[NDArray[np.int32]] = field(default_factory=list)
    positions: list[NDArray[np.int32]] = field(default_factory=list)
    size: int = 0


def build(
    done: Path,
    name: str,
    language: Language,
    settings: TextSettings,
    read: FirstPass,
    verdicts: Verdicts,
    seed: int,
    notices: Sequence[str] = (),
) -> None:
    """Write the corpus to the folder `done`.

    notices: what the report warns of first.
    Raises: UserError(INPUT) if too few sentences are left.
    """
    kept = int(np.count_nonzero(verdicts.codes == KEPT))
    _count_drops(read, verdicts)
    files = [facts for facts in read.facts if facts.format != "skipped"]
    _refuse_too_few(kept, read)
    ordered = order_of(
        read.shards,
        marked=any(facts.documents in ("marked", "pages") for facts in files)
        or sum(facts.files for facts in files) > 1,
        rows=all(facts.documents == "rows" for facts in files),
    )
    with atomic_folder(done) as folder:
        held_out = _held_out(read, verdicts, target(kept, settings.held_out_share), ordered, seed)
        documents = _write_parts(folder, read, verdicts)
        manifest = {
            "format": FORMAT,
            "fingerprint": name,
            "size": kept,
            "ordered": ordered,
            "report": _report(language, settings, read, verdicts, documents, seed, notices).as_json(),
            "held_out_rows": held_out.tolist(),
        }
        write_json(folder / MANIFEST, manifest)


def _count_drops(read: FirstPass, verdicts: Verdicts) -> None:
    """Add what the second pass dropped to the ledger of the first."""
    late = Ledger()
    for rows, codes in verdicts.kept(read.shards):
        for code, reason in enumerate(CODES, start=1):
            found = np.flatnonzero(codes == code)
            for text in rows.texts(found[:: max(1, len(found) // OFFERED)]):
                late.drop(reason, text, times=0)
            if len(found):
                late.counts[reason.value] = late.counts.get(reason.value, 0) + len(found)
    read.ledger.add(late)


def _refuse_too_few(kept: int, read: FirstPass) -> None:
    if kept >= LEAST_SENTENCES:
        return
    where = ", ".join(map(_read_as, read.facts[:3]))
    dropped = sorted(read.ledger.counts.items(), key=lambda item: -item[1])
    why = ", ".join(f"{count:,} {WORDS[Reason(reason)]}" for reason, count in dropped)
    repeated = read.ledger.counts.get(Reason.REPEATED, 0)
    if repeated > 0.9 * read.read:
        what = (
            f"only {kept} different sentence{'s are' if kept != 1 else ' is'} left of {read.read:,}: they are repeated"
        )
        mend = "give text in which sentences differ"
    elif not read.read:
        what, mend = "there is no sentence in it", "give text, some thousands of sentences of it"
    else:
        what = f"only {kept} usable sentence{'s' if kept != 1 else ''} of {read.read:,}" + (f" ({why})" if why else "")
        mend = f"give at least {LEAST_SENTENCES}, better some thousands"
        if dropped and dropped[0][0] == Reason.TOO_SHORT:
            mend += ", or lower text.min_characters"
        elif dropped and dropped[0][0] == Reason.TOO_LONG:
            mend += ", with a line end or a full stop behind each"
    noticed = [warning for facts in read.facts for warning in facts.warnings]
    what += f" ({noticed[0]})" if noticed else ""
    raise UserError(what, where=where, mend=mend, exit_code=ExitCode.INPUT)


def _read_as(facts: Facts) -> str:
    """The name of a file, with its pages, or the column that was read."""
    how = pages_line(facts.pages) if facts.pages else facts.format if facts.columns else ""
    return f"{facts.name} ({how})" if how else facts.name


def _held_out(read: FirstPass, verdicts: Verdicts, size: int, ordered: Ordered, seed: int) -> NDArray[np.int64]:
    """Rows of the corpus, rising."""
    by_document = ordered == "yes"
    chosen = chosen_groups(_groups(read, verdicts, by_document), size, seed)
    if by_document and size and not len(chosen):  # every document is larger than what is to be held out
        by_document = False
        chosen = chosen_groups(_groups(read, verdicts, by_document), size, seed)
    rows: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    first = 0
    for groups in _groups(read, verdicts, by_document):
        rows.append(np.flatnonzero(np.isin(groups, chosen)) + first)
        first += len(groups)
    return np.concatenate(rows)


def _groups(read: FirstPass, verdicts: Verdicts, by_document: bool) -> Iterator[NDArray[np.uint64]]:
    for rows, codes in verdicts.kept(read.shards):
        yield (rows.documents.astype(np.uint64) if by_document else rows.hashes)[codes == KEPT]


def _write_parts(folder: Path, read: FirstPass, verdicts: Verdicts) -> int:
    """Write the kept rows; returns the number of documents among them."""
    part, number, documents, last = _Part(), 0, 0, -1
    for rows, codes in verdicts.kept(read.shards):
        inside = np.flatnonzero(codes == KEPT)
        while len(inside):
            now, inside = np.split(inside, [PART_ROWS - part.size])
            _fill(part, rows, now)
            if part.size == PART_ROWS:
                documents, last = _flush(part, part_path(folder, number), documents, last)
                part, number = _Part(), number + 1
    if part.size:
        documents, last = _flush(part, part_path(folder, number), documents, last)
    return documents


def _fill(part: _Part, rows: Shard, now: NDArray[np.int64]) -> None:
    part.texts.append(rows.column.take(pa.array(now)))
    part.documents.append(rows.documents[now])
    part.positions.append(rows.positions[now])
    part.size += len(now)


def _flush(part: _Part, path: Path, documents: int, last: int) -> tuple[int, int]:
    numbers = np.concatenate(part.documents)
    columns = {
        "text": pa.concat_arrays(part.texts),
        "document": pa.array(numbers),
        "position": pa.array(np.concatenate(part.positions)),
    }
    write_rows(path, columns)
    return documents + len(np.unique(numbers)) - int(numbers[0] == last), int(numbers[-1])


def _report(
    language: Language,
    settings: TextSettings,
    read: FirstPass,
    verdicts: Verdicts,
    documents: int,
    seed: int,
    notices: Sequence[str],
) -> PrepareReport:
    files = [facts for facts in read.facts if facts.format != "skipped"]
    warnings = [warning for facts in read.facts for warning in facts.warnings]
    more = sum(facts.more_warnings for facts in read.facts) + max(0, len(warnings) - LISTED_WARNINGS)
    warnings = [
        *notices,
        *warnings[:LISTED_WARNINGS],
        *([f"{more:,} more warnings of this kind"] if more else []),
    ]
    if verdicts.foreign > MOSTLY:
        warnings.append(f"{verdicts.foreign:.0%} of the sentences are in no script of {language.name}; check --lang")
    elif not notices:
        warnings.extend(language_hints(_sample(read, verdicts, seed), language))
    kept = int(np.count_nonzero(verdicts.codes == KEPT))
    return PrepareReport(
        language=language.name,
        read=read.read,
        kept=kept,
        documents=documents,
        bytes=sum(facts.bytes for facts in files),
        files=sum(facts.files for facts in files),
        skipped_files=sum(facts.skipped for facts in read.facts),
        in_language=round(1.0 - verdicts.foreign, 4),
        inputs=tuple(InputFacts.of(facts) for facts in files[:LISTED_INPUTS] if facts.files),
        dropped=_in_order(read.ledger.counts),
        samples={name: tuple(texts) for name, texts in read.ledger.samples.items()},
        changed=dict(sorted(read.ledger.changed.items())),
        notes=_notes(settings, verdicts, kept),
        warnings=tuple(warnings),
        mended=read.ledger.mended,
        mended_samples=tuple(tuple(pair) for pair in read.ledger.mended_samples),
    )


def _notes(settings: TextSettings, verdicts: Verdicts, kept: int) -> tuple[str, ...]:
    """The window of near repeats, where it mattered."""
    compared = kept + int(np.count_nonzero(verdicts.codes == CODES.index(Reason.NEARLY_REPEATED) + 1))
    if settings.near_duplicates and compared > WINDOW:
        return (f"near repeats were looked for among {WINDOW:,} sentences at a time; only equal letters further apart",)
    return ()


def _sample(read: FirstPass, verdicts: Verdicts, seed: int) -> list[str]:
    """Kept sentences, drawn over all of them."""
    rows = np.flatnonzero(verdicts.codes == KEPT)
    drawn = np.random.default_rng([seed, 0x48494E54]).choice(rows, min(LOOKED_AT, len(rows)), replace=False)
    chosen = np.zeros(len(verdicts.codes), np.bool_)
    chosen[drawn] = True
    texts: list[str] = []
    first = 0
    for shard, codes in verdicts.kept(read.shards):
        texts.extend(shard.texts(np.flatnonzero(chosen[first : first + len(codes)])))
        first += len(codes)
    return texts


def _in_order(counts: dict[str, int]) -> dict[str, int]:
    return {reason.value: counts[reason.value] for reason in _reasons() if counts.get(reason.value)}


def _reasons() -> Sequence[Reason]:
    return tuple(Reason)
