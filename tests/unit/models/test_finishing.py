"""What vectors go through at last is fitted on the text, kept in the model, and the same in sentence-transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simcse_ml.errors import UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.models.affine import Sums
from simcse_ml.models.finishing import finish, require_possible
from simcse_ml.models.grams import make_grams
from simcse_ml.models.loading import load_saved, with_pooling
from simcse_ml.models.opened import embed_texts
from simcse_ml.models.pooling import Pooling
from simcse_ml.models.projection import Normalise
from simcse_ml.models.static import BANDS, ComposedTable, StaticEncoder
from simcse_ml.models.tokenizer_training import probabilities, train_tokenizer
from simcse_ml.settings.schema import FinishSettings, StaticSettings

TEXTS = ["kedi evde uyuyor", "köpek bahçede koşuyor", "猫が家で寝ている", "개가 마당에서 뛴다", "evde kedi yok"]
MANY = [f"{TEXTS[n % 5]} {'kedi köpek ev bahçe 家 猫'.split()[n * 7 % 6]} {n % 11}" for n in range(300)]
KINDS = [
    FinishSettings(kind="centre"),
    FinishSettings(kind="whiten", dim=8),
    FinishSettings(kind="zipf"),
    FinishSettings(kind="centre", remove=2),
    FinishSettings(remove=1, dim=10),
]


def learnt() -> StaticEncoder:
    """A static encoder whose weights are not all alike."""
    tokenizer = train_tokenizer(TEXTS * 20, lang_info("tr"), StaticSettings(vocabulary=200))
    pieces = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    table = ComposedTable(make_grams(pieces, probabilities(tokenizer)), 32, seed=3, rate=0.2)
    with torch.no_grad():
        table.bands.copy_(torch.linspace(-2, 2, BANDS))
    return StaticEncoder(tokenizer, table)


def shape_of(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sums = Sums(vectors.shape[1])
    sums.add(vectors)
    return sums.moments().mean, sums.moments().covariance


@pytest.mark.parametrize("settings", KINDS, ids=str)
@pytest.mark.parametrize("kind", ["static", "backbone", "normalised"])
def test_a_finished_encoder_is_saved_whole(settings: FinishSettings, kind: str, make_backbone, tmp_path) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = learnt() if kind == "static" else load_saved(make_backbone("bert"), name="bert", max_tokens=40)
    if kind == "normalised":
        encoder.after.append(Normalise())
    finish(encoder, encoder.tokenize(MANY), settings)
    folder = tmp_path / "model"
    folder.mkdir()
    encoder.save(folder)
    ours = embed_texts(encoder, TEXTS[:5])
    assert ours.shape[1] == encoder.dim == (settings.dim or 32)
    assert np.abs(embed_texts(load_saved(folder, name="x"), TEXTS[:5]) - ours).max() <= 1e-5
    theirs = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(TEXTS[:5])
    assert np.abs(theirs - ours).max() <= 1e-5


@pytest.mark.parametrize("kind", ["static", "backbone"])
def test_sentences_are_white_afterwards(kind: str, make_backbone) -> None:
    encoder = learnt() if kind == "static" else load_saved(make_backbone("bert"), name="bert", max_tokens=40)
    finish(encoder, encoder.tokenize(MANY), FinishSettings(kind="whiten", dim=4))
    mean, covariance = shape_of(embed_texts(encoder, MANY))
    assert np.allclose(mean, 0, atol=1e-3)
    assert np.allclose(covariance, np.eye(4), atol=1e-2)


def test_pieces_are_white_by_their_counts_and_tokens_by_their_occurrences(make_backbone) -> None:
    static = learnt()
    rows = static.tokenize(MANY)
    finish(static, rows, FinishSettings(kind="zipf"))
    table = static.table.folded().numpy()
    sums = Sums(table.shape[1])
    sums.add(table, np.bincount(rows.ids, minlength=len(table)) + 1.0)
    assert np.allclose(sums.moments().mean, 0, atol=1e-4)
    top = np.linalg.eigvalsh(sums.moments().covariance)[-5:]
    assert np.allclose(top, 1, atol=1e-2)

    bert = load_saved(make_backbone("bert"), name="bert", max_tokens=40)
    finish(bert, bert.tokenize(MANY), FinishSettings(kind="zipf"))
    with torch.inference_mode():
        tokens = bert(bert.tokenize(MANY))
        mean, covariance = shape_of(bert.after[0](tokens.states[tokens.mask]).numpy())
    assert np.allclose(mean, 0, atol=1e-2)
    assert np.allclose(np.diag(covariance)[:8], 1, atol=1e-2)


def test_what_cannot_be_meant_is_said(make_backbone) -> None:
    with pytest.raises(UserError, match="64 of 32 numbers"):
        require_possible(learnt(), FinishSettings(dim=64))
    with pytest.raises(UserError, match="directions"):
        require_possible(learnt(), FinishSettings(remove=32))
    bert = load_saved(make_backbone("bert"), name="bert", max_tokens=40)
    with pytest.raises(UserError, match="mean of tokens"):
        require_possible(with_pooling(bert, Pooling("cls")), FinishSettings(kind="zipf"))
