"""Bytes become the text they were, and what was guessed is known."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.decoding import decode
from simcse_ml.text.encodings.names import python_name
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import open_bytes, read_chunks

JAPANESE = "これは文字コードを当てる試験です。短い文でも分かるでしょうか。カタカナもあります。\n" * 5


def decoded(data: bytes, hints: Hints, size: int = 7) -> tuple[str, Facts]:
    facts = Facts("x.txt")
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    return "".join(decode(chunks, facts, hints)), facts


def hints_of(code: str) -> Hints:
    return Hints.of(lang_info(code))


def test_every_shared_file_of_a_known_encoding_is_decoded_to_the_text_it_was_made_from(
    shared: Callable[[str], Path],
) -> None:
    rows = list(csv.DictReader(shared("encodings/MANIFEST.tsv").read_text("utf-8").splitlines(), delimiter="\t"))
    wrong = []
    for row in rows:
        name = row["file"]
        code = "ja" if name.startswith("aozora") else "yue" if name.startswith("zh-hk") else name.split("-")[0]
        facts = Facts(name)
        with open_bytes(shared(f"encodings/{name}")) as file:
            text = "".join(decode(read_chunks(file, facts), facts, hints_of(code)))
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256_of_nfc_utf8_lf_text"]:
            wrong.append((name, facts.encoding))
    assert len(rows) > 20
    assert wrong == []


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_japanese_encodings_are_told_apart(encoding: str) -> None:
    text, facts = decoded(JAPANESE.encode(encoding), hints_of("ja"), 4096)
    assert text == JAPANESE
    assert facts.certainty > 0.9


def test_the_named_encoding_is_used_whatever_the_bytes_look_like() -> None:
    text, facts = decoded("é".encode("latin-1"), Hints("cp1251"))
    assert text == "й"
    assert facts.encoding == "cp1251"


def test_an_unknown_encoding_name_is_a_usage_error() -> None:
    with pytest.raises(UserError) as caught:
        decoded(b"abc", Hints("no-such"))
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_few_bad_bytes_do_not_make_utf8_another_encoding() -> None:
    text, facts = decoded("good 日本語の文です\n".encode() * 5 + b"bad \xff\xfe\n", hints_of("ja"), 4096)
    assert facts.encoding == "utf-8"
    assert text.startswith("good 日本語の文です\n")
    assert "\ufffd" in text


def test_binary_data_are_refused() -> None:
    with pytest.raises(UserError) as caught:
        decoded(bytes(range(256)) * 40, hints_of("en"), 4096)
    assert caught.value.exit_code == ExitCode.INPUT


def test_a_legacy_encoding_that_begins_after_ascii_text_is_still_found() -> None:
    data = ("plain ascii line\n" * 9000).encode() + JAPANESE.encode("euc_jp")
    text, facts = decoded(data, hints_of("ja"), 4096)
    assert text.endswith(JAPANESE)
    assert facts.encoding == "euc_jp"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1), st.integers(1, 9)
)
def test_utf8_survives_any_division_into_chunks(text: str, size: int) -> None:
    assert decoded(text.encode(), Hints(), size)[0] == text


SENTENCES = {
    "ja": "今日は朝から雨が降っているので、駅まで歩かずにバスに乗りました。",
    "th": "วันนี้ฝนตกตั้งแต่เช้า ฉันจึงนั่งรถเมล์ไปสถานีรถไฟ",
    "am": "ዛሬ ከጠዋት ጀምሮ ዝናብ ስለሚዘንብ ወደ ጣቢያው በአውቶቡስ ሄድኩ።",
    "ar": "كان المطر يهطل منذ الصباح فذهبت إلى المحطة بالحافلة.",
    "hi": "आज सुबह से बारिश हो रही है इसलिए मैं बस से स्टेशन गया।",
    "bo": "དེ་རིང་ཞོགས་པ་ནས་ཆར་པ་འབབ་ཀྱི་འདུག",
    "my": "ဒီနေ့ မနက်ကတည်းက မိုးရွာနေတယ်။",
    "ko": "오늘은 아침부터 비가 와서 역까지 버스를 타고 갔습니다.",
    "ru": "Сегодня с утра идёт дождь, поэтому на вокзал я поехал на автобусе.",
    "pl": "Dziś od rana pada deszcz, więc pojechałem na dworzec autobusem, a żona została w łóżku.",
    "tr": "Bugün sabahtan beri yağmur yağıyor, bu yüzden istasyona otobüsle gittim, çocuğum şaşırdı.",
    "el": "Σήμερα βρέχει από το πρωί, γι' αυτό πήγα στον σταθμό με το λεωφορείο.",
    "zh": "今天从早上开始下雨，所以我坐公共汽车去了火车站。",
    "vi": "Hôm nay trời mưa từ sáng nên tôi đi xe buýt đến nhà ga.",
}
LEGACY = [
    ("ja", "cp932"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("th", "cp874"), ("ar", "cp1256"), ("ar", "iso8859_6"),
    ("ko", "cp949"), ("ko", "euc_kr"), ("ko", "johab"), ("ko", "iso2022_kr"), ("ru", "cp1251"), ("ru", "koi8_r"),
    ("ru", "cp866"), ("ru", "iso8859_5"), ("pl", "cp1250"), ("pl", "iso8859_2"), ("pl", "cp852"), ("tr", "cp1254"),
    ("el", "cp1253"), ("el", "cp737"), ("zh", "gb18030"), ("zh", "hz"),
]  # fmt: skip


@pytest.mark.parametrize("told", ["right", "nothing", "wrong"])
@pytest.mark.parametrize(("code", "encoding"), LEGACY)
def test_one_sentence_tells_its_encoding_whatever_language_was_told(code: str, encoding: str, told: str) -> None:
    hints = hints_of({"right": code, "nothing": "und", "wrong": "en"}[told])
    text, facts = decoded((SENTENCES[code] + "\n").encode(encoding), hints, 4096)
    assert text == SENTENCES[code] + "\n", facts.encoding


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_units_without_a_mark_are_known_by_their_pattern(code: str, encoding: str) -> None:
    text = (SENTENCES[code] + "\n") * 3
    assert decoded(text.encode(encoding), hints_of(code), 4096)[0] == text


@pytest.mark.parametrize("code", ["ja", "th", "am", "ko", "zh"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_units_are_known_without_a_blank_or_a_line_end(code: str, encoding: str) -> None:
    text = "".join(letter for letter in SENTENCES[code] if letter > "\u00ff") * 3
    assert decoded(text.encode(encoding), hints_of(code), 4096)[0] == text


def test_one_wrong_byte_costs_its_line_and_no_other() -> None:
    lines = [f"{number}番目の行には、前の行とは違う文が書いてあります。" for number in range(200)]
    data = [line.encode("cp932") for line in lines]
    data[100] = data[100][:9] + b"\xff" + data[100][9:]
    text, facts = decoded(b"\n".join(data), hints_of("ja"), 4096)
    found = text.split("\n")
    assert facts.encoding == "cp932"
    assert "\ufffd" in found[100]
    assert found[:100] + found[101:] == lines[:100] + lines[101:]
    assert facts.damaged == 1
    assert "could not be read as CP932" in facts.warnings[0]


def mixed(name: str, hints: Hints) -> tuple[str, Facts]:
    lines = [f"Ligne numéro {number} : déjà l'été où l'on s'en allait à la mer." for number in range(100)]
    data = b"\n".join(line.encode(name if number % 10 == 0 else "utf-8") for number, line in enumerate(lines))
    return decoded(data, hints, 1000)


def test_lines_of_another_encoding_are_said_and_left_out() -> None:
    text, facts = mixed("cp1252", hints_of("fr"))
    assert facts.encoding == "utf-8"
    assert sum("\ufffd" in line for line in text.split("\n")) == 10
    assert any("10 lines (10 %) are not UTF-8 but would read as CP1252" in warning for warning in facts.warnings)


def test_lines_of_another_encoding_are_read_if_asked_for() -> None:
    text, facts = mixed("cp1252", replace(hints_of("fr"), mixed_encodings="by_line"))
    assert "\ufffd" not in text
    assert all("déjà l'été où l'on s'en allait à la mer" in line for line in text.split("\n"))
    assert any("were read as CP1252" in warning for warning in facts.warnings)


def test_lines_of_another_encoding_far_behind_the_head_are_said() -> None:
    start = ("© 2020 une déjà grande société\n" * 400 + "nothing but ascii letters here\n" * 160_000).encode()
    text, facts = decoded(start + "déjà vu, été comme hiver\n".encode("cp1252") * 7, hints_of("fr"), 1 << 16)
    assert len(start) > 1 << 22
    assert text.count("\ufffd") == 7 * 4
    assert any("7 lines" in warning and "CP1252" in warning for warning in facts.warnings)


def test_surrogate_pairs_in_utf8_are_read_as_what_they_mean() -> None:
    data = "よくできました ".encode() + b"\xed\xa0\xbd\xed\xb8\x80 \xc0\x80\n"
    text, facts = decoded(data * 3, hints_of("ja"), 4096)
    assert text == "よくできました 😀 \0\n" * 3
    assert any("CESU-8" in warning for warning in facts.warnings)
    assert any("3 NUL" in warning for warning in facts.warnings)


@pytest.mark.parametrize("data", [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff"])
def test_what_utf8_forbids_is_damage(data: bytes) -> None:
    text, facts = decoded(
        "これは正しい行です。\n".encode() * 9 + "壊れた".encode() + data + b"\n", hints_of("ja"), 4096
    )
    assert facts.encoding == "utf-8"
    assert text.startswith("これは正しい行です。\n" * 9)
    assert "\ufffd" in text
    assert facts.damaged == 1


@pytest.mark.parametrize("name", ["rot13", "base64", "zip", "hex", "idna", "unicode_escape", "a\0b", "no-such", "язык"])
def test_names_that_are_no_encoding_of_files_are_usage_errors(name: str) -> None:
    with pytest.raises(UserError) as caught:
        python_name(name)
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(("wrong", "right"), [("cp-932x", "cp932"), ("koi8r-", "koi8_r"), ("utf9", "utf-8")])
def test_a_misspelled_encoding_is_answered_with_near_names(wrong: str, right: str) -> None:
    with pytest.raises(UserError) as caught:
        python_name(wrong)
    assert right in str(caught.value.mend)


def test_a_wrong_name_of_which_hardly_a_line_decodes_is_an_error_that_names_the_right_one() -> None:
    with pytest.raises(UserError) as caught:
        decoded(JAPANESE.encode() * 5, replace(hints_of("ja"), encoding="cp932"), 4096)
    assert caught.value.exit_code == ExitCode.INPUT
    assert "UTF-8" in str(caught.value.mend)


def test_a_wrong_name_that_decodes_is_used_and_doubted() -> None:
    text, facts = decoded((SENTENCES["ru"] + "\n").encode("cp1251") * 5, Hints("koi8-r"), 4096)
    assert text == ((SENTENCES["ru"] + "\n") * 5).encode("cp1251").decode("koi8-r")
    assert any("reads oddly as KOI8-R; it reads well as CP1251" in warning for warning in facts.warnings)


def test_a_right_name_is_not_doubted() -> None:
    for code, encoding in LEGACY:
        facts = decoded((SENTENCES[code] + "\n").encode(encoding) * 5, replace(hints_of(code), encoding=encoding))[1]
        assert facts.warnings == [], (code, encoding)


def test_a_byte_order_mark_that_contradicts_the_name_is_said() -> None:
    data = b"\xef\xbb\xbf" + "déjà vu\n".encode("cp1252")
    facts = decoded(data, Hints("cp1252"))[1]
    assert any("byte order mark of UTF-8" in warning for warning in facts.warnings)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_give_text_or_an_error_with_a_mend(data: bytes, size: int) -> None:
    try:
        text, facts = decoded(data, Hints(), size)
    except UserError as error:
        assert error.mend
    else:
        assert facts.encoding
        assert 0.0 <= facts.certainty <= 1.0
        text.encode("utf-8")
