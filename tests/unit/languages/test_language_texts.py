"""What the table says of a language, against real text in it; and that nothing known is missing."""

import unicodedata
from collections import Counter

import pytest

from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, is_unspaced, script_counts, units
from simcse_ml.languages.table import decided, find_language, lang_info

XLM_R = (
    "af am ar as az be bg bn bn_rom br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hi_rom hr "
    "hu hy id is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my my_zaw ne nl no om or pa pl ps pt ro "
    "ru sa sd si sk sl so sq sr su sv sw ta ta_rom te te_rom th tl tr ug uk ur ur_rom uz vi xh yi zh-Hans zh-Hant"
).split()
"""as in fairseq's examples/xlmr/README.md: Latin-letter bn hi ta te ur, Zawgyi my, and two of zh"""
UDHR = {
    **{"chr_cased": "chr", "chr_uppercase": "chr", "fuf_adlm": "fuf-Adlm", "jav_java": "jv-Java", "tzm": "tzm-Latn"},
    **{"san_gran": "sa-Gran", "uig_arab": "ug-Arab", "uig_latn": "ug-Latn"},
}
"""names of the udhr folder that are no tags, or not with the script that the file is in"""
UNLISTED = {"chj", "nio"}
CLOSING = "\"'”’»)]』」）›"
OPEN_ENDS = set(",;:،؛、，၊፡፣៖་܆⹁꧈{}([-–—·*/%&\\@#_")
"""ends of a line that end no sentence"""

ABBREVIATED = {"bn", "dz", "th"}
"""a full stop at the end of a line is there, but inside sentences it marks abbreviations: left out on purpose"""


def texts(folder):
    """(tag, its text) for every language folder and every declaration."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "udhr":
            files = sorted(path.glob("*.txt"))
            yield path.name, "\n".join(file.read_text(encoding="utf-8")[:60_000] for file in files)
    for file in sorted((folder / "udhr").glob("*.txt")):
        yield UDHR.get(file.stem, file.stem), file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def samples(shared):
    return [(tag, decided(lang_info(tag), text.split("\n")), text) for tag, text in texts(shared("text"))]


@pytest.mark.parametrize("tag", XLM_R)
def test_every_language_of_xlm_roberta_is_in_the_table(tag):
    info = lang_info(tag)
    assert find_language(tag)
    assert info.multilingual == "trained" or tag.endswith("_rom")
    assert info.backbones


def test_xlm_roberta_has_a_hundred():
    assert len(XLM_R) == len(set(XLM_R)) == 100


def test_every_folder_and_file_of_the_shared_texts_is_a_language_and_all_but_two_are_listed(samples):
    assert len(samples) > 120
    assert {tag for tag, info, _ in samples if "not in the language table" in info.note} == UNLISTED


def test_every_folder_of_the_shared_pairs_is_a_language(shared):
    for folder in shared("sts").iterdir():
        assert not folder.is_dir() or find_language(folder.name.partition("-")[0]), folder.name


def test_texts_are_written_in_the_scripts_of_the_table(samples):
    for tag, info, text in samples:
        counts = script_counts(text)
        own = sum(counts[script] for script in info.scripts)
        assert own > 0.9 * sum(count for script, count in counts.items() if script not in NOT_OF_ONE_SCRIPT), tag


def test_blanks_part_words_where_the_table_says_so(samples):
    """Letters between blanks are few in spaced texts, many in others."""
    phrased = {"my", "shn", "mya"}  # blanks part short phrases
    pointed = {"amh", "ike"}  # ፡ parts the words of one text; Inuktitut has long words
    for tag, info, text in samples:
        if tag not in phrased | pointed:
            assert (units(text) / len(text.split()) < 8) == info.spaced, tag
        assert is_unspaced(info.scripts[0]) != info.spaced or info.code == "blt", tag


def test_direction_is_that_of_most_letters(samples):
    for tag, info, text in samples:
        directions = Counter(unicodedata.bidirectional(letter) for letter in text)
        leftwards = directions["R"] + directions["AL"] > directions["L"]
        assert leftwards == (info.direction == "rtl"), tag


def test_lines_end_with_the_terminators_of_the_table(samples):
    """Every mark that ends more than one line in two hundred is a terminator, or ends no sentence."""
    for tag, info, text in samples:
        ends = Counter(line.rstrip(CLOSING + " ")[-1:] for line in text.split("\n") if len(line) > 15)
        common = {end for end, count in ends.items() if count > max(2, ends.total() / 200)}
        missed = {
            end
            for end in common - set(info.terminators) - OPEN_ENDS
            if end and unicodedata.category(end)[0] == "P" and not (end == "." and info.code in ABBREVIATED)
        }
        assert not missed, (tag, missed)


def as_typed(letter):
    """A letter as old encodings have it: Vietnamese tone marks apart, Arabic ي ك for Persian ones."""
    letter = {"ی": "ي", "ک": "ك"}.get(letter, letter)
    apart = unicodedata.normalize("NFD", letter)
    tones = [mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323"]
    base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
    return [letter, base + "".join(tones)]


def encodable(text, encoding):
    """The share of the letters of `text` that the encoding has."""
    letters = Counter(letter for letter in text if unicodedata.category(letter)[0] == "L")
    good = 0
    for letter, count in letters.items():
        for spelled in as_typed(letter):
            try:
                good += count * (spelled.encode(encoding).decode(encoding) == spelled)
            except UnicodeEncodeError:
                continue
            break
    return good / letters.total()


def test_legacy_encodings_hold_the_letters_of_their_language(samples):
    for tag, info, text in samples:
        if tag in UNLISTED or info.code == "zh":  # the folder of zh has Traditional text too; below
            continue
        for encoding in info.encodings:
            assert encodable(text, encoding) >= 0.95, (tag, encoding)


def test_chinese_encodings_hold_the_letters_they_are_for(shared):
    simplified = shared("text/zh/common-voice-sentences.txt").read_text(encoding="utf-8")
    for encoding in lang_info("zh").encodings:
        assert encoding == "big5" or encodable(simplified, encoding) > 0.95, encoding


ALPHABETS = {
    "be": ("Cyrl", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    "bg": ("Cyrl", "абвгдежзийклмнопрстуфхцчшщъьюя"),
    "bs": ("Latn", "čćđšž"),
    "hr": ("Latn", "čćđšž"),
    "is": ("Latn", "áðéíóúýþæö"),
    "kk": ("Cyrl", "әғқңөұүһі"),
    "lt": ("Latn", "ąčęėįšųūž"),
    "lv": ("Latn", "āčēģīķļņšūž"),
    "mk": ("Cyrl", "ѓѕјљњќџ"),
    "se": ("Latn", "áčđŋšŧž"),
    "sk": ("Latn", "áäčďéíĺľňóôŕšťúýž"),
    "sl": ("Latn", "čšž"),
    "sq": ("Latn", "çë"),
    "sr-Cyrl": ("Cyrl", "ђјљњћџ"),
    "sr-Latn": ("Latn", "čćđšž"),
    "tg": ("Cyrl", "ғӣқӯҳҷ"),
    "tk": ("Latn", "äçňöşüýž"),
    "uk": ("Cyrl", "абвгдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "hsb": ("Latn", "ćčěłńóŕšźž"),
    "mi": ("Latn", "āēīōū"),
    "ro": ("Latn", "ăâî"),
    "sv": ("Latn", "åäö"),
    "el": ("Grek", "άέήίόύώϊϋς"),
    "yi": ("Hebr", "אבגדהוזחטיכלמנסעפצקרשת"),
}


@pytest.mark.parametrize(("tag", "script", "letters"), [(tag, *rest) for tag, rest in ALPHABETS.items()])
def test_legacy_encodings_hold_the_alphabet(tag, script, letters):
    info = lang_info(tag if "-" in tag else f"{tag}-{script}")
    assert info.encodings
    for encoding in info.encodings:
        assert encodable(letters, encoding) == 1.0, encoding
