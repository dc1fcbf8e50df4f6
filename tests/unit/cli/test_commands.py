"""recipes, config, cache and runs as commands."""

from __future__ import annotations

import json
import os
import stat

import pytest
import yaml

from simcse_ml.runs.folder import create_run
from simcse_ml.runs.state import new_state, write_state


def test_config_says_where_each_value_came_from(run, tmp_path):
    (tmp_path / "config.toml").write_text('device = "cpu"\nruns_dir = "mine"\n', encoding="utf-8")
    found = json.loads(run("config", "--json", SIMCSE_ML_RUNS_DIR="other").stdout)["settings"]
    assert found["device"] == {"value": "cpu", "source": str(tmp_path / "config.toml")}
    assert found["runs_dir"] == {"value": "other", "source": "SIMCSE_ML_RUNS_DIR"}
    assert found["data_dir"]["source"] == "default"


@pytest.mark.parametrize(
    ("text", "told"),
    [("devise = 'cpu'", "did you mean device?"), ("device = 3", "in quotes"), ("device =", "cannot be read")],
)
def test_a_wrong_config_names_the_file(run, tmp_path, text, told):
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    done = run("config")
    assert done.returncode == 2
    assert told in done.stderr
    assert "config.toml" in done.stderr


def test_a_recipe_is_copied_once_and_the_copy_is_valid(run, tmp_path):
    assert run("recipes", "copy", "static", "my.yaml").returncode == 0
    assert run("recipes", "check", "my.yaml").returncode == 0
    again = run("recipes", "copy", "static", "my.yaml")
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_the_resolved_recipe_is_whole_and_is_yaml(run):
    shown = yaml.safe_load(run("recipes", "show", "unsup", "--resolved", "--set", "training.seed=7").stdout)
    assert shown["training"]["seed"] == 7
    assert shown["text"]["split"] is True


def test_every_recipe_is_listed_for_machines(run):
    names = [row["name"] for row in json.loads(run("recipes", "list", "--json").stdout)["recipes"]]
    assert {"static", "unsup", "unsup-paper"} <= set(names)


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_the_cache_is_private_and_cleared_only_by_agreement(run, tmp_path):
    assert run("cache", "list").returncode == 0
    cache = tmp_path / "cache"
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    (cache / "vectors" / "a").mkdir(parents=True)
    (cache / "vectors" / "a" / "x").write_bytes(b"12345")
    kinds = json.loads(run("cache", "list", "--json").stdout)["kinds"]
    assert kinds == [{"kind": "vectors", "entries": 1, "size": 5}]
    refused = run("cache", "clear")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert json.loads(run("cache", "clear", "vectors", "--yes", "--json").stdout)["bytes"] == 5
    assert not (cache / "vectors").exists()


def test_a_folder_that_is_not_ours_is_never_cleared(run, tmp_path):
    (tmp_path / "home" / "photos").mkdir(parents=True)
    done = run("cache", "clear", "--yes", SIMCSE_ML_CACHE_DIR=str(tmp_path / "home"))
    assert done.returncode == 2
    assert (tmp_path / "home" / "photos").exists()


def test_runs_are_listed_shown_and_removed(run, tmp_path):
    folder = create_run(tmp_path / "here" / "runs", language="ja", inputs=["a.txt"])
    write_state(folder, new_state(language="ja", inputs=["a.txt"], state="done", step=5, steps=5))
    (listed,) = json.loads(run("runs", "list", "--json").stdout)["runs"]
    assert (listed["name"], listed["state"]) == (folder.name, "done")
    assert folder.name in run("runs", "list").stdout
    assert json.loads(run("runs", "show", folder.name, "--json").stdout)["inputs"] == ["a.txt"]
    assert "5 of 5" in run("runs", "show", folder.name).stdout
    assert run("runs", "remove", folder.name).returncode == 2
    assert run("runs", "remove", folder.name, "--yes").returncode == 0
    assert not folder.path.exists()
    assert run("runs", "show", folder.name).returncode == 3
