"""The card tells the truth of the run, is valid for the Hub, and its programs run as they stand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from huggingface_hub import ModelCard

from simcse_ml.errors import UserError
from simcse_ml.jobs.push import plan_push, push
from simcse_ml.models.opened import open_model
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
