"""A push against a Hub on the loopback: what arrives, what does not leave, and what happens when it goes wrong."""

from __future__ import annotations

import getpass
import json
import shutil
import socket
import time

import numpy as np
import pytest
from huggingface_hub import constants

from simcse_ml.errors import UserError
from simcse_ml.jobs.push import plan_push, push
from simcse_ml.models.opened import open_model

MARKS = ["カナリア第", "港の倉庫", "極秘Canaryfolder", "手紙の山", "Canarypairs", "Canarycanary", "statisch"]
TEXTS = ["日本語", "青い封筒の橋", "x"]


def quietly(request, **more):
    return push(request, lambda _: None, sleep=lambda _: None, **more)


def refused(request, **more) -> UserError:
    with pytest.raises(UserError) as caught:
        quietly(request, **more)
    assert "hf_Canary" not in str(caught.value)
    return caught.value


def test_what_arrives_is_private_and_reloads_with_equal_vectors(hub, ask, static_run):
    pushed = quietly(ask(static_run))
    repo = hub.repos["me/simcse-ja"]
    assert repo.private and pushed.private
    assert set(pushed.sent) == set(repo.branches["main"]) >= {"README.md", "model.safetensors", "eval.json"}
    assert any(call.startswith("PUT /upload/") for call in hub.calls)  # the way of large files was taken
    here, there = open_model(str(static_run)), open_model("me/simcse-ja")
    assert np.array_equal(here.embed(TEXTS), there.embed(TEXTS))


def test_nothing_private_is_in_the_whole_traffic(hub, ask, static_run, home, monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "canaryhost.example")
    monkeypatch.setattr(getpass, "getuser", lambda: "canaryuser")
    quietly(ask(static_run))
    sent = hub.everything_sent()
    text = (home / "手紙の山.txt").read_text(encoding="utf-8").splitlines()
    assert not [line for line in text if line.encode() in sent]
    for mark in [*MARKS, str(home), "canaryhost", "canaryuser", "hf_Canary"]:
        for form in (mark.encode(), json.dumps(mark)[1:-1].encode(), mark.encode("utf-16-le")):
            assert form not in sent, mark


def test_run_again_it_sends_nothing(hub, ask, static_run):
    quietly(ask(static_run))
    before = len(hub.calls)
    again = quietly(ask(static_run))
    assert not again.sent and len(again.already) == 7
    assert not any("commit" in call or "upload" in call for call in hub.calls[before:])


def test_interrupted_in_the_middle_it_goes_on(hub, ask, static_run):
    hub.failures.append(["/commit/", 0, 99])
    error = refused(ask(static_run))
    assert "what has arrived is not sent twice" in error.mend
    assert hub.repos["me/simcse-ja"].branches["main"] == {}
    hub.failures.clear()
    before = len(hub.calls)
    assert quietly(ask(static_run)).commit
    assert not any(call.startswith("PUT /upload") for call in hub.calls[before:])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("where", ["/api/repos/create", "/commit/", "/paths-info/"])
def test_a_busy_hub_is_asked_again(hub, ask, static_run, status, where):
    hub.failures.append([where, status, 2])
    hub.headers["Retry-After"] = "7"
    waits = []
    push(ask(static_run), lambda _: None, sleep=waits.append)
    assert waits == [7.0, 7.0]
    assert "README.md" in hub.repos["me/simcse-ja"].branches["main"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("where", ["/preupload/", "/objects/batch", "PUT /upload/"])
def test_a_busy_hub_does_not_end_the_sending_of_a_large_file(hub, ask, static_run, monkeypatch, status, where):
    monkeypatch.setattr(time, "sleep", lambda _: None)  # the client waits by itself there
    hub.failures.append([where, status, 2])
    assert quietly(ask(static_run)).sent
    assert "model.safetensors" in hub.repos["me/simcse-ja"].branches["main"]


def test_a_line_that_breaks_within_a_large_file_is_mended(hub, ask, static_run, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    hub.cut_at, hub.cuts = 30_000, 3
    quietly(ask(static_run))
    assert hub.reached.is_set() and hub.cuts == 0
    arrived = hub.repos["me/simcse-ja"].branches["main"]
    assert arrived["model.safetensors"] == (static_run / "model" / "model.safetensors").read_bytes()


def test_a_hub_that_stays_busy_is_said_with_what_to_do(hub, ask, static_run):
    hub.failures.append(["/api/repos/create", 503, 99])
    error = refused(ask(static_run))
    assert (error.exit_code, "503" in error.what, "it goes on" in error.mend) == (4, True, True)


@pytest.mark.parametrize(
    ("token", "says"),
    [("hf_wrong", "does not accept the token"), ("hf_ReadReadReadReadReadReadReadRead1", "only read")],
)
def test_a_token_that_will_not_do_is_said_before_anything_is_made(hub, ask, static_run, monkeypatch, token, says):
    monkeypatch.setenv("HF_TOKEN", token)
    error = refused(ask(static_run))
    assert says in error.what and "hf auth login" in error.mend
    assert not hub.repos and token not in str(error)


def test_no_token_at_all_is_said(hub, ask, static_run, monkeypatch, tmp_path):
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    assert "no token" in refused(ask(static_run)).what


@pytest.mark.parametrize("where", ["/api/repos/create", "/preupload/", "/objects/batch", "/commit/"])
def test_403_names_the_owner_and_the_way_out(hub, ask, static_run, where):
    hub.failures.append([where, 403, 99])
    error = refused(ask(static_run))
    assert "may not do this" in error.what and "take another owner" in error.mend
    assert not any(repo.branches["main"] for repo in hub.repos.values())


def test_a_token_that_is_taken_back_on_the_way_is_said(hub, ask, static_run):
    hub.failures.append(["/commit/", 401, 99])
    error = refused(ask(static_run))
    assert "does not accept the token" in error.what and error.exit_code == 4


def test_somebody_elses_name_is_refused_before_anything_is_made(hub, ask, static_run):
    error = refused(ask(static_run, "stranger/model"))
    assert "not in stranger" in error.what and "--create-pr" in error.mend


def test_an_organisation_of_ours_is_taken(hub, ask, static_run):
    quietly(ask(static_run, "model", organisation="acme"))
    assert "README.md" in hub.repos["acme/model"].branches["main"]


def test_a_public_repository_needs_public(hub, ask, static_run):
    hub.put("me/simcse-ja", {}, private=False)
    error = refused(ask(static_run))
    assert "is public" in error.what and error.exit_code == 5
    assert not hub.repos["me/simcse-ja"].branches["main"]
    assert not quietly(ask(static_run, public=True)).private


def test_a_hub_that_makes_it_public_all_the_same_gets_nothing(hub, ask, static_run):
    hub.forced_public = True
    assert "nothing was sent" in refused(ask(static_run)).what
    assert not any("upload" in call or "commit" in call for call in hub.calls)


def test_a_pull_request_leaves_the_main_branch_alone(hub, ask, static_run):
    hub.put("stranger/model", {"README.md": b"theirs"}, private=False)
    pushed = quietly(ask(static_run, "stranger/model", create_pr=True, public=True))
    assert pushed.pull_request.endswith("/stranger/model/discussions/1")
    repo = hub.repos["stranger/model"]
    assert repo.branches["main"] == {"README.md": b"theirs"}
    assert "model.safetensors" in repo.branches["refs/pr/1"]


def test_a_branch_is_made_where_there_is_none(hub, ask, static_run):
    quietly(ask(static_run, revision="zweite"))
    repo = hub.repos["me/simcse-ja"]
    assert not repo.branches["main"] and "README.md" in repo.branches["zweite"]


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_a_repository_of_another_type_is_no_place_for_a_model(hub, ask, static_run, kind):
    hub.put("me/simcse-ja", {}, kind=kind)
    assert f"there is a {kind} of this name" in refused(ask(static_run)).what
    assert hub.repos["me/simcse-ja"].branches["main"] == {}


@pytest.mark.parametrize(
    "name", ["me/sim cse", "me/日本語", "me/a--b", "me/-a", "me/a.git", "me/", "x", "a/b/c", "me/.."]
)
def test_a_name_that_the_hub_does_not_take_is_usage(hub, ask, static_run, name):
    assert refused(ask(static_run, name)).exit_code == 2
    assert not hub.calls


def test_without_a_network_it_is_said_in_one_line(hub, ask, static_run, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    error = refused(ask(static_run))
    assert "cannot be reached" in error.what and error.exit_code == 4


def test_offline_is_respected(hub, ask, static_run, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "offline" in refused(ask(static_run)).what
    assert not hub.calls


def test_what_arrived_otherwise_is_noticed(hub, ask, static_run):
    hub.damaged = "eval.json"
    assert "what arrived is not what was sent: eval.json" in refused(ask(static_run)).what


def test_a_plan_needs_no_hub_and_its_hash_is_of_the_very_bytes(hub, ask, static_run):
    plan = plan_push(ask(static_run), lambda _: None)
    assert not hub.calls
    told = plan.as_json()
    assert told["visibility"] == "private" and told["hash"] == plan.hash
    assert "run.json" in told["left_out"] and "checkpoints" in told["left_out"]
    assert refused(ask(static_run, shown="0" * 64)).exit_code == 5
    quietly(ask(static_run, shown=plan.hash))
    arrived = hub.repos["me/simcse-ja"].branches["main"]
    assert {file.path: file.size for file in plan.files} == {path: len(data) for path, data in arrived.items()}


def test_a_tokenizer_learnt_from_the_text_must_be_accepted(hub, ask, static_run):
    error = refused(ask(static_run, accept=()))
    assert "learnt from your text" in error.what and "--accept tokenizer" in error.mend and error.exit_code == 5
    assert not hub.calls


def test_the_place_of_a_list_of_synonyms_is_private(ask, static_run, tmp_path, read_json):
    run, words = tmp_path / "run", "/srv/言い換え/synonyms.tsv"
    shutil.copytree(static_run, run)
    state = read_json(run / "run.json")
    state["asked"]["recipe"]["stages"][0]["views"] = [{"kind": "synonym", "synonyms": words}]
    (run / "run.json").write_text(json.dumps(state), encoding="utf-8")
    settings = run / "model" / "config_sentence_transformers.json"
    settings.write_text(json.dumps({**read_json(settings), "note": words}, ensure_ascii=False), encoding="utf-8")
    found = {(one.kind, one.shown) for one in plan_push(ask(run), lambda _: None).findings}
    assert {("path", words), ("name", "言い換え")} <= found


def test_a_licence_is_asked_for(hub, ask, static_run):
    assert refused(ask(static_run, licence=None)).where == "--license"


def test_a_transformer_arrives_whole(hub, ask, bert_run):
    quietly(ask(bert_run, accept=("licence",)))
    here, there = open_model(str(bert_run)), open_model("me/simcse-ja")
    assert np.array_equal(here.embed(TEXTS), there.embed(TEXTS))
