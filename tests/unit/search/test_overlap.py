"""Shared letters: whole clusters, in any script, whichever text is longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.clusters import clusters, length
from simcse_ml.search.folding import fold
from simcse_ml.search.overlap import lexical_overlap, mutual_overlap, trigrams


@given(st.text())
def test_clusters_joined_are_the_text(text):
    assert "".join(clusters(text)) == text


@given(st.text(), st.text())
def test_overlap_is_even_handed_and_a_share(left, right):
    one, two = trigrams(left), trigrams(right)
    assert lexical_overlap(one, two) == lexical_overlap(two, one)
    assert 0 <= mutual_overlap(one, two) <= lexical_overlap(one, two) <= 1
    assert lexical_overlap(one, one) == (1.0 if one else 0.0)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("क्षत्रिय", 3), ("བཀྲ་ཤིས", 5), ("ก็ดี", 2), ("👨‍👩‍👧🇯🇵", 2), ("한글", 2), ("e\u0301", 1), ("አማርኛ", 4)],
)
def test_length_counts_what_a_reader_counts(text, letters):
    assert length(text) == letters


def test_no_run_cuts_a_cluster():
    text = "क्षत्रिय लोग"
    assert {cluster for gram in trigrams(text) for cluster in gram} <= {*clusters(text), "\x00"}


def test_a_word_of_two_signs_shares_itself_with_a_sentence_that_has_it():
    assert lexical_overlap(trigrams("仏教"), trigrams("日本の仏教の歴史")) == 1.0
    assert lexical_overlap(trigrams("猫"), trigrams("猫")) == 1.0
    assert lexical_overlap(trigrams("猫"), trigrams("犬")) == 0.0


def test_writing_that_means_the_same_is_the_same():
    assert trigrams("ＡＢＣ") == trigrams("abc") == trigrams("a\u0062c!")


def test_only_what_is_alike_both_ways_is_folded():
    grams = [trigrams(text) for text in ("the cat sat on the mat", "The cat sat on the mat!", "the cat", "a dog")]
    alike = [[1.0, 1.0, 0.99, 0.1], [1.0, 1.0, 0.99, 0.1], [0.99, 0.99, 1.0, 0.1], [0.1, 0.1, 0.1, 1.0]]
    import numpy as np

    assert fold(np.array(alike), grams) == [0, 0, 2, 3]
    assert fold(np.array(alike) * 0.9, grams) == [0, 1, 2, 3]
