"""builtin:counting: features of any script, idf of the corpus, saved and opened again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.errors import UserError
from simcse_ml.models.counting import BLOCK, KINDS, fit_all, fit_counting, load_counting
from simcse_ml.models.ngrams import COLUMNS, character_ngrams, ngrams_in_words, plain, words

TEXTS = ["猫が窓の外を見ている。", "犬が公園を走る。", "The cat looks out of the window.", "विद्यालय में बच्चे पढ़ते हैं।", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_length_one_or_are_empty(kind):
    vectors = fit_counting(TEXTS, kind).vectors(TEXTS)
    lengths = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1))).ravel()
    assert vectors.shape == (len(TEXTS), COLUMNS)
    assert np.allclose(lengths, [1, 1, 1, 1, 0], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_most_like_itself_and_not_like_another_script(kind):
    model = fit_counting(TEXTS, kind)
    assert np.allclose(model.cosines(TEXTS[:4], TEXTS[:4]), 1.0, atol=1e-6)
    assert model.cosines([TEXTS[0]], [TEXTS[3]])[0] < 0.2


def test_vowel_signs_stay_in_their_word():
    rows, _ = words(["विद्यालय में", "สวัสดี ครับ", "یک کتاب‌خانه", "བཀྲ་ཤིས"])
    assert np.bincount(rows).tolist() == [2, 2, 2, 2]


def test_equal_words_are_equal_columns_wherever_they_stand():
    _, columns = words(["cat dog", "dog cat", "dog"])
    assert columns[0] == columns[3] and columns[1] == columns[2] == columns[4] and columns[0] != columns[1]


def test_ngrams_are_all_and_only_those_of_one_text():
    rows, columns = character_ngrams(["abc", "b"], (1, 2))
    assert np.bincount(rows).tolist() == [5, 1]
    assert columns[1] == columns[3]  # "b" of both texts; unigrams come first
    assert len(set(columns.tolist())) == 5


def test_ngrams_in_words_do_not_cross_blanks_and_know_the_ends():
    _, apart = ngrams_in_words(["ab", "cd"], (2,))
    _, together = ngrams_in_words(["ab cd"], (2,))
    assert sorted(apart.tolist()) == sorted(together.tolist())
    _, inside = ngrams_in_words(["xab"], (3,))
    _, start = ngrams_in_words(["abx"], (3,))
    assert not set(inside[:1].tolist()) & set(start[:1].tolist())


def test_width_case_and_punctuation_do_not_count():
    assert plain("ＡＢＣ、　ｶﾞ!") == plain("abc ガ")


def test_rare_features_weigh_more_and_unseen_ones_most():
    model = fit_counting(["a b", "a c", "a d"], "words")
    _, (common, rare, unseen) = words(["a b z"])
    assert model.idf[common] == pytest.approx(1.0)
    assert model.idf[common] < model.idf[rare] < model.idf[unseen] == pytest.approx(np.log(4) + 1)


def test_one_pass_over_an_iterator_fits_every_kind_the_same_as_alone():
    many = [f"{text} {number}" for number in range(BLOCK) for text in TEXTS[:2]]
    together = fit_all(iter(many))
    for kind, model in together.items():
        assert model.documents == len(many)
        assert np.array_equal(model.idf, fit_counting(many, kind).idf)


def test_vectors_do_not_depend_on_the_block_a_text_is_in():
    many = [TEXTS[number % 4] for number in range(BLOCK + 5)]
    model = fit_counting(many, "chars_1_3")
    assert abs(model.vectors(many)[-1] - model.vectors([many[-1]])).max() == 0


def test_saved_and_opened_again_it_is_the_same(tmp_path):
    model = fit_counting(TEXTS, "chars_1_2")
    model.save(tmp_path / "model")
    again = load_counting(tmp_path / "model")
    assert again.fingerprint == model.fingerprint
    assert (again.kind, again.documents) == ("chars_1_2", len(TEXTS))
    assert again.fingerprint != fit_counting(TEXTS[:2], "chars_1_2").fingerprint


def test_a_folder_that_is_no_counting_model_is_refused_with_its_name(tmp_path):
    with pytest.raises(UserError) as refused:
        load_counting(tmp_path)
    assert str(tmp_path) in str(refused.value)


@given(st.lists(st.text(), max_size=4))
def test_any_text_can_be_counted(texts):
    for kind in KINDS:
        vectors = fit_counting(texts, kind).vectors(texts)
        assert vectors.shape == (len(texts), COLUMNS)
        assert np.isfinite(vectors.data).all()
