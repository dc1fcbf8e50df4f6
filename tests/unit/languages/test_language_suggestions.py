"""From a wrong code to the one that was meant."""

import pytest

from simcse_ml.errors import UserError
from simcse_ml.languages.suggest import MISTAKEN, folded
from simcse_ml.languages.table import find_language, lang_info


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        *(("jp", "ja"), ("cn", "zh"), ("ua", "uk"), ("JP", "ja"), ("cz", "cs"), ("gr", "el")),
        *(("japanese", "ja"), ("日本語", "ja"), ("日本", "ja"), ("한국", "ko"), ("Türkçe", "tr"), ("turkce", "tr")),
        *(("germn", "de"), ("Deutsh", "de"), ("swahil", "sw"), ("norsk bokmal", "nb"), ("ja-Abcd", "ja")),
        *(("العربيه", "ar"), ("हिंदी", "hi"), ("tibetan", "bo"), ("jpnn", "ja")),
    ],
)
def test_the_error_names_the_code_that_was_meant(wrong, meant):
    with pytest.raises(UserError) as raised:
        lang_info(wrong)
    assert f"did you mean {meant} (" in raised.value.mend


@pytest.mark.parametrize("wrong", ["klingon", "q", "xx", "", "12", "!!"])
def test_nothing_is_suggested_where_nothing_is_near(wrong):
    with pytest.raises(UserError) as raised:
        lang_info(wrong)
    assert "did you mean" not in raised.value.mend
    assert "langs list" in raised.value.mend


def test_mistaken_codes_lead_somewhere_and_are_spoken_of_where_they_are_right_ones():
    right = {wrong for wrong in MISTAKEN if find_language(wrong)}
    assert right == {"kg", "za", "ie"}
    assert all("was meant, its code is" in lang_info(code).note for code in right)
    assert [code for code in MISTAKEN.values() if find_language(code) is None] == []


def test_case_and_marks_do_not_count_in_names():
    assert folded("Tiếng Việt") == folded("tieng viet") == "tiengviet"
