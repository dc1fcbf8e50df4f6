"""By which codes and tags a language is found, and what a script in the tag, or none, changes."""

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import all_languages, decided, find_language, lang_info, script_name

SPELLINGS = {
    "ja": "ja jpn JA ja-JP ja_JP jpn-Jpan jpn_Jpan ja-Hrkt ja-Latn ja-Latn-JP",
    "zh": "zh zho chi cmn zh-CN zh_CN zh-Hans zh-Hans-CN cmn-Hans cmn_Hani zh-Hani zh-SG zh-Latn",
    "zh-TW": "zh-TW zh_TW ZH-tw zh-Hant zh-Hant-TW cmn-Hant zh-MO",
    "zh-HK": "zh-HK zh-Hant-HK yue yue-HK yue_Hant zh-yue",
    "nan": "nan zh-min-nan nan-Latn nan-Hani",
    "ko": "ko kor ko-KR ko-Kore ko-Kore-KR ko-Hang",
    "sr": "sr srp sr-Latn sr_Cyrl sr-Cyrl-RS sr-Latn-ME hbs sh srp_Latn",
    "uz": "uz uzb uzn uz-Cyrl uz-Latn-UZ uzn_Latn uz-Cyrl-UZ",
    "uzs": "uzs uz-Arab uz-AF",
    "ar": "ar ara arb ar-EG ar-001 arb_Arab ar-Latn",
    "ary": "ary ary_Arab ary-Latn",
    "fa": "fa fas per pes prs fa-AF fa-IR pes_Arab",
    "sw": "sw swa swh sw-KE swh_Latn",
    "ms": "ms msa may zsm ms-Arab zsm_Latn",
    "nb": "nb nob no nor no-NO nb-NO nob_Latn",
    "nn": "nn nno nn-NO",
    "he": "he heb iw he-IL iw-IL",
    "yi": "yi yid ji ydd",
    "id": "id ind in in-ID",
    "ro": "ro ron rum mo mo-Cyrl ro-MD",
    "tl": "tl tgl fil fil-PH",
    "km": "km khm km-KH",
    "mn": "mn mon khk mn-Mong mn-Cyrl khk_Cyrl",
    "kok": "kok gom gom-Deva knn",
    "ne": "ne nep npi",
    "or": "or ori ory ory_Orya",
    "az": "az aze azj az-Latn az-Cyrl azj_Latn",
    "azb": "azb az-Arab az-IR",
    "lv": "lv lav lvs",
    "et": "et est ekk et-EE",
    "ku": "ku kur kmr kmr-Latn ku-Latn",
    "ckb": "ckb ku-Arab ckb-IQ ku-IQ",
    "sdh": "sdh",
    "pnb": "pnb pa-Arab pa-PK pa-Arab-PK",
    "pa": "pa pan pa-Guru pa-IN",
    "ug": "ug uig uig_Arab uig_Latn ug-Cyrl ug-CN",
    "kk": "kk kaz kk-Arab kk-Cyrl kk-Latn-KZ",
    "mni": "mni mni-Mtei mni-Beng",
    "ks": "ks kas ks-Deva kas_Arab",
    "ha": "ha hau ha-Arab ha-NG",
    "sq": "sq sqi alb als",
    "hi": "hi hin hi-Latn hi_rom HI-in",
    "my": "my mya bur my-Qaag my_zaw",
    "bn": "bn ben bn_rom bn-BD",
    "sa": "sa san san-Gran",
    "jv": "jv jav jav-Java",
    "de": "de deu ger de-1996 de-CH-1901 de-Latf",
    "pt": "pt por pt-BR PT_br",
    "und": "und mul mis",
}
CASES = [(tag, code) for code, tags in SPELLINGS.items() for tag in tags.split()]


def test_there_are_many_cases():
    assert len(CASES) > 200


@pytest.mark.parametrize(("tag", "code"), CASES)
def test_a_spelling_finds_its_language(tag, code):
    assert lang_info(tag).code == code
    assert lang_info(f" {tag.upper()} ").code == code


@pytest.mark.parametrize(
    ("tag", "scripts", "direction", "spaced", "encoding"),
    [
        ("sr-Latn", ("Latn",), "ltr", True, "cp1250"),
        ("sr-Cyrl", ("Cyrl",), "ltr", True, "cp1251"),
        ("uz-Cyrl", ("Cyrl",), "ltr", True, "cp1251"),
        ("ms-Arab", ("Arab",), "rtl", True, "cp1256"),
        ("ha-Arab", ("Arab",), "rtl", True, "cp1256"),
        ("kk-Arab", ("Arab",), "rtl", True, "cp1256"),
        ("ja-Latn", ("Latn",), "ltr", True, "cp1252"),
        ("jv-Java", ("Java",), "ltr", False, None),
        ("mn-Mong", ("Mong",), "ltr", True, None),
        ("yi-Latn", ("Latn",), "ltr", True, "cp1252"),
        ("ja-Jpan", ("Hira", "Kana", "Hani"), "ltr", False, "cp932"),
    ],
)
def test_a_script_in_the_tag_brings_its_rules(tag, scripts, direction, spaced, encoding):
    info = lang_info(tag)
    assert (info.scripts, info.direction, info.spaced) == (scripts, direction, spaced)
    assert (info.encodings[0] if info.encodings else None) == encoding


def test_a_script_that_the_language_has_not_in_the_table_is_taken_and_said():
    assert "Japanese in Latin script is not in the language table" in lang_info("ja-Latn").note
    assert lang_info("sr-Latn").note == lang_info("ja-Jpan").note == ""
    assert "converted to Unicode" in lang_info("my_zaw").note


def test_a_script_that_no_model_reads_leaves_no_model():
    assert lang_info("mni-Mtei").backbones == ()
    assert lang_info("mni-Beng").backbones


UNLISTED = "quc nah bci tpi tlh i-klingon art-lojban kr qaa x-private X_Mine ryu oar akk-Xsux lep".split()


@pytest.mark.parametrize("tag", UNLISTED)
def test_a_language_that_is_not_in_the_table_works_and_says_so(tag):
    info = lang_info(tag)
    assert find_language(tag) is None
    assert info.note.startswith(f"{info.code} is not in the language table")
    assert info.scripts and info.terminators and info.splitter


def test_a_code_that_often_means_another_language_asks():
    assert "if Korean was meant, its code is ko" in lang_info("kr").note
    assert "if Kyrgyz was meant, its code is ky" in lang_info("kg").note
    assert lang_info("kg").code == "kg"


@pytest.mark.parametrize(
    ("text", "scripts", "direction", "spaced", "splitter"),
    [
        ("ངའི་མིང་ལ་བཀྲ་ཤིས་ཟེར།", ("Tibt",), "ltr", False, "bo"),
        ("ភាសានេះមិនមាននៅក្នុងតារាង។", ("Khmr",), "ltr", False, "km"),
        ("هذه لغة ليست في الجدول.", ("Arab",), "rtl", True, "ar"),
        ("Tech le winaq pa ri tinamit.", ("Latn",), "ltr", True, "en"),
        ("おきなわのことばです。漢字もある。", ("Hira", "Hani"), "ltr", False, "ja"),
        ("ᰛᰩᰵᰛᰧᰵᰶ", ("Lepc",), "ltr", True, "en"),
    ],
)
def test_the_text_decides_on_the_rules_where_nothing_else_does(text, scripts, direction, spaced, splitter):
    info = decided(lang_info("quc"), [text] * 3)
    assert (info.scripts, info.direction, info.spaced, info.splitter) == (scripts, direction, spaced, splitter)
    name = script_name(scripts[0])
    assert info.note == f"quc is not in the language table: the rules of its script are used, {name} by the text"
    und = decided(lang_info("und"), [text])
    assert (und.direction, und.splitter, und.note) == (direction, splitter, "")
    assert len(und.scripts) > 50  # a mixture has no foreign lines


def test_models_of_an_unlisted_language_follow_its_script():
    assert decided(lang_info("lep"), ["ᰛᰩᰵᰛᰧᰵᰶ"]).backbones == ()
    assert decided(lang_info("lep"), ["नेपाली अक्षर"]).backbones
    assert decided(lang_info("lep"), []) == lang_info("lep")


def test_a_text_does_not_change_a_language_of_the_table():
    assert decided(lang_info("ja"), ["Ceci est du français."]) == lang_info("ja")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        *(("jp", "ja"), ("japanese", "ja"), ("日本語", "ja"), ("xx", None), ("zz-Latn-ZZ", None), ("q", None)),
        *(
            ("ja-Abcd", "ja"),
            ("en-ja", "en"),
            ("de-", "de"),
            ("deutsch", "de"),
            ("xyz-Cyrl", None),
            ("en_US.UTF-8", "en"),
            ("", None),
            ("  ", None),
            ("-", None),
            ("日", None),
        ),
    ],
)
def test_what_is_no_language_is_an_error(wrong, meant):
    with pytest.raises(UserError) as raised:
        lang_info(wrong)
    assert raised.value.exit_code == ExitCode.USAGE
    assert (f"did you mean {meant} (" in raised.value.mend) == (meant is not None)


def test_every_alias_and_every_script_of_a_language_lead_to_it():
    owners = {alias.lower(): info.code for info in all_languages() for alias in info.also}
    for info in all_languages():
        assert {find_language(alias) for alias in info.also} <= {info}
        if "-" in info.code or info.code == "und":
            continue
        for script in info.scripts:
            tag = f"{info.code}-{script}"
            assert find_language(tag).code == owners.get(tag.lower(), info.code)
