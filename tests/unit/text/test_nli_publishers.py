"""Labelled pairs in the forms that other publishers ship: XML of the challenges, Parquet, objects around the rows."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simcse_ml.errors import UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.labelled.finding import labelled_sets
from simcse_ml.text.labelled.nli import NLISet, read_nli
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.sts import read_sts

ROWS = [
    ("Um homem toca violão & canta.", "Uma pessoa faz música.", "entailment"),
    ("Dois cães correm na praia.", "Os animais têm fome.", "neutral"),
    ("A criança lê um livro.", "A criança está a dormir.", "contradiction"),
]
TWO_WAY = {"entailment": "entailment", "neutral": "neutral", "contradiction": "neutral"}


def read(path: Path, **more: object) -> NLISet:
    return read_nli(path, lang_info("pt"), **more)


def pairs_of(found: NLISet) -> list[tuple[str, str, str]]:
    return [tuple(pair) for pair in found.pairs]


def xml(words: dict[str, str], *, attribute: str = "entailment", doctype: str = "") -> str:
    elements = "".join(
        f'<pair id="{number}" {attribute}="{words[label]}" task="IE">\n'
        f"<t>{escape(left)}</t>\n<h>{escape(right)}</h>\n</pair>\n"
        for number, (left, right, label) in enumerate(ROWS)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}<entailment-corpus>\n{elements}</entailment-corpus>\n'


@pytest.mark.parametrize(
    ("words", "attribute", "told"),
    [
        ({"entailment": "YES", "neutral": "NO", "contradiction": "NO"}, "entailment", TWO_WAY),
        ({"entailment": "TRUE", "neutral": "FALSE", "contradiction": "FALSE"}, "value", TWO_WAY),
        ({"entailment": "Paraphrase", "neutral": "None", "contradiction": "None"}, "entailment", TWO_WAY),
        (
            {"entailment": "ENTAILMENT", "neutral": "UNKNOWN", "contradiction": "CONTRADICTION"},
            "entailment",
            {label: label for label in TWO_WAY},
        ),
    ],
    ids=["RTE-2", "RTE-1", "ASSIN", "RTE-4"],
)
def test_pairs_in_xml(tmp_path, words, attribute, told):
    path = tmp_path / "pairs.xml"
    path.write_text(xml(words, attribute=attribute), "utf-8")
    assert pairs_of(read(path)) == [(left, right, told[label]) for left, right, label in ROWS]
    (shown,) = describe(path)
    assert (shown.kind, shown.rows, shown.columns) == ("nli", 3, ("premise", "hypothesis", "label"))


def test_a_dtd_that_is_only_named_is_not_followed_and_one_with_entities_is_refused(tmp_path):
    words = {"entailment": "YES", "neutral": "NO", "contradiction": "NO"}
    path = tmp_path / "rte.xml"
    path.write_text(xml(words, doctype='<!DOCTYPE entailment-corpus SYSTEM "file:///etc/passwd">\n'), "utf-8")
    assert len(read(path).pairs) == 3
    path.write_text(xml(words, doctype='<!DOCTYPE x [<!ENTITY a "b">]>\n'), "utf-8")
    with pytest.raises(UserError, match="entities of its own"):
        read(path)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<?xml version='1.0'?><pairs><pair entailment='YES'><t>a</t></pairs>", "this is no XML"),
        ("<?xml version='1.0'?><tmx><tu>a</tu></tmx>", "holds no <pair>"),
        ("<?xml version='1.0'?><x><pair entailment='YES'><t>a</t></pair></x>", "a sentence is missing"),
        ("<?xml version='1.0'?><x><pair entailment='MAYBE'><t>a</t><h>b</h></pair></x>", "the label 'MAYBE' is none"),
    ],
)
def test_xml_that_holds_no_pairs_is_refused_with_what_is_wrong(tmp_path, text, what):
    path = tmp_path / "other.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=what):
        read(path)


def test_parquet_as_the_hub_keeps_it_with_numbers_only_in_the_order_given(tmp_path):
    order = ("entailment", "neutral", "contradiction")
    path = tmp_path / "train-00000-of-00001.parquet"
    rows = [{"premise": left, "hypothesis": right, "label": order.index(label)} for left, right, label in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert pairs_of(read(path, order=order)) == ROWS
    with pytest.raises(UserError, match="this file does not tell what the numbers stand for"):
        read(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match="damaged or cut off"):
        read(path, order=order)


def test_scored_pairs_in_parquet(tmp_path):
    path = tmp_path / "test.parquet"
    rows = [{"sentence1": left, "sentence2": right, "score": 1.5} for left, right, _ in ROWS]
    pq.write_table(pa.Table.from_pylist([*rows, {**rows[0], "score": 4.0}]), path)
    found = read_sts(path)
    assert (found.left[0], found.gold.tolist()) == (ROWS[0][0], [1.5, 1.5, 1.5, 4.0])


@pytest.mark.parametrize("indent", [None, 2])
def test_an_object_that_holds_the_rows_in_a_list(tmp_path, indent):
    rows = [{"premise": left, "hypothesis": right, "label": label} for left, right, label in ROWS]
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"version": "1.1", "tags": ["a"], "data": rows}, indent=indent), "utf-8")
    assert pairs_of(read(path)) == ROWS


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("prémisse\thypothèse\tétiquette", ("implication", "neutre", "contradiction")),
        ("premisse\thypothese\tetiquette", ("implication", "neutre", "contradiction")),
        ("context\tquery\tlabel", ("SUPPORTS", "NOT ENOUGH INFO", "REFUTES")),
        ("evidence\tclaim\tlabel", ("supported", "nei", "refuted")),
    ],
)
def test_other_names_of_columns_and_labels(tmp_path, header, words):
    path = tmp_path / "set.tsv"
    of = dict(zip(("entailment", "neutral", "contradiction"), words, strict=True))
    path.write_text(
        "\n".join([header, *(f"{left}\t{right}\t{of[label]}" for left, right, label in ROWS)]) + "\n", "utf-8"
    )
    assert pairs_of(read(path)) == ROWS


def test_triplets_are_told_for_what_they_are(tmp_path):
    path = tmp_path / "nli_for_simcse.csv"
    path.write_text("sent0,sent1,hard_neg\n" + "a b,c d,e f\n" * 3, "utf-8")
    assert describe(path)[0].kind == "triplets"


def test_sets_in_parquet_and_xml_are_found_where_one_would_look(tmp_path):
    order = ("entailment", "neutral", "contradiction")
    rows = [{"premise": left, "hypothesis": right, "label": label} for left, right, label in ROWS * 20]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "train.parquet")
    (tmp_path / "assin.xml").write_text(
        xml({"entailment": "YES", "neutral": "NO", "contradiction": "NO"}).replace("<entailment-corpus>", "<e>", 1)
        .replace("</entailment-corpus>", "</e>"), "utf-8",
    )  # fmt: skip
    found = labelled_sets(sorted(tmp_path.iterdir()), lang_info("pt"), order, leave=[])
    assert [one.path.name for one in found] == ["assin.xml", "train.parquet"]
