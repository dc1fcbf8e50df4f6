"""What the table says of languages, and by which codes they are found."""

import subprocess
import sys
import unicodedata

import pytest

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, script_counts
from simcse_ml.languages.table import all_languages, lang_info

LANGUAGES = all_languages()
NAMED = [info for info in LANGUAGES if info.code != "und"]


def code(info):
    return info.code


def test_the_table_is_wide_and_sorted():
    codes = [info.code for info in LANGUAGES]
    assert len(codes) > 250
    assert codes == sorted(codes)


@pytest.mark.parametrize("info", NAMED, ids=code)
def test_a_language_writes_its_own_name_in_one_of_its_scripts(info):
    used = set(script_counts(info.own_name)) - NOT_OF_ONE_SCRIPT
    assert used
    assert used <= set(info.scripts)


@pytest.mark.parametrize("info", LANGUAGES, ids=code)
def test_the_facts_of_a_language_are_usable(info):
    assert not any(character.isspace() or character.isalnum() for character in info.terminators)
    assert len(set(info.terminators)) == len(info.terminators)
    assert info.own_name == unicodedata.normalize("NFC", info.own_name)
    for encoding in info.encodings:
        assert "a".encode(encoding)
    assert len(set(info.encodings)) == len(info.encodings)


@pytest.mark.parametrize("info", NAMED, ids=code)
def test_multilingual_models_are_proposed_where_they_know_the_letters_and_only_there(info):
    assert ("intfloat/multilingual-e5-small" in [model.id for model in info.backbones]) == (info.multilingual != "none")


def test_the_unknown_language_takes_any_script():
    und = lang_info("und")
    assert {script for info in NAMED for script in info.scripts} <= set(und.scripts)
    assert {"Latn", "Hira", "Nkoo", "Lisu"} <= set(und.scripts)


def test_japanese_has_what_the_rest_of_the_program_relies_on():
    ja = lang_info("ja")
    assert (ja.spaced, ja.normalisation, ja.encodings[0], ja.direction) == (False, "nfkc", "cp932", "ltr")
    assert set("。！？") <= set(ja.terminators)
    zero = [model.id for model in ja.backbones if model.dropout == 0]
    assert "sbintuitions/modernbert-ja-30m" in zero


def test_the_reasons_for_normalising_less_than_nfkc_still_hold():
    """langs.yaml gives these as what NFKC would do; see its comment on normalisation."""
    harmed = {"th": "ทำ", "lo": "ນຳ", "ko": "ㅋㅋ", "hy": "և", "ar": "\ufe77", "zh": "，？"}
    for language, text in harmed.items():
        assert lang_info(language).normalisation == "nfc"
        assert unicodedata.normalize("NFC", text) == text
        assert unicodedata.normalize("NFKC", text) != text
    assert unicodedata.normalize("NFKC", "ｶﾞｯｺｳ ＡＢＣ１２３ ㌔") == "ガッコウ ABC123 キロ"


PROMPTED = [info for info in NAMED if info.prompt]


def test_most_languages_of_the_multilingual_models_have_a_prompt():
    assert len(PROMPTED) >= 100


@pytest.mark.parametrize("info", PROMPTED, ids=code)
def test_a_prompt_is_in_the_language_s_own_script_and_quotes_the_sentence(info):
    own = info.prompt.replace("{sentence}", "").replace("{mask}", "")
    assert set(script_counts(own)) - NOT_OF_ONE_SCRIPT <= set(info.scripts)
    before, after = info.prompt.split("{sentence}")
    assert before.rstrip()[-1] in '"“„«「”»', "an opening mark"
    assert after.lstrip()[0] in '"“”»」«', "a closing mark"
    assert info.prompt[-1] in info.terminators or info.code == "th"


@pytest.mark.parametrize("info", [info for info in NAMED if info.words], ids=code)
def test_common_words_are_in_the_language_s_scripts(info):
    assert len(info.words) >= 4
    assert set(script_counts("".join(info.words))) - NOT_OF_ONE_SCRIPT <= set(info.scripts)
    assert "".join(info.words) == "".join(info.words).lower()


def test_right_to_left_scripts_are_marked():
    assert {info.code for info in NAMED if info.direction == "rtl"} >= {
        "ar",
        "he",
        "fa",
        "ur",
        "yi",
        "dv",
        "nqo",
        "aii",
    }
    assert all(info.direction == "ltr" for info in NAMED if info.scripts[0] in {"Latn", "Cyrl", "Deva", "Hira"})


def test_the_table_needs_neither_numpy_nor_torch():
    program = (
        "import sys; from simcse_ml.languages.table import lang_info; lang_info('ja'); "
        "print([m for m in ('numpy', 'torch', 'transformers', 'regex', 'py3langid') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
