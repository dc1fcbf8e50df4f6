"""Exported models give the vectors of the model they came from, in the runtime they are for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import UserError
from simcse_ml.jobs.export import ExportRequest, export, probes
from simcse_ml.jobs.using import Use
from simcse_ml.models.opened import open_model
from simcse_ml.sharing.onnx import require_onnx
from simcse_ml.sharing.other_layouts import known_pieces_only


@pytest.fixture
def exported(home, tmp_path):
    def make(run, to: str, **more):
        use = Use(str(run), home / "runs", home / "cache", device="cpu", precision="fp32", threads=1)
        return export(ExportRequest(use, to, tmp_path / to, **more), lambda _: None)

    return make


@pytest.mark.parametrize("which", ["static_run", "bert_run"])
def test_onnxruntime_gives_equal_vectors_for_every_script_and_length(exported, request, which):
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    result = exported(request.getfixturevalue(which), "onnx")
    assert result.difference <= 1e-4
    assert (result.folder / "model.onnx").exists() and (result.folder / "tokenizer.json").exists()
    assert list(result.scores) == ["Canarypairs"]


def test_what_int8_costs_is_measured(exported, bert_run):
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    result = exported(bert_run, "int8")
    assert 0.5 < result.cosine[0] <= result.cosine[1] <= 1.0
    assert [path.name for path in result.folder.glob("*.onnx*")] == ["model.int8.onnx"]


def test_a_table_has_nothing_to_compute_in_int8(exported, static_run):
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    with pytest.raises(UserError, match="without a matrix product"):
        exported(static_run, "int8")


def test_a_trimmed_model_has_fewer_pieces_and_equal_vectors_of_the_text(exported, bert_run, tmp_path):
    text = tmp_path / "english.txt"
    lines = [f"The child number {number} reads a book in the garden." for number in range(40)]
    text.write_text("\n".join(lines), encoding="utf-8")
    result = exported(bert_run, "trimmed", corpus=str(text))
    assert result.pieces.after < result.pieces.before
    assert (result.difference, list(result.scores)) == (0.0, ["Canarypairs"])
    assert 0.0 <= result.pieces.unseen < 0.5
    assert np.array_equal(open_model(str(result.folder)).embed(lines), open_model(str(bert_run)).embed(lines))


def test_without_a_text_named_it_is_that_of_the_run(exported, bert_run):
    result = exported(bert_run, "trimmed")
    lines = ["港の倉庫3番で古い時計を直す職人が働いている。"]
    assert np.array_equal(open_model(str(result.folder)).embed(lines), open_model(str(bert_run)).embed(lines))


def test_a_static_model_is_not_trimmed(exported, static_run):
    with pytest.raises(UserError, match="pieces of its own text alone"):
        exported(static_run, "trimmed")


def test_a_trimmed_model_of_no_run_needs_a_text(exported, bert_run, home):
    with pytest.raises(UserError, match="name a text beside the model"):
        exported(bert_run / "model", "trimmed")
    text = str(home / "手紙の山.txt")
    assert exported(bert_run / "model", "trimmed", corpus=text).difference == 0.0


def test_model2vec_gives_equal_vectors(exported, static_run):
    model2vec = pytest.importorskip("model2vec")
    folder = exported(static_run, "model2vec").folder
    opened = open_model(str(static_run))
    texts = known_pieces_only(opened.encoder, ["カナリアの橋", "倉庫で時計を直す", "駅前の本屋", *probes()])
    assert len(texts) >= 3
    theirs = model2vec.StaticModel.from_pretrained(folder).encode(texts)
    assert np.abs(theirs - opened.embed(texts)).max() < 1e-6


@pytest.mark.parametrize("which", ["static_run", "bert_run", "finished_run"])
def test_the_program_of_the_docs_runs_an_onnx_graph_without_torch(exported, request, which, tmp_path):
    pytest.importorskip("onnxruntime", reason="the extra `export` is not installed")
    run = request.getfixturevalue(which)
    folder = exported(run, "onnx").folder
    docs = (Path(__file__).parents[3] / "docs" / "sharing.md").read_text(encoding="utf-8")
    (program,) = (text for text in re.findall(r"```python\n(.*?)```", docs, re.DOTALL) if "onnxruntime" in text)
    keep = f"import sys\nassert 'torch' not in sys.modules\nnp.save({str(tmp_path / 'vectors.npy')!r}, vectors)\n"
    program = program.replace('"ja-onnx"', repr(str(folder)))
    done = subprocess.run([sys.executable, "-c", program + keep], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = open_model(str(run)).embed(["日本語", "simcse-ml"])
    assert np.abs(np.load(tmp_path / "vectors.npy") - ours).max() < 1e-4


@pytest.mark.parametrize("which", ["static_run", "bert_run"])
def test_a_truncated_model_gives_the_first_numbers(exported, request, which):
    run = request.getfixturevalue(which)
    folder = exported(run, "torch-truncated", dim=16).folder
    texts = ["日本語", "川の橋"]
    ours, whole = open_model(str(folder)).embed(texts), open_model(str(run)).embed(texts)
    assert ours.shape == (2, 16)
    assert np.abs(ours - whole[:, :16]).max() < 1e-6


@pytest.mark.parametrize(
    ("to", "dim", "says"),
    [("gguf", None, "no such export"), ("torch-truncated", None, "--dim"), ("torch-truncated", 9999, "name fewer")],
)
def test_what_cannot_be_exported_is_said(exported, static_run, to, dim, says, tmp_path):
    with pytest.raises(UserError, match=says):
        exported(static_run, to, dim=dim)
    assert not (tmp_path / to).exists()


def test_a_transformer_has_no_model2vec_layout(exported, bert_run):
    with pytest.raises(UserError, match="only a static model"):
        exported(bert_run, "model2vec")


def test_missing_packages_are_named(monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"simcse-ml\[export\]"):
        require_onnx()
