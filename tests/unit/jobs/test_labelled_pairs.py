"""Labelled pairs beside a text: what is read, said, refused, and what a batch of them is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import UserError
from simcse_ml.events import Event
from simcse_ml.jobs.labelled import read_triples
from simcse_ml.languages.table import lang_info
from simcse_ml.ragged import from_lists
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import Recipe
from simcse_ml.settings.supervision import Mode, supervised
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.triples import TripleData, TripleRows

PAIRS = (
    "premise\thypothesis\tlabel\n犬がいる。\t動物がいる。\tentailment\n犬がいる。\t猫だけだ。\tcontradiction\n"
    "雨が降る。\t濡れる。\tentailment\n店は開いている。\t買い物ができる。\tentailment\n"
)


def recipe_for(*paths: Path, mode: Mode = "auto") -> Recipe:
    return supervised(load_recipe("unsup"), mode, [str(path) for path in paths])


def test_stages_are_text_then_pairs_or_pairs_alone() -> None:
    both, alone = recipe_for(Path("x.tsv")), recipe_for(Path("x.tsv"), mode="sup")
    assert [(stage.name, stage.data) for stage in both.stages] == [("unsup", "text"), ("sup", "nli")]
    assert [(stage.name, stage.data) for stage in alone.stages] == [("sup", "nli")]
    assert supervised(both, "sup", both.nli.paths) == both
    assert load_recipe("sup").stages[0].data == "nli"


@pytest.mark.parametrize("kind", ["sup", "unsup"])
def test_an_objective_and_its_data_must_match(kind: str) -> None:
    data = "text" if kind == "sup" else "nli"
    with pytest.raises(UserError, match=f"objective {kind} trains on data"):
        load_recipe("unsup", [f"stages.0.objective.kind={kind}", f"stages.0.data={data}"])


def test_a_folder_gives_its_training_files_and_evaluation_sentences_stay_out(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text(PAIRS, "utf-8")
    (tmp_path / "test.tsv").write_text("no table at all", "utf-8")
    told: list[Event] = []
    triples = read_triples(recipe_for(tmp_path), lang_info("ja"), ["雨が降る"], told.append)
    assert triples is not None
    assert triples.sentences == ("犬がいる。", "店は開いている。")
    assert triples.negatives == ("猫だけだ。", "")
    said = " ".join(str(getattr(event, "text", "")) for event in told)
    assert "train.tsv: labelled pairs, 1 contradiction, 3 entailment" in said
    assert "1 pairs share a sentence with the evaluation set" in said
    assert read_triples(load_recipe("unsup"), lang_info("ja"), [], told.append) is None


@pytest.mark.parametrize(
    ("files", "problem"),
    [({}, "there is no table in this folder"), ({"train.tsv": PAIRS.split("雨")[0]}, "only 1 pairs are left")],
)
def test_too_little_is_refused(tmp_path: Path, files: dict[str, str], problem: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(UserError, match=problem):
        read_triples(recipe_for(tmp_path), lang_info("ja"), [], lambda _: None)
    with pytest.raises(UserError, match="none are named"):
        read_triples(load_recipe("sup"), lang_info("ja"), [], lambda _: None)


def test_a_batch_of_triples_has_three_views_and_what_the_loss_wants_to_know() -> None:
    columns = [TokenRows(from_lists([[n, i, i + 1] for i in range(7)]), np.arange(7) + 10 * n, 0) for n in (1, 2, 3)]
    has = np.array([True, False] * 3 + [True])
    rows = TripleRows((columns[0], columns[1], columns[2]), has)
    order = BatchOrder("shuffled", np.arange(7), rows.lengths, size=3, seed=1, stage="sup")
    data = TripleData(rows, order, 3)
    views, batch = data.at(1)
    again, _ = data.at(1)
    ids = batch.row_ids.numpy()
    for number, (view, other) in enumerate(zip(views, again, strict=True), start=1):
        assert [view.row(i).tolist() for i in range(3)] == [[number, i, i + 1] for i in ids]
        assert np.array_equal(view.ids, other.ids)
    assert batch.extra["has_negative"].tolist() == has[ids].tolist()
    assert batch.extra["positive_hash"].tolist() == (ids + 20).tolist()
    assert batch.rows(slice(2)).extra["negative_hash"].tolist() == (ids[:2] + 30).tolist()
