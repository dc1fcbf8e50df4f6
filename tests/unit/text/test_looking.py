"""What is found out from the beginning of a text before it is prepared, and what a person is told of it."""

import random
import subprocess
import sys

import pytest

from simcse_ml.events import silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.looking import ENOUGH, beginning, notices, settled
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.sources.blocks import Hints

NUMBERS_JA = "一二三四五六七八九十"
JAPANESE = [f"これは{one}{other}番目の文で、駅まで歩いて行きました。" for one in NUMBERS_JA for other in NUMBERS_JA]
CHINESE = [f"这是第{one}{other}个句子，我们没有时间来说这个问题。" for one in NUMBERS_JA for other in NUMBERS_JA]
SYLLABLES_BO = "ཀ ཁ ག ང ཅ ཆ ཇ ཉ ཏ ཐ ད ན པ ཕ བ མ ཙ ཚ ཛ ཝ ཞ ཟ ཡ ར ལ ཤ ས ཧ བོད་ ཀྱི་ ཡི་ གེ་ སློབ་ གྲྭ་ མི་ ཆོས་ ཁང་".split()
DRAWN = random.Random(7)
TIBETAN = ["".join(f"{'་'.join(DRAWN.sample(SYLLABLES_BO, 9))}་ལ་ནས་པར་རེད། " for _ in "ab") for _ in range(100)]


def written(folder, lines):
    path = folder / "text.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def prepared(folder, lines, code):
    return prepare_corpus([str(written(folder, lines))], lang_info(code), TextSettings(), cache=folder, sink=silent)


def test_a_text_in_another_language_than_was_said_is_a_warning_and_no_error(tmp_path):
    corpus = prepared(tmp_path, CHINESE, "ja")
    assert "the text looks like Chinese (zh), not Japanese: check --lang" in corpus.report.warnings
    assert len(corpus) > 50


@pytest.mark.parametrize(("lines", "code"), [(JAPANESE, "ja"), (CHINESE, "zh"), (TIBETAN, "bo"), (CHINESE, "und")])
def test_the_right_language_is_no_matter_of_warning(tmp_path, lines, code):
    assert prepared(tmp_path, lines, code).report.warnings == ()


def test_a_language_that_is_not_in_the_table_is_split_by_the_rules_of_its_script_and_that_is_said(tmp_path):
    corpus = prepared(tmp_path, TIBETAN, "quc")
    assert corpus.report.warnings == (
        "quc is not in the language table: the rules of its script are used, Tibetan by the text",
    )
    as_tibetan = prepared(tmp_path, TIBETAN, "bo")
    assert corpus.report.read == as_tibetan.report.read == 200  # a paragraph is two sentences


def test_the_note_is_said_again_when_the_text_comes_from_the_cache(tmp_path):
    assert prepared(tmp_path, TIBETAN, "quc").report.warnings == prepared(tmp_path, TIBETAN, "quc").report.warnings


def test_only_the_beginning_is_read(tmp_path):
    path = written(tmp_path, ["wörd " * 20] * (ENOUGH // 20))
    begun = beginning([path, tmp_path / "never opened"], Hints())
    assert ENOUGH <= sum(map(len, begun.pieces)) < 2 * ENOUGH
    assert begun.encoding == "utf-8"


def test_a_language_of_the_table_is_settled_without_opening_the_text(tmp_path):
    info = lang_info("ja")
    assert settled(info, [tmp_path / "absent"], Hints()) is info


def test_texts_in_their_own_language_raise_no_alarm(shared):
    for code in ("am", "ar", "bo", "de", "ha", "hi", "ja", "ko", "ltg", "my", "nqo", "ru", "th", "tt", "wo", "zh-HK"):
        file = sorted(shared(f"text/{code}").glob("*.txt"))[0]
        assert notices(lang_info(code), [file], Hints()) == (), code


def test_a_detector_is_loaded_only_where_the_words_disagree(tmp_path):
    path = written(tmp_path, JAPANESE)
    program = (
        "import sys; from pathlib import Path; from simcse_ml.languages.table import lang_info; "
        "from simcse_ml.text.looking import notices; from simcse_ml.text.sources.blocks import Hints; "
        f"notices(lang_info('ja'), [Path({str(path)!r})], Hints()); print('py3langid' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
