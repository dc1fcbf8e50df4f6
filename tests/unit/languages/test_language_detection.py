"""What script and language texts are in, as far as that can be told."""

import pytest

from simcse_ml.languages.detect import MOST_PIECES, detect


@pytest.mark.parametrize(
    ("text", "code", "script"),
    [
        ("これは日本語の文章です。駅まで歩いて行きました。", "ja", "Hira"),
        ("The quick brown fox jumps over the lazy dog every morning.", "en", "Latn"),
        ("Сегодня утром мы пошли в лес собирать грибы.", "ru", "Cyrl"),
        ("ዛሬ ጠዋት ወደ ገበያ ሄድን።", "am", "Ethi"),
        ("ວັນນີ້ພວກເຮົາໄປຕະຫຼາດ", "lo", "Laoo"),
    ],
)
def test_the_language_is_told_by_its_words(text, code, script):
    found = detect([text])
    assert (found.languages[0][0], found.scripts[0][0], found.by) == (code, script, "words")
    assert 0.5 < found.languages[0][1] <= 1.0


def test_a_script_that_no_detector_knows_gives_the_languages_written_in_it():
    found = detect(["ߒ ߓߍ߫ ߕߊ߯ ߟߊ߫ ߟߐ߯ߝߌߟߊ߫ ߟߊ߫"])
    assert (found.languages, found.by) == ((("nqo", 1.0),), "script")


@pytest.mark.parametrize("pieces", [[], [""], ["12 34", "!!! 😀"]])
def test_without_letters_there_is_no_language(pieces):
    found = detect(pieces)
    assert (found.scripts, found.languages, found.by) == ((), (), "nothing")


def test_a_script_without_a_language_in_the_table_is_still_named():
    found = detect(["𐌰𐌱𐌲"])  # Gothic
    assert (found.scripts, found.by) == ((("Goth", 1.0),), "nothing")


def test_shares_of_scripts_add_up_and_mixtures_show_both_languages():
    pieces = ["Das ist ein ganz gewöhnlicher deutscher Satz.", "Сегодня утром мы пошли в лес."] * MOST_PIECES
    found = detect(pieces)
    assert sum(share for _, share in found.scripts) == pytest.approx(1.0)
    assert [script for script, _ in found.scripts] == ["Latn", "Cyrl"]


def test_real_texts_are_recognised(shared):
    for code in ("ja", "ko", "th", "my", "ha", "sw", "hi", "uk", "vi", "zu", "am", "si"):
        file = sorted(shared(f"text/{code}").glob("*.txt"))[0]
        lines = file.read_text(encoding="utf-8")[:20_000].split("\n")
        assert detect(lines).languages[0][0] == code
