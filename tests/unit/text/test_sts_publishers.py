"""Scored pairs as their publishers ship them: with and without names of columns, numbers of rows, odd cells."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from simcse_ml.errors import UserError
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.sts import read_sts

LEFT = [f"ผู้ชายคนที่ {n} นอนหลับ" for n in range(20)]
RIGHT = [f'Wani "mutum" na {n} yana barci' for n in range(20)]
GOLD = [round(n * 0.37 % 5, 2) for n in range(20)]
ROWS = list(zip(LEFT, RIGHT, GOLD, strict=True))


def tsv(rows: list[tuple[object, ...]], head: str = "") -> str:
    lines = ["\t".join(map(str, row)) for row in rows]
    return "\n".join([head.replace(" ", "\t")] * bool(head) + lines) + "\n"


def csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


STS_B = [("main-captions", "MSRvid", "2012test", f"{3 * n:04}", s, a, b) for n, (a, b, s) in enumerate(ROWS)]
SHIPPED = {
    "sts-test.csv": tsv(STS_B),  # tabs, whatever its name says, quotes as they are
    "sts-dev.csv": tsv([(*row, "CC-BY, of the news") if n % 3 == 0 else row for n, row in enumerate(STS_B)]),
    "korsts.tsv": tsv(STS_B, "genre filename year id score sentence1 sentence2"),
    "sick.txt": tsv(
        [(n, a, b, s, "NEUTRAL") for n, (a, b, s) in enumerate(ROWS)],
        "pair_ID sentence_A sentence_B relatedness_score entailment_judgment",
    ),
    "numbered.tsv": tsv([(n, a, b, s) for n, (a, b, s) in enumerate(ROWS)]),
    "semrel.csv": "PairID,Text,Score\n"
    + "".join(f"HAU-{n},{csv_cell(f'{a}{chr(10)}{b}')},{s}\n" for n, (a, b, s) in enumerate(ROWS)),
    "decimal-comma.csv": "sentence1;sentence2;score\n"
    + "".join(f"{a};{csv_cell(b)};{str(s).replace('.', ',')}\n" for a, b, s in ROWS),
    "bars.csv": "Sentence 1|Sentence 2|Mean Score\n" + "".join(f"{a}|{csv_cell(b)}|{s}\n" for a, b, s in ROWS),
    "wrapped.json": json.dumps({"data": [{"sent_1": a, "sent_2": b, "similarity": s} for a, b, s in ROWS]}),
    "columns.json": json.dumps({"text1": LEFT, "text2": RIGHT, "Similarity Score": GOLD}),
    "pandas.json": json.dumps(
        {name: dict(enumerate(cells)) for name, cells in (("s1", LEFT), ("s2", RIGHT), ("sim", GOLD))}
    ),
    "klue.json": json.dumps(
        [{"sentence1": a, "sentence2": b, "labels": {"label": 0, "real-label": s}} for a, b, s in ROWS]
    ),
    "assin.xml": "<entailment-corpus>"
    + "".join(f'<pair entailment="None" similarity="{s}"><t>{a}</t><h>{b}</h></pair>' for a, b, s in ROWS)
    + "</entailment-corpus>",
}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_pairs_and_scores_are_those_of_the_publisher(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(SHIPPED[name], "utf-8")
    found = read_sts(path)
    assert (found.left, found.right) == (tuple(LEFT), tuple(RIGHT))
    assert found.gold.tolist() == GOLD


@pytest.mark.parametrize("name", sorted(SHIPPED.keys() - {"sick.txt", "assin.xml"}))
def test_data_calls_them_scored_pairs(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SHIPPED[name], "utf-8")
    [found] = describe(tmp_path / name)
    assert (found.kind, found.scale) == ("sts", (min(GOLD), max(GOLD)))


def test_data_says_that_labelled_pairs_are_scored_as_well(tmp_path: Path) -> None:
    (tmp_path / "sick.txt").write_text(SHIPPED["sick.txt"], "utf-8")
    [found] = describe(tmp_path / "sick.txt")
    assert (found.kind, found.warnings) == ("nli", (f"with --sts: scored pairs, from 0 to {max(GOLD)}",))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_few_pairs_of_ones_own_without_names(tmp_path: Path, order: tuple[int, ...]) -> None:
    rows = [(LEFT[n], RIGHT[n], score) for n, score in enumerate((0, 1, 5, 3, 4, 2))]
    if order[-1] == 2:
        rows.sort(key=lambda row: row[2])  # scores that grow are scores, where rows are not numbered
    path = tmp_path / "pairs.tsv"
    path.write_text(tsv([tuple(row[place] for place in order) for row in rows]), "utf-8")
    found = read_sts(path)
    assert (found.left, found.gold.tolist()) == (tuple(row[0] for row in rows), [row[2] for row in rows])


def test_cells_that_begin_with_a_quote_in_tabs_called_csv(tmp_path: Path) -> None:
    path = tmp_path / "sts-test.csv"
    path.write_text(tsv([(*row[:5], f'"{row[5]}," he said.', row[6]) for row in STS_B]), "utf-8")
    assert read_sts(path).left == tuple(f'"{a}," he said.' for a in LEFT)


def test_quoted_cells_in_tabs_called_csv(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(tsv([(csv_cell(a + "\tx"), csv_cell(b), s) for a, b, s in ROWS], "s1 s2 score"), "utf-8")
    found = read_sts(path)
    assert (found.left, found.right) == (tuple(f"{a} x" for a in LEFT), tuple(RIGHT))


def test_digits_of_other_scripts(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(
        tsv([("رجل نائم", "شخص ينام", "٣٫٥"), ("क", "ख", "४.२"), ("ໜຶ່ງ", "ສອງ", "໑")], "s1 s2 score"), "utf-8"
    )
    assert read_sts(path).gold.tolist() == [3.5, 4.2, 1.0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (tsv([(n, a, b) for n, (a, b, _) in enumerate(ROWS)]), "no set of scored pairs"),  # the row is no score
        (tsv([(a, b, s, 5 - s) for a, b, s in ROWS]), "no set of scored pairs"),  # which of the two?
        (SHIPPED["semrel.csv"] + 'HAU-20,"one line alone",1.5\n', "1 lines where two sentences are"),
        (tsv([(a, b, "3.5 of 5") for a, b, _ in ROWS], "s1 s2 score"), "the score is no number: '3.5 of 5'"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=says):
        read_sts(path)


def test_packed_lines_of_json(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"sentence1": a, "sentence2": b, "score": s}) + "\n" for a, b, s in ROWS)
    (tmp_path / "test.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    assert read_sts(tmp_path / "test.jsonl.gz").gold.tolist() == GOLD
