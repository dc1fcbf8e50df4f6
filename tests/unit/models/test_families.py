"""Every family that is said to work: its vectors here, reloaded, and in sentence-transformers are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models import families
from simcse_ml.models.dropout import require_noise
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.opened import embed_texts
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the cat sleeps", "あ", "ภาษาไทย", "a much longer sentence that is cut " * 4]
DECODERS = sorted(families.BIDIRECTIONAL)
ALL = sorted(families.TRIED)
MADE_WITHOUT = {"albert", "modernbert", *DECODERS}
"""families whose dropout is 0 where their maker does not say otherwise"""


POSITIONS = {
    "roberta": 64,
    "camembert": 64,
    "mpnet": 64,
    "xlm-roberta": 65,
    "canine": 128,
    "t5": 300,
    "mt5": 300,
    "umt5": 300,
}
"""of the tiny models; those that start behind the padding id have fewer than 66, relative ones as many as asked for"""


def load(folder: Path, *, kind: str = "auto", layer: int | None = None, **backbone: object):
    settings = BackboneSettings.model_validate({"max_tokens": 40, **backbone})
    pooling = PoolingSettings.model_validate({"kind": kind, "layer": layer})
    return load_backbone(folder, name=folder.name, backbone=settings, pooling=pooling)


def theirs(folder: Path, texts: list[str] = TEXTS) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)


def require_equal_everywhere(encoder, folder: Path) -> None:
    """Saved into `folder`, the encoder's vectors are those of our reload and of sentence-transformers."""
    expected = embed_texts(encoder, TEXTS)
    assert np.isfinite(expected).all()
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    encoder.save(folder)
    assert np.abs(embed_texts(load_saved(folder, name="saved"), TEXTS) - expected).max() <= 1e-5
    assert np.abs(theirs(folder) - expected).max() <= 1e-5


@pytest.mark.parametrize("family", ALL)
def test_one_step_of_training_then_saved_it_is_the_same_everywhere(family, make_backbone, tmp_path) -> None:
    encoder = load(make_backbone(family)).encoder.train()
    rows = encoder.tokenize(TEXTS)
    before = encoder(rows).states.detach()
    others = rows.take(np.array([1, 2, 3, 4, 0]))
    torch.nn.functional.cosine_similarity(encoder.embed(rows), encoder.embed(others)).mean().backward()
    with torch.no_grad():
        moved = [p for p in encoder.parameters() if p.grad is not None and p.grad.abs().max() > 0]
        for parameter in moved:
            parameter -= 0.01 * parameter.grad
    assert len(moved) > 10
    assert not torch.equal(encoder(rows).states, before)
    require_equal_everywhere(encoder, tmp_path)


@pytest.mark.parametrize("family", ALL)
def test_two_passes_differ_and_a_dropout_of_zero_is_set_and_said(family, make_backbone) -> None:
    folder = make_backbone(family)
    loaded = load(folder)
    assert require_noise(loaded.encoder, loaded.encoder.tokenize(TEXTS), seed=3) > 0
    assert any("dropout set to 0.1" in note for note in loaded.notes) == (family in MADE_WITHOUT)
    if family in MADE_WITHOUT:
        still = load(folder, dropout=None).encoder
        with pytest.raises(UserError, match="no dropout"):
            require_noise(still, still.tokenize(TEXTS), seed=3)


@pytest.mark.parametrize("family", ALL)
def test_batch_mates_do_not_change_a_vector(family, make_backbone) -> None:
    encoder = load(make_backbone(family)).encoder
    together = embed_texts(encoder, TEXTS)
    alone = np.concatenate([embed_texts(encoder, [text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 2e-5


@pytest.mark.parametrize("family", ALL)
def test_the_longest_text_has_a_position_for_every_token(family, make_backbone) -> None:
    encoder = load(make_backbone(family), max_tokens=300).encoder
    assert encoder.max_tokens == POSITIONS.get(family, 66)
    assert np.isfinite(embed_texts(encoder, ["a b c " * 200])).all()


@pytest.mark.parametrize("family", ALL)
def test_a_layer_of_it_is_a_shorter_model(family, make_backbone, tmp_path) -> None:
    whole, short = load(make_backbone(family)).encoder, load(make_backbone(family), layer=2).encoder
    assert sum(p.numel() for p in short.parameters()) <= sum(p.numel() for p in whole.parameters())
    assert np.abs(embed_texts(whole, TEXTS) - embed_texts(short, TEXTS)).max() > 1e-3
    require_equal_everywhere(short, tmp_path)


@pytest.mark.parametrize("family", sorted({*ALL} - {"canine"}))
def test_first_and_last_layer_are_averaged_the_same_everywhere(family, make_backbone, tmp_path) -> None:
    require_equal_everywhere(load(make_backbone(family), kind="first_last").encoder, tmp_path)


def test_canine_has_no_first_layer_to_average(make_backbone) -> None:
    with pytest.raises(UserError, match="fewer states"):
        load(make_backbone("canine"), kind="first_last")


@pytest.mark.parametrize("family", ALL)
def test_the_word_table_can_be_held(family, make_backbone) -> None:
    encoder = load(make_backbone(family)).encoder
    table = encoder.word_table()
    if family == "canine":
        assert table is None
        return
    table.requires_grad_(False)
    encoder.embed(encoder.tokenize(TEXTS)).sum().backward()
    assert table.grad is None
    assert table.shape[0] >= 5 + len(TEXTS)
    assert not any(p is table for p in encoder.parameters() if p.requires_grad)


@pytest.mark.parametrize("family", DECODERS)
@pytest.mark.parametrize("padding", ["left", "right"])
@pytest.mark.parametrize("kind", ["last", "mean"])
def test_decoders_are_the_same_whichever_side_is_padded(family, padding, kind, make_backbone, tmp_path) -> None:
    encoder = load(make_backbone(family, padding=padding), kind=kind).encoder
    assert encoder.tokenizer.padding_side == padding
    require_equal_everywhere(encoder, tmp_path)


@pytest.mark.parametrize("family", DECODERS)
def test_last_token_pooling_puts_an_end_token_behind_a_text(family, make_backbone, tmp_path) -> None:
    loaded = load(make_backbone(family, closing=""), kind="last", max_tokens=12)
    assert any("[SEP] is put behind every text" in note for note in loaded.notes)
    rows = loaded.encoder.tokenize(TEXTS)
    assert {int(rows.row(index)[-1]) for index in range(len(rows))} == {3}
    assert int(rows.lengths.max()) == 12
    require_equal_everywhere(loaded.encoder, tmp_path)


@pytest.mark.parametrize("family", DECODERS)
@pytest.mark.parametrize("wish", [True, False])
def test_a_decoder_sees_both_sides_where_it_is_asked_for(family, wish, make_backbone, tmp_path) -> None:
    encoder = load(make_backbone(family), bidirectional=wish).encoder.eval()
    first, second = (encoder(encoder.tokenize([text])).states[0, 1] for text in ("abc", "abd"))
    assert torch.allclose(first, second, atol=1e-6) == (not wish)
    require_equal_everywhere(encoder, tmp_path)
    again = load(tmp_path).encoder.eval()
    expected, other = (again(again.tokenize([text])).states[0, 1] for text in ("abc", "abd"))
    assert torch.allclose(expected, other, atol=1e-6) == (not wish)


def test_an_encoder_has_no_such_choice(make_backbone) -> None:
    with pytest.raises(UserError, match="one of decoders") as caught:
        load(make_backbone("bert"), bidirectional=True)
    assert caught.value.exit_code is ExitCode.USAGE
