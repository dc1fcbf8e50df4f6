"""Each step of preparation does what it says, whatever the script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcse_ml.text.hashing import mixed
from simcse_ml.text.steps import clean, limits
from simcse_ml.text.steps.foreign import foreign_test
from simcse_ml.text.steps.held_out import chosen_groups, target
from simcse_ml.text.steps.near import digests_of, near_repeats, plain_texts
from simcse_ml.text.steps.overlap import key
from simcse_ml.text.steps.repeated import Often, Piece, repeated_rows
from simcse_ml.text.steps.sampling import sampled


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m text", "red text"),
        ("\x1b]0;a title\x07shown", "shown"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\x00b\x9b31mc", "abc"),
        ("left\u202eright\u2066x\u2069", "leftrightx"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("a\u3000 b\u00a0c\td", "a b c d"),
        ("\ufeffx\ufdd0\U0001fffey", "xy"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("ན་\u0f72\u0f71ཀྵྨྱི", "ན་\u0f72\u0f71ཀྵྨྱི"),
    ],
)
def test_what_a_terminal_obeys_goes_and_what_languages_need_stays(raw: str, cleaned: str) -> None:
    assert clean.without_controls(raw) == cleaned


def test_piles_of_marks_are_cut_to_eight() -> None:
    assert clean.without_controls("a" + "\u0301" * 5000 + "b") == "a" + "\u0301" * 8 + "b"


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean.without_controls(text)
    if "\x1b" not in text and "\x9b" not in text and "\x9d" not in text and "\x90" not in text:
        assert clean.without_controls(once) == once


def test_nothing_that_a_terminal_obeys_is_left_of_the_shared_file(shared: Callable[[str], Path]) -> None:
    text = shared("special/terminal-escapes-and-bidi.txt").read_bytes().decode("utf-8")
    cleaned = "".join(clean.without_controls(line) for line in text.split("\n"))
    assert not [c for c in cleaned if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202a\u202e\u2066\u2067\u2069"]


@pytest.mark.parametrize(("text", "yes"), [("123 - ...", False), ("४५", False), ("क", True), ("ཀ", True), ("x1", True)])
def test_letters_of_any_script_are_letters(text: str, yes: bool) -> None:
    assert limits.has_letters(text) is yes


def test_another_script_is_noticed_and_a_mixed_sentence_is_not() -> None:
    texts = ["This is all English.", "英語ではPlatform Sutra。", "123", "ภาษาไทย", "日本語"]
    assert foreign_test(("Hira", "Kana", "Hani"), 0.15)(texts).tolist() == [True, False, False, True, False]
    assert not foreign_test(("Hira", "Kana", "Hani"), 0.0)(texts).any()


def test_evaluation_sentences_are_compared_without_blanks_width_and_stop() -> None:
    assert key("ＡＢＣ の 文。") == key("ABCの文") == key("ABCの文.")
    assert key("別の文") != key("ABCの文")


@settings(deadline=None)  # hundreds of files are opened
@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 50), st.integers(1, 7))
def test_exactly_the_later_ones_of_equal_hashes_are_repeats(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], piece: int, bucket: int
) -> None:
    hashes = np.array(values, np.uint64)
    places, loose = np.zeros(len(hashes), np.int32), np.ones(len(hashes), np.bool_)
    pieces = (
        Piece(hashes[at : at + piece], places[at : at + piece], loose[at : at + piece])
        for at in range(0, len(hashes), piece)
    )
    found = list(
        repeated_rows(pieces, len(values) * bucket * 70_000, Often.of(0.01, 1), tmp_path_factory.mktemp("buckets"))
    )
    rows = sorted(np.concatenate([np.zeros(0, np.int64), *(one.repeated for one in found)]).tolist())
    assert rows == [at for at, value in enumerate(values) if value in values[:at]]
    assert not any(len(one.boilerplate) for one in found)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9), st.booleans()), max_size=200),
    st.integers(1, 50),
    st.integers(2, 4),
    st.integers(4, 8),
)
def test_a_line_that_stands_in_many_documents_is_boilerplate_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, int, bool]],
    piece: int,
    least_loose: int,
    least_any: int,
) -> None:
    lines = [(value, place, value % 2 == 0) for value, place, _ in sorted(rows, key=lambda row: row[1])]
    pieces = (
        Piece(
            np.array([line[0] for line in lines[at : at + piece]], np.uint64),
            np.array([line[1] for line in lines[at : at + piece]], np.int32),
            np.array([line[2] for line in lines[at : at + piece]], np.bool_),
        )
        for at in range(0, len(lines), piece)
    )
    found = list(repeated_rows(pieces, len(lines), Often(least_loose, least_any), tmp_path_factory.mktemp("buckets")))
    boilerplate = {row for one in found for row in one.boilerplate.tolist()}
    repeated = {row for one in found for row in one.repeated.tolist()}
    places = {value: len({place for other, place, _ in lines if other == value}) for value, _, _ in lines}
    expected = {at for at, (v, _, loose) in enumerate(lines) if places[v] >= (least_loose if loose else least_any)}
    values = [line[0] for line in lines]
    assert boilerplate == expected
    assert repeated == {at for at, value in enumerate(values) if value in values[:at]} - expected


def _near(texts: list[str]) -> NDArray[np.bool_]:
    return near_repeats(digests_of(plain_texts(texts)), 0.95)


def test_near_repeats_are_found_and_the_first_is_kept() -> None:
    base = "日本の首都である東京には多くの人が住んでおり、毎日電車で通勤している。"
    texts = [
        base,
        "全く別の内容を持つ文がここに一つ置かれている。",
        base[:-1] + "！",
        "短い文。",
        base.replace("毎日", "毎 日"),
    ]
    assert _near(texts).tolist() == [False, False, True, False, True]
    assert _near([]).tolist() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("街路樹の間の通路に看板が設置されています。", "街路樹の間の通路に看板が設置されていません。"),
        ("ฉันชอบกินข้าวผัดกับเพื่อน", "ฉันไม่ชอบกินข้าวผัดกับเพื่อน"),
        ("Artikolo 10", "Artikolo 11"),
        ("मैं कल बाज़ार गया था।", "मैं कल बाज़ार नहीं गया था।"),
        ("ذهب الولد إلى المدرسة.", "ذهبت البنت إلى المدرسة."),
        ("የቤቱ በር ተከፍቷል።", "የቤቱ በር አልተከፈተም።"),
        ("She did see the man in the white house.", "She did not see the man in the white house."),
        ("The village has 312 inhabitants.", "The village has 317 inhabitants."),
        ("참 좋다 😀", "참 좋다 😡"),
    ],
)
def test_a_negation_a_number_or_a_name_keeps_sentences_apart(one: str, other: str) -> None:
    assert not _near([one, other]).any()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("내 인생 최고의 영화.", "내인생 최고의 영화!!"),
        ("Right ho, Jeeves.", "“Right-ho, JEEVES”"),
        ("ＡＢＣの文です。", "ABCの文です"),
        ("བཀྲ་ཤིས་བདེ་ལེགས།", "བཀྲ་ཤིས་བདེ་ལེགས"),
        ("ဘယ်သူ့ကို ဖတ်ပြရမလဲ။", "ဘယ်သူ့ကိုဖတ်ပြရမလဲ။"),
    ],
)
def test_blanks_punctuation_case_and_width_do_not(one: str, other: str) -> None:
    assert _near([one, other]).tolist() == [False, True]


def test_unlike_sentences_are_not_near_repeats() -> None:
    rng = np.random.default_rng(3)
    texts = ["".join(rng.choice(list("abcdefghij "), 60)) for _ in range(2000)]
    assert not _near(texts).any()


@given(st.integers(0, 2000), st.integers(1, 2500), st.integers(0, 5))
def test_a_sample_has_the_size_asked_for_and_is_made_of_runs(count: int, most: int, seed: int) -> None:
    keep = sampled(count, most, seed)
    assert keep.sum() == min(count, most)
    assert (keep == sampled(count, most, seed)).all()
    runs = np.count_nonzero(np.diff(np.concatenate([[0], keep.astype(np.int8)])) == 1)
    assert runs <= -(-int(keep.sum()) // 64) + 1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=300), st.integers(1, 60), st.integers(1, 90))
def test_whole_groups_are_held_out_and_no_more_than_asked(groups: list[int], size: int, piece: int) -> None:
    array = np.array(groups, np.uint64)
    once = chosen_groups((array[at : at + piece] for at in range(0, len(array), piece)), size, 1)
    assert np.isin(array, once).sum() <= size
    assert (once == chosen_groups([array], size, 1)).all()


def test_the_held_out_share_has_a_floor_and_a_ceiling() -> None:
    assert target(1000, 0.0) == 0
    assert target(100, 0.02) == 10
    assert target(1000, 0.02) == 20
    assert target(10**7, 0.02) == 2000


def test_mixing_depends_on_the_seed_only() -> None:
    values = np.arange(1000, dtype=np.uint64)
    assert len(np.unique(mixed(values, 1))) == 1000
    assert (mixed(values, 1) == mixed(values, 1)).all()
    assert not (mixed(values, 1) == mixed(values, 2)).any()
