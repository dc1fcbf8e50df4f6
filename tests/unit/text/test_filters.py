"""The rules for lines that are no sentences, case by case, in many scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.pipeline import Cursor, Sentence, make_context, run
from simcse_ml.text.reasons import SAMPLES, SWITCHES, WORDS, Ledger, Reason
from simcse_ml.text.steps import limits, quality
from simcse_ml.text.steps.makeup import makeup, size

CASES = json.loads((Path(__file__).parents[2] / "data" / "filters" / "cases.json").read_text("utf-8"))


def verdict(text: str, language: str, **settings: object) -> str:
    """Why the first pass drops `text`, taken as one sentence."""
    asked = TextSettings(split=False, **settings)
    context = make_context(lang_info(language), asked, frozenset(), Cursor())
    kept = list(run([Sentence(0, 0, text)], context))
    return "kept" if kept else next(iter(context.ledger.counts))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']}-{case['comment']}" for case in CASES])
def test_each_line_is_kept_or_dropped_for_the_right_reason(case: dict[str, str]) -> None:
    assert verdict(case["text"], case["language"]) == case["verdict"]


OFF = {
    "numbers": {"most_digits": 1.0},
    "signs": {"most_signs": 1.0},
    "address": {"most_address": 1.0},
    "code": {"code": "keep"},
    "menu": {"menus": "keep"},
    "run": {"runs": "keep"},
    "cut_off": {"cut_off": "keep"},
    "no_letters": {"without_letters": "keep"},
}


@pytest.mark.parametrize("reason", OFF)
def test_each_rule_can_be_switched_off(reason: str) -> None:
    cases = [case for case in CASES if case["verdict"] == reason]
    assert cases
    for case in cases:
        assert verdict(case["text"], case["language"], **OFF[reason]) != reason


def test_every_reason_has_words_and_a_key_of_the_recipe_that_exists() -> None:
    assert set(WORDS) == set(Reason)
    assert set(Reason) - set(SWITCHES) == {Reason.BROKEN_ROW, Reason.LIST_ITEM}
    keys = {f"text.{name}" for name in TextSettings.model_fields} | {"evaluation.keep_overlap"}
    assert set(SWITCHES.values()) <= keys


@pytest.mark.parametrize(
    ("text", "units"),
    [("東京", 4), ("ab c", 3), ("é", 1), ("e\u0301", 1), ("కి", 2), ("ပြီ", 3), ("ཀ་", 2), ("ก่", 1), ("한글", 4)],
)
def test_a_syllable_counts_like_its_letters_in_every_script(text: str, units: int) -> None:
    assert size(text) == units


@pytest.mark.parametrize(
    ("text", "least", "why"),
    [
        ("東京都は", 8, "kept"),
        ("東京都", 8, "too_short"),
        ("ሰላምታዬ", 8, "kept"),
        ("안녕하세", 8, "kept"),
        ("hello", 8, "too_short"),
        ("hi there", 8, "too_short"),
        ("hi there you", 8, "kept"),
        ("กำลังใจดี", 9, "kept"),
        ("กำลังใจ", 8, "too_short"),
        ("กำลังใจดีมากมาย", 8, "kept"),
        ("a" * 41, 8, "too_long"),
        ("字" * 21, 8, "too_long"),
        ("a" + "\u0301" * 300, 8, "too_short"),
    ],
)
def test_length_is_counted_in_letters_and_dense_scripts_count_twice(text: str, least: int, why: str) -> None:
    assert verdict(text, "en", min_characters=least, max_characters=40) == why


@given(st.text(max_size=200), st.integers(10, 60))
def test_cutting_loses_nothing_but_blanks(text: str, most: int) -> None:
    squeezed = " ".join(text.split())
    pieces = list(limits.cut(squeezed, most))
    assert "".join("".join(pieces).split()) == "".join(squeezed.split())


@pytest.mark.parametrize(
    "text",
    [
        "ข้าวเหนียวมะม่วงกับน้ำกะทิ " * 40,
        "བཀྲ་ཤིས་བདེ་ལེགས་" * 60,
        "東京へ行き、大阪へ行き、" * 60,
        "မြန်မာနိုင်ငံ၊ ထိုင်းနိုင်ငံ၊ " * 40,
        "ቤት፣ መንገድ፣ " * 100,
        "one, two, three and so on " * 40,
    ],
)
def test_a_long_paragraph_is_cut_into_pieces_of_the_allowed_length(text: str) -> None:
    pieces = list(limits.cut(text.strip(), 300))
    assert len(pieces) > 1
    assert all(size(piece) <= 300 for piece in pieces)


def test_what_has_no_place_to_cut_is_dropped_as_too_long() -> None:
    assert verdict("x" * 1500, "en", max_characters=1000) == "too_long"
    context = make_context(lang_info("en"), TextSettings(), frozenset(), Cursor())
    kept = list(run([Sentence(0, 0, "word " * 500)], context))
    assert len(kept) > 2
    assert [sentence.position for sentence in kept] == list(range(len(kept)))
    assert context.ledger.changed == {"long_sentences_cut": 1}
    dropping = make_context(lang_info("en"), TextSettings(long_sentences="drop"), frozenset(), Cursor())
    assert list(run([Sentence(0, 0, "word " * 500)], dropping)) == []


@given(st.text(max_size=60))
def test_the_makeup_adds_up_and_the_rules_answer_for_any_text(text: str) -> None:
    made = makeup(text)
    assert 0 <= made.digit_share + made.sign_share <= 1.0000001
    assert made.size >= made.letters
    for rule in (quality.is_code, quality.is_menu, quality.is_cut_off, quality.is_loose):
        assert rule(text) in (True, False)


@given(st.lists(st.lists(st.text(min_size=1, max_size=5), max_size=60), max_size=5))
def test_samples_do_not_depend_on_how_the_text_was_parted(parts: list[list[str]]) -> None:
    once, merged = Ledger(), Ledger()
    for part in parts:
        one = Ledger()
        for text in part:
            once.drop(Reason.CODE, text)
            one.drop(Reason.CODE, text)
        merged.add(one)
    assert merged == once
    assert all(len(texts) <= SAMPLES for texts in once.samples.values())
