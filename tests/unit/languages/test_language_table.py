"""What the table says of languages, and by which codes they are found."""

import subprocess
import sys
import unicodedata

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, is_unspaced, script_counts, units
from simcse_ml.languages.table import all_languages, find_language, lang_info

LANGUAGES = all_languages()
NAMED = [info for info in LANGUAGES if info.code != "und"]


def code(info):
    return info.code


def test_the_table_is_wide_and_sorted():
    codes = [info.code for info in LANGUAGES]
    assert len(codes) >= 60
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
    assert all(model.licence in {"mit", "apache-2.0"} for model in info.backbones)


@pytest.mark.parametrize("info", NAMED, ids=code)
def test_multilingual_models_are_proposed_where_they_know_the_letters_and_only_there(info):
    assert ("intfloat/multilingual-e5-small" in [model.id for model in info.backbones]) == (info.multilingual != "none")


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        *(("jpn", "ja"), ("arb", "ar"), ("hau", "ha"), ("kin", "rw"), ("swa", "sw"), ("swh", "sw"), ("dzo", "dz")),
        *(("cmn", "zh"), ("khk", "mn"), ("pes", "fa"), ("zsm", "ms"), ("no", "nb"), ("iw", "he"), ("fil", "tl")),
        *(("zh-Hant-TW", "zh-TW"), ("zh_TW", "zh-TW"), ("zh-Hant", "zh-TW"), ("zh-Hans-CN", "zh"), ("ZH-tw", "zh-TW")),
        *(("zh-Hant-HK", "zh-HK"), ("yue", "zh-HK"), ("sr-Latn", "sr"), ("sr-Cyrl-RS", "sr"), ("pt-BR", "pt")),
        *(("eng_Latn", "en"), ("jpn_Jpan", "ja"), ("ko-Kore-KR", "ko"), ("pa-Arab", "pnb"), (" JA ", "ja")),
    ],
)
def test_other_spellings_find_the_language(spelling, expected):
    assert lang_info(spelling).code == expected


@pytest.mark.parametrize("info", LANGUAGES, ids=code)
def test_every_alias_and_every_script_of_a_language_lead_to_it(info):
    assert [find_language(alias) for alias in info.also] == [info] * len(info.also)
    if "-" not in info.code and info.code != "und":
        assert {find_language(f"{info.code}-{script}").code for script in info.scripts} <= {info.code, "ckb", "pnb"}


@pytest.mark.parametrize("wrong", ["ja-Latn", "xx", "", "  ", "-", "zz-Latn-ZZ", "日"])
def test_what_is_no_code_is_not_found(wrong):
    assert find_language(wrong) is None
    with pytest.raises(UserError) as raised:
        lang_info(wrong)
    assert raised.value.exit_code == ExitCode.USAGE


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


def shared_folder(shared, name):
    return sorted(path for path in shared(name).iterdir() if path.is_dir())


def test_every_folder_of_the_shared_texts_is_a_language(shared):
    for folder in shared_folder(shared, "text"):
        if folder.name != "udhr":  # a collection of many
            assert find_language(folder.name), folder.name


def test_every_folder_of_the_shared_pairs_is_a_language(shared):
    for folder in shared_folder(shared, "sts"):
        assert find_language(folder.name.partition("-")[0]), folder.name


def test_texts_are_written_as_the_table_says(shared):
    """Script, and whether blanks part words: letters between blanks are few in spaced texts, many in others."""
    for folder in shared_folder(shared, "text"):
        info = find_language(folder.name)
        if info is None:
            continue
        text = "\n".join(path.read_text(encoding="utf-8")[:50_000] for path in sorted(folder.glob("*.txt")))
        counts = script_counts(text)
        own = sum(counts[script] for script in info.scripts)
        assert own > 0.9 * sum(count for script, count in counts.items() if script not in NOT_OF_ONE_SCRIPT), info.code
        assert (units(text) / len(text.split()) < 8) == info.spaced or info.code == "my", info.code
        assert is_unspaced(info.scripts[0]) != info.spaced


def test_texts_end_their_lines_with_the_terminators_of_the_table(shared):
    for name in ("ja/aozora-novels", "am/flores-200-dev", "bo/derge-kangyur-volume1", "hy/wikipedia-paragraphs"):
        info = lang_info(name.partition("/")[0])
        lines = shared(f"text/{name}.txt").read_text(encoding="utf-8").split("\n")
        ends = [line.rstrip('」”" ')[-1:] for line in lines if len(line) > 20]
        assert sum(end in info.terminators for end in ends) > 0.75 * len(ends), name


def test_the_table_needs_neither_numpy_nor_torch():
    program = (
        "import sys; from simcse_ml.languages.table import lang_info; lang_info('ja'); "
        "print([m for m in ('numpy', 'torch', 'transformers', 'regex', 'py3langid') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
