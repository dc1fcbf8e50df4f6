"""Labelled pairs within objects, by columns, with numbers of rows; and words of labels that nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simcse_ml.errors import UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.labelled.finding import labelled_sets
from simcse_ml.text.labelled.labels import LABELS
from simcse_ml.text.labelled.nli import NLISet, read_nli
from simcse_ml.text.labelled.recognise import describe

ROWS = [
    (f"ሰውየው {n} ጊዜ ተኝቷል።", f"አንድ ሰው {n} ጊዜ {word}።", label)
    for n in range(6)
    for word, label in zip(("አርፏል", "ረጅም ነው", "ይሮጣል"), LABELS, strict=True)
]
OBJECTS = [{"premise": a, "hypothesis": b, "label": label} for a, b, label in ROWS]
NUMBERED = [{"premise": a, "hypothesis": b, "label": LABELS.index(label)} for a, b, label in ROWS]


def read(path: Path, text: str) -> NLISet:
    path.write_text(text, "utf-8")
    return read_nli(path, lang_info("am"), LABELS)


def lines(objects: list[dict[str, object]]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


SHIPPED = {
    "chaos.jsonl": lines(
        [
            {"uid": n, "example": {"uid": n, "premise": a, "hypothesis": b}, "majority_label": label[0]}
            for n, (a, b, label) in enumerate(ROWS)
        ]
    ),
    "server.json": json.dumps(
        {"features": [{"name": "premise"}], "rows": [{"row_idx": n, "row": one} for n, one in enumerate(NUMBERED)]}
    ),
    "to_dict.json": json.dumps({name: [one[name] for one in OBJECTS] for name in OBJECTS[0]}),
    "pandas.json": json.dumps({name: {str(n): one[name] for n, one in enumerate(OBJECTS)} for name in OBJECTS[0]}),
    "keyed.json": json.dumps({f"id-{n}": one for n, one in enumerate(OBJECTS)}),
    "t-and-h.jsonl": lines([{"t": a, "h": b, "value": label} for a, b, label in ROWS]),
    "numbered.tsv": "".join(f"{n}\t{a}\t{b}\t{label}\n" for n, (a, b, label) in enumerate(ROWS)),
    "numbered-last.tsv": "".join(f"{label}\t{a}\t{b}\t{9 * n}\n" for n, (a, b, label) in enumerate(ROWS)),
    "bars.txt": "".join(f"{a}|{b}|{label}\n" for a, b, label in ROWS),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_pairs_are_those_of_the_publisher(tmp_path: Path, name: str) -> None:
    assert [tuple(pair) for pair in read(tmp_path / name, SHIPPED[name]).pairs] == ROWS


@pytest.mark.parametrize("name", ["chaos.jsonl", "to_dict.json", "pandas.json", "keyed.json", "t-and-h.jsonl"])
def test_they_are_found_where_nobody_named_them(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SHIPPED[name], "utf-8")
    paths = [tmp_path / name]
    assert [one.path for one in labelled_sets(paths, lang_info("am"), (), leave=())] == paths


def test_one_value_that_is_too_large_to_be_read_on_a_chance_is_no_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simcse_ml.text.labelled.tables.MOST_BYTES", 1000)
    (tmp_path / "a.json").write_text(SHIPPED["keyed.json"], "utf-8")
    assert labelled_sets([tmp_path / "a.json"], lang_info("am"), (), leave=()) == []
    assert read_nli(tmp_path / "a.json", lang_info("am")).kind == "labelled pairs"  # named, it is read


def test_pairs_with_the_number_of_their_row_are_no_triplets(tmp_path: Path) -> None:
    text = "".join(f"{n}\t{a}\t{b}\n" for n, (a, b, _) in enumerate(ROWS))
    found = read(tmp_path / "pairs.tsv", text)
    assert found.kind == "pairs"
    assert [pair[:2] for pair in found.pairs] == [row[:2] for row in ROWS]


YES = dict(zip(LABELS, ("አዎ", "አይታወቅም", "አይ"), strict=True))
UNREAD = {
    "words.csv": "premise,hypothesis,answer\n" + "".join(f"{a},{b},{YES[label]}\n" for a, b, label in ROWS),
    "truth.jsonl": lines([{"premise": a, "hypothesis": b, "holds": c == LABELS[0]} for a, b, c in ROWS]),
    "votes.jsonl": lines([{"premise": a, "hypothesis": b, "votes": [c, c, "neutral"]} for a, b, c in ROWS]),
}


@pytest.mark.parametrize(("name", "column"), [*zip(UNREAD, ("answer", "holds", "votes"), strict=True)])
def test_labels_in_other_words_are_not_passed_over(tmp_path: Path, name: str, column: str) -> None:
    path = tmp_path / name
    with pytest.raises(UserError, match=f"its column {column} may say which pairs belong together") as caught:
        read(path, UNREAD[name])
    assert caught.value.where == f"{path}:1"
    [found] = describe(path)
    assert found.kind == "pairs"
    assert found.warnings == (
        f"column {column} may say which pairs belong together: --nli asks for it in words that it knows",
    )


def test_what_else_rows_are_sorted_by_is_no_label(tmp_path: Path) -> None:
    rows = "".join(f"{a},{b},{('news', 'talk')[n % 2]}\n" for n, (a, b, _) in enumerate(ROWS))
    assert read(tmp_path / "pairs.csv", "premise,hypothesis,genre\n" + rows).kind == "pairs"


def test_unknown_names_are_told_at_the_header(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no premise and hypothesis among source, target, label") as caught:
        read(tmp_path / "a.tsv", "source\ttarget\tlabel\n" + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in ROWS))
    assert caught.value.where == f"{tmp_path / 'a.tsv'}:1"


def test_a_header_without_rows_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none of its 0 pairs is an entailment"):
        read(tmp_path / "a.csv", "premise,hypothesis,answer\n")
