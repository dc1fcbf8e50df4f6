"""Scored pairs are read from the formats people have, and wrong ones are refused with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.sts import read_sts


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


ROWS = [("a one", "b one", "0.5"), ("a two", "b two", "4"), ("a three", "b three", "1.25")]
TSV = "\n".join("\t".join(row) for row in ROWS) + "\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "sentence1\tsentence2\tscore\n" + TSV),
        ("a.tsv", "score\ttext2\ttext1\n" + "".join(f"{s}\t{b}\t{a}\n" for a, b, s in ROWS)),
        ("a.txt", TSV),
        ("a.txt", "".join(f"{s}\t{a}\t{b}\n" for a, b, s in ROWS)),
        ("a.csv", "文1,文2,類似度\n" + "".join(f'"{a}",{b},{s}\n' for a, b, s in ROWS)),
        ("a.jsonl", "".join(f'{{"sentence1":"{a}","sentence2":"{b}","label":{s}}}\n' for a, b, s in ROWS)),
        ("a.json", "[" + ",".join(f'{{"S1":"{a}","S2":"{b}","Similarity":"{s}"}}' for a, b, s in ROWS) + "]"),
    ],
)
def test_usual_formats_and_column_names_give_the_same_pairs(tmp_path: Path, name: str, text: str) -> None:
    pairs = read_sts(put(tmp_path / name, text))
    assert pairs.left == ("a one", "a two", "a three")
    assert pairs.right == ("b one", "b two", "b three")
    assert pairs.gold.tolist() == [0.5, 4.0, 1.25]
    assert pairs.gold.dtype == np.float64


def test_a_quotation_mark_in_tsv_is_a_plain_character(tmp_path: Path) -> None:
    text = 'sentence1\tsentence2\tscore\n"open\tother\t1\nb\tc"\t2\nd\te\t3\n'
    assert read_sts(put(tmp_path / "a.tsv", text)).left[0] == '"open'


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("x\ty\thigh", "no number: 'high'"),
        ("x\ty\tnan", "nan"),
        ("x\ty", "missing"),
        ("x\t \t1", "empty"),
        ("x\ty\t", "missing"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, bad: str, says: str) -> None:
    path = put(tmp_path / "a.tsv", "sentence1\tsentence2\tscore\n" + TSV + bad + "\n")
    with pytest.raises(UserError, match=says) as caught:
        read_sts(path)
    assert caught.value.where == f"{path}:5"
    assert caught.value.exit_code == ExitCode.INPUT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sentence1\tsentence2\tscore\na\tb\t1\nc\td\t2\n", "only 2 pairs"),
        ("sentence1\tother\tscore\na\tb\t1\n", "no column sentence2 among sentence1, other, score"),
        ("just a line\nand another\n", "no set of scored pairs"),
        ("", "empty"),
        ('{"sentence1": "a"\n', "no JSON"),
    ],
)
def test_what_is_no_set_of_scored_pairs_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read_sts(put(tmp_path / "a.tsv", text))


def test_every_shared_sts_set_is_read_whole(shared: Callable[[str], Path]) -> None:
    files = sorted(shared("sts").glob("*/*.tsv"))
    for file in files:
        assert len(read_sts(file)) == len(file.read_text("utf-8").split("\n")) - 2
    assert len(files) > 30


def test_a_set_is_named_after_its_folder_where_its_name_says_nothing(shared: Callable[[str], Path]) -> None:
    assert read_sts(shared("sts/ja-jsts/valid.tsv")).name == "ja-jsts-valid"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sts/ja-jsts/valid.tsv", "sts"),
        ("nli/ja-combined/valid.tsv", "nli"),
        ("nli-original/jnli/valid-v1.3.json", "nli"),
        ("nli-original/janli/janli.tsv", "nli"),
        ("nli-original/jsnli/dev.tsv", "nli"),
        ("text/ja/common-voice-sentences.txt", "text"),
        ("special/rows.tsv", "pairs"),
        ("special/png-image.txt", "unreadable"),
        ("special/text-inside.txt.xz", "text"),
    ],
)
def test_a_file_is_described_as_what_it_is(shared: Callable[[str], Path], name: str, kind: str) -> None:
    (described,) = describe(shared(name))
    assert described.kind == kind
    assert bool(described.problem) == (kind == "unreadable")
    assert bool(described.first) == (kind != "unreadable")


def test_labels_as_numbers_are_described_with_what_would_explain_them(tmp_path: Path) -> None:
    text = "".join(f'{{"premise": "a {n}", "hypothesis": "b", "label": {n % 3}}}\n' for n in range(6))
    (described,) = describe(put(tmp_path / "xnli.jsonl", text))
    assert described.kind == "nli"
    assert described.labels == {"0": 2, "1": 2, "2": 2}
    assert "--nli-labels" in described.warnings[0]
