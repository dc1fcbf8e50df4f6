"""builtin:static: the composed table, its folding, and what of it is learnt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.table import lang_info
from simcse_ml.models.grams import grams_of, make_grams
from simcse_ml.models.loading import load_saved
from simcse_ml.models.static import BANDS, ComposedTable, PlainTable, StaticEncoder, take_common_direction
from simcse_ml.models.tokenizer_training import probabilities, train_tokenizer
from simcse_ml.settings.schema import StaticSettings
from simcse_ml.training.checkpoints import trainable

TEXTS = ("kedi evde uyuyor", "köpek bahçede koşuyor", "猫が家で寝ている", "개가 마당에서 뛴다", "evde kedi yok") * 20
SENTENCES = ["kedi bahçede", "猫が寝ている。", "마당에서 뛴다", "evde, evde", "?!", "", "Ω"]


def encoder(seed: int = 3, dim: int = 32) -> StaticEncoder:
    tokenizer = train_tokenizer(TEXTS, lang_info("tr"), StaticSettings(vocabulary=200))
    pieces = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    return StaticEncoder(
        tokenizer, ComposedTable(make_grams(pieces, probabilities(tokenizer)), dim, seed=seed, rate=0.2)
    )


def learnt(seed: int = 3) -> StaticEncoder:
    """An encoder whose weights are not all alike."""
    one = encoder(seed)
    with torch.no_grad():
        dict(one.named_parameters())["table.bands"].copy_(torch.linspace(-2, 2, BANDS))
    return one


def vectors(one: StaticEncoder, texts: list[str]) -> np.ndarray:
    with torch.no_grad():
        return one.embed(one.tokenize(texts)).numpy()


def test_characters_of_syllabic_scripts_stand_for_themselves():
    assert grams_of("東京") == [("part", "東"), ("part", "京")]
    assert grams_of("집에") == [("part", "집"), ("part", "에")]


def test_alphabets_give_letters_pairs_and_the_piece():
    assert grams_of("evde") == [
        *(("part", part) for part in ("e", "v", "d", "e", "ev", "vd", "de")),
        ("whole", "evde"),
    ]


def test_a_pair_never_joins_a_letter_and_a_syllable():
    assert ("part", "k팝") not in grams_of("k팝")


@given(st.text(min_size=1, max_size=12))
def test_every_character_of_a_piece_is_a_gram(piece: str):
    assert {char for char in piece} <= {text for _, text in grams_of(piece)}


def test_a_gram_is_as_frequent_as_the_pieces_that_have_it():
    grams = make_grams(["<unk>", "ab", "b"], {"ab": 0.25, "b": 0.5})
    letter_b = grams.of(np.array([2]))[0][0]
    assert grams.frequency[letter_b] == pytest.approx(0.75)
    assert len(grams.of(np.array([0]))[0]) == 0


def test_before_training_every_gram_counts_one():
    table = encoder().table
    assert isinstance(table, ComposedTable)
    assert torch.equal(table.weights(), torch.ones(len(table.grams)))


def test_vectors_and_weights_are_learnt_and_at_rate_0_the_weights_alone():
    assert sorted(trainable(encoder())) == ["table.bands", "table.vectors"]
    table = ComposedTable(make_grams(["a"], {"a": 0.5}), 8, seed=0, rate=0.0)
    assert [name for name, one in table.named_parameters() if one.requires_grad] == ["bands"]


@pytest.mark.parametrize("rate", [0.0, 0.1, 2.0])
def test_an_untrained_table_does_not_depend_on_the_rate(rate):
    grams = make_grams(["a", "東"], {"a": 0.5, "東": 0.1})
    one, other = (ComposedTable(grams, 8, seed=3, rate=r).folded() for r in (rate, 1.0))
    torch.testing.assert_close(one, other)


def test_the_mean_vector_is_taken_out_where_all_sentences_are_alike():
    one = encoder(dim=64)
    rows = one.tokenize(TEXTS)
    before = one.table.folded().clone()
    take_common_direction(one, rows, above=1.0)
    assert torch.equal(one.table.folded(), before)
    with torch.no_grad():
        one.table = PlainTable(before + 3 * one.embed(rows).norm(dim=-1).mean())
    take_common_direction(one, rows, above=0.25)
    torch.testing.assert_close(one.embed(rows).mean(0), torch.zeros(64), atol=1e-4, rtol=0)


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    assert torch.equal(encoder(1).table.folded(), encoder(1).table.folded())
    assert not torch.equal(encoder(1).table.folded(), encoder(2).table.folded())


def test_the_global_generator_is_left_alone():
    state = torch.get_rng_state()
    encoder()
    assert torch.equal(torch.get_rng_state(), state)


def test_a_row_is_the_weighted_sum_of_its_grams():
    table = learnt().table
    assert isinstance(table, ComposedTable)
    weights, directions = table.weights().detach().numpy(), table.scale * table.vectors.detach().numpy()
    for piece in range(len(table.grams.offsets) - 1):
        flat, _ = table.grams.of(np.array([piece]))
        expected = (weights[flat, None] * directions[flat]).sum(0)
        np.testing.assert_allclose(table.folded()[piece].numpy(), expected, atol=1e-5)


def test_frequent_and_rare_grams_meet_between_two_bands():
    table = ComposedTable(make_grams(["a", "東"], {"a": 2.0**-1.5, "東": 2.0**-40}), 8, seed=0, rate=0.0)
    with torch.no_grad():
        table.bands.copy_(torch.arange(BANDS) / 10)
    first, last = table.weights().log().tolist()[0], table.weights().log().tolist()[-1]
    assert first == pytest.approx(0.15)
    assert last == pytest.approx((BANDS - 1) / 10)


def test_embedding_is_the_mean_of_the_token_states():
    one = learnt()
    rows = one.tokenize(SENTENCES)
    with torch.no_grad():
        torch.testing.assert_close(one.embed(rows), one.pool(one(rows)), atol=1e-6, rtol=1e-5)


def test_losses_read_the_mean_and_not_the_unit_vector_that_is_saved():
    one = learnt()
    rows = one.tokenize(SENTENCES)
    with torch.no_grad():
        mean = one.embed(rows)
        one.normalise = True
        for saved, read in (
            (one.embed(rows), one.embed(rows, in_training=True)),
            (one.pool(one(rows)), one.pool(one(rows), in_training=True)),
        ):
            torch.testing.assert_close(read, mean, atol=1e-6, rtol=1e-5)
            torch.testing.assert_close(saved, torch.nn.functional.normalize(mean, dim=-1), atol=1e-6, rtol=1e-5)
    assert (mean.norm(dim=-1) - 1).abs().min() > 0.01


def test_gradients_reach_the_bands_through_embed_and_through_the_states():
    one = encoder()
    rows = one.tokenize(SENTENCES)
    bands = dict(one.named_parameters())["table.bands"]
    gradients = []
    for result in (one.embed(rows), one.pool(one(rows))):
        bands.grad = None
        result.pow(2).sum().backward()
        assert bands.grad is not None
        gradients.append(bands.grad.clone())
    assert gradients[0].abs().sum() > 0
    torch.testing.assert_close(gradients[0], gradients[1], atol=1e-5, rtol=1e-4)


def test_a_sentence_without_pieces_is_zero():
    assert not vectors(encoder(), ["", "?!", "Ω"]).any()
    assert vectors(encoder(), []).shape == (0, 32)


def test_the_saved_model_gives_the_same_vectors(tmp_path: Path):
    one = learnt()
    one.save(tmp_path)
    loaded = load_saved(tmp_path, name="saved")
    assert isinstance(loaded, StaticEncoder)
    np.testing.assert_allclose(vectors(loaded, SENTENCES), vectors(one, SENTENCES), atol=1e-6)


def test_sentence_transformers_gives_the_same_vectors(tmp_path: Path):
    library = pytest.importorskip("sentence_transformers")
    one = learnt()
    one.save(tmp_path)
    texts = [text for text in SENTENCES if one.tokenize([text]).lengths[0]]
    theirs = library.SentenceTransformer(str(tmp_path), device="cpu").encode(texts)
    np.testing.assert_allclose(theirs, vectors(one, texts), atol=1e-5)
