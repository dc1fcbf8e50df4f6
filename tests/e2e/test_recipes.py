"""Every recipe that is shipped goes from text to a model that loads, on a tiny backbone and in a few steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.train import train
from simcse_ml.models.opened import open_model
from simcse_ml.resources import resource
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import Recipe

RECIPES = sorted(path.stem for path in resource("recipes").glob("*.yaml"))
WORDS = "犬 猫 鳥 魚 馬 牛 羊 象".split()
PLACES = "庭 駅 山 海 店 村 町 川".split()
STARTS = {"static": "builtin:static"}
"""what a recipe starts from, where it is not a transformer with a language-model head"""


def sentences(count: int) -> list[str]:
    return [f"{WORDS[n % 8]}が{PLACES[n * 5 % 7]}で{WORDS[n * 3 % 8]}を{n}回見た。" for n in range(count)]


@pytest.fixture(scope="module")
def with_head(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT with its language-model head."""
    import torch
    from transformers import AutoConfig, AutoModelForMaskedLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("with-head")
    AutoTokenizer.from_pretrained(tiny_bert).save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(tiny_bert)).save_pretrained(folder)
    return folder


def shortened(recipe: Recipe) -> Recipe:
    """Two steps a stage, of eight sentences."""
    training = recipe.training.model_copy(update={"batch_size": 8, "max_steps": 2, "evaluations": 1})
    stages = tuple(stage.model_copy(update={"max_steps": 2}) for stage in recipe.stages)
    return recipe.model_copy(update={"training": training, "stages": stages})


def run(folder: Path, name: str, backbone: str) -> Path:
    """The model of a training by recipe `name`."""
    text, pairs, synonyms = folder / "text.txt", folder / "pairs.tsv", folder / "synonyms.tsv"
    lines = sentences(60)
    stories = ["\n".join(lines[start : start + 10]) for start in range(0, len(lines), 10)]
    text.write_text("\n\n".join(stories), "utf-8")  # parted, so that the order of their sentences means something
    labels = ("entailment", "contradiction", "neutral")
    rows = [f"{one}\t{two}\t{labels[n % 3]}" for n, (one, two) in enumerate(zip(lines, lines[3:], strict=False))]
    pairs.write_text("\n".join(["premise\thypothesis\tlabel", *rows]), "utf-8")
    synonyms.write_text("犬\t猫\n庭\t駅\n", "utf-8")
    flags: list[tuple[str, str, object]] = [("--backbone", "backbone.name", backbone)]
    flags += [("--nli", "nli.paths", [str(pairs)])]
    more = [f"stages.0.views.0.synonyms={synonyms}"] if name == "synonym" else []
    recipe = shortened(load_recipe(name, more, flags))
    request = TrainRequest(
        inputs=(str(text),),
        language="ja",
        recipe=recipe if any(stage.data == "nli" for stage in recipe.stages) else _without_pairs(recipe),
        recipe_name=name,
        runs_dir=folder / "runs",
        cache_dir=folder / "cache",
        device="cpu",
        threads=1,
        offline=True,
    )
    return train(request, lambda _: None).model


def _without_pairs(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"nli": recipe.nli.model_copy(update={"paths": ()})})


@pytest.mark.parametrize("name", RECIPES)
def test_a_shipped_recipe_goes_from_text_to_a_model(name: str, with_head: Path, tmp_path: Path) -> None:
    start = STARTS.get(name, str(with_head))
    if name == "static-start":
        start = str(run(tmp_path, "static", "builtin:static"))
    model = open_model(str(run(tmp_path, name, start)))
    vectors = model.embed(sentences(4))
    assert np.isfinite(vectors).all()
    assert len(np.unique(vectors.round(4), axis=0)) == 4
