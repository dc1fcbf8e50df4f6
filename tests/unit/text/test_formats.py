"""Every format gives the same sentences as plain text, in scripts with and without blanks."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources import grouping
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.html import paragraphs
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
TEXTS = [f"{text} {number}" for number in range(40) for text in SENTENCES.values()]
PLAIN = "\n".join(TEXTS) + "\n"


def zipped(data: bytes, name: str = "a.txt", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def tarred(data: bytes, name: str = "a.txt", mode: str = "w") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def table() -> pa.Table:
    return pa.table({"id": list(range(len(TEXTS))), "text": TEXTS, "score": [0.5] * len(TEXTS)})


def parquet(_: bytes) -> bytes:
    file = io.BytesIO()
    pq.write_table(table(), file)
    return file.getvalue()


def arrow(open_writer: Callable[..., pa.ipc.RecordBatchStreamWriter]) -> Callable[[bytes], bytes]:
    def pack(_: bytes) -> bytes:
        file = io.BytesIO()
        with open_writer(file, table().schema) as writer:
            writer.write_table(table(), max_chunksize=100)
        return file.getvalue()

    return pack


def page(data: bytes) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in data.decode().splitlines())
    return f"<!DOCTYPE html><html><head><title>t</title></head><body>{body}</body></html>".encode()


def wet(data: bytes) -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True)
    lines = data.decode().splitlines(keepends=True)
    for at in range(0, len(lines), 50):
        body = io.BytesIO("".join(lines[at : at + 50]).encode())
        headers = {"Content-Type": "text/plain"}
        writer.write_record(
            writer.create_warc_record(f"http://a.example/{at}", "conversion", payload=body, warc_headers_dict=headers)
        )
    return file.getvalue()


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": zstandard.compress,
    "two zstd frames": lambda data: zstandard.compress(data[:3000]) + zstandard.compress(data[3000:]),
    "zip": zipped,
    "stored zip": lambda data: zipped(data, method=zipfile.ZIP_STORED),
    "gzip in zip": lambda data: zipped(gzip.compress(data), "a.txt.gz"),
    "tar": tarred,
    "tar.gz": lambda data: tarred(data, mode="w:gz"),
    "tar.zst": lambda data: zstandard.compress(tarred(data)),
    "Parquet": parquet,
    "Arrow file": arrow(pa.ipc.new_file),
    "Arrow stream": arrow(pa.ipc.new_stream),
    "packed Arrow stream": lambda data: gzip.compress(arrow(pa.ipc.new_stream)(data)),
    "HTML": page,
    "packed HTML": lambda data: lzma.compress(page(data)),
    "WET": wet,
    "unpacked WET": lambda data: gzip.decompress(wet(data)),
    "JSON objects over lines": lambda data: "\n".join(
        json.dumps({"n": 1, "text": line}, indent=2) for line in data.decode().splitlines()
    ).encode(),
}


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(path: Path, hints: Hints | None = None) -> tuple[list[str], list[Facts]]:
    texts, facts = [], []
    for source in open_source(path, hints or Hints()):
        texts += [block.text for block in source.blocks]
        facts.append(source.facts)
    return texts, facts


@pytest.mark.parametrize("kind", PACKS)
def test_each_format_gives_the_text_whatever_its_name(tmp_path: Path, kind: str) -> None:
    texts, facts = read(put(tmp_path / "input", PACKS[kind](PLAIN.encode())))
    assert texts == TEXTS
    assert [warning for one in facts for warning in one.warnings] == []


@pytest.mark.parametrize("code", SENTENCES)
def test_a_folder_may_mix_formats(tmp_path: Path, code: str) -> None:
    data = "".join(f"{SENTENCES[code]} {number}\n" for number in range(7)).encode()
    for kind in ("zip", "tar.gz", "HTML", "WET", "zstd"):
        put(tmp_path / "in" / kind, PACKS[kind](data))
    texts, facts = read(tmp_path / "in")
    assert texts == data.decode().splitlines() * 5
    assert [one.name for one in facts] == ["HTML", "WET", "tar.gz/a.txt", "zip/a.txt", "zstd"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_cut_tar_keeps_what_comes_before_and_says_so(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    lines = [f"{number * 7919 % 10007} {SENTENCES['am']}" for number in range(30_000)]
    packed = pack(tarred("\n".join(lines).encode()))
    texts, facts = read(put(tmp_path / "a.tar", packed[: len(packed) // 2]))
    assert texts[:-1] == lines[: len(texts) - 1]
    assert any("cut off" in warning for one in facts for warning in one.warnings)


@pytest.mark.parametrize("kind", ["Parquet", "Arrow file", "zip"])
def test_a_cut_file_that_is_read_from_its_end_is_an_error(tmp_path: Path, kind: str) -> None:
    packed = PACKS[kind](PLAIN.encode())
    with pytest.raises(UserError, match="damaged or cut off") as caught:
        read(put(tmp_path / "a", packed[: len(packed) // 2]))
    assert caught.value.exit_code == ExitCode.INPUT


def test_empty_cells_of_a_parquet_file_are_counted(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [*TEXTS, None, "", "  "]}), tmp_path / "a.parquet")
    texts, (facts,) = read(tmp_path / "a.parquet")
    assert texts == TEXTS
    assert facts.ledger.counts == {Reason.BROKEN_ROW: 3}


def test_a_list_of_sentences_is_a_document_of_lines(tmp_path: Path) -> None:
    pq.write_table(pa.table({"sentences": [TEXTS[:3], TEXTS[3:5]]}), tmp_path / "a.parquet")
    (source,) = open_source(tmp_path / "a.parquet", Hints())
    assert [(block.document, block.text) for block in source.blocks] == [
        (0, TEXTS[0]), (0, TEXTS[1]), (0, TEXTS[2]), (1, TEXTS[3]), (1, TEXTS[4]),
    ]  # fmt: skip


def test_a_key_within_a_key_is_found_and_can_be_asked_for(tmp_path: Path) -> None:
    rows = [{"id": "k1", "translation": {"ja": SENTENCES["ja"], "my": SENTENCES["my"]}}] * 3
    for name, data in (
        ("a.jsonl", "\n".join(json.dumps(row) for row in rows).encode()),
        ("a.parquet", parquet_of(rows)),
    ):
        path = put(tmp_path / name, data)
        assert read(path, Hints(language="my"))[0] == [SENTENCES["my"]] * 3
        assert read(path, Hints(language="my", column="translation.ja"))[0] == [SENTENCES["ja"]] * 3


def parquet_of(rows: list[dict[str, object]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("names", "language", "wanted"),
    [
        (("text", "text_ja"), "ja", "text_ja"),
        (("text", "text_en"), "ja", "text"),
        (("sentence", "ja"), "ja", "ja"),
        (("sentence_bo", "sentence_my"), "my", "sentence_my"),
        (("id", "text"), "id", "text"),
        (("title", "本文"), "ja", "本文"),
        (("zh-Hant", "zh-Hans"), "zh-Hant", "zh-Hant"),
    ],
)
def test_a_column_is_known_by_its_language_or_its_name(
    tmp_path: Path, names: tuple[str, str], language: str, wanted: str
) -> None:
    rows = [{name: f"k{n}" if name == "id" else f"{name} {SENTENCES['ja']} {n}" for name in names} for n in range(5)]
    texts, _ = read(put(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows))), Hints(language=language))
    assert texts == [row[wanted] for row in rows]


def test_of_columns_with_unknown_names_the_one_in_the_language_s_script_is_taken(tmp_path: Path) -> None:
    table = "".join(f"{SENTENCES['th']} {n}\t{SENTENCES['ar']} {n}\n" for n in range(5))
    path = put(tmp_path / "a.tsv", "left\tright\n" + table)
    assert read(path, Hints(scripts=("Arab",)))[0][0].startswith(SENTENCES["ar"])
    assert read(path, Hints(scripts=("Thai",)))[0][0].startswith(SENTENCES["th"])


def test_equally_likely_columns_are_asked_for(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.tsv", "left\tright\n" + "".join(f"{SENTENCES['hi']}\t{SENTENCES['hi']}\n" for _ in range(5))
    )
    with pytest.raises(UserError, match="left, right may each be the text") as caught:
        read(path)
    assert "--column left" in caught.value.mend
    assert read(path, Hints(column="right"))[0] == [SENTENCES["hi"]] * 5


def test_a_column_that_is_not_there_is_an_error_that_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no column body") as caught:
        read(put(tmp_path / "a.csv", "id,text\n1,hello\n2,there\n"), Hints(column="body"))
    assert "id, text" in caught.value.mend


def test_csv_from_a_pipe_is_a_table_and_prose_with_commas_or_tabs_is_not(tmp_path: Path) -> None:
    assert read(put(tmp_path / "stdin", "id,text\n" + '1,"a, b"\n2,c d\n' * 3))[0] == ["a, b", "c d"] * 3
    prose = "Text, they say, is long.\nYes, it is, they say.\nNo, it is not, he said.\n" * 5
    assert read(put(tmp_path / "a.txt", prose))[0] == prose.splitlines()
    tabs = "\t\tFirst of all, this.\n\t\tThen that.\n\t\tThen nothing.\n"
    assert [text.strip() for text in read(put(tmp_path / "b.txt", tabs))[0]] == tabs.replace("\t", "").splitlines()


def test_a_row_with_too_many_cells_is_counted_and_not_cut(tmp_path: Path) -> None:
    texts, (facts,) = read(put(tmp_path / "a.csv", "id,text\n1,one\n2,two, and more\n3,three\n"))
    assert texts == ["one", "three"]
    assert facts.ledger.counts == {Reason.BROKEN_ROW: 1}


def test_a_page_gives_its_paragraphs_without_menus_scripts_and_readings() -> None:
    html = """<html><head><title>題</title><style>p{}</style></head><body><nav><a>一覧</a></nav><header>頭</header>
    <h1>川の&#26412;屋</h1><p>川の向こうに<ruby>小<rp>(</rp><rt>ちい</rt><rp>)</rp></ruby>さな
    本屋が<b>あり</b>ます。<script>var a = "<p>";</script></p>text &amp; tail<br>next<pre>a  b
    c</pre><form><input value=x>送る</form><ul><li>一<li>二</ul><aside>広告</aside><noscript>JS</noscript>
    <template><p>雛形</p></template><div hidden>隠</div><footer>足</footer></body></html>"""
    assert list(paragraphs(html)) == [
        "川の本屋", "川の向こうに小さな本屋があります。", "text & tail", "next", "a b", "c", "一", "二",
    ]  # fmt: skip


def test_a_line_end_in_a_page_is_a_blank_except_between_wide_characters() -> None:
    for text in SENTENCES.values():
        joined = "" if text[0] >= "\u3000" else " "
        assert list(paragraphs(f"<p>{text}\n  {text}</p>")) == [f"{text}{joined}{text}"]


@given(st.lists(st.text(st.characters(categories=["L", "Nd"], exclude_characters="\x00"), min_size=1), max_size=8))
@settings(max_examples=50)
def test_no_letter_of_a_page_is_lost(words: list[str]) -> None:
    html = "<div>" + "<i>".join(f"<p>{word}</p>" for word in words) + "</div>"
    assert list(paragraphs(html)) == words


def test_deeply_nested_elements_are_read() -> None:
    assert list(paragraphs("<div>" * 50_000 + "deep" + "</div>" * 50_000)) == ["deep"]


@pytest.mark.parametrize(
    ("code", "label", "encoding"),
    [("ja", "Shift_JIS", "cp932"), ("th", "windows-874", "cp874"), ("ar", "windows-1256", "cp1256")],
)
def test_the_encoding_that_a_page_declares_is_a_hint(tmp_path: Path, code: str, label: str, encoding: str) -> None:
    body = "".join(f"<p>{SENTENCES[code]}</p>" for _ in range(30))
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={label}"></head>{body}</html>'
    scripts = lang_info(code).scripts
    texts, (facts,) = read(put(tmp_path / "a.html", html.encode(encoding)), Hints(scripts=scripts))
    assert texts == [SENTENCES[code]] * 30
    assert facts.encoding == encoding


def test_pages_of_a_web_archive_are_documents_and_other_records_are_counted(tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True)
    for number, (kind, data) in enumerate(
        [("text/html; charset=utf-8", page(PLAIN.encode())), ("image/png", b"\x89PNG"), ("text/html", page(b"end"))]
    ):
        http = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        uri = f"http://a.example/{number}"
        writer.write_record(writer.create_warc_record(uri, "response", payload=io.BytesIO(data), http_headers=http))
    (source,) = open_source(put(tmp_path / "a.warc.gz", file.getvalue()), Hints())
    blocks = list(source.blocks)
    assert [block.text for block in blocks] == [*TEXTS, "end"]
    assert (blocks[0].document, blocks[-1].document) == (0, 1)
    assert "1 records hold no page or plain text (1 image/png)" in source.facts.warnings[0]


def test_many_files_are_told_as_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "TOLD", 3)
    for number in range(10):
        put(tmp_path / "in" / f"{number}.txt", f"{SENTENCES['bo']} {number}\n\n{number}")
    put(tmp_path / "in" / "9.png", b"\x89PNG\r\n\x1a\n")
    sources = [(list(source.blocks), source.facts) for source in open_source(tmp_path / "in", Hints())]
    assert len(sources) == 4
    blocks, facts = sources[-1]
    assert (facts.files, facts.skipped) == (7, 1)
    assert [block.document for block in blocks] == list(range(14))
    assert sum(len(blocks) for blocks, _ in sources) == 20
