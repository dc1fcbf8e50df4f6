"""Text that was decoded wrongly before is noticed in any script, right text is left alone, mending is exact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simcse_ml.events import silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.mojibake import is_zawgyi, misread_as, watched
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.sources.blocks import Block, Facts
from simcse_ml.text.steps.mend import mended

RIGHT = {
    "fr": "Les élèves étaient déjà très fatigués après la leçon, s’étonna Noël.",
    "de": "Grüße aus München, schöne Straße, „überhaupt nicht“ müde.",
    "cy": "Â llygaid Cymro yr wyf i yn dewis edrych ar y cwestiwn.",
    "ru": "Привет, как дела сегодня вечером?",
    "ar": "السلام عليكم ورحمة الله وبركاته",
    "ja": "「文字化け」を調べる！ ﾊﾝｶｸも全角Ａも、そのまま。",
    "zh": "今天天气很好，我们去公园散步吧。",
    "th": "สวัสดีครับ วันนี้อากาศดีมาก",
    "am": "ሰላም ለዓለም ሁሉ ይሁን።",
    "hi": "नमस्ते, आज मौसम अच्छा है।",
    "my": "မြန်မာနိုင်ငံသည် အရှေ့တောင်အာရှတွင် တည်ရှိသော နိုင်ငံဖြစ်သည်။",
    "bo": "བོད་སྐད་ཀྱི་ཡི་གེ་འདི་ཡག་པོ་འདུག",
    "vi": "Hôm nay trời đẹp, chúng tôi đi dạo trong công viên.",
}


@pytest.mark.parametrize("code", RIGHT)
def test_right_text_is_neither_suspected_nor_changed(code: str) -> None:
    assert misread_as(RIGHT[code]) is None
    assert not is_zawgyi(RIGHT[code])
    assert mended(RIGHT[code]) == RIGHT[code]


@pytest.mark.parametrize("code", [code for code in RIGHT if code != "cy"])
def test_utf8_read_as_latin_is_noticed_and_mended(code: str) -> None:
    wrong = RIGHT[code].encode().decode("latin-1")
    assert misread_as(wrong) == "cp1252"
    assert mended(wrong) == RIGHT[code]


@pytest.mark.parametrize(("code", "codec"), [("ja", "cp932"), ("zh", "gb18030"), ("ru", "cp1251"), ("ru", "cp866")])
def test_utf8_read_in_another_encoding_is_noticed(code: str, codec: str) -> None:
    assert misread_as(RIGHT[code].encode().decode(codec, "replace")) == codec


def test_no_line_of_the_shared_texts_is_suspected(shared: Callable[[str], Path]) -> None:
    found = []
    for file in sorted(shared("text").rglob("*.txt")):
        with file.open(encoding="utf-8") as lines:
            for line, _ in zip(lines, range(25), strict=False):
                if misread_as(line) or is_zawgyi(line):
                    found.append((file.name, line))
    assert found == []


def notes(paragraphs: list[str], mending: bool = False) -> list[str]:
    facts = Facts("a.txt")
    blocks = (Block(0, text, line) for line, text in enumerate(paragraphs, start=1))
    assert [block.text for block in watched(blocks, facts, mending)] == paragraphs
    return facts.warnings


def test_a_notice_says_how_much_of_what_with_a_safe_example() -> None:
    (note,) = notes([RIGHT["fr"]] * 3 + ["\x1b[31m" + RIGHT["fr"].encode().decode("cp1252")])
    assert "at least 25 % of the paragraphs looked at are UTF-8 that was read as CP1252" in note
    assert "Les Ã©lÃ¨ves" in note
    assert "\x1b" not in note


def test_entities_lost_bytes_and_zawgyi_are_said() -> None:
    zawgyi = "ျမန္မာႏိုင္ငံသည္ အေရွ႕ေတာင္အာရွတြင္ တည္ရွိေသာ ႏိုင္ငံျဖစ္သည္။"
    said = " ".join(notes(["un caf&eacute; noir", "a\ufffdb", "锟斤拷锟斤拷", zawgyi, "fish & chips; more"]))
    assert "20 % of the paragraphs looked at have HTML entities" in said
    assert "40 % of the paragraphs looked at have the mark of lost bytes" in said
    assert "20 % of the paragraphs looked at look like Zawgyi" in said


def test_what_will_be_mended_needs_no_word() -> None:
    assert notes([RIGHT["fr"].encode().decode("cp1252"), "caf&eacute;"], mending=True) == []


def test_prepare_mends_if_asked_and_reports_before_and_after(tmp_path: Path) -> None:
    lines = [f"La {number}e leçon était déjà très longue, s’étonna l’élève." for number in range(60)]
    wrong = [line.encode().decode("cp1252") if number % 3 == 0 else line for number, line in enumerate(lines)]
    (tmp_path / "a.txt").write_text("\n".join(wrong), encoding="utf-8")

    def prepared(**settings: bool) -> tuple[list[str], int, tuple[str, ...]]:
        chosen = TextSettings(near_duplicates=False, **settings)
        corpus = prepare_corpus(
            [str(tmp_path / "a.txt")], lang_info("fr"), chosen, cache=tmp_path / "cache", sink=silent
        )
        report = corpus.report
        return [text for batch in corpus.iterate() for text in batch], report.mended, report.warnings

    texts, changed, warnings = prepared()
    assert changed == 0
    assert "leÃ§on" in "".join(texts)
    assert any("read as CP1252" in warning for warning in warnings)
    texts, changed, warnings = prepared(mend_mojibake=True)
    assert (texts, changed, warnings) == (lines, 20, ())
