"""Static vectors that somebody else made, and our own, as a start."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.dropout import require_noise
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.opened import embed_texts
from simcse_ml.models.static import PlainTable, StaticEncoder
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the cat sleeps", "あ", "x y z " * 40, ""]


def theirs(folder: Path) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(TEXTS)


def start(folder: Path):
    return load_backbone(folder, name=folder.name, backbone=BackboneSettings(), pooling=PoolingSettings()).encoder


@pytest.fixture
def table_folder(character_tokenizer, tmp_path):
    """table_folder(tensors(rows), modules, config): a folder of static vectors with a tokenizer of characters."""

    def make(tensors, modules=("StaticEmbedding",), config=None) -> Path:
        folder = tmp_path / "table"
        folder.mkdir()
        tokenizer = character_tokenizer("")
        tokenizer._tokenizer.save(str(folder / "tokenizer.json"))
        torch.manual_seed(3)
        save_file(tensors(len(tokenizer)), folder / "model.safetensors")
        rows = [
            {"idx": n, "name": str(n), "path": "." if n == 0 else f"{n}_{name}",
             "type": f"sentence_transformers.models.{name}"} for n, name in enumerate(modules)
        ]  # fmt: skip
        if rows:
            (folder / "modules.json").write_text(json.dumps(rows))
        if config is not None:
            (folder / "config.json").write_text(json.dumps(config))
        return folder

    return make


def plain(rows: int) -> dict[str, torch.Tensor]:
    return {"embedding.weight": torch.randn(rows, 16)}


def quantised(rows: int) -> dict[str, torch.Tensor]:
    """As model2vec keeps few vectors for many tokens: half precision, a mapping and weights."""
    return {
        "embeddings": torch.randn(20, 16).half(),
        "mapping": torch.randint(0, 20, (rows,)),
        "weights": torch.rand(rows),
    }


@pytest.mark.parametrize("tensors", [plain, quantised])
@pytest.mark.parametrize("modules", [("StaticEmbedding",), ("StaticEmbedding", "Normalize")])
def test_a_stored_table_is_trained_on_and_stays_what_it_says(tensors, modules, table_folder, tmp_path) -> None:
    folder = table_folder(tensors, modules)
    encoder = start(folder)
    assert np.abs(embed_texts(encoder, TEXTS) - theirs(folder)).max() <= 1e-5
    rows = encoder.tokenize(TEXTS[:2])
    torch.nn.functional.cosine_similarity(*encoder.train().embed(rows), dim=0).backward()
    weight = encoder.table.weight
    with torch.no_grad():
        weight -= 0.1 * weight.grad
    moved = embed_texts(encoder, TEXTS)
    states = encoder.pool(encoder(encoder.tokenize(TEXTS))).detach().numpy()
    assert np.abs(states - moved).max() <= 1e-5
    (tmp_path / "saved").mkdir()
    encoder.save(tmp_path / "saved")
    assert np.abs(moved - theirs(tmp_path / "saved")).max() <= 1e-5
    assert np.abs(embed_texts(load_saved(tmp_path / "saved", name="x"), TEXTS) - moved).max() <= 1e-5


@pytest.mark.parametrize("normalise", [True, False])
def test_a_model2vec_folder_without_modules_is_known(normalise, table_folder) -> None:
    folder = table_folder(quantised, (), {"model_type": "model2vec", "normalize": normalise})
    vectors = embed_texts(start(folder), TEXTS[:3])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5) == normalise


def test_a_model_of_our_own_is_a_start(character_tokenizer, tmp_path) -> None:
    tokenizer = character_tokenizer("")._tokenizer
    made = StaticEncoder(tokenizer, PlainTable(torch.randn(tokenizer.get_vocab_size(), 16)))
    made.save(tmp_path)
    assert np.abs(embed_texts(start(tmp_path), TEXTS) - embed_texts(made, TEXTS)).max() == 0


def test_views_that_are_alike_are_refused_with_the_recipe_that_has_others(table_folder) -> None:
    encoder = start(table_folder(plain))
    with pytest.raises(UserError, match="identical") as caught:
        require_noise(encoder, encoder.tokenize(TEXTS), seed=1)
    assert "--recipe static-start" in caught.value.mend


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        (lambda rows: {"other": torch.zeros(rows, 4)}, "neither"),
        (lambda rows: {"embeddings": torch.zeros(9, 4)}, "only 9"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tensors, told, table_folder) -> None:
    with pytest.raises(UserError, match=told) as caught:
        start(table_folder(tensors))
    assert caught.value.exit_code is ExitCode.INPUT


def test_a_dense_layer_behind_a_table_is_refused_with_its_name(table_folder) -> None:
    with pytest.raises(UserError, match="Dense behind StaticEmbedding"):
        start(table_folder(plain, ("StaticEmbedding", "Dense")))
