"""Backbones: pooling, dropout, prefix, and a saved folder that sentence-transformers loads with the same vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.dropout import require_noise, view_noise
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.locate import locate, wanted_files
from simcse_ml.models.opened import embed_texts, open_model
from simcse_ml.models.prefixes import known_prefix
from simcse_ml.models.projection import Normalise
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["猫がねている。", "the cat sleeps", "あ", "a much longer sentence that is cut " * 4]


def load(folder: Path, *, kind: str = "auto", layer: int | None = None, head: str = "none", **backbone: object):
    settings = BackboneSettings.model_validate({"max_tokens": 20, **backbone})
    pooling = PoolingSettings.model_validate({"kind": kind, "layer": layer, "head": head})
    return load_backbone(folder, name=str(folder), backbone=settings, pooling=pooling)


@pytest.mark.parametrize("family", ["tiny_bert", "tiny_xlmr"])
@pytest.mark.parametrize(("kind", "layer"), [("cls", None), ("mean", None), ("first_last", None), ("layer", 1)])
def test_a_saved_model_gives_the_same_vectors_here_and_in_sentence_transformers(
    family: str, kind: str, layer: int | None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = load(request.getfixturevalue(family), kind=kind, layer=layer, head="mlp", prefix="query: ").encoder
    expected = embed_texts(encoder, TEXTS)
    encoder.save(tmp_path)
    assert np.abs(open_model(str(tmp_path)).embed(TEXTS) - expected).max() <= 1e-6
    theirs = SentenceTransformer(str(tmp_path), device="cpu").encode(TEXTS)
    assert np.abs(theirs - expected).max() <= 1e-5


def test_a_named_layer_is_that_layer(tiny_bert: Path) -> None:
    whole = load(tiny_bert, kind="mean").encoder.eval()
    first = load(tiny_bert, kind="layer", layer=1).encoder.eval()
    rows = whole.tokenize(TEXTS[:2])
    with torch.no_grad():
        from simcse_ml.models.padding import pad

        ids, mask = pad(rows, pad_id=0, device=torch.device("cpu"))
        states = whole.model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states[1]
        expected = (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        torch.testing.assert_close(first.embed(rows), expected)


def test_a_layer_that_is_not_there_is_refused(tiny_bert: Path) -> None:
    with pytest.raises(UserError, match="no layer 3"):
        load(tiny_bert, kind="layer", layer=3)


def test_the_head_is_used_in_training_only(tiny_bert: Path) -> None:
    encoder = load(tiny_bert, kind="cls", head="mlp").encoder.eval()
    rows = encoder.tokenize(TEXTS)
    with torch.no_grad():
        plain, headed = encoder.embed(rows), encoder.embed(rows, in_training=True)
        assert encoder.head is not None
        torch.testing.assert_close(headed, encoder.head(plain))
    assert not torch.allclose(plain, headed)


def test_losses_read_what_was_pooled_and_not_the_unit_vector_that_is_saved(tiny_bert: Path) -> None:
    encoder = load(tiny_bert, kind="mean").encoder.eval()
    rows = encoder.tokenize(TEXTS)
    with torch.no_grad():
        pooled = encoder.embed(rows)
        encoder.after.append(Normalise())
        torch.testing.assert_close(encoder.embed(rows, in_training=True), pooled)
        torch.testing.assert_close(encoder.embed(rows), torch.nn.functional.normalize(pooled, dim=-1))
    assert (pooled.norm(dim=-1) - 1).abs().min() > 0.1


def test_identical_views_are_refused_when_dropout_is_zero(tiny_bert: Path, tmp_path: Path) -> None:
    folder = tmp_path / "still"
    shutil.copytree(tiny_bert, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (folder / "config.json").write_text(json.dumps(config))
    still = load(folder, dropout=None).encoder
    rows = still.tokenize(TEXTS)
    with pytest.raises(UserError, match="identical") as caught:
        require_noise(still, rows, seed=1)
    assert caught.value.exit_code is ExitCode.USAGE
    mended = load(folder, dropout=0.1)
    assert any("dropout set to 0.1" in note for note in mended.notes)
    assert view_noise(mended.encoder, rows, seed=1) > 0


def test_padding_and_batch_mates_do_not_change_a_vector(tiny_bert: Path) -> None:
    encoder = load(tiny_bert).encoder
    together = embed_texts(encoder, TEXTS)
    alone = np.concatenate([embed_texts(encoder, [text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def test_e5_gets_its_prefix_and_others_do_not() -> None:
    assert known_prefix("multilingual-e5-small") == "query: "
    assert known_prefix("intfloat/multilingual-e5-base") == "query: "
    assert known_prefix("e5small-not-a-name") == ""
    assert known_prefix("all-MiniLM-L6-v2") == ""


def test_head_and_tail_are_the_models_own_tokens(tiny_bert: Path) -> None:
    encoder = load(tiny_bert, prefix="query: ").encoder
    rows = encoder.tokenize(["あい"])
    assert (rows.head, rows.tail) == (1 + len("query:"), 1)
    assert rows.row(0)[rows.head : -1].tolist() == encoder.tokenizer.convert_tokens_to_ids(["あ", "い"])


def test_a_model_folder_without_tokenizer_is_one_line(tiny_bert: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mute"
    shutil.copytree(tiny_bert, folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UserError, match="no tokenizer") as caught:
        load_saved(folder, name="mute")
    assert caught.value.exit_code is ExitCode.INPUT


def test_a_backbone_that_is_nowhere_is_an_error_of_the_machine() -> None:
    with pytest.raises(UserError, match="offline") as caught:
        locate("nobody/nothing-of-this-name", offline=True, allow_large=False)
    assert caught.value.exit_code is ExitCode.MACHINE
    with pytest.raises(UserError, match="no such folder"):
        locate("./not/here", offline=False, allow_large=False)


def test_pickles_are_fetched_only_where_there_is_nothing_else_and_code_only_where_agreed() -> None:
    from fnmatch import fnmatch

    def fetched(names: list[str], *, own_code: bool = False) -> set[str]:
        patterns = wanted_files(names, own_code=own_code)
        return {name for name in names if any(fnmatch(name, pattern) for pattern in patterns)}

    old = [
        "config.json",
        "pytorch_model.bin",
        "vocab.txt",
        "bpe.codes",
        "own.py",
        "tf_model.h5",
        "1_Pooling/config.json",
    ]
    assert fetched(old) == {"config.json", "pytorch_model.bin", "vocab.txt", "bpe.codes", "1_Pooling/config.json"}
    assert "pytorch_model.bin" not in fetched([*old, "model.safetensors"])
    assert "own.py" in fetched(old, own_code=True)
