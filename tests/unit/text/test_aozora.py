"""The marks of Aozora Bunko files go, the text stays, and files without them are left alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.blocks import Block
from simcse_ml.text.steps.aozora import described, has_marks, plain_line, without_marks

RULE = "-" * 55
WORK = [
    "山の家",
    "名もない人",
    RULE,
    "【テキスト中に現れる記号について】",
    "《》：ルビ",
    "（例）山《やま》",
    RULE,
    "　古い山《やま》の家《いえ》に、｜旅の人《たびびと》が来た。",
    "［＃ここから２字下げ］",
    "彼は〔cafe'〕で〔A:rger〕という言葉を見た。",
    "［＃ここで字下げ終わり］",
    "名は※［＃「てへん＋丑」、第4水準2-12-93］といった。",
    "いよ／＼、しげ／″＼と。",
    "底本：「ある全集」ある書店",
    "　　　1950（昭和25）年1月1日発行",
    "入力：だれか",
    "青空文庫作成ファイル：",
    "このファイルは、インターネットの図書館、青空文庫で作られました。",
]


def cleaned(lines: list[str], asked: str = "auto") -> tuple[list[str], Ledger]:
    ledger = Ledger()
    blocks = [Block(0, line, number) for number, line in enumerate(lines, start=1)]
    return [block.text for block in without_marks(blocks, asked, ledger)], ledger  # type: ignore[arg-type]


def test_only_the_text_is_left_and_everything_taken_out_is_counted() -> None:
    texts, ledger = cleaned(WORK)
    assert texts == [
        "山の家",
        "名もない人",
        "　古い山の家に、旅の人が来た。",
        "彼はcaféでÄrgerという言葉を見た。",
        "名は扭といった。",
        "いよ〱、しげ〲と。",
    ]
    assert ledger.changed == {
        "aozora_ruby": 3,
        "aozora_notes": 2,
        "aozora_described_characters": 1,
        "aozora_accents": 2,
    }
    assert ledger.counts == {"editorial": len(WORK) - len(texts)}


def test_a_second_work_in_the_same_file_is_read() -> None:
    texts, _ = cleaned(WORK + WORK)
    once, _ = cleaned(WORK)
    assert texts == once + once


def test_a_colophon_that_does_not_end_and_a_table_that_does_not_close_are_text() -> None:
    body = [f"これは{number}番目の文です。" for number in range(200)]
    assert cleaned([*WORK[:8], "底本：何か", *body])[0][-200:] == body
    assert cleaned([RULE, WORK[3], *body])[0][-200:] == body


@pytest.mark.parametrize(
    "lines",
    [
        ["《红楼梦》是一部小说。", "他读过《西游记》和《水浒传》。", "《三国演义》也很有名。"],
        ["A line of rules", RULE, "Another paragraph.", RULE],
        ["普通の日本語の文です。", "記号は何もありません。"],
    ],
)
def test_files_that_do_not_show_the_marks_are_left_alone(lines: list[str]) -> None:
    assert not has_marks(lines)
    assert cleaned(lines)[0] == lines


def test_no_leaves_the_marks_and_yes_takes_them_without_looking() -> None:
    line = "山《やま》へ行く。"
    assert cleaned([line], "no")[0] == [line]
    assert cleaned([line], "auto")[0] == [line]
    assert cleaned([line], "yes")[0] == ["山へ行く。"]


@pytest.mark.parametrize(
    ("note", "character"),
    [
        ("「てへん＋丑」、第4水準2-12-93", "扭"),
        ("「倶」の旧字、第3水準1-14-1", "俱"),
        ("「木＋世」、U+67BB、12-3", "\u67bb"),
        ("小書き平仮名ん、168-12", "〓"),
        ("「何か」、U+D800", "〓"),
        ("「何か」、第3水準1-99-99", "〓"),
    ],
)
def test_a_described_character_is_found_by_its_code(note: str, character: str) -> None:
    assert described(note) == character


def test_brackets_of_other_kinds_stay() -> None:
    assert plain_line("〔以下空白〕と［注］と〔John's〕", Ledger()).startswith("〔以下空白〕と［注］と")


def test_the_shared_works_come_out_as_their_plain_text(shared: Callable[[str], Path], tmp_path: Path) -> None:
    works = [shared(f"encodings/aozora/{name}") for name in ("127_ruby_150.txt", "456_ruby_145.txt")]
    settings = TextSettings(near_duplicates=False, min_characters=1)
    said: list[object] = []
    corpus = prepare_corpus([str(path) for path in works], lang_info("ja"), settings, cache=tmp_path, sink=said.append)
    plain = unicodedata.normalize("NFKC", shared("text/ja/aozora-novels.txt").read_text("utf-8"))
    sentences = [text for batch in corpus.iterate() for text in batch]
    missing = [text for text in sentences if unicodedata.normalize("NFKC", text) not in plain]
    assert len(missing) < 0.01 * len(sentences)
    assert not [text for text in sentences if "《" in text or "［＃" in text or "底本" in text]
    assert any("Aozora" in line and "ruby" in line for line in corpus.report.lines())
