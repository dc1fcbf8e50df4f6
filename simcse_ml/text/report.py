"""What became of the text: how much was read, kept and dropped, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from simcse_ml.display import safe
from simcse_ml.text.encodings.names import encoding_line
from simcse_ml.text.reasons import SWITCHES, WORDS, Reason
from simcse_ml.text.sources.blocks import Facts

_SHOWN_FILES = 3
_SHOWN_REASONS = 5
_SHOWN_CHARACTERS = 40

CHANGES: Mapping[str, str] = {
    "long_sentences_cut": "long sentences cut",
    "aozora_ruby": "ruby",
    "aozora_notes": "notes",
    "aozora_described_characters": "described characters",
    "aozora_accents": "accents",
}
"""what steps change in text that they keep, as a person reads it"""
_AOZORA = "aozora_"


@dataclass(frozen=True)
class InputFacts:
    """One file as it was read. bytes: as they lie on disk.  certainty: of the encoding, 0 to 1.  pages: of a dump, by
    kind.  streams: of a multistream dump, read; streams_of: about how many there are, if not all were.
    """

    name: str
    format: str
    encoding: str
    certainty: float
    bytes: int
    warnings: tuple[str, ...] = ()
    pages: Mapping[str, int] = field(default_factory=dict)
    streams: int = 0
    streams_of: int = 0

    @classmethod
    def of(cls, facts: Facts) -> InputFacts:
        """The lasting part of what was noted while reading."""
        packed = f", {facts.compression}" if facts.compression else ""
        return cls(
            facts.name,
            facts.format + packed,
            facts.encoding,
            round(facts.certainty, 3),
            facts.bytes,
            tuple(facts.warnings),
            dict(facts.pages),
            facts.streams,
            round(facts.streams * facts.bytes / facts.packed) if facts.enough else 0,
        )


@dataclass(frozen=True)
class PrepareReport:
    """read: sentences found.  kept: sentences in the corpus.  dropped, samples: by reason.  language: its name.
    in_language: share of the different sentences that are in the language's scripts.  changed: how often a step changed
    what it kept, by CHANGES.  notes: limits of what was done.  warnings: for the person.
    mended: paragraphs that were mojibake, with the first few before and after.
    """

    language: str
    read: int
    kept: int
    documents: int
    bytes: int
    files: int
    skipped_files: int
    in_language: float
    inputs: tuple[InputFacts, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    mended: int = 0
    mended_samples: tuple[tuple[str, ...], ...] = ()

    def lines(self) -> list[str]:
        """For people: one line a file (three at most), what was kept and why the rest was not, what was changed."""
        return [
            *self._file_lines(),
            *self._page_lines(),
            *self._mended_lines(),
            self._kept_line(),
            *self._changed_lines(),
            *self.notes,
        ]

    def as_json(self) -> dict[str, object]:
        """For the manifest."""
        return asdict(self)

    def reasons(self) -> list[dict[str, object]]:
        """For machines: everything about each reason, with the key of a recipe that moves or switches it off."""
        return [
            {
                "reason": reason,
                "words": WORDS[Reason(reason)],
                "count": count,
                "share": round(count / max(1, self.read), 6),
                "switch": SWITCHES.get(Reason(reason)),
                "samples": list(self.samples.get(reason, ())),
            }
            for reason, count in self.dropped.items()
        ]

    @classmethod
    def from_json(cls, record: Mapping[str, object]) -> PrepareReport:
        """What as_json wrote; unknown keys of a later version are ignored."""
        known = {name: record[name] for name in cls.__dataclass_fields__ if name in record}
        inputs = known.pop("inputs", ())
        samples = known.pop("samples", {})
        notes = known.pop("notes", ())
        warnings = known.pop("warnings", ())
        mended = known.pop("mended_samples", ())
        return cls(
            **known,  # type: ignore[arg-type]  # its own file
            inputs=tuple(InputFacts(**{**item, "warnings": tuple(item["warnings"])}) for item in _list(inputs)),
            samples={name: tuple(texts) for name, texts in dict(samples).items()},  # type: ignore[call-overload]
            notes=tuple(_list(notes)),
            warnings=tuple(_list(warnings)),
            mended_samples=tuple(tuple(pair) for pair in _list(mended)),
        )

    def _file_lines(self) -> list[str]:
        share = f"{self.language} ({self.in_language:.0%})".replace("%)", " %)")
        shown = [_file_line(item) for item in self.inputs[:_SHOWN_FILES]]
        if self.files > _SHOWN_FILES or self.skipped_files:
            others = f", {self.skipped_files:,} skipped" if self.skipped_files else ""
            shown = [f"{self.files:,} files{others}, {megabytes(self.bytes)}"]
        shown[-1] += f", {share}"
        return shown

    def _page_lines(self) -> list[str]:
        dumps = [item for item in self.inputs if item.pages]
        if not dumps:
            return []
        total: Counter[str] = Counter()
        for item in dumps:
            total.update(item.pages)
        sampled = [item for item in dumps if item.streams_of]
        read, of = sum(item.streams for item in sampled), sum(item.streams_of for item in sampled)
        part = f"; a sample: {read:,} of about {of:,} streams were read" if sampled else ""
        return [pages_line(total) + part]

    def _mended_lines(self) -> list[str]:
        if not self.mended:
            return []
        before, after = (" ".join(safe(text)[:_SHOWN_CHARACTERS].split()) for text in self.mended_samples[0])
        return [f"{self.mended:,} paragraph{'s' if self.mended != 1 else ''} mended, for example: {before} → {after}"]

    def _kept_line(self) -> str:
        main: list[str] = []
        for reason, count in sorted(self.dropped.items(), key=lambda item: -item[1]):
            if reason == Reason.IN_EVALUATION_SET or not count:
                continue
            main.append(f"{_percent(count, self.read)} {WORDS[Reason(reason)]}")
        if len(main) > _SHOWN_REASONS + 1:
            main[_SHOWN_REASONS:] = [f"{len(main) - _SHOWN_REASONS} smaller reasons"]
        why = f" ({', '.join(main)})" if main else ""
        overlap = self.dropped.get(Reason.IN_EVALUATION_SET, 0)
        also = f"; {overlap:,} also in an evaluation set, left out" if overlap else ""
        return f"{self.kept:,} sentences kept of {self.read:,}{why}{also}"

    def _changed_lines(self) -> list[str]:
        shown = {name: f"{count:,} {CHANGES[name]}" for name, count in self.changed.items() if name in CHANGES}
        marks = [text for name, text in shown.items() if name.startswith(_AOZORA)]
        others = [text for name, text in shown.items() if not name.startswith(_AOZORA)]
        aozora = [f"marks of Aozora Bunko taken out: {', '.join(marks)} (text.aozora)"] if marks else []
        return aozora + ([", ".join(others)] if others else [])


def _list(value: object) -> list:  # type: ignore[type-arg]
    return list(value) if isinstance(value, Sequence) else []


def _file_line(item: InputFacts) -> str:
    encoding = encoding_line(item.encoding, item.certainty)
    return f"{safe(item.name)}: {item.format}, {encoding}, {megabytes(item.bytes)}"


def pages_line(pages: Mapping[str, int]) -> str:
    """120 pages: 95 articles kept, 12 redirects, 13 of other namespaces."""
    kinds = {
        "articles": ("article kept", "articles kept"),
        "redirects": ("redirect", "redirects"),
        "of other namespaces": ("of another namespace", "of other namespaces"),
        "not in wikitext": ("not in wikitext", "not in wikitext"),
        "empty": ("empty article", "empty articles"),
        "damaged": ("damaged", "damaged"),
    }
    counts = {kind: pages.get(kind, 0) for kind in kinds}
    parts = [f"{count:,} {kinds[kind][count != 1]}" for kind, count in counts.items() if count or kind == "articles"]
    total = pages.get("pages", 0)
    return f"{total:,} page{'' if total == 1 else 's'}: {', '.join(parts)}"


def megabytes(size: int) -> str:
    """18.2 MB, 3 kB."""
    if size >= 10**9:
        return f"{size / 10**9:.1f} GB"
    return f"{size / 10**6:.1f} MB" if size >= 10**5 else f"{max(1, round(size / 1000))} kB"


def _percent(count: int, total: int) -> str:
    share = 100 * count / max(1, total)
    return f"{share:.0f} %" if share >= 1 else f"{count:,}"
