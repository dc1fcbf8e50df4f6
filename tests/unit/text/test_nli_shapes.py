"""Labelled files whose cells need a second look: several languages in one, the quoting of spreadsheets."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simcse_ml.errors import UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.labelled.finding import is_table, labelled_sets
from simcse_ml.text.labelled.labels import LABELS
from simcse_ml.text.labelled.nli import read_nli
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.sts import read_sts
from simcse_ml.text.labelled.tables import read_table
from simcse_ml.text.labelled.translations import in_language, translations

THAI = ("ผู้ชายเล่นดนตรีอยู่ริมถนนในเมืองใหญ่", "มีคนเล่นดนตรีอยู่ข้างนอกบ้านของเขา")
SWAHILI = ("Mwanamume anapiga muziki barabarani katika mji mkubwa.", "Mtu anapiga muziki nje ya nyumba.")


def rows(count=30, *, of_variable_length=True):
    """As the Hub has XNLI: premise a mapping, hypothesis two lists side by side."""
    found = []
    for number in range(count):
        sentences = {"th": f"{THAI[1]} {number}", "sw": f"{SWAHILI[1]} {number}"}
        hypothesis = {"language": list(sentences), "translation": list(sentences.values())}
        found.append(
            {
                "premise": {"th": f"{THAI[0]} {number}", "sw": f"{SWAHILI[0]} {number}"},
                "hypothesis": hypothesis if of_variable_length else sentences,
                "label": number % 3,
            }
        )
    return found


def write(path, records):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return path


@pytest.mark.parametrize("name", ["all_languages.jsonl", "all_languages.parquet"])
@pytest.mark.parametrize("of_variable_length", [True, False])
@pytest.mark.parametrize(("code", "sentences"), [("th", THAI), ("sw", SWAHILI)])
def test_the_corpus_language_is_taken_of_cells_that_hold_several(tmp_path, name, of_variable_length, code, sentences):
    path = write(tmp_path / name, rows(of_variable_length=of_variable_length))
    found = read_nli(path, lang_info(code), LABELS)
    premise, hypothesis, label = found.pairs[0]
    assert (premise, hypothesis, label) == (f"{sentences[0]} 0", f"{sentences[1]} 0", "entailment")
    assert dict(found.counts) == dict.fromkeys(LABELS, 10)
    assert found.notes == (f"its sentences stand in 2 languages; those in {lang_info(code).name} were taken",)


def test_a_language_that_no_cell_holds_is_refused(tmp_path):
    path = write(tmp_path / "xnli.jsonl", rows())
    with pytest.raises(UserError, match="it holds sw, th, but not ha"):
        read_nli(path, lang_info("ha"), LABELS)


def test_a_row_without_the_language_is_named(tmp_path):
    records = rows()
    records[7]["premise"].pop("sw")
    with pytest.raises(UserError, match=r"xnli\.jsonl:8: a sentence is missing"):
        read_nli(write(tmp_path / "xnli.jsonl", records), lang_info("sw"), LABELS)


def test_such_a_set_is_found_and_described(tmp_path):
    path = write(tmp_path / "xnli.jsonl", rows())
    assert [one.path for one in labelled_sets([path], lang_info("th"), LABELS, leave=[])] == [path]
    assert labelled_sets([path], lang_info("ha"), LABELS, leave=[]) == []
    described = describe(path)[0]
    assert described.kind == "nli"
    assert described.first[0][:2] == (f"{THAI[0]} 0", f"{THAI[1]} 0")
    assert "each sentence in 2 languages: th, sw; train takes that of its --lang" in described.warnings


@pytest.mark.parametrize("cell", [{"tokens": ["a"], "parse": "x"}, ["a", "b"], {"language": ["th"], "translation": []}])
def test_a_cell_with_parts_of_its_own_is_no_sentence(tmp_path, cell):
    records = [{"premise": cell, "hypothesis": "b c", "label": "entailment"}] * 3
    with pytest.raises(UserError, match=r"set\.jsonl:1: premise is no sentence, but has parts of its own"):
        read_nli(write(tmp_path / "set.jsonl", records), lang_info("en"))
    scored = [{"sentence1": cell, "sentence2": "b c", "score": 1.0}] * 3
    with pytest.raises(UserError, match=r"pairs\.jsonl:1: sentence1 is no sentence, but has parts of its own"):
        read_sts(write(tmp_path / "pairs.jsonl", scored))


def test_translations_of_a_cell():
    assert translations({"zh-Hant": "好", "DE": "gut", "fr": None}) == {"zh-hant": "好", "de": "gut"}
    assert translations({"first sentence": "a"}) == translations("de") == translations(None) == {}


def test_a_table_without_such_cells_is_left_as_it_is(tmp_path):
    path = tmp_path / "set.tsv"
    path.write_text("premise\thypothesis\tlabel\na\tb\tneutral\n", "utf-8")
    table = read_table(path, lambda name: name == "premise")
    same, held = in_language(table, ("de",))
    assert same is table
    assert held == ()


@pytest.mark.parametrize(
    ("parts", "kept", "note"),
    [
        (("train", "dev", "test"), 10, "20 rows of dev, test left out"),
        (("training", "", "Validation"), 10, "20 rows of no part, validation left out"),
        (("dev", "dev", "test"), 30, ""),
        (("train", "train", "train"), 30, ""),
    ],
)
def test_only_the_part_for_training_is_taken_where_a_column_tells_the_parts(tmp_path, parts, kept, note):
    path = tmp_path / "AllNLI.tsv.gz"
    lines = [f"{parts[n % 3]}\tMultiNLI\tpremise {n}\thypothesis {n}\tentailment" for n in range(30)]
    path.write_bytes(gzip.compress("\n".join(["split\tdataset\tsentence1\tsentence2\tlabel", *lines]).encode()))
    found = read_nli(path, lang_info("en"))
    assert len(found.pairs) == kept
    assert found.notes == ((note,) if note else ())
    assert found.foreign == 0


@pytest.mark.parametrize(
    ("name", "taken"),
    [("train.tsv", True), ("AllNLI.tsv.gz", True), ("x.JSONL.ZST", True), ("model.gz", False), ("gz", False)],
)
def test_names_of_labelled_sets(name, taken):
    assert is_table(Path(name)) is taken


SPREADSHEET = [
    ('Er sagte: "Nein" und ging.', "Er ging,\tnach Hause.", "entailment"),
    ("Zwei\nZeilen.", "Eine.", "neutral"),
    ("彼は「いいえ」と言った。", '"Ja" sagte er, "gut".', "contradiction"),
]


def test_tabs_with_the_quoting_of_a_spreadsheet(tmp_path):
    path = tmp_path / "excel.tsv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, dialect="excel-tab")
        writer.writerows([("premise", "hypothesis", "label"), *SPREADSHEET])
    found = read_nli(path, lang_info("de"))
    assert [tuple(pair) for pair in found.pairs] == [
        (" ".join(left.split()), " ".join(right.split()), label) for left, right, label in SPREADSHEET
    ]


@pytest.mark.parametrize(
    "premise",
    ['"Nein", sagte er.', '"Nein, sagte er.', '"Nein."', 'Er sagte "Nein".', '"Nein" sagte ""er"".', '""'],
)
def test_a_quote_of_the_sentence_itself_stays(tmp_path, premise):
    path = tmp_path / "raw.tsv"
    lines = ["premise\thypothesis\tlabel", *(f"{premise} {n}\tEr ging {n}.\tentailment" for n in range(3))]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert [pair.premise for pair in read_nli(path, lang_info("de")).pairs] == [f"{premise} {n}" for n in range(3)]


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85", "\x0c"])
def test_marks_that_are_no_ends_of_lines_split_no_row(tmp_path, mark):
    path = tmp_path / "set.csv"
    path.write_text(f"premise,hypothesis,label\na{mark}b,c d,neutral\ne f,g,entailment\n", "utf-8")
    found = read_nli(path, lang_info("en"))
    assert [pair.premise for pair in found.pairs] == ["a b", "e f"]
