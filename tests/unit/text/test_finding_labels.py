"""Labelled pairs that nobody named: which files are taken, and which are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simcse_ml.languages.table import lang_info
from simcse_ml.text.labelled.finding import beside, labelled_sets, within

JAPANESE = [
    ("犬が公園を走っている。", "動物が外にいる。", "entailment"),
    ("犬が公園を走っている。", "犬は家で眠っている。", "contradiction"),
    ("彼女は駅で友だちを待っていた。", "彼女は一人ではなかった。", "neutral"),
]
SWAHILI = [
    ("Watoto wanacheza mpira katika uwanja wa shule.", "Watoto wako nje ya nyumba.", "entailment"),
    ("Mama anapika chakula cha jioni jikoni kwake.", "Hakuna mtu anayepika chakula leo.", "contradiction"),
]


def tsv(rows: list[tuple[str, str, str]], header: str = "premise\thypothesis\tlabel") -> str:
    return "\n".join([header, *("\t".join(row) for row in rows)]) + "\n"


def found(folder: Path, code: str = "ja", *, leave: list[Path] | None = None) -> list[str]:
    sets = labelled_sets(beside(folder / "corpus.txt"), lang_info(code), (), leave=leave or [])
    return [f"{one.path.relative_to(folder)}{'!' if one.problem else ''}" for one in sets]


def test_sets_in_the_language_beside_the_corpus_are_found(tmp_path: Path) -> None:
    for folder in ("nli-ja", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.tsv").write_text(tsv(JAPANESE), "utf-8")
    (tmp_path / "corpus.txt").write_text("犬がいる。\n", "utf-8")
    (tmp_path / "pairs.jsonl").write_text(
        "".join(
            json.dumps({"sentence1": a, "sentence2": b, "gold_label": c}, ensure_ascii=False) + "\n"
            for a, b, c in JAPANESE
        ),
        "utf-8",
    )
    (tmp_path / "swahili.tsv").write_text(tsv(SWAHILI), "utf-8")
    assert found(tmp_path) == ["pairs.jsonl", "nli-ja/train.tsv"]
    assert found(tmp_path, "sw") == ["swahili.tsv"]
    assert found(tmp_path, "th") == []


@pytest.mark.parametrize("name", ["dev.tsv", "ja_test.tsv", "xnli.valid.tsv", "train.docx", ".train.tsv"])
def test_parts_for_evaluation_and_what_is_no_table_are_left(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(tsv(JAPANESE), "utf-8")
    assert found(tmp_path) == []


def test_scores_plain_pairs_and_files_with_another_purpose_are_no_such_sets(tmp_path: Path) -> None:
    (tmp_path / "sts.tsv").write_text(tsv([(a, b, "3.5") for a, b, _ in JAPANESE], "sentence1\tsentence2\tscore"))
    (tmp_path / "translations.tsv").write_text("".join(f"{a}\t{b}\n" for a, b, _ in JAPANESE), "utf-8")
    (tmp_path / "broken.jsonl").write_text('{"premise": ', "utf-8")
    (tmp_path / "used.tsv").write_text(tsv(JAPANESE), "utf-8")
    assert found(tmp_path, leave=[tmp_path / "used.tsv"]) == []
    assert found(tmp_path) == ["used.tsv"]


def test_numbers_as_labels_are_told_and_not_used_without_their_order(tmp_path: Path) -> None:
    numbers = {"entailment": "0", "neutral": "1", "contradiction": "2"}
    (tmp_path / "train.tsv").write_text(tsv([(a, b, numbers[c]) for a, b, c in JAPANESE]), "utf-8")
    assert found(tmp_path) == ["train.tsv!"]
    order = ("entailment", "neutral", "contradiction")
    (one,) = labelled_sets([tmp_path / "train.tsv"], lang_info("ja"), order, leave=[])
    assert not one.problem


def test_a_column_that_names_the_language_decides(tmp_path: Path) -> None:
    rows = [(f"{code}\t{a}", b, c) for code, rows in (("sw", SWAHILI), ("ja", JAPANESE)) for a, b, c in rows]
    (tmp_path / "xnli.tsv").write_text(tsv(rows, "language\tsentence1\tsentence2\tgold_label"), "utf-8")
    assert found(tmp_path, "ja") == found(tmp_path, "sw") == ["xnli.tsv"]
    assert found(tmp_path, "ko") == []


def test_a_folder_of_ones_own_is_looked_into_deeply(tmp_path: Path) -> None:
    deep = tmp_path / "sets" / "ja" / "v1"
    deep.mkdir(parents=True)
    (deep / "train.tsv").write_text(tsv(JAPANESE), "utf-8")
    assert [one.path for one in labelled_sets(within(tmp_path), lang_info("ja"), (), leave=[])] == [deep / "train.tsv"]
    assert within(tmp_path / "absent") == []
