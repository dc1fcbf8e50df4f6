"""What script and language texts are in, as far as that can be told."""

import pytest

from simcse_ml.languages.detect import MOST_PIECES, detect, mistaken_for
from simcse_ml.languages.table import lang_info


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


SMALL = 40
"""lines of a file that are looked at here; benchmarks/language_detection.py looks at all that count"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("བོད་ཀྱི་ཡི་གེ་ནི་དེ་རེད། བསྟན་པའི་དོན་ལ་བཤད་པར་བྱ།", "bo"),
        ("རྫོང་ཁ་འདི་ འབྲུག་ལུ་ཨིན། མི་ཚུ་གིས་ལཱ་འབད་ཨིན་པས།", "dz"),
        ("እዚ ናይ ሎሚ ዜና እዩ። ኣብ ከተማ ከም ትማሊ እዩ።", "ti"),
        ("דער מאַן איז געגאַנגען אין שטאָט און די פרוי צו זײַן הויז.", "yi"),
        ("یہ کتاب میز کی طرف سے ہے اور اس میں کہانی کا نام ہے۔", "ur"),
        ("ایہ کتاب میز دے اتے اے تے اوہ نوں کہانی وچ دا ناں دی۔", "pnb"),
        ("這個人說我們會來這裡，因為他們沒對國家說。", "zh-TW"),
        ("这个人说我们会来这里，因为他们没对国家说。", "zh"),
        ("呢個係佢嘅屋企，佢唔喺度，食咗飯。", "zh-HK"),
        ("نان و کتاب لە ماڵەوە و بۆ ئەم کارە بە دەست کە هاتن", "ckb"),
    ],
)
def test_common_words_tell_languages_that_share_a_script(text, code):
    found = detect([text])
    assert found.languages[0][0] == code
    assert found.by == "words"


def test_a_language_that_nobody_knows_is_not_told_with_certainty():
    """Invented words in Latin letters: whatever py3langid says, the commonest words of that language are missing."""
    found = detect(
        ["Brolt grunkelim vaspo drenzi kolmuf tarpe shivo.", "Fendril mosku pralt vinzo grelm opusk dranti."]
    )
    assert all(certainty < 0.5 for _, certainty in found.languages)


def test_the_words_of_a_language_refute_a_wrong_code():
    german = ["Das ist nicht der Weg zu den Häusern und die Katze ist ein Tier."] * 5
    assert mistaken_for(german, lang_info("en")).code == "de"
    assert mistaken_for(german, lang_info("de")) is None
    assert mistaken_for(german, lang_info("und")) is None
    assert mistaken_for([], lang_info("en")) is None
    assert mistaken_for(["ᎣᏏᏲ"], lang_info("chr")) is None


def shared_files(shared):
    names = {"chr_cased": "chr", "chr_uppercase": "chr", "fuf_adlm": "fuf", "san_gran": "sa", "jav_java": "jv"}
    names |= {"uig_arab": "ug", "uig_latn": "ug"}
    for file in sorted(shared("text").glob("*/*.txt")):
        tag = file.parent.name if file.parent.name != "udhr" else names.get(file.stem, file.stem)
        lines = [line for line in file.read_text(encoding="utf-8")[:60_000].split("\n") if line.strip()]
        yield file, lang_info(tag), lines[:: max(1, len(lines) // SMALL)]


def test_scripts_are_always_told_and_wrong_languages_are_seldom_certain(shared):
    right, sure, total = 0, [], 0
    for file, info, lines in shared_files(shared):
        found = detect(lines)
        assert found.scripts[0][0] in info.scripts, file
        code, certainty = found.languages[0] if found.languages else ("", 0.0)
        total += 1
        right += code == info.code
        if code != info.code and certainty > 0.8 and found.by == "words":
            sure.append((file.name, code))
    assert total == 150
    assert right >= 0.92 * total
    assert {code for _, code in sure} <= {"zh-TW", "es", "kab"}, "Traditional Chinese in zh, Ladino, Tamazight"
