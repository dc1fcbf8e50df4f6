"""What a file is read as is found out from its content, and damage costs only what is damaged."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.bytestream import read_chunks
from simcse_ml.text.sources.lines import LINE_LIMIT, rows, text_lines
from simcse_ml.text.sources.opening import open_source

LINES = [f"Line number {number} of a small text." for number in range(3000)]
TEXT = "\n".join(LINES) + "\n"


def read(path: Path, **hints: str) -> tuple[list[str], Facts]:
    (source,) = open_source(path, Hints(**hints))
    return [block.text for block in source.blocks], source.facts


def put(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "a"])
def test_a_packed_text_is_read_whatever_its_name(tmp_path: Path, pack: Callable[[bytes], bytes], name: str) -> None:
    assert read(put(tmp_path / name, pack(TEXT.encode())))[0] == LINES


def test_several_members_are_one_text(tmp_path: Path) -> None:
    packed = b"".join(bz2.compress(part.encode()) for part in (TEXT[:5000], TEXT[5000:]))
    lines, facts = read(put(tmp_path / "a.bz2", packed))
    assert lines == LINES
    assert facts.warnings == []


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_cut_stream_gives_what_comes_before_the_cut_and_says_so(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(TEXT.encode())
    lines, facts = read(put(tmp_path / "a.gz", packed[: len(packed) // 2]))
    assert 100 < len(lines) < 3000
    assert lines[:-1] == LINES[: len(lines) - 1]
    assert "cut off" in facts.warnings[0]


def test_a_wrong_checksum_costs_no_line(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT.encode()))
    packed[-6] ^= 0xFF
    lines, facts = read(put(tmp_path / "a.gz", bytes(packed)))
    assert lines == LINES
    assert "damaged" in facts.warnings[0]


def test_a_stream_of_which_nothing_can_be_read_is_an_error(shared: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="nothing could be read"):
        list(open_source(shared("special/truncated.txt.bz2"), Hints()))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.gz", gzip.compress(b"a" * (300 << 20), 9))
    with path.open("rb") as file, pytest.raises(UserError, match="expands"):
        for _ in read_chunks(file, Facts("a.gz")):
            pass


def test_a_blank_line_parts_documents(tmp_path: Path) -> None:
    (source,) = open_source(put(tmp_path / "a.txt", "a b\nc d\n\n\ne f\n"), Hints())
    assert [(block.document, block.text, block.line) for block in source.blocks] == [
        (0, "a b", 1),
        (0, "c d", 2),
        (1, "e f", 5),
    ]
    assert source.facts.documents == "marked"


def test_json_lines_count_their_broken_rows(tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "text": f"row {n}\nsecond\u2028line"}) for n in range(5)]
    texts, facts = read(put(tmp_path / "a.txt", "\n".join([*lines, '{"text": 3}', "{broken", '{"text": ""}'])))
    assert texts[:3] == ["row 0", "second", "line"]
    assert facts.ledger.counts == {Reason.BROKEN_ROW: 3}


def test_a_json_array_longer_than_a_chunk_is_read_as_a_stream(tmp_path: Path) -> None:
    texts = [f"text {number} " + "x" * 300 for number in range(1000)]
    array = json.dumps([{"sentence": text, "n": [1, {"a": "]"}]} for text in texts], indent=1)
    assert read(put(tmp_path / "a.json", array))[0] == texts


def test_quoted_line_breaks_belong_to_their_cell(tmp_path: Path) -> None:
    table = 'id,text\r\n1,"first, with ""quotes""\nand a second line"\r\n2,plain\r\n'
    assert read(put(tmp_path / "a.csv", table))[0] == ['first, with "quotes"', "and a second line", "plain"]


def test_a_quotation_mark_in_tsv_is_a_plain_character(tmp_path: Path) -> None:
    table = 'id\ttext\n1\t"open only\n2\tclosed" only\n'
    assert read(put(tmp_path / "a.tsv", table))[0] == ['"open only', 'closed" only']


def test_without_a_known_name_the_longest_column_is_taken_and_said(tmp_path: Path) -> None:
    table = "code\tfoo\tbar\n" + "".join(f"k{n}\tab\tthis is the long column {n}\n" for n in range(9))
    texts, facts = read(put(tmp_path / "a.tsv", table))
    assert texts[0] == "this is the long column 0"
    assert "column bar" in facts.format


def test_a_table_of_numbers_is_refused_with_its_columns(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no column holds text") as caught:
        read(put(tmp_path / "a.csv", "x,y\n1,2\n3,4\n"))
    assert "x, y" in caught.value.mend


@pytest.mark.parametrize("name", ["special/png-image.txt"])
def test_a_known_binary_format_is_named(shared: Callable[[str], Path], name: str) -> None:
    with pytest.raises(UserError, match="not text") as caught:
        list(open_source(shared(name), Hints()))
    assert caught.value.exit_code == ExitCode.INPUT


def test_in_a_folder_binaries_are_skipped_and_hidden_files_and_links_out_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    put(folder / "b.txt", "second file\n")
    put(folder / "a.txt", "first file\n")
    put(folder / "sub" / "c.txt", "third file\n")
    put(folder / ".hidden", "hidden\n")
    put(folder / "image.txt", b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "out.txt").symlink_to(put(tmp_path / "secret.txt", "outside\n"))
    (folder / "sub" / "round").symlink_to(folder)
    found = [([block.text for block in source.blocks], source.facts) for source in open_source(folder, Hints())]
    assert [texts for texts, _ in found if texts] == [["first file"], ["second file"], ["third file"]]
    assert [facts.name for _, facts in found if facts.format == "skipped"] == ["image.txt", "out.txt", "sub/round"]


def test_a_folder_without_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no text file"):
        list(open_source(tmp_path, Hints()))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \n\t\n", "\u200b\u3000\n".encode()])
def test_a_file_without_text_is_an_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UserError, match="no text in this file"):
        read(put(tmp_path / "a.txt", data))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])), max_size=20), st.integers(1, 7))
def test_lines_do_not_depend_on_chunks_or_line_ends(lines: list[str], size: int) -> None:
    for end in ("\n", "\r\n", "\r", "\u2028", "\r\r\n"):
        text = "".join(line + end for line in lines)
        chunks = (text[at : at + size] for at in range(0, len(text), size))
        assert list(text_lines(chunks)) == lines


def test_an_endless_line_comes_in_pieces_that_end_with_sentences() -> None:
    def chunks() -> Iterator[str]:
        for _ in range(100):
            yield "これは長い行の中の一つの文です。" * 1000

    pieces = list(text_lines(chunks()))
    assert "".join(pieces) == "これは長い行の中の一つの文です。" * 100_000
    assert all(len(piece) <= LINE_LIMIT and piece.endswith("。") for piece in pieces)


@given(st.text(alphabet="ab\n", max_size=60), st.integers(1, 7))
def test_rows_lose_nothing(text: str, size: int) -> None:
    chunks = (text[at : at + size] for at in range(0, len(text), size))
    assert "".join(rows(chunks)) == text
