"""MediaWiki dumps: which pages are read, how broken files end, and that processes and kills change no byte."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import UserError
from simcse_ml.events import silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.mediawiki import multistream
from simcse_ml.text.sources.mediawiki.dump import PIECE, dump_blocks, is_dump
from simcse_ml.text.sources.opening import open_source

NAMESPACES = '<namespace key="0" /><namespace key="6">ファイル</namespace><namespace key="14">Category</namespace>'


def header(version: str = "0.11", before: str = "") -> str:
    return (
        f'{before}<mediawiki xmlns="http://www.mediawiki.org/xml/export-{version}/" version="{version}" xml:lang="en">'
        f"<siteinfo><dbname>jawiki</dbname><namespaces>{NAMESPACES}</namespaces></siteinfo>\n"
    )


def page(title: str, text: str, namespace: int | None = 0, extra: str = "", model: str = "wikitext") -> str:
    ns = "" if namespace is None else f"<ns>{namespace}</ns>"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"<page><title>{title}</title>{ns}<id>1</id>{extra}<revision><id>2</id><model>{model}</model>"
        f'<text bytes="9" sha1="x" xml:space="preserve">{escaped}</text><sha1>x</sha1></revision></page>\n'
    )


def dump(*pages: str, **options: str) -> bytes:
    return (header(**options) + "".join(pages) + "</mediawiki>\n").encode()


def read(data: bytes, size: int = 1 << 12) -> tuple[list[str], Facts]:
    facts = Facts("dump.xml")
    chunks = iter([data[at : at + size] for at in range(0, len(data), size)])
    return [block.text for block in dump_blocks(chunks, facts, Hints())], facts


@pytest.mark.parametrize("version", ["0.8", "0.9", "0.10", "0.11"])
def test_articles_are_read_and_all_other_pages_counted(version: str) -> None:
    data = dump(
        page("甲", "甲は[[漢字|字]]である。\n\nまた<ref>注</ref>数である。"),
        page("乙", "#転送 [[甲]]", extra='<redirect title="甲" />'),
        page("ファイル:丙", "絵である。", 6),
        page("丁", "{}", model="json"),
        page("戊", ""),
        version=version,
    )
    texts, facts = read(data)
    assert texts == ["甲は字である。", "また数である。"]
    kinds = {kind: count for kind, count in facts.pages.items() if not kind.startswith("namespace")}
    expected = {"pages": 5, "articles": 1, "redirects": 1, "of other namespaces": 1, "not in wikitext": 1, "empty": 1}
    assert kinds == expected
    assert facts.pages["namespace 0"] == 4 and facts.pages["namespace 6"] == 1
    assert not facts.warnings


def test_the_last_revision_counts_and_other_slots_do_not() -> None:
    two = (
        "<page><title>A</title><ns>0</ns><revision><text>old words</text></revision><revision><model>wikitext</model>"
        "<text>new words</text><content><role>x</role><text>slot</text></content></revision></page>"
    )
    assert read(dump(two))[0] == ["new words"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "koi8-r"])
def test_a_dump_in_another_encoding_is_read(encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    text = header(before=declaration).replace("ファイル", "Файл") + page("Рига", "Это город.") + "</mediawiki>"
    data = text.encode(encoding)
    assert is_dump(data[:4096])
    assert read(data, size=7)[0] == ["Это город."]


def test_an_old_export_without_numbers_is_read_by_titles() -> None:
    data = dump(
        page("A", "Words.", None), page("Category:B", "Out.", None), page("C", "#ПЕРЕНАПР [[A]]", None), version="0.3"
    )
    texts, facts = read(data)
    assert texts == ["Words."]
    assert "export version 0.3" in facts.warnings[0]


@pytest.mark.parametrize("cut", [2, 5, 30, 90, 150])
def test_a_cut_dump_keeps_all_whole_pages(cut: int) -> None:
    data = dump(page("A", "甲である。"), page("B", "乙である。"), page("C", "丙である。"))
    texts, facts = read(data[: -len("</mediawiki>\n") - cut])
    assert texts == ["甲である。", "乙である。"]
    assert "cut off" in facts.warnings[0]


def test_a_dump_without_a_page_is_whole_if_it_ends() -> None:
    assert read(dump())[1].warnings == []
    assert "cut off" in read(header().encode())[1].warnings[0]


@pytest.mark.parametrize("name", ["Category", "カテゴリ", "分类", "分類"])
def test_a_category_is_no_text_under_any_name_that_is_in_use(name: str) -> None:
    assert read(dump(page("甲", f"甲は字である。[[{name}:漢字]]\n[[画像:甲.png|甲の絵]]")))[0] == ["甲は字である。"]


def test_a_page_with_bad_bytes_costs_only_itself() -> None:
    good = page("A", "Good words.")
    bad = page("B", "Bad \x01 words.").encode().replace(b"words", b"w\xffords")
    torn = "<page><title>C</title><ns>0</ns><revision><text>&undefined; <b></text></revision></page>"
    data = header().encode() + good.encode() + bad + torn.encode() + good.encode() + b"</mediawiki>"
    texts, facts = read(data)
    assert texts == ["Good words.", "Bad \ufffd w\ufffdords.", "Good words."]
    assert facts.pages["damaged"] == 1


def test_entities_are_refused_before_they_grow() -> None:
    laughs = "<!DOCTYPE mediawiki [" + "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 40)) + "]>"
    data = dump(page("A", "x"), before=laughs)
    with pytest.raises(UserError, match="document type declaration"):
        read(data)


def test_a_history_too_long_to_hold_leaves_its_newest_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcse_ml.text.sources.mediawiki.dump.PAGE_LIMIT", 3 * PIECE)
    revision = "<revision><text>" + "old words " * 50_000 + "</text></revision>"
    many = f"<page><title>A</title><ns>0</ns>{revision * 10}<revision><text>Newest words.</text></revision></page>"
    texts, facts = read(dump(many, page("B", "Next page.")), size=1 << 16)
    assert texts == ["Newest words.", "Next page."]
    assert facts.pages["pages"] == 2


SENTENCES = ["市", "山", "川", "国", "人", "木", "火", "水"]


def many_pages(count: int, first: int = 0) -> list[str]:
    return [
        page(
            f"P{n}", "\n\n".join(f"第{n}番の{word}は第{n * 7 + k}の大きさである。" for k, word in enumerate(SENTENCES))
        )
        for n in range(first, first + count)
    ]


def write_multistream(path: Path, streams: int, pages: int = 5) -> None:
    parts = [header(), *("".join(many_pages(pages, n * pages)) for n in range(streams)), "</mediawiki>\n"]
    path.write_bytes(b"".join(bz2.compress(part.encode()) for part in parts))


def sentences(path: Path, cache: Path, workers: int = 1, **settings: object) -> tuple[list[str], Corpus]:
    corpus = prepare_corpus(
        [str(path)],
        lang_info("ja"),
        TextSettings(near_duplicates=False, **settings),  # type: ignore[arg-type]
        cache=cache,
        sink=silent,
        workers=workers,
    )
    return list(corpus.texts(np.arange(len(corpus)))), corpus


def test_a_multistream_file_reads_as_its_pages_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multistream, "GROUP", 1)
    write_multistream(tmp_path / "many.xml.bz2", streams=12)
    (tmp_path / "one.xml").write_bytes(dump(*many_pages(60)))
    many, corpus = sentences(tmp_path / "many.xml.bz2", tmp_path / "a")
    assert many == sentences(tmp_path / "one.xml", tmp_path / "b")[0]
    assert corpus.report.inputs[0].pages["articles"] == 60 and corpus.report.inputs[0].streams == 14
    assert "60 pages: 60 articles kept" in corpus.report.lines()
    assert corpus.ordered == "yes"


def test_several_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multistream, "GROUP", 1)
    write_multistream(tmp_path / "d.xml.bz2", streams=12)
    (tmp_path / "a.txt").write_text("これは文である。\n" + "それも文である。\n" * 3, encoding="utf-8")
    folders = [sentences(tmp_path, tmp_path.parent / f"{tmp_path.name}-{n}", workers=n)[1].folder for n in (1, 2)]
    one, two = ({p.name: p.read_bytes() for p in Path(folder).iterdir()} for folder in folders)
    assert one == two


def test_a_sample_of_a_multistream_file_reads_only_some_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multistream, "GROUP", 1)
    monkeypatch.setattr(multistream, "SLOT", 512)
    write_multistream(tmp_path / "d.xml.bz2", streams=40)
    found, corpus = sentences(tmp_path / "d.xml.bz2", tmp_path / "a", max_sentences=100)
    assert len(found) == 100
    facts = corpus.report.inputs[0]
    assert 5 <= facts.streams < 20 and 30 <= facts.streams_of <= 60
    assert "a sample:" in corpus.report.lines()[1]
    assert found == sentences(tmp_path / "d.xml.bz2", tmp_path / "b", workers=2, max_sentences=100)[0]


def test_every_slot_is_visited_once_and_any_beginning_is_spread() -> None:
    for count in (1, 2, 7, 100, 4096):
        order = list(multistream.slot_order(count, seed=3))
        assert sorted(order) == list(range(count))
    first = sorted(list(multistream.slot_order(4096, seed=3))[:64])
    assert max(b - a for a, b in pairwise(first)) < 3 * 4096 / 64


def test_a_damaged_or_cut_stream_costs_only_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "d.xml.bz2"
    write_multistream(path, streams=6)
    data = bytearray(path.read_bytes())
    middle = [at for at in range(len(data)) if data.startswith(b"BZh91AY&SY", at)][3]
    data[middle + 60] ^= 0xFF
    path.write_bytes(data[:-20])
    (source,) = open_source(path, Hints())
    texts = [block.text for block in source.blocks]
    assert len({text.split("番")[0] for text in texts}) == 25
    assert any("damaged" in warning for warning in source.facts.warnings)
    assert any("cut off" in warning for warning in source.facts.warnings)


README = {
    "whole/ltgwiki-pages-articles.xml": (2004, 1050, 195),
    "whole/enwiki-pages-articles1-shortened.xml.bz2": (206, 205, 100),
    "whole/bgwiki-pages-articles-shortened.xml.bz2": (3, 1, 0),
    "whole/jawiki-20230501-first120-multistream.xml.bz2": (120, 103, 12),
    "whole/dbpedia-minidump-ja.xml.bz2": (1, 1, 0),
    "whole/aawiki-20260101-pages-meta-current.xml.bz2": (507, 2, 19),
    "truncated/jawiki-latest-pages-articles-cut-stream.xml.bz2": (50, 42, 5),
    "truncated/ltgwiki-pages-articles-cut.xml": (241, 239, 12),
    "truncated/mrwiki-20230501-first-20000-lines.xml.xz": (258, 81, 19),
}
"""pages, of namespace 0, redirects"""


@pytest.mark.parametrize("name", README)
def test_real_dumps_have_as_many_pages_as_they_should(name: str, shared: Callable[[str], Path]) -> None:
    (source,) = open_source(shared(f"dumps/{name}"), Hints())
    for _ in source.blocks:
        pass
    pages = source.facts.pages
    assert (pages["pages"], pages["namespace 0"], pages.get("redirects", 0)) == README[name]
    assert any("cut off" in warning for warning in source.facts.warnings) == name.startswith("truncated")
