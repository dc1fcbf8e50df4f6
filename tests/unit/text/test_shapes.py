"""Files as other programs write them: tables, JSON, subtitles, treebanks; and what is told to be no text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.opening import open_source

SENTENCES = {
    "ja": "川の向こうに小さな本屋があります。",
    "th": "ร้านหนังสือเล็กอยู่ฝั่งตรงข้ามแม่น้ำ",
    "ar": "توجد مكتبة صغيرة على الضفة الأخرى من النهر.",
    "hi": "नदी के उस पार एक छोटी किताबों की दुकान है।",
    "am": "ከወንዙ ማዶ ትንሽ የመጻሕፍት መደብር አለ።",
    "bo": "ཆུ་བོའི་ཕ་རོལ་ན་དེབ་ཁང་ཆུང་ཆུང་ཞིག་ཡོད།",
    "my": "မြစ်တစ်ဖက်မှာ စာအုပ်ဆိုင်ငယ်လေး ရှိတယ်။",
}
TEXTS = [f"{text} {number}" for number in range(3) for text in SENTENCES.values()]
HEADERS = {
    "ja": ("番号", "感想"),
    "ar": ("الرقم", "التعليق"),
    "th": ("ลำดับ", "ความเห็น"),
    "hi": ("क्रम", "टिप्पणी"),
    "am": ("ተራ", "ሐሳብ"),
}


def read(path: Path, data: str | bytes, hints: Hints | None = None) -> tuple[list[str], Facts]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (source,) = open_source(path, hints or Hints())
    return [block.text for block in source.blocks], source.facts


@pytest.mark.parametrize("code", HEADERS)
@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_names_of_columns_may_be_in_any_script(tmp_path: Path, code: str, mark: str) -> None:
    number, comment = HEADERS[code]
    table = f"{number}{mark}{comment}\n" + "".join(f"{n}{mark}{text}\n" for n, text in enumerate(TEXTS))
    name = "a.tsv" if mark == "\t" else "a.csv"
    texts, facts = read(tmp_path / name, table)
    assert texts == TEXTS
    assert facts.columns == (number, comment)
    assert read(tmp_path / name, table, Hints(column=comment))[0] == TEXTS


def test_a_first_row_without_the_name_asked_for_or_numbers_below_is_text(tmp_path: Path) -> None:
    table = "".join(f"{text}\t{text[:3]}\n" for text in TEXTS)
    assert read(tmp_path / "a.tsv", table)[0] == TEXTS
    named = f"{HEADERS['ja'][1]}\t題\n{table}"
    assert read(tmp_path / "a.tsv", named, Hints(column=HEADERS["ja"][1]))[0] == TEXTS
    numbered = "".join(f"{n}\t{text}\n" for n, text in enumerate(TEXTS))
    assert read(tmp_path / "a.tsv", numbered)[0] == TEXTS


@pytest.mark.parametrize("mark", [",", ";", "|"])
def test_what_excel_says_of_the_delimiter_is_no_row(tmp_path: Path, mark: str) -> None:
    table = f"\ufeffsep={mark}\r\nid{mark}text\r\n" + "".join(f"{n}{mark}{text}\r\n" for n, text in enumerate(TEXTS))
    texts, facts = read(tmp_path / "a.csv", table)
    assert texts == TEXTS
    assert facts.ledger.counts == {}


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([{"messages": [{"role": "user", "content": text} for text in TEXTS]}], "messages.content"),
        ([{"version": 1, "data": [{"id": 1, "t": text} for text in TEXTS]}], "data.t"),
        ([{"data": [{"title": "x", "paragraphs": [{"context": text}]} for text in TEXTS]}], "data.paragraphs.context"),
        ([{"n": [1, 2], "text": [[text], [text]]} for text in TEXTS], "text"),
    ],
)
def test_texts_within_lists_of_objects_are_found(tmp_path: Path, rows: list[dict[str, object]], column: str) -> None:
    texts, facts = read(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert list(dict.fromkeys(texts)) == TEXTS
    assert f"column {column}" in facts.format
    assert read(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)), Hints(column=column))[0] == texts


@pytest.mark.parametrize("indent", [None, 1])
def test_one_value_that_is_too_long_to_hold_is_told_with_the_mend(tmp_path: Path, indent: int | None) -> None:
    data = json.dumps({"data": [{"text": "本" * 1000}] * 5000}, ensure_ascii=False, indent=indent)
    with pytest.raises(UserError, match=r"no row could be read: .* more than 4,194,304 characters") as caught:
        read(tmp_path / "a.json", data)
    assert "JSON an object a line" in caught.value.mend


def test_lists_within_lists_without_end_are_no_text(tmp_path: Path) -> None:
    deep = '{"text": ' + "[" * 900 + '"本"' + "]" * 900 + "}\n"
    texts, facts = read(tmp_path / "a.jsonl", deep + "\n".join(json.dumps({"text": text}) for text in TEXTS))
    assert texts == TEXTS
    assert facts.ledger.counts == {Reason.BROKEN_ROW: 1}


@pytest.mark.parametrize("between", ["", " ", ", ", "\n\x1e", "\x1e"])
def test_json_values_may_follow_each_other_on_a_line(tmp_path: Path, between: str) -> None:
    data = between.join(json.dumps({"text": text}, ensure_ascii=False) for text in TEXTS)
    texts, facts = read(tmp_path / "a.json", between.lstrip(", \n") + data)
    assert texts == TEXTS
    assert facts.ledger.counts == {}


def test_a_cell_that_is_a_page_gives_its_paragraphs(tmp_path: Path) -> None:
    rows = [{"html": f"<p>{text}<p><b>{text}</b>"} for text in TEXTS] + [{"html": "<3 love"}]
    texts, _ = read(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert texts == [text for text in TEXTS for _ in range(2)] + ["<3 love"]


def srt(texts: list[str]) -> str:
    return "".join(
        f"{n}\r\n00:00:{n:02},000 --> 00:00:{n:02},900\r\n<i>{text}</i>\r\n\r\n" for n, text in enumerate(texts, 1)
    )


def vtt(texts: list[str]) -> str:
    cues = "".join(
        f"c{n}\n{n:02}:01.000 --> {n:02}:02.000 align:start\n<v Ann>{text}\n\n" for n, text in enumerate(texts)
    )
    return f"WEBVTT - t\n\nNOTE\nnot shown\n\n{cues}"


def ass(texts: list[str]) -> str:
    lines = "".join(f"Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{{\\i1}}{text}{{\\i0}}\n" for text in texts)
    return (
        f"[Script Info]\nTitle: t\n\n[Events]\nFormat: Layer, Start, End, Style, Name, L, R, V, Effect, Text\n{lines}"
    )


@pytest.mark.parametrize("write", [srt, vtt, ass])
def test_of_subtitles_only_what_is_said_is_read(tmp_path: Path, write: object) -> None:
    assert callable(write)
    texts, facts = read(tmp_path / "a.txt", write(TEXTS))
    assert texts == TEXTS
    assert facts.format == "subtitles"


def test_lines_of_a_cue_are_put_together_but_for_two_speakers(tmp_path: Path) -> None:
    cues = ["We went down\nto the river.", "川の向こうに\n本屋があります。", "- Who is there?\n- Nobody."]
    texts, _ = read(tmp_path / "a.srt", srt(cues).replace("<i>", "").replace("</i>", ""))
    assert texts == ["We went down to the river.", "川の向こうに本屋があります。", "- Who is there?", "- Nobody."]


def test_a_text_that_speaks_of_times_is_no_subtitles(tmp_path: Path) -> None:
    prose = "At 10:15 --> the train.\nIt left at 10:20.\n"
    texts, facts = read(tmp_path / "a.txt", prose)
    assert (texts, facts.format) == (prose.splitlines(), "plain text")


def test_of_a_treebank_the_sentences_are_read(tmp_path: Path) -> None:
    words = "1-2\tab\t" + "_\t" * 7 + "_\n1\ta\t" + "_\t" * 7 + "_\n"
    trees = [f"# sent_id = {n}\n# text = {text}\n{words}\n" for n, text in enumerate(TEXTS)]
    texts, facts = read(tmp_path / "a.txt", "# newdoc\n" + "".join(trees[:4]) + "# newdoc\n" + "".join(trees[4:]))
    assert (texts, facts.format, facts.documents) == (TEXTS, "CoNLL-U", "marked")
    notes = "# text = a heading\nand a line\n"
    assert read(tmp_path / "b.txt", notes)[1].format == "plain text"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("<feed>\n<doc>\n<title>甲</title>\n<abstract>乙</abstract>\n</doc>\n</feed>", "XML"),
        ('<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>' + "<p>ಮರ</p>" * 9, "XML"),
        ('<tmx version="1.4"><header srclang="en"/><body>', "XML"),
        ("-- MySQL dump 10\n--\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `p`;\nCREATE TABLE `p` (", "SQL"),
        ("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\nCREATE TABLE public.p (", "SQL"),
        ("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump\nINSERT INTO `p` VALUES (1,'本');", "SQL"),
        (gzip.compress("本\n".encode() * 50, mtime=0), "packed data"),
    ],
)
def test_what_is_no_text_is_named_with_a_mend(tmp_path: Path, data: str | bytes, what: str) -> None:
    packed = gzip.compress(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(UserError, match=what) as caught:
        read(tmp_path / "a.gz", packed)
    assert caught.value.exit_code == ExitCode.INPUT
    assert caught.value.mend


@pytest.mark.parametrize(
    "text",
    [
        "<bob> <alice> is here\n<alice> no, I am not\n",
        "<b><i>Loud</i></b> words\nand others\n",
        '<doc id="1" title="甲">\n甲\n\n甲は字である。\n</doc>\n',
        "-- He came.\n-- He went.\nThey create a table for the house.\n",
        "<3 <3 <3 you all\n",
        "/* a */ " * 2000 + "\nwords\n",
        "-- a\n" + " " * 20_000 + "\nwords\n",
        "<a>" + "<!-- a --> " * 2000 + "\nwords\n",
        "<!-- a --> " * 300 + "words\n",
        "# text = a\n" * 5000,
        "\n" * 20_000 + "words\n",
    ],
)
def test_plain_text_that_begins_like_markup_is_plain_text(tmp_path: Path, text: str) -> None:
    texts, facts = read(tmp_path / "a.txt", text)
    assert (texts, facts.format) == ([line for line in text.splitlines() if line.strip()], "plain text")


@pytest.mark.parametrize("outer", ["{}", '{{"data": {}}}', '{{"letters": {{"all": {}}}}}'])
def test_json_with_a_record_under_each_key_gives_every_record(tmp_path: Path, outer: str) -> None:
    records = {str(number): {"text": text, "id": number} for number, text in enumerate(TEXTS)}
    for spaced in (None, 2):
        written = outer.format(json.dumps(records, ensure_ascii=False, indent=spaced))
        assert read(tmp_path / "a.json", written)[0] == TEXTS


def test_two_columns_within_keys_of_one_name_are_asked_about_and_one_that_is_longer_is_taken(tmp_path: Path) -> None:
    rows = [{"question": {"text": text}, "answer": {"text": text[::-1]}} for text in TEXTS]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with pytest.raises(UserError, match=r"columns question\.text, answer\.text may each") as told:
        read(tmp_path / "a.jsonl", lines)
    assert told.value.exit_code == ExitCode.INPUT
    assert read(tmp_path / "a.jsonl", lines, Hints(column="question.text"))[0] == TEXTS
    rows = [{"head": {"text": text[:4]}, "letter": {"text": text}} for text in TEXTS]
    texts, facts = read(tmp_path / "b.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    assert texts == TEXTS
    assert "letter.text, the longest" in facts.format
