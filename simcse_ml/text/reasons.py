"""Why a piece of text was left out: one list, every drop counted, a few samples of each kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zlib import crc32

SAMPLES = 20
"""samples kept of each reason"""
SAMPLE_CHARACTERS = 120


class Reason(StrEnum):
    """In the order of the steps."""

    BROKEN_ROW = "broken_row"
    EDITORIAL = "editorial"
    DAMAGED = "damaged"
    NO_LETTERS = "no_letters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LIST_ITEM = "list_item"
    RUN = "run"
    CODE = "code"
    NUMBERS = "numbers"
    SIGNS = "signs"
    ADDRESS = "address"
    MENU = "menu"
    CUT_OFF = "cut_off"
    OTHER_LANGUAGE = "other_language"
    IN_EVALUATION_SET = "in_evaluation_set"
    BOILERPLATE = "boilerplate"
    REPEATED = "repeated"
    OTHER_SCRIPT = "other_script"
    NOT_SAMPLED = "not_sampled"
    NEARLY_REPEATED = "nearly_repeated"


WORDS: Mapping[Reason, str] = {
    Reason.BROKEN_ROW: "broken or empty rows",
    Reason.EDITORIAL: "editorial notes",
    Reason.DAMAGED: "damaged bytes",
    Reason.NO_LETTERS: "without letters",
    Reason.TOO_SHORT: "too short",
    Reason.TOO_LONG: "too long",
    Reason.LIST_ITEM: "list items that are no sentences",
    Reason.RUN: "one sign over and over",
    Reason.NUMBERS: "mostly numbers",
    Reason.SIGNS: "mostly signs",
    Reason.ADDRESS: "mostly addresses",
    Reason.CODE: "code or markup",
    Reason.MENU: "menus and rows",
    Reason.CUT_OFF: "cut off",
    Reason.OTHER_LANGUAGE: "in another language",
    Reason.IN_EVALUATION_SET: "also in an evaluation set",
    Reason.BOILERPLATE: "boilerplate",
    Reason.REPEATED: "repeated",
    Reason.OTHER_SCRIPT: "in another script",
    Reason.NOT_SAMPLED: "not sampled",
    Reason.NEARLY_REPEATED: "nearly repeated",
}
"""as a person reads them behind a share ("21 % too short")"""

SWITCHES: Mapping[Reason, str] = {
    Reason.EDITORIAL: "text.aozora",
    Reason.DAMAGED: "text.damaged",
    Reason.NO_LETTERS: "text.without_letters",
    Reason.TOO_SHORT: "text.min_characters",
    Reason.TOO_LONG: "text.max_characters",
    Reason.RUN: "text.runs",
    Reason.NUMBERS: "text.most_digits",
    Reason.SIGNS: "text.most_signs",
    Reason.ADDRESS: "text.most_address",
    Reason.CODE: "text.code",
    Reason.MENU: "text.menus",
    Reason.CUT_OFF: "text.cut_off",
    Reason.OTHER_LANGUAGE: "text.other_languages",
    Reason.IN_EVALUATION_SET: "evaluation.keep_overlap",
    Reason.BOILERPLATE: "text.boilerplate_share",
    Reason.REPEATED: "text.repeats",
    Reason.OTHER_SCRIPT: "text.least_own_script",
    Reason.NOT_SAMPLED: "text.max_sentences",
    Reason.NEARLY_REPEATED: "text.near_duplicates",
}
"""the key of a recipe that moves or switches off each; broken rows hold no text that could be kept"""


@dataclass
class Ledger:
    """What was dropped, changed and mended so far.

    counts: per reason.  samples: a few texts of each, shortened: those with the lowest checksums, so that they are a
    random choice which does not depend on the order.  changed: how often a step changed a text it kept, by name.
    mended: paragraphs.  mended_samples: the first few, as they were and as they became.
    """

    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    mended: int = 0
    mended_samples: list[list[str]] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: Reason, text: str, times: int = 1) -> None:
        """Count `text` as dropped for `reason` (`times` times)."""
        name = reason.value
        self.counts[name] = self.counts.get(name, 0) + times
        self._sample(name, [text[:SAMPLE_CHARACTERS]])

    def change(self, name: str, times: int = 1) -> None:
        """Count what a step changed."""
        if times:
            self.changed[name] = self.changed.get(name, 0) + times

    def mend(self, before: str, after: str) -> None:
        """Count a paragraph as mended."""
        self.mended += 1
        if len(self.mended_samples) < SAMPLES:
            self.mended_samples.append([before[:SAMPLE_CHARACTERS], after[:SAMPLE_CHARACTERS]])

    def add(self, other: Ledger) -> None:
        """Add what another ledger counted."""
        for reason, count in other.counts.items():
            self.counts[reason] = self.counts.get(reason, 0) + count
            self._sample(reason, other.samples.get(reason, []))
        for name, count in other.changed.items():
            self.change(name, count)
        self.mended += other.mended
        self.mended_samples.extend(other.mended_samples[: SAMPLES - len(self.mended_samples)])

    def _sample(self, reason: str, texts: list[str]) -> None:
        kept = self.samples.setdefault(reason, [])
        if len(kept) >= SAMPLES:
            last = _rank(kept[-1])
            texts = [text for text in texts if _rank(text) < last]
            if not texts:
                return
        kept[:] = sorted({*kept, *texts}, key=_rank)[:SAMPLES]


def _rank(text: str) -> tuple[int, str]:
    return crc32(text.encode("utf-8", "surrogatepass")), text
