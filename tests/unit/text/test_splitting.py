"""Sentences end where they do in each language, and no character is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.table import lang_info
from simcse_ml.text.splitting.rules import RULES
from simcse_ml.text.splitting.sentences import as_it_is, splitter_for

CASES = json.loads((Path(__file__).parents[2] / "data" / "splitting" / "in_the_wild.json").read_text(encoding="utf-8"))
ALPHABET = "あ。」「と言って ်၊။ ་།༎កា។ไทย ກ.!?a b\"'”。د.डॉ।\u200d\u200c"


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']}: {case['comment']}" for case in CASES])
def test_sentences_end_where_a_reader_ends_them(case: dict) -> None:
    language = lang_info(case["language"])
    assert splitter_for(language.code, language.splitter)(case["text"]) == case["sentences"]


@pytest.mark.parametrize("code", sorted(RULES))
@given(paragraph=st.text(alphabet=st.sampled_from(ALPHABET), max_size=200))
def test_nothing_but_blanks_at_borders_is_lost_under_any_rules(code: str, paragraph: str) -> None:
    pieces = splitter_for(code, code)(paragraph)
    assert "".join("".join(pieces).split()) == "".join(paragraph.split())
    assert all(piece and piece == piece.strip() for piece in pieces)


@given(paragraph=st.text(max_size=300))
def test_nothing_is_lost_of_any_text(paragraph: str) -> None:
    pieces = splitter_for("ja", "ja")(paragraph)
    assert "".join("".join(pieces).split()) == "".join(paragraph.split())


def test_without_splitting_a_line_stays_whole() -> None:
    assert as_it_is(" A. B. ") == ["A. B."]
    assert as_it_is("  ") == []
