"""Sentences in two languages, as Tatoeba, OPUS and the Hub lay them out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.labelled.parallel import TranslationSet, read_translations
from simcse_ml.text.labelled.recognise import describe

PAIRS = [("猫が寝る", "ድመቷ ትተኛለች"), ("犬が走る", "ውሻው ይሮጣል"), ("雨が降る", "ዝናብ ይዘንባል")]


def lines(separator: str = "\t") -> str:
    return "".join(f"{one}{separator}{other}\n" for one, other in PAIRS)


def read(path: Path, content: str) -> TranslationSet:
    path.write_text(content, "utf-8")
    return read_translations(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("with.tsv", "ja\tam\n" + lines()),
        ("bare.tsv", lines()),
        ("iso3.tsv", "jpn\tamh\n" + lines()),
        ("sides.csv", "source,target\n" + lines(",")),
        ("moses.csv", "src,tgt\n" + lines(",")),
        ("more.tsv", "row\tja\tam\tlicence\n" + "".join(f"x{n}\t{a}\t{b}\tCC\n" for n, (a, b) in enumerate(PAIRS))),
        ("hub.jsonl", "".join(json.dumps({"translation": {"ja": a, "am": b}}) + "\n" for a, b in PAIRS)),
        ("keys.jsonl", "".join(json.dumps({"ja": a, "am": b}) + "\n" for a, b in PAIRS)),
    ],
)
def test_every_layout_is_the_same_pairs(tmp_path: Path, name: str, content: str) -> None:
    found = read(tmp_path / name, content)
    assert [(found.left[a], found.right[b]) for a, b in found.pairs] == PAIRS


def test_a_repeated_pair_counts_once_and_a_sentence_may_have_two_translations(tmp_path: Path) -> None:
    found = read(tmp_path / "a.tsv", "ja\tam\n" + lines() + lines() + "猫が寝る\tድመት\n")
    assert len(found.left) == 3 and len(found.right) == 4
    assert found.pairs.tolist() == [[0, 0], [1, 1], [2, 2], [0, 3]]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("ja\tam\ten\n" + "".join(f"{a}\t{b}\tx\n" for a, b in PAIRS), "two languages cannot be told among ja, am, en"),
        ("id\tja\tam\n" + "".join(f"1\t{a}\t{b}\n" for a, b in PAIRS), "two languages cannot be told among id, ja, am"),
        ("first\tsecond\tthird\n" + "".join(f"{a}\t{b}\tx\n" for a, b in PAIRS), "two languages cannot be told"),
        ("ja\tam\n猫\tድመት\n", "only 1 pairs"),
        ("ja\tam\n" + lines() + "猫\t\n", "a sentence is missing"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, content: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as caught:
        read(tmp_path / "a.tsv", content)
    assert caught.value.exit_code is ExitCode.INPUT and caught.value.mend


def test_data_tells_such_a_table_and_that_train_takes_one_column(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("ja\tam\n" + lines(), "utf-8")
    [told] = describe(tmp_path / "a.tsv")
    assert (told.kind, told.rows, told.columns) == ("translations", 3, ("ja", "am"))
    assert told.warnings == ("for --translations; train takes the column of its --lang as a text",)
    (tmp_path / "c.tsv").write_bytes(("ja\tam\n" + "".join(f"{a * 9}\t{a}\n" for a, _ in PAIRS)).encode("cp932"))
    [told] = describe(tmp_path / "c.tsv")
    assert (told.kind, told.encoding) == ("translations", "cp932")
    (tmp_path / "b.tsv").write_text("id\ttext\n1\tほん\n2\tいぬ\n", "utf-8")
    assert describe(tmp_path / "b.tsv")[0].kind == "text"


def test_tatoeba_and_talpco_are_read_as_they_are(shared: Callable[[str], Path]) -> None:
    found = read_translations(shared("parallel/tatoeba/ja-en.tsv"))
    assert (len(found.pairs), found.name) == (1000, "ja-en")
    assert found.left[found.pairs[0][0]] == "言う価値のあることがなければ、しゃべるな。"
    assert len(read_translations(shared("parallel/ja-my-talpco.tsv")).pairs) > 1300
