"""What is done to many texts at once, or to the plain cases by a shorter way, comes out as it does one by one."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, script_of
from simcse_ml.text.hashing import text_hash, text_hashes
from simcse_ml.text.sources.mediawiki import brackets, links, tidy
from simcse_ml.text.steps import clean, near, quality
from simcse_ml.text.steps.foreign import expand, foreign_test
from simcse_ml.text.steps.makeup import makeup, makeups, size
from simcse_ml.text.steps.near import plain_texts
from simcse_ml.text.steps.points import points_of

SCRIPTS = st.one_of(
    st.text(max_size=40),
    st.text("東京ひらカナー。、「」！ Ａ１ﾊﾟガか\u3099", max_size=40),
    st.text("กำลังใจดี ๆ๑ བཀྲ་ཤིས། မြန်မာ ሰላም፡ ።", max_size=40),
    st.text("हिन्दी। عربي، ٣ Grüße ß ﬁ İ 한글\u1112\u1161\u11ab 🙂\U0001f469\u200d\U0001f4bb", max_size=40),
).filter(lambda text: "\n" not in text)
TEXTS = st.lists(SCRIPTS, max_size=6)

BRACKETS = ["[[", "]]", "{{", "}}", "{{{", "}}}", "[", "]", "{", "}", "|", "{{!}}", "\n", "\n{|", "\n:{|", "\n|}", "文"]
WHOLE = ["[[東京|都]]", "[[ไทย]]", "{{nowrap|नमस्ते}}", "{{x\n|}}", "[[:File:a.png|b|c]]", "{{lang|en|a}}"]
MARKUP = st.lists(st.sampled_from([*BRACKETS, *WHOLE]), max_size=30).map("".join)
DEEP = st.sampled_from(["", "{{x|" * 39, "[[" * 40, "{{" * 41, "\n{|" * 40])


def shown(fields: list[str], alone: bool = False) -> str:
    return f"<{'/'.join(fields)}{'!' if alone else ''}>"


def resolved_by_single_brackets(text: str) -> str:
    """Without the two patterns that match a link or template whole."""
    whole = brackets._TOKEN
    single = re.sub(r"\|\\\[\\\[\(.*?\(\?!\\}\)", "", whole.pattern, count=1)
    assert single.count("(") == whole.pattern.count("(") - 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brackets, "_TOKEN", re.compile(single))
        return brackets.resolve(text, shown, shown)


@settings(max_examples=400)
@given(DEEP, MARKUP, st.sampled_from(["", "}}" * 3, "]]" * 3, "}}" * 45]))
def test_a_link_or_template_matched_whole_gives_what_its_brackets_give(before: str, text: str, after: str) -> None:
    whole = before + text + after
    assert brackets.resolve(whole, shown, shown) == resolved_by_single_brackets(whole)


STOPS = st.text("(（[［〔)）]］〕、，；。．,.; a語\t\u00a0", max_size=24)


@settings(max_examples=400)
@given(STOPS)
def test_what_is_not_looked_for_when_tidying_is_not_there(text: str) -> None:
    quick = tidy.tidied(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tidy, "_MAYBE_STOPS", re.compile(""))
        patch.setattr(tidy, "_LATE", re.compile(""))
        assert quick == tidy.tidied(text)


@given(TEXTS)
def test_texts_counted_together_have_the_makeup_of_each(texts: list[str]) -> None:
    assert makeups(texts) == [makeup(text) for text in texts]


@given(TEXTS)
def test_scripts_counted_together_are_those_of_each(texts: list[str]) -> None:
    own = expand(("Jpan", "Thai"))
    expected = []
    for text in texts:
        scripts = [script for script in map(script_of, text) if script not in NOT_OF_ONE_SCRIPT]
        expected.append(sum(script in own for script in scripts) < 0.3 * len(scripts))
    assert foreign_test(("Jpan", "Thai"), 0.3)(texts).tolist() == expected


@given(TEXTS)
def test_letters_taken_together_are_those_of_each(texts: list[str]) -> None:
    expected = []
    for text in texts:
        folded = unicodedata.normalize("NFKC", text).casefold()
        kept = [sign for sign in folded if unicodedata.category(sign)[0] in "LMN" or unicodedata.category(sign) == "So"]
        expected.append("".join(kept) or folded)
    assert plain_texts(texts) == expected


def test_no_text_runs_into_the_next_even_an_empty_one() -> None:
    points = points_of(["", "ab", "", "語"])
    assert points.sums(points.codes != ord("\n")).tolist() == [0, 2, 0, 1]
    assert points_of([]).sums(np.zeros(0, np.uint8)).tolist() == []


ADDRESSES = st.lists(
    st.sampled_from(
        ["http", "HTTPS", "ftp", "İrc", "ıRC", "Gopher", "news", "httpſ", "x", "語", "/", "://", "a/b", " "]
    ),
    max_size=10,
).map("".join)
BARE = re.compile(r"(?<![\w/])(?:https?|ftps?|irc|gopher|news)://[^\s\[\]<>\"|（）「」『』、。，]*", re.IGNORECASE)


@settings(max_examples=400)
@given(ADDRESSES)
def test_an_address_is_found_by_its_first_letter(text: str) -> None:
    assert [match.span() for match in links._BARE.finditer(text)] == [match.span() for match in BARE.finditer(text)]


@given(st.lists(st.sampled_from(["\u0301", "\u0301" * 9, "\U0001e945" * 9, "\u0f71", "字", "a"]), max_size=30))
def test_a_pile_of_marks_is_cut_wherever_it_stands(pieces: list[str]) -> None:
    text = "".join(pieces)
    expected = clean._piles(0x300, 0xFFFF).sub(lambda pile: pile[0][: clean.MAX_MARKS], text)
    expected = clean._piles(0x10000, 0x1F000).sub(lambda pile: pile[0][: clean.MAX_MARKS], expected)
    assert clean.without_controls(text) == expected


@given(SCRIPTS, st.sampled_from(["NFC", "NFKC"]))
def test_a_clean_sentence_is_normalised_with_single_blanks(text: str, form: Literal["NFC", "NFKC"]) -> None:
    sentence = clean.without_controls(text).strip()
    assert clean.normaliser(form)(sentence) == " ".join(unicodedata.normalize(form, sentence).split())


@given(st.text("aaㅋ、", max_size=12), st.integers(1, 8))
def test_a_text_with_a_run_has_as_many_repeats(text: str, least: int) -> None:
    expected = quality._RUN.search(text) is not None and size(quality._RUN.sub(r"\1", text)) < least
    assert quality.is_a_run(text, makeup(text), least) == expected


@given(TEXTS)
def test_texts_hashed_together_have_the_hash_of_each(texts: list[str]) -> None:
    assert text_hashes(texts).tolist() == [text_hash(text) for text in texts]


@given(st.integers(0, 40), st.integers(1, 3), st.integers(0, 99))
def test_sentences_that_agree_in_a_band_are_paired_with_the_first_of_them(rows: int, values: int, seed: int) -> None:
    digests = np.random.default_rng(seed).integers(0, values, (rows, near.PERMUTATIONS), dtype=np.uint32)
    width = near.PERMUTATIONS // near.BANDS
    expected: set[tuple[int, int]] = set()
    for band in range(near.BANDS):
        firsts: dict[bytes, int] = {}
        for row in range(rows):
            first = firsts.setdefault(digests[row, band * width : (band + 1) * width].tobytes(), row)
            expected |= {(row, first)} if first != row else set()
    later, earlier = near._candidates(digests)
    assert list(zip(later.tolist(), earlier.tolist(), strict=True)) == sorted(expected)
