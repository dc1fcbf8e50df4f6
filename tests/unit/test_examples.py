"""The texts and pairs of examples/ are what their README says: counts, grades, nothing twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
README = (EXAMPLES / "README.md").read_text(encoding="utf-8")
_BANDS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5.01))


def _rows(code: str) -> list[list[str]]:
    lines = (EXAMPLES / f"{code}-pairs.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "sentence1\tsentence2\tscore"
    return [line.split("\t") for line in lines[1:]]


@pytest.mark.parametrize(("code", "language", "pairs"), [("ja", "Japanese", 104), ("sw", "Swahili", 54)])
def test_pairs_are_graded_as_told_and_no_sentence_is_used_twice(code: str, language: str, pairs: int) -> None:
    rows = _rows(code)
    assert len(rows) == pairs
    assert f"{pairs} {language}" in README
    scores = [float(score) for _, _, score in rows]
    counts = [sum(low <= score < high for score in scores) for low, high in _BANDS]
    assert sum(counts) == pairs
    assert f"| {language} pairs | {' | '.join(map(str, counts))} |" in README
    sentences = [sentence for *both, _ in rows for sentence in both]
    assert len(set(sentences)) == 2 * pairs


@pytest.mark.parametrize("code", ["ja", "sw"])
def test_no_sentence_of_the_pairs_stands_in_the_texts(code: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (EXAMPLES / code).glob("*.txt"))
    assert [sentence for *both, _ in _rows(code) for sentence in both if sentence in text] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.txt")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_paragraphs_are_as_many_as_told(path: Path) -> None:
    told = re.search(rf"^\| `{path.parent.name}/{path.name}` \|[^|]*\|[^|]*\| (\d+) \|", README, re.MULTILINE)
    assert told is not None
    paragraphs = [part for part in path.read_text(encoding="utf-8").split("\n\n") if part.strip()]
    assert len(paragraphs) == int(told[1])
