"""The train job on every family: a few steps on a small text, and a model folder that is the same elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import UserError
from simcse_ml.events import Said
from simcse_ml.jobs.request import TrainRequest
from simcse_ml.jobs.train import train
from simcse_ml.models import families
from simcse_ml.models.opened import embed_texts, open_model
from simcse_ml.settings.load import DEFAULT_RECIPE, load_recipe

SMALL = [
    ("epochs", "training.max_steps", 2),
    ("batch", "training.batch_size", 8),
    ("precision", "training.precision", "fp32"),
    ("evaluations", "training.evaluations", 1),
    ("max-tokens", "backbone.max_tokens", 40),
]
PROBES = ["ねこがねている。", "the cat sleeps", "ภาษาไทย", "a long line " * 8]


def run(
    backbone: Path, folder: Path, *, recipe: str = DEFAULT_RECIPE, said: list[str] | None = None, **settings: object
):
    """The finished run of a tiny training of `backbone`; said: collects what was told."""
    text = folder / "text.txt"
    text.write_text(
        "\n".join(f"ねこ {'abcdefgh'[n % 8]} が {n * 7919 % 1000} ねている。" for n in range(60)), encoding="utf-8"
    )
    flags = [*SMALL, ("backbone", "backbone.name", str(backbone))]
    flags += [(key, key.replace("__", "."), value) for key, value in settings.items()]
    request = TrainRequest(
        inputs=(str(text),),
        language="ja",
        recipe=load_recipe(recipe, (), flags),
        recipe_name=recipe,
        runs_dir=folder / "runs",
        cache_dir=folder / "cache",
        device="cpu",
        threads=1,
        offline=True,
    )
    return train(
        request, lambda event: said.append(event.text) if said is not None and isinstance(event, Said) else None
    )


@pytest.mark.parametrize("family", sorted(families.TRIED))
def test_from_raw_text_to_a_folder_that_others_open_alike(family, make_backbone, tmp_path) -> None:
    from sentence_transformers import SentenceTransformer

    said: list[str] = []
    result = run(make_backbone(family), tmp_path, said=said)
    ours = open_model(str(result.run)).embed(PROBES)
    theirs = SentenceTransformer(str(result.model), device="cpu", local_files_only=True).encode(PROBES)
    assert np.abs(ours - theirs).max() <= 1e-5
    untouched = open_model(str(make_backbone(family)), max_tokens=40).embed(PROBES)
    assert np.abs(ours - untouched).max() > 1e-6
    assert any("the word table" in line for line in said) == (family != "canine")


def test_static_vectors_are_trained_with_the_static_recipe(character_tokenizer, tmp_path) -> None:
    import torch

    from simcse_ml.models.static import PlainTable, StaticEncoder

    tokenizer = character_tokenizer("")._tokenizer
    (tmp_path / "table").mkdir()
    StaticEncoder(tokenizer, PlainTable(torch.randn(tokenizer.get_vocab_size(), 16))).save(tmp_path / "table")
    for plain in ("unsup", "frames"):  # all batches, half of them
        with pytest.raises(UserError, match="identical"):
            run(tmp_path / "table", tmp_path, recipe=plain)
    result = run(tmp_path / "table", tmp_path, recipe="static-start")
    before, after = (open_model(str(folder)).embed(PROBES) for folder in (tmp_path / "table", result.model))
    assert 1e-4 < np.abs(before - after).max()


@pytest.mark.parametrize("family", ["bert", "canine", "llama", "t5"])
def test_untouched_baselines_are_those_that_the_family_has(family, make_backbone) -> None:
    from simcse_ml.jobs.untouched import untouched_embeddings
    from simcse_ml.models.loading import load_saved, with_pooling
    from simcse_ml.models.pooling import Pooling

    encoder = load_saved(make_backbone(family), name=family, max_tokens=20)
    named = {
        "mean": Pooling("mean"), "cls": Pooling("cls"), "last": Pooling("last"), "first-last": Pooling("mean", True)
    }  # fmt: skip
    expected = {"llama": {"mean", "last"}, "canine": {"mean", "cls"}}.get(family, {"mean", "cls", "first-last"})
    found = untouched_embeddings(encoder, precision="fp32")
    assert set(found) == expected
    for name, embed in found.items():
        alone = embed_texts(with_pooling(encoder, named[name]), PROBES)
        assert np.abs(embed(PROBES) - alone).max() <= 2e-5


def test_a_run_whose_code_was_agreed_to_is_opened_without_asking_again(own_code, tmp_path) -> None:
    from simcse_ml.jobs.using import Use, open_used

    said: list[str] = []
    with pytest.raises(UserError, match="--trust-remote-code"):
        run(own_code, tmp_path, said=said)
    assert not any("sentences kept" in line for line in said)  # refused before the text is prepared
    result = run(own_code, tmp_path, backbone__trust_remote_code=True)
    use = Use(str(result.run), tmp_path / "runs", tmp_path / "cache", device="cpu")
    assert np.isfinite(open_used(use).embed(PROBES)).all()
    with pytest.raises(UserError, match="code of its own"):
        open_model(str(result.model))


@pytest.mark.parametrize("settings", [{"finish__kind": "whiten", "finish__dim": 8}, {"finish__kind": "zipf"}], ids=str)
def test_a_finish_is_a_part_of_the_model_that_a_run_keeps(settings, make_backbone, tmp_path) -> None:
    from sentence_transformers import SentenceTransformer

    result = run(make_backbone("bert"), tmp_path, **settings)
    ours = open_model(str(result.run)).embed(PROBES)
    assert ours.shape[1] == settings.get("finish__dim", 32)
    theirs = SentenceTransformer(str(result.model), device="cpu", local_files_only=True).encode(PROBES)
    assert np.abs(ours - theirs).max() <= 1e-5
