"""The card tells the truth of the run, is valid for the Hub, and its programs run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import EvalResult, ModelCard

from simcse_ml.errors import UserError
from simcse_ml.jobs.push import plan_push, push
from simcse_ml.models.opened import open_model
from simcse_ml.settings.schema import Recipe, StageSettings, TrainingSettings, ViewSettings
from simcse_ml.sharing.card import own_card, template_words
from simcse_ml.sharing.described import Base, without_places
from simcse_ml.sharing.licences import backbone_licence, conflict, require_licence


def card(request) -> str:
    return plan_push(request, lambda _: None).card


def test_the_hub_reads_its_metadata(ask, static_run):
    data = ModelCard(card(ask(static_run))).data
    assert (data.language, data.license, data.pipeline_tag) == ("ja", "apache-2.0", "sentence-similarity")
    assert data.library_name == "sentence-transformers"
    (result,) = data.eval_results
    assert (result.dataset_name, result.metric_type) == ("labelled set 1", "spearman_cosine")


def test_every_number_of_the_scores_stands_beside_its_baselines(ask, static_run, read_json):
    text = card(ask(static_run))
    record = read_json(static_run / "eval.json")["sets"][0]
    for kind in ("counting", "untouched"):
        best = next(row for row in record["rows"] if row["kind"] == kind and row["best"])
        assert f"| {best['score']:.1f} | {best['low']:.1f} – {best['high']:.1f} |" in text
    trained = next(row for row in record["rows"] if row["label"] == "trained")
    assert f"| trained | {trained['score']:.1f} |" in text


def test_sets_are_called_by_their_names_only_if_that_is_asked_for(ask, static_run):
    assert "Canarypairs" not in card(ask(static_run))
    assert "Canarypairs" in card(ask(static_run, name_sets=True))


def test_a_backbone_from_a_folder_is_named_only_by_the_person(ask, bert_run, tiny_bert):
    unnamed = plan_push(ask(bert_run), lambda _: None)
    assert "base_model" not in unnamed.card and tiny_bert.name not in unnamed.card
    assert "--base-model" in unnamed.notes[0]
    named = ModelCard(card(ask(bert_run, base_model="intfloat/multilingual-e5-small")))
    assert named.data.base_model == "intfloat/multilingual-e5-small"
    assert "intfloat/multilingual-e5-small: mit" in named.text


def test_a_conflict_of_licences_is_said_and_must_be_accepted(ask, bert_run, tiny_bert, tmp_path):
    assert conflict("mit", "cc-by-nc-sa-4.0") and not conflict("cc-by-sa-4.0", "mit") and not conflict("mit", "mit")
    (tmp_path / "README.md").write_text("---\nlicense: other\nlicense_name: gemma\n---\n# x\n", encoding="utf-8")
    assert backbone_licence("somebody/unknown", tmp_path) == "gemma"
    plan = plan_push(ask(bert_run, accept=()), lambda _: None)
    assert [found.kind for found in plan.open] == ["licence"]


@pytest.mark.parametrize("name", [None, "", "Apache 2.0", "MIT", "my licence"])
def test_a_licence_is_never_guessed(name):
    with pytest.raises(UserError) as caught:
        require_licence(name, "mit")
    assert caught.value.exit_code == 2


DOCS = sorted((Path(__file__).parents[3] / "docs" / "cards").glob("*.md"))


OF_SOME = (
    "**What lies here is the start itself",
    "sentence is the mean of the vectors of its pieces",
    "There are none:",
    "| text | its numbers were no longer at hand",
    "The tokenizer was learnt from the training text",
    "names, that occur in that text",
)
"""lines of the template that stand in some cards only"""


@pytest.mark.parametrize("path", DOCS, ids=[path.stem for path in DOCS])
def test_the_hub_reads_the_cards_in_the_docs(path):
    """Parsed by the Hub's own classes, written again, and read back as the same."""
    card = ModelCard(path.read_text(encoding="utf-8"))
    data = card.data
    assert data.license and data.language == "ja" and data.library_name == "sentence-transformers"
    assert data.pipeline_tag == "sentence-similarity" and "simcse-ml" in data.tags
    (result,) = data.eval_results
    assert isinstance(result, EvalResult) and result.metric_type == "spearman_cosine"
    assert f"this model scores {result.metric_value:.1f};" in card.text
    again = ModelCard(str(card)).data
    assert again.to_dict() == data.to_dict() and again.eval_results == [result]


@pytest.mark.parametrize("path", DOCS, ids=[path.stem for path in DOCS])
def test_the_cards_in_the_docs_are_of_the_template_of_today(path):
    text = path.read_text(encoding="utf-8")
    fixed = [line for line in template_words().splitlines() if line and not set("{}") & set(line)]
    missing = [line for line in fixed if line not in text and not line.startswith(OF_SOME)]
    assert missing == []


@pytest.mark.parametrize("which", ["static_run", "finished_run"])
def test_a_model_that_lies_where_it_was_trained_has_a_card_of_its_own(tmp_path, request, home, which):
    """Without a repository, a licence, a path or a name, and its programs run in its folder."""
    run = request.getfixturevalue(which)
    text = (run / "model" / "README.md").read_text(encoding="utf-8")
    data = ModelCard(text).data
    assert data.license is None and len(data.eval_results) == 1 and "none was chosen yet" in text
    assert not [mark for mark in ("Canary", str(home), run.name, "hf_hub_download", "hf auth") if mark in text]
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[1]
    keep = f"\nimport numpy as _n\n_n.save({str(tmp_path / 'vectors.npy')!r}, _n.asarray(vectors))\n"
    told = [sys.executable, "-c", program + keep]
    done = subprocess.run(told, cwd=run / "model", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = open_model(str(run)).embed(["日本語", "simcse-ml"])
    assert np.abs(np.load(tmp_path / "vectors.npy") - expected).max() < 1e-5


PAIRS = {"name": "sup", "data": "nli", "objective": {"kind": "sup"}}


@pytest.mark.parametrize(
    ("before", "told"), [(1, "from raw text, then from labelled pairs (NLI)."), (0, "from labelled")]
)
def test_labelled_pairs_behind_a_static_model_are_told(static_run, read_json, before, told):
    state = read_json(static_run / "run.json")
    recipe = state["asked"]["recipe"]
    recipe["stages"] = [*recipe["stages"][:before], StageSettings.model_validate(PAIRS).model_dump(mode="json")]
    card = own_card(state, {"sets": []}, None, static_run / "model")
    assert f"They were\nlearnt {told}" in card
    assert "without labels" not in card


def test_who_made_it_stands_in_a_paragraph_of_its_own(static_run, bert_run):
    for run in (static_run, bert_run):
        text = (run / "model" / "README.md").read_text(encoding="utf-8")
        assert "\n\nMade by simcse-ml" in text


def test_a_finish_is_told(ask, finished_run):
    text = card(ask(finished_run))
    told = "their mean taken out, the 1 main directions taken out, cut to the first 16 numbers, by a layer of the model"
    assert f"| vectors | {told} |" in text and "vectors of 16 numbers" in text


def test_what_a_clock_set_is_written_down_as_steps_and_no_list_of_the_persons_is_named():
    views = (ViewSettings(kind="synonym", synonyms="/home/me/words.tsv"), ViewSettings())
    recipe = Recipe(stages=(StageSettings(views=views),), training=TrainingSettings(time=180.0))
    clean = without_places(recipe, Base("a/b", "a/b", "", "mit", ""), [37])
    assert (clean.training.time, clean.stages[0].max_steps) == (None, 37)
    assert [view.synonyms for view in clean.stages[0].views] == ["", ""] and clean.backbone.name == "a/b"
    counted = without_places(Recipe(), Base("", "builtin:static", "", "", ""), [37])
    assert counted.stages[0].max_steps is None and counted.backbone.name == "builtin:static"


@pytest.mark.parametrize("which", ["static_run", "bert_run", "finished_run"])
@pytest.mark.parametrize("number", range(3))
def test_each_program_of_the_card_gives_the_models_own_vectors(hub, ask, tmp_path, request, which, number):
    run = request.getfixturevalue(which)
    push(ask(run), lambda _: None)
    text = hub.repos["me/simcse-ja"].branches["main"]["README.md"].decode()
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[number]
    keep = f"\nimport numpy as _n\n_n.save({str(tmp_path / 'vectors.npy')!r}, _n.asarray(vectors))\n"
    told = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
    environment = {**os.environ, **told, "HF_HUB_OFFLINE": "0"}
    done = subprocess.run([sys.executable, "-c", program + keep], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    sentences = json.loads(re.search(r"sentences = (\[.*\])", program)[1].replace("'", '"'))
    expected = open_model(str(run)).embed(sentences)
    assert np.abs(np.load(tmp_path / "vectors.npy") - expected).max() < 1e-5
