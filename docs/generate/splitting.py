"""Write docs/reference/splitting.md: how well sentences are found in the hand-marked texts of tests/data/splitting.

python docs/generate/splitting.py            # writes the page
python docs/generate/splitting.py --check    # exits 1 when the page is stale
python docs/generate/splitting.py --print    # the table as plain text
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from page import ROOT, settle

from simcse_ml.languages.table import lang_info
from simcse_ml.text.splitting.sentences import splitter_for

MARKED = ROOT / "tests" / "data" / "splitting" / "marked"
JOINED_BY_NOTHING = frozenset({"ja", "zh"})
HALVES = ("dev", "test")


class Score(NamedTuple):
    """Counts of boundaries inside paragraphs."""

    sentences: int
    boundaries: int
    found: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.boundaries

    @property
    def f1(self) -> float:
        return 2 * self.found / (self.boundaries + self.found + self.wrong)


def codes() -> list[str]:
    return sorted(path.stem for path in (MARKED / "test").glob("*.txt"))


def score(code: str, half: str, split: Callable[[str], list[str]]) -> Score:
    """How `split` does on one half of a language."""
    joiner = "" if code in JOINED_BY_NOTHING else " "
    sentences = boundaries = found = wrong = 0
    for paragraph in (MARKED / half / f"{code}.txt").read_text(encoding="utf-8").strip("\n").split("\n\n"):
        marked = paragraph.split("\n")
        right, given = _ends(marked), _ends(split(joiner.join(marked)))
        sentences += len(marked)
        boundaries += len(right)
        found += len(right & given)
        wrong += len(given - right)
    return Score(sentences, boundaries, found, wrong)


def ours(code: str) -> Callable[[str], list[str]]:
    return splitter_for(lang_info(code))


def sentencex(code: str) -> Callable[[str], list[str]]:
    from sentencex import segment

    return lambda text: list(segment(code, text))


def _ends(sentences: list[str]) -> frozenset[int]:
    """Characters before each inner boundary, blanks not counted."""
    counted, ends = 0, []
    for sentence in sentences:
        counted += len("".join(sentence.split()))
        ends.append(counted)
    return frozenset(ends[:-1])


def rows() -> list[tuple[str, ...]]:
    table = []
    for code in codes():
        for half in HALVES:
            mine, other = score(code, half, ours(code)), score(code, half, sentencex(code))
            counts = (code, half, str(mine.sentences), str(mine.boundaries))
            table.append((*counts, *(f"{x:.2f}" for one in (mine, other) for x in (one.precision, one.recall, one.f1))))
    for half in HALVES:
        both = [[score(code, half, make(code)) for code in codes()] for make in (ours, sentencex)]
        mine, other = (Score(*map(sum, zip(*scores, strict=True))) for scores in both)
        counts = ("all", half, str(mine.sentences), str(mine.boundaries))
        table.append((*counts, *(f"{x:.2f}" for one in (mine, other) for x in (one.precision, one.recall, one.f1))))
    return table


HEAD = ("Language", "Half", "Sentences", "Boundaries", "Precision", "Recall", "F1", "sentencex P", "R", "F1")


def page() -> str:
    lines = [
        "# Where sentences end",
        "",
        "<!-- Made by docs/generate/splitting.py from tests/data/splitting/marked: do not edit. -->",
        "",
        f"Boundaries between the sentences of paragraphs in {len(codes())} languages, marked by hand; the texts are",
        "full of abbreviations, quotations, numbers, dialogue and ellipses. The rules were made with the `dev` half",
        "in view and the `test` half unseen. Beside them, sentencex alone. A quotation or a bracket of up to 250",
        "characters (120 in East Asian marks) stays whole. Thai has no mark at the end of a sentence, only blanks,",
        "which also part phrases; Tibetan has one mark for the end of a clause, a line of verse and a sentence: both",
        "are decided by the words round it.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|---|---|" + "---:|" * (len(HEAD) - 2),
        *("| " + " | ".join(row) + " |" for row in rows()),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    if "--print" in sys.argv[1:]:
        for row in (HEAD, *rows()):
            sys.stdout.write("  ".join(cell.rjust(11) for cell in row) + "\n")
        return 0
    return settle("splitting.md", page(), "splitting.py")


if __name__ == "__main__":
    sys.exit(main())
