"""Why a piece of text was left out: one list, every drop counted, a few samples of each kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SAMPLES = 5
"""samples kept of each reason"""
SAMPLE_CHARACTERS = 120


class Reason(StrEnum):
    """Each with the words a person reads behind a share ("21 % too short")."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_LETTERS = "no_letters"
    DAMAGED = "damaged"
    BROKEN_ROW = "broken_row"
    LIST_ITEM = "list_item"
    IN_EVALUATION_SET = "in_evaluation_set"
    REPEATED = "repeated"
    OTHER_SCRIPT = "other_script"
    NOT_SAMPLED = "not_sampled"
    NEARLY_REPEATED = "nearly_repeated"


WORDS: Mapping[Reason, str] = {
    Reason.TOO_SHORT: "too short",
    Reason.TOO_LONG: "too long",
    Reason.NO_LETTERS: "without letters",
    Reason.DAMAGED: "damaged bytes",
    Reason.BROKEN_ROW: "broken or empty rows",
    Reason.LIST_ITEM: "list items that are no sentences",
    Reason.IN_EVALUATION_SET: "also in an evaluation set",
    Reason.REPEATED: "repeated",
    Reason.OTHER_SCRIPT: "in another script",
    Reason.NOT_SAMPLED: "not sampled",
    Reason.NEARLY_REPEATED: "nearly repeated",
}


@dataclass
class Ledger:
    """What was dropped so far, and mended. counts: per reason.  samples: the first few texts of each, shortened.
    mended: paragraphs.  mended_samples: the first few, as they were and as they became.
    """

    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[str]] = field(default_factory=dict)
    mended: int = 0
    mended_samples: list[list[str]] = field(default_factory=list)

    def drop(self, reason: Reason, text: str, times: int = 1) -> None:
        """Count `text` as dropped for `reason` (`times` times)."""
        self.counts[reason.value] = self.counts.get(reason.value, 0) + times
        kept = self.samples.setdefault(reason.value, [])
        if len(kept) < SAMPLES:
            kept.append(text[:SAMPLE_CHARACTERS])

    def mend(self, before: str, after: str) -> None:
        """Count a paragraph as mended."""
        self.mended += 1
        if len(self.mended_samples) < SAMPLES:
            self.mended_samples.append([before[:SAMPLE_CHARACTERS], after[:SAMPLE_CHARACTERS]])

    def add(self, other: Ledger) -> None:
        """Add what another ledger counted."""
        for reason, count in other.counts.items():
            self.counts[reason] = self.counts.get(reason, 0) + count
            kept = self.samples.setdefault(reason, [])
            kept.extend(other.samples.get(reason, [])[: SAMPLES - len(kept)])
        self.mended += other.mended
        self.mended_samples.extend(other.mended_samples[: SAMPLES - len(self.mended_samples)])
