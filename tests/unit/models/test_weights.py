"""Folders of another kind, other code, other files: one line each, and nothing that is random numbers in secret."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.opened import embed_texts, fingerprint
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the cat sleeps"]


def start(folder: Path, **backbone: object):
    settings = BackboneSettings.model_validate({"max_tokens": 40, **backbone})
    return load_backbone(folder, name=folder.name, backbone=settings, pooling=PoolingSettings())


@pytest.fixture
def folder(make_backbone, tmp_path) -> Path:
    """A tiny BERT to spoil."""
    return Path(shutil.copytree(make_backbone("bert"), tmp_path / "backbone"))


def change(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_code_in_the_folder_runs_only_where_it_was_agreed_to(own_code, tmp_path) -> None:
    with pytest.raises(UserError, match="code of its own") as caught:
        start(own_code)
    assert caught.value.exit_code is ExitCode.USAGE
    assert "--trust-remote-code" in caught.value.mend
    assert not list(tmp_path.rglob("ran"))
    encoder = start(own_code, trust_remote_code=True).encoder
    assert list(tmp_path.rglob("ran"))
    expected = embed_texts(encoder, TEXTS)
    (tmp_path / "saved").mkdir()
    encoder.save(tmp_path / "saved")
    with pytest.raises(UserError, match="code of its own"):
        load_saved(tmp_path / "saved", name="x")
    again = load_saved(tmp_path / "saved", name="x", trust=True)
    assert np.abs(embed_texts(again, TEXTS) - expected).max() <= 1e-6


def test_code_beside_a_kind_that_transformers_knows_is_not_needed(folder) -> None:
    change(folder / "config.json", auto_map={"AutoConfig": "gone.Config", "AutoModel": "gone.Model"})
    assert start(folder).encoder.dim == 32


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_trained_and_saved_as_float32_and_said(dtype, make_backbone, tmp_path) -> None:
    loaded = start(make_backbone("bert", dtype=dtype))
    assert any(dtype in note and "float32" in note for note in loaded.notes)
    assert {p.dtype for p in loaded.encoder.parameters()} == {torch.float32}
    loaded.encoder.save(tmp_path)
    assert {tensor.dtype for tensor in load_file(tmp_path / "model.safetensors").values()} == {torch.float32}
    assert json.loads((tmp_path / "config.json").read_text())["dtype"] == "float32"


def test_pickled_weights_are_read_as_tensors_and_said(folder) -> None:
    expected = embed_texts(start(folder).encoder, TEXTS)
    before = fingerprint(folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    loaded = start(folder)
    assert any("pickle" in note for note in loaded.notes)
    assert np.array_equal(embed_texts(loaded.encoder, TEXTS), expected)
    assert fingerprint(folder) != before


class Evil:
    def __reduce__(self):
        return (Path("/nowhere").joinpath, ("x",))


def test_a_pickle_that_would_run_code_is_refused(folder) -> None:
    (folder / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": Evil()}, folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="cannot be loaded"):
        start(folder)


def test_weights_that_lack_a_part_are_refused_and_a_lacking_pooler_is_not(folder) -> None:
    tensors = load_file(folder / "model.safetensors")
    save_file({name: value for name, value in tensors.items() if "pooler" not in name}, folder / "model.safetensors")
    assert start(folder).encoder.dim == 32
    save_file({name: value for name, value in tensors.items() if "layer.1." not in name}, folder / "model.safetensors")
    with pytest.raises(UserError, match="weights are not in the file") as caught:
        start(folder)
    assert caught.value.exit_code is ExitCode.INPUT


def test_weights_of_another_shape_are_refused(folder) -> None:
    change(folder / "config.json", intermediate_size=64)
    with pytest.raises(UserError, match="cannot be loaded"):
        start(folder)


def test_a_model_that_does_not_fit_in_memory_is_not_called_broken(folder, monkeypatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("unable to mmap 90868376 bytes from file: Cannot allocate memory (12)")

    monkeypatch.setattr("transformers.AutoModel.from_pretrained", full)
    with pytest.raises(UserError, match="not enough memory") as caught:
        start(folder)
    assert caught.value.exit_code is ExitCode.MACHINE


def test_an_adapter_names_its_base_model(tmp_path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "Qwen/Qwen3-0.6B"}')
    with pytest.raises(UserError, match="adapter") as caught:
        start(tmp_path)
    assert "Qwen/Qwen3-0.6B" in caught.value.mend


def test_a_gguf_file_is_not_for_training(tmp_path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(UserError, match="GGUF"):
        start(tmp_path)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("vit", "pixel_values"),
        ("wav2vec2", "input_values"),
        ("whisper", "encoder-decoder"),
        ("clip", "beside text"),
        ("gemma3", "beside text"),
        ("bart", "encoder-decoder"),
        ("m2m_100", "encoder-decoder"),
    ],
)
def test_models_of_another_kind_are_named(kind, told, tmp_path) -> None:
    from transformers import CONFIG_MAPPING

    CONFIG_MAPPING[kind]().save_pretrained(tmp_path)
    with pytest.raises(UserError, match=told) as caught:
        start(tmp_path)
    assert caught.value.exit_code is ExitCode.INPUT


def test_a_kind_that_nobody_knows_is_one_line(folder) -> None:
    change(folder / "config.json", model_type="nobody-knows")
    with pytest.raises(UserError, match="nobody-knows"):
        start(folder)
