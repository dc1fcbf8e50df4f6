"""Learning a tokenizer: the same from the same text, and from little text too."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.models.tokenizer_training import UNKNOWN, even_sample, probabilities, train_tokenizer
from simcse_ml.settings.schema import StaticSettings

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [
    "Kedi evde uyuyor, köpek bahçede.",
    "京都の寺は古い。東京タワーは新しい。",
    "개가 마당에서 뛴다!",
    "12 elma 345",
] * 9
DIGEST = """
import hashlib
from simcse_ml.languages.table import lang_info
from simcse_ml.models.tokenizer_training import train_tokenizer
from simcse_ml.settings.schema import StaticSettings
texts = {texts!r}
print(hashlib.sha256(train_tokenizer(texts, lang_info("ja"), StaticSettings()).to_str().encode()).hexdigest())
"""


def pieces(text: str, language: str = "ja", texts: list[str] = TEXTS) -> list[str]:
    return train_tokenizer(texts, lang_info(language), StaticSettings()).encode(text).tokens


def test_two_processes_learn_the_same_bytes():
    here = train_tokenizer(TEXTS, lang_info("ja"), StaticSettings()).to_str().encode()
    printed = {
        subprocess.run(
            [sys.executable, "-c", DIGEST.format(texts=TEXTS)],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {hashlib.sha256(here).hexdigest()}


def test_the_order_of_the_text_does_not_matter():
    one, other = (train_tokenizer(texts, lang_info("ja"), StaticSettings()) for texts in (TEXTS, TEXTS[::-1]))
    assert one.to_str() == other.to_str()


def test_a_word_is_the_same_piece_wherever_it_stands():
    assert pieces("kedi uyuyor kedi") == pieces("kedi") + pieces("uyuyor") + pieces("kedi")


def test_punctuation_and_blanks_have_no_piece():
    assert pieces("kedi, kedi !!") == pieces("kedi kedi")
    assert pieces("  。、 ") == []


def test_japanese_is_cut_where_its_script_changes():
    for piece in pieces("東京タワーは新しい"):
        assert not ("タ" in piece and "京" in piece)


@pytest.mark.parametrize(("language", "expected"), [("tr", "ısınmak istiyor"), ("az", "ısınmak istiyor")])
def test_languages_with_a_dotless_i_keep_two_letters(language: str, expected: str):
    texts = ["ISINMAK İSTİYOR", "ısınmak istiyor"] * 10
    assert pieces("ISINMAK İSTİYOR", language, texts) == pieces(expected, language, texts)
    assert UNKNOWN not in pieces(expected, language, texts)


def test_characters_are_all_there_when_fewer_pieces_are_asked_for():
    texts = ["".join(chr(0x4E00 + 10 * i + j) for j in range(10)) for i in range(40)]
    trained = train_tokenizer(texts, lang_info("zh"), StaticSettings(vocabulary=200))
    assert UNKNOWN not in trained.encode(texts[7]).tokens


@pytest.mark.parametrize("texts", [["a"], ["東"], ["one two"], ["▁ \t ▁ a"]])
def test_almost_no_text_is_enough(texts: list[str]):
    assert train_tokenizer(texts, lang_info("en"), StaticSettings()).get_vocab_size() >= 2


@pytest.mark.parametrize("texts", [[], [""], ["...", " "]])
def test_text_without_a_word_is_refused(texts: list[str]):
    with pytest.raises(UserError) as refused:
        train_tokenizer(texts, lang_info("en"), StaticSettings())
    assert refused.value.exit_code == ExitCode.INPUT


def test_shares_of_pieces_are_shares():
    shares = probabilities(train_tokenizer(TEXTS, lang_info("ja"), StaticSettings()))
    assert UNKNOWN not in shares
    assert all(0 < share <= 1 for share in shares.values())
    assert shares["の"] > 0


@given(st.lists(st.text(max_size=8), max_size=60), st.integers(min_value=1, max_value=100))
def test_a_sample_fits_and_keeps_the_order(texts: list[str], limit: int):
    kept = even_sample(texts, limit)
    assert len(kept) <= 1 or sum(len(text.encode("utf-8", "surrogatepass")) for text in kept) <= limit
    rest = iter(texts)
    assert all(any(text == other for other in rest) for text in kept)


def test_a_sample_reaches_to_the_end_of_the_text():
    kept = even_sample((f"{number:05d}" for number in range(10_000)), 500)
    assert 50 <= len(kept) <= 100
    assert kept[0] == "00000"
    assert int(kept[-1]) > 9_800
