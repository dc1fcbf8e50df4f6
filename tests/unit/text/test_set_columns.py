"""Labelled sets as the library `datasets` and the Hub keep them: the words of their labels, folders with parts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from simcse_ml.errors import UserError
from simcse_ml.jobs.labelled import read_triples
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.supervision import supervised
from simcse_ml.text.labelled.finding import labelled_sets, within
from simcse_ml.text.labelled.labels import LABELS
from simcse_ml.text.labelled.nli import read_nli
from simcse_ml.text.labelled.recognise import describe

TELUGU = lang_info("te")
ORDER = ["entailment", "contradiction", "neutral"]  # as JNLI has it: 1 is not what it is elsewhere
PREMISES = [f"ఒక మనిషి {n} సార్లు పాట పాడుతున్నాడు" for n in range(12)]
HYPOTHESES = [f"ఎవరో {n} సార్లు పాడుతున్నారు" for n in range(12)]
NUMBERS = [n % 4 - 1 for n in range(12)]
COUNTS = dict.fromkeys(ORDER, 3)


def made(part: str = "") -> Dataset:
    features = Features(
        {name: Value("string") for name in ("premise", "hypothesis")} | {"label": ClassLabel(names=ORDER)}
    )
    rows = {"premise": [part + one for one in PREMISES], "hypothesis": HYPOTHESES, "label": NUMBERS}
    return Dataset.from_dict(rows, features=features)


def kept(path: Path) -> Path:
    if path.suffix == ".parquet":
        made().to_parquet(path)
    elif path.suffix == ".feather":
        feather.write_feather(made().data.table, path)
    else:  # a stream, as in the cache of `datasets`
        with pa.ipc.new_stream(path, made().data.table.schema) as writer:
            writer.write_table(made().data.table)
    return path


@pytest.mark.parametrize("name", ["train.parquet", "xnli-train.arrow", "train.feather"])
def test_a_file_that_tells_its_labels_needs_no_order(tmp_path: Path, name: str) -> None:
    path = kept(tmp_path / name)
    found = read_nli(path, TELUGU)
    assert dict(found.counts) == COUNTS
    assert found.undecided == 3
    assert [tuple(pair) for pair in found.pairs[:2]] == [
        (PREMISES[1], HYPOTHESES[1], "entailment"),
        (PREMISES[2], HYPOTHESES[2], "contradiction"),
    ]
    [told] = describe(path)
    assert (told.kind, told.labels) == ("nli", COUNTS)
    assert [one.problem for one in labelled_sets([path], TELUGU, (), leave=())] == [""]


def test_its_own_words_go_before_an_order_that_is_given(tmp_path: Path) -> None:
    assert dict(read_nli(kept(tmp_path / "train.parquet"), TELUGU, LABELS).counts) == COUNTS


@pytest.mark.parametrize("note", [None, b"no JSON", b"[]", b'{"info": {"features": {"label": 3}}}'])
def test_numbers_without_words_ask_for_the_order(tmp_path: Path, note: bytes | None) -> None:
    table = pa.table({"premise": PREMISES, "hypothesis": HYPOTHESES, "label": [n % 3 for n in range(12)]})
    pq.write_table(table.replace_schema_metadata({b"huggingface": note} if note else None), tmp_path / "train.parquet")
    with pytest.raises(UserError, match="this file does not tell what the numbers stand for"):
        read_nli(tmp_path / "train.parquet", TELUGU)


def test_the_training_part_of_a_set_on_disk(tmp_path: Path) -> None:
    DatasetDict({part: made(f"{part}: ") for part in ("test", "train", "validation")}).save_to_disk(tmp_path / "set")
    recipe = supervised(load_recipe("unsup"), "sup", [str(tmp_path / "set")])
    said: list[object] = []
    triples = read_triples(recipe, TELUGU, (), said.append)
    assert triples is not None
    assert sorted(triples.sentences) == sorted(f"train: {PREMISES[n]}" for n in (1, 5, 9))
    assert len(said) == 2


def test_of_a_set_on_disk_that_nobody_named_the_training_part_is_found(tmp_path: Path) -> None:
    DatasetDict({part: made(f"{part}: ") for part in ("test", "train", "validation")}).save_to_disk(tmp_path / "nli")
    found = labelled_sets(within(tmp_path), TELUGU, (), leave=())
    assert [one.path.parent.name for one in found] == ["train"]
    alone = kept_in(tmp_path / "test")  # a folder of that name, and no training part beside it
    assert [one.path for one in labelled_sets(within(tmp_path / "test"), TELUGU, (), leave=())] == [alone]


def kept_in(folder: Path) -> Path:
    folder.mkdir()
    return kept(folder / "set.parquet")


def test_what_tells_of_a_set_on_disk_is_no_text(tmp_path: Path) -> None:
    Dataset.from_dict({"text": PREMISES}).save_to_disk(tmp_path / "set")
    told = {Path(one.path).name: (one.kind, one.problem) for one in describe(tmp_path / "set")}
    beside = ("unreadable", "it tells of a data set, and holds no text of it")
    assert told == {"data-00000-of-00001.arrow": ("text", ""), "dataset_info.json": beside, "state.json": beside}


def test_files_of_such_names_elsewhere_are_read(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps([{"text": one} for one in PREMISES]), "utf-8")
    assert [one.kind for one in describe(tmp_path)] == ["text"]


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = kept(tmp_path / "train.arrow")
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(UserError, match="the Arrow file is damaged or cut off"):
        read_nli(path, TELUGU)
