"""Paragraphs become sentences in every script, nothing is lost, and time grows with the length only."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.table import all_languages, lang_info
from simcse_ml.text.splitting.sentences import as_it_is, splitter_for

CASES = json.loads((Path(__file__).parents[2] / "data" / "splitting" / "in_the_wild.json").read_text(encoding="utf-8"))
CODES = sorted(info.code for info in all_languages())
PIECES = (
    *"あ。」「と言って！？…『（）、 ်၊။ ་།༎ག༔ការ។ល៕៖ไทยๆฯ ກ.!?a b\"'”“„«»‘’(][1]د۔؟ا.डॉ।|ल֊։:Ա;Ωαβ",
    *"፡፡።አꦲ꧉ߞ߹᙮ᐊ᱾ᱚ߸\u200d\u200c\n\t\u3000\u00a0😀",
    *("Dr. ", "z. B. ", "т. е. ", "3.5", "U.S. ", "http://a.b/c?d=e. ", "モーニング娘。", "។ល។", "ㅋㅋ ", "다. "),
)

WORDS = ("Anna", "geht", "3", "日本", "ไทย", "ལས")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['language']}: {case['comment']}" for case in CASES])
def test_sentences_end_where_a_reader_ends_them(case: dict) -> None:
    assert splitter_for(lang_info(case["language"]))(case["text"]) == case["sentences"]


@given(code=st.sampled_from(CODES), pieces=st.lists(st.sampled_from(PIECES), max_size=80))
def test_nothing_but_blanks_at_borders_is_lost_in_any_language(code: str, pieces: list[str]) -> None:
    paragraph = "".join(pieces)
    sentences = splitter_for(lang_info(code))(paragraph)
    at = 0
    for sentence in sentences:
        assert sentence
        assert sentence == sentence.strip()
        found = paragraph.index(sentence, at)
        assert not paragraph[at:found].strip()
        at = found + len(sentence)
    assert not paragraph[at:].strip()


@given(code=st.sampled_from(CODES), paragraph=st.text(max_size=300))
def test_nothing_is_lost_of_any_text(code: str, paragraph: str) -> None:
    sentences = splitter_for(lang_info(code))(paragraph)
    assert "".join("".join(sentences).split()) == "".join(paragraph.split())


@given(code=st.sampled_from(CODES), words=st.lists(st.sampled_from(WORDS), min_size=1))
def test_a_text_without_any_mark_or_blank_is_one_sentence(code: str, words: list[str]) -> None:
    text = "-".join(words)
    assert splitter_for(lang_info(code))(text) == [text]


@pytest.mark.parametrize("code", ["ja", "en", "th", "bo", "ko", "am", "hi", "km"])
@pytest.mark.parametrize(
    "unit",
    ["。", "。」", "「あ。」", ". ", "། ", '"', 'a." ', "“a", "(", "（", "ㅋ", "a", "x. A", "…", "! ", "ไทย ", "ག "],
)
def test_time_grows_with_the_length_only(code: str, unit: str) -> None:
    split = splitter_for(lang_info(code))

    def seconds(characters: int) -> float:
        """The least of three: a busy machine only adds."""
        text = unit * (characters // len(unit))
        least = 60.0
        for _ in range(3):
            began = time.process_time()
            split(text)
            least = min(least, time.process_time() - began)
        return least

    assert seconds(32_000) < 24 * max(seconds(4_000), 0.002)  # 8 times as long; a square would be 64


@pytest.mark.parametrize("unit", ["。", "。」", "“a.” ", "། ", "「あ。」"])
def test_two_megabytes_on_one_line_are_no_trap(unit: str) -> None:
    text = unit * (2_000_000 // len(unit.encode()))
    assert "".join("".join(splitter_for(lang_info("ja"))(text)).split()) == "".join(text.split())


def test_a_sentence_of_a_marked_text_is_not_parted_further_when_it_stands_alone() -> None:
    parted = []
    for path in sorted((Path(__file__).parents[2] / "data" / "splitting" / "marked").glob("*/*.txt")):
        split = splitter_for(lang_info(path.stem))
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            for sentence in split(" ".join(paragraph.split("\n"))):
                parted += [(path.stem, sentence)] * (split(sentence) != [sentence])
    assert len(parted) <= 3, parted


@pytest.mark.parametrize("text", ["Vi ses. (", "Ja. «", 'Ende. "\u200b', "Fin. — —"])
def test_a_text_may_end_with_an_opening_mark(text: str) -> None:
    assert splitter_for(lang_info("de"))(text) == [text]


def test_a_quotation_longer_than_a_paragraph_is_parted_inside() -> None:
    inside = "今日はとても良い天気でした。" * 40
    assert len(splitter_for(lang_info("ja"))(f"「{inside}」")) == 40


def test_without_splitting_a_line_stays_whole() -> None:
    assert as_it_is(" A. B. ") == ["A. B."]
    assert as_it_is("  ") == []
