"""Which labelled pairs a training uses, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Event, Said, Warned
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.supervision import with_pairs
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.supervision import Mode

PAIRS = (
    "premise\thypothesis\tlabel\n犬が公園を走っている。\t動物が外にいる。\tentailment\n"
    "彼は駅で待つ。\t彼は家にいる。\tcontradiction\n"
)


def request(folder: Path, *, mode: Mode = "auto", recipe: str = "unsup", look: bool = True) -> TrainRequest:
    return TrainRequest(
        inputs=(str(folder / "corpus.txt"),),
        language="ja",
        recipe=load_recipe(recipe),
        recipe_name=recipe,
        runs_dir=folder,
        cache_dir=folder,
        static_recipe=load_recipe("static") if recipe == "unsup" else None,
        mode=mode,
        look_for_pairs=look,
    )


def stages(one: TrainRequest) -> list[str]:
    return [stage.name for stage in one.recipe.stages]


def test_pairs_beside_the_text_become_a_stage_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text(PAIRS, "utf-8")
    told: list[Event] = []
    asked = with_pairs(request(tmp_path), told.append)
    assert stages(asked) == ["unsup", "sup"]
    assert asked.recipe.nli.paths == (str(tmp_path / "train.tsv"),)
    assert asked.static_recipe is not None
    assert asked.static_recipe.nli == asked.recipe.nli
    assert isinstance(told[0], Said)
    assert "--no-nli" in told[0].text


def test_nothing_is_looked_for_where_it_is_refused_or_pairs_are_named(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text(PAIRS, "utf-8")
    for mode, look in (("unsup", True), ("auto", False)):
        assert stages(with_pairs(request(tmp_path, mode=mode, look=look), [].append)) == ["unsup"]
    named = request(tmp_path, mode="sup")
    recipe = load_recipe("unsup", [], [("--nli", "nli.paths", ["mine.tsv"])])
    asked = with_pairs(replace(named, recipe=recipe), [].append)
    assert (stages(asked), asked.recipe.nli.paths) == (["sup"], ("mine.tsv",))


def test_the_data_folder_counts_too(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "ja"
    kept.mkdir(parents=True)
    (kept / "train.tsv").write_text(PAIRS, "utf-8")
    (tmp_path / "texts").mkdir()
    asked = with_pairs(replace(request(tmp_path / "texts"), data_dir=tmp_path / "kept"), [].append)
    assert asked.recipe.nli.paths == (str(kept / "train.tsv"),)


def test_numbers_without_an_order_are_a_warning(tmp_path: Path) -> None:
    numbered = PAIRS.replace("entailment", "0").replace("contradiction", "2")
    (tmp_path / "train.tsv").write_text(numbered, "utf-8")
    told: list[Event] = []
    assert stages(with_pairs(request(tmp_path), told.append)) == ["unsup"]
    assert isinstance(told[0], Warned)


@pytest.mark.parametrize(("mode", "recipe"), [("sup", "unsup"), ("auto", "sup"), ("unsup", "sup")])
def test_what_is_insisted_on_and_not_there_is_an_error(tmp_path: Path, mode: Mode, recipe: str) -> None:
    with pytest.raises(UserError, match="labelled pairs") as caught:
        with_pairs(request(tmp_path, mode=mode, recipe=recipe), [].append)
    assert caught.value.exit_code is ExitCode.USAGE
