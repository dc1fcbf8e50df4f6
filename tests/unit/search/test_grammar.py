"""The query line: what is text stays text, what is a filter is read whole, and a mistake is shown at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.search.grammar import KEYS, BadQuery, Condition, Query, parse_query


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("猫が寝ている", "猫が寝ている"),
        ("12:30 に着く", "12:30 に着く"),
        ("https://example.org/a", "https://example.org/a"),
        ("- was nun", "- was nun"),
        ("ราคา:แพง", "ราคา:แพง"),
        ("#หมา", "#หมา"),
        ("foo:bar", "foo:bar"),
    ],
)
def test_ordinary_text_is_text(line, text):
    assert parse_query(line) == Query(text)


def test_a_phrase_is_sought_and_must_occur():
    assert parse_query('ネコ "膝の 上" k:7') == Query("ネコ 膝の 上", None, (Condition("phrase", False, "膝の 上"),), 7)
    assert parse_query('-"ad" cat').text == "cat"


def test_full_width_signs_of_an_input_method_are_the_plain_ones():
    assert parse_query("猫 lex：＜０．３").conditions == parse_query("猫 lex:<0.3").conditions
    assert parse_query("＃１２").row == 12
    assert parse_query("＂猫＂").conditions == (Condition("phrase", False, "猫"),)


def test_ranges():
    found = {one.key: one for one in parse_query("a lex:<30% len:5..60 -score:>.5 own:>=2 line:7").conditions}
    assert (found["lex"].high, found["lex"].open_ends) == (0.3, True)
    assert found["len"].holds(5) and found["len"].holds(60) and not found["len"].holds(61)
    assert found["score"].holds(0.5) and not found["score"].holds(0.6)
    assert found["own"].holds(2) and not found["own"].holds(1.9)
    assert found["line"].holds(7) and not found["line"].holds(8)
    assert not found["score"].holds(float("nan")), "what is not known is in no range, not even outside one"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("猫 lexx:<.3", "lexx:<.3"),
        ("猫 lex:<abc", "<abc"),
        ("猫 len:9..2", "9..2"),
        ("猫 re:(", "("),
        ("猫 mutual:maybe", "maybe"),
        ('猫 "膝', '"膝'),
        ("猫 len:", "len:"),
        ("#1 #2", "#2"),
        ("猫 #2", "猫"),
        ("猫 k:0", "k:0"),
        ("猫 score:nan", "nan"),
    ],
)
def test_a_mistake_is_shown_at_its_characters(line, meant):
    with pytest.raises(BadQuery) as raised:
        parse_query(line)
    error = raised.value
    assert line[error.position : error.position + error.length] == meant


@given(st.text())
def test_any_line_is_read_or_refused_with_a_place_inside_it(line):
    try:
        query = parse_query(line)
    except BadQuery as error:
        assert 0 <= error.position < max(1, len(line))
        assert error.position + error.length <= max(1, len(line))
    else:
        assert all(one.key in {*KEYS, "phrase"} for one in query.conditions)
