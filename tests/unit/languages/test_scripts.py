"""Scripts of characters and the length of texts in letters."""

import unicodedata
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.languages.scripts import dominant_script, is_unspaced, script_counts, script_of, units

SAMPLES = {
    "Latn": "aÉßŁəƙＡ",
    "Cyrl": "жЇҙԥ",
    "Grek": "λΩἙ",
    "Armn": "հԵև",
    "Geor": "ქაᲐ",
    "Arab": "عپڭۇ",
    "Hebr": "שלם",
    "Syrc": "ܣܘܪ",
    "Thaa": "ދިވ",
    "Nkoo": "ߒߞߏ",
    "Adlm": "𞤆𞤵",
    "Deva": "हिनळ",
    "Beng": "বাংৰ",
    "Guru": "ਪੰਜ",
    "Gujr": "ગુજ",
    "Orya": "ଓଡ଼",
    "Taml": "தமி",
    "Telu": "తెల",
    "Knda": "ಕನ್",
    "Mlym": "മലയ",
    "Sinh": "සිං",
    "Tibt": "བོད་།",
    "Mymr": "မြန်။",
    "Khmr": "ភាស។",
    "Thai": "ไทย",
    "Laoo": "ລາວ",
    "Tavt": "ꪼꪕꪒ",
    "Java": "ꦗꦮ",
    "Hani": "日本漢々〇𠮷",
    "Hira": "ひらがな",
    "Kana": "カナｶﾅㇰ",
    "Bopo": "ㄅㄆ",
    "Hang": "한국ㅋㅎ",
    "Yiii": "ꆈꌠ",
    "Mong": "ᠮᠣᠩ",
    "Ethi": "አማርኛ።",
    "Tfng": "ⵜⴰⵎ",
    "Copt": "ⲙⲉϯ",
    "Vaii": "ꕙꔤ",
    "Cher": "ᏣᎳᎩꭼ",
    "Cans": "ᐊᓂᔑ᙮",
    "Olck": "ᱥᱟᱱ",
    "Cakm": "𑄌𑄋",
    "Gran": "𑌸𑌂",
    "Lisu": "ꓡꓲ",
}


@pytest.mark.parametrize(("script", "characters"), SAMPLES.items())
def test_characters_belong_to_their_script(script, characters):
    assert {character: script_of(character) for character in characters} == dict.fromkeys(characters, script)


@pytest.mark.parametrize("character", "0 .,!。、ー「😀\n\u200d€")
def test_a_character_that_scripts_share_is_common_or_inherited(character):
    assert script_of(character) in {"Zyyy", "Zinh"}


def test_a_mark_that_any_letter_takes_is_inherited():
    assert script_of("\u0301") == "Zinh"


@pytest.mark.parametrize("character", ["\U0001fffe", "\U0010ffff", "\ue000", "\ud800", "\U0001c000"])
def test_what_is_not_assigned_is_unknown(character):
    assert script_of(character) == "Zzzz"


@given(st.characters())
def test_every_character_has_a_four_letter_code(character):
    code = script_of(character)
    assert len(code) == 4 and code.isascii() and code.istitle()


@given(st.text())
def test_counts_add_up_to_the_length(text):
    assert script_counts(text).total() == len(text)


def test_the_table_agrees_with_the_names_of_letters():
    prefixes = {"HIRAGANA LETTER": "Hira", "THAI CHARACTER": "Thai", "ETHIOPIC SYLLABLE": "Ethi", "NKO LETTER": "Nkoo"}
    for point in range(0x20000):
        name = unicodedata.name(chr(point), "")
        for prefix, script in prefixes.items():
            if name.startswith(prefix):
                assert script_of(chr(point)) == script, name


def test_the_dominant_script_is_that_of_most_letters_over_all_texts():
    assert dominant_script(["abc", "これはかな", "デ"]) == "Hira"


def test_the_table_agrees_with_another_implementation():
    """Over what this Python knows as assigned: newer characters may be newer in one of the two."""
    regex = pytest.importorskip("regex")
    by_script = defaultdict(list)
    for point in range(0x110000):
        if unicodedata.category(chr(point)) not in {"Cn", "Cs", "Co"}:
            by_script[script_of(chr(point))].append(chr(point))
    assert len(by_script) > 150
    for script, characters in by_script.items():
        assert regex.sub(rf"\p{{Script={script}}}+", "", "".join(characters)) == "", script


@pytest.mark.parametrize("texts", [[], [""], ["12, 34!", "😀"]])
def test_without_letters_the_dominant_script_is_common(texts):
    assert dominant_script(texts) == "Zyyy"


def test_scripts_without_blanks_between_words_are_known():
    unspaced = {script for script in SAMPLES if is_unspaced(script)}
    assert unspaced == {"Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Tavt", "Java", "Yiii"}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        (" \t\u3000\n", 0),
        ("two words", 8),
        ("日本語。", 4),
        ("नमस्ते", 4),  # four consonants; vowel signs and virama are marks
        ("กำ", 2),  # sara am is a letter in Unicode
        ("e\u0301", 1),
        ("한국", 2),
        (unicodedata.normalize("NFD", "한국"), 2),
        ("می\u200cخواهم", 7),
        ("👩\u200d👧", 2),
    ],
)
def test_units_count_letters_and_not_marks_blanks_or_controls(text, length):
    assert units(text) == length


@given(st.text(alphabet=st.characters(categories=["L", "M"], max_codepoint=0x2FFF)))
def test_blanks_and_controls_never_change_the_length(text):
    assert units(" \u200b".join(text)) == units(text)
