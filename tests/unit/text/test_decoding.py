"""Bytes become the text they were, and what was guessed is known."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.decoding import decode
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
