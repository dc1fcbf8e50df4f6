"""Recipes: what wins, what is refused, and how the refusal reads."""

from __future__ import annotations

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.settings.load import load_recipe, recipe_names


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("name", recipe_names())
def test_every_shipped_recipe_is_valid_and_says_what_it_is_for(name):
    assert load_recipe(name).about


def test_a_recipe_wins_over_its_parent_and_set_over_both_and_flags_over_all(write):
    write("parent.yaml", "training: {epochs: 1, batch_size: 8, seed: 1, weight_decay: 0.5}")
    child = write("child.yaml", "extends: parent.yaml\ntraining: {batch_size: 16, seed: 2, epochs: 2}")
    recipe = load_recipe(child, ["training.seed=3", "training.epochs=3"], [("--epochs 4", "training.epochs", 4)])
    assert (recipe.training.weight_decay, recipe.training.batch_size) == (0.5, 16)
    assert (recipe.training.seed, recipe.training.epochs) == (3, 4)


def test_a_list_replaces_the_parents_list_whole(write):
    write("parent.yaml", "stages: [{name: a, views: [{kind: halves}]}, {name: b}]")
    child = write("child.yaml", "extends: parent.yaml\nstages: [{name: c}]")
    recipe = load_recipe(child)
    assert [stage.name for stage in recipe.stages] == ["c"]
    assert recipe.stages[0].views[0].kind == "same"


def test_one_item_of_a_list_is_reached_by_its_number():
    recipe = load_recipe("static", ["stages.0.views.0.rate=0.4", "stages.1.name=more"])
    assert recipe.stages[0].views[0].rate == 0.4
    assert recipe.stages[1].name == "more"


@pytest.mark.parametrize(("text", "value"), [("3e-5", 3e-5), ("1.5e-4", 1.5e-4), ("1", 1.0)])
def test_numbers_are_read_as_people_write_them(text, value):
    assert load_recipe("unsup", [f"training.learning_rate={text}"]).training.learning_rate == value


def test_an_unknown_key_names_its_line_and_the_nearest_right_key(write):
    path = write("my.yaml", "about: mine\ntraining:\n  epochs: 2\n  batchsize: 3\n")
    with pytest.raises(UserError) as caught:
        load_recipe(path)
    assert f"{path}:4: unknown key training.batchsize; did you mean batch_size?" in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE


def test_all_problems_of_all_sources_stand_in_one_report(write):
    write("parent.yaml", "pooling: {kind: average}\n")
    path = write("my.yaml", "extends: parent.yaml\ntraining:\n  epochs: many\n  epochs: 2\nstages:\n- nam: x\n")
    with pytest.raises(UserError) as caught:
        load_recipe(path, ["training.sede=1", "nonsense"], [("--batch 1", "training.batch_size", 1)])
    report = str(caught.value)
    for part in (
        "parent.yaml:1: pooling.kind",
        "my.yaml:3: training.epochs must be a valid number",
        "my.yaml:4: key epochs stands here a second time",
        "my.yaml:6: unknown key stages.0.nam; did you mean name?",
        "--set training.sede=1: unknown key training.sede; did you mean seed?",
        "--set nonsense: write KEY=VALUE",
        "--batch 1: training.batch_size must be greater than or equal to 2",
    ):
        assert part in report
    assert "stages: tuple" not in report, "what only follows from another problem is left out"


@pytest.mark.parametrize("value", ['"64"', "64.5", "true", "[64]", "null"])
def test_a_value_of_another_type_is_not_bent_into_the_right_one(value):
    with pytest.raises(UserError, match=r"training\.batch_size"):
        load_recipe("unsup", [f"training.batch_size={value}"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training: [1, 2\n", "not readable as YAML"),
        ("- a\n- b\n", "a recipe is a mapping"),
        ("a: &x [1]\nb: *x\n", "anchors and aliases are not read here"),
        ("about: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("extends: my.yaml\n", "goes round in a circle"),
        ("extends: unsupp\n", "did you mean unsup"),
        ("extends: [unsup]\n", "extends takes the name of one recipe"),
        ("? [a]\n: 1\n", "a key must be a text"),
    ],
)
def test_what_is_no_recipe_is_said_with_its_place(write, text, message):
    path = write("my.yaml", text)
    with pytest.raises(UserError, match=message) as caught:
        load_recipe(path)
    assert "my.yaml:" in str(caught.value)


def test_a_recipe_that_is_not_there_is_no_traceback(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        load_recipe(str(tmp_path / "absent.yaml"))
    with pytest.raises(UserError, match="did you mean static"):
        load_recipe("statc")


def test_set_cannot_go_below_a_value_or_past_a_list():
    with pytest.raises(UserError, match="there are 1, counted from 0"):
        load_recipe("unsup", ["stages.5.name=x"])
    with pytest.raises(UserError):
        load_recipe("unsup", ["training.seed.x=1"])
