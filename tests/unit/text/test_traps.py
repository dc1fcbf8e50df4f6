"""What is meant to hurt ends with a clear line, in bounded memory; the large ones are in benchmarks/traps.py."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.fingerprint import fingerprint
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.reasons import Reason
from simcse_ml.text.sources import expansion, lines
from simcse_ml.text.sources.blocks import Facts, Hints
from simcse_ml.text.sources.folder import files_below
from simcse_ml.text.sources.location import HubId, hub_id
from simcse_ml.text.sources.opening import open_source

LINES = [f"第{number}話では、川の向こうの小さな本屋で{number * 7919}冊の古い本を見た。" for number in range(60)]
TEXT = "\n".join(LINES) + "\n"


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def read(path: Path | str, hints: Hints | None = None) -> tuple[list[str], list[Facts]]:
    texts, facts = [], []
    for source in open_source(path, hints or Hints()):
        texts += [block.text for block in source.blocks]
        facts.append(source.facts)
    return texts, facts


def refusal(path: Path | str, hints: Hints | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        read(path, hints)
    assert caught.value.exit_code == ExitCode.INPUT
    assert caught.value.mend
    return caught.value


def zip_of(**members: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    "pack", [bz2.compress, gzip.compress, lzma.compress, zstandard.compress, lambda data: zip_of(**{"a.txt": data})]
)
def test_a_bomb_is_refused_and_the_flag_lets_it_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(expansion, "FREE", 1 << 20)
    path = put(tmp_path / "bomb", pack(b"word " * (4 << 20)))
    assert "--max-expansion" in refusal(path).mend
    assert sum(map(len, read(path, Hints(most_expansion=100_000))[0])) == 5 * (4 << 20)


def test_a_bomb_in_a_folder_does_not_cost_its_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "FREE", 1 << 20)
    put(tmp_path / "in" / "a.gz", gzip.compress(b"word " * (4 << 20)))
    put(tmp_path / "in" / "b.txt", TEXT)
    texts, facts = read(tmp_path / "in")
    assert texts[-60:] == LINES
    assert "expands more than 200 times; what comes before was used" in facts[0].warnings[0].replace(
        ", as only a bomb should", ""
    )


@pytest.mark.parametrize("name", ["../x.txt", "/etc/x.txt", "a/../../x.txt", "..\\x.txt", "C:\\x.txt"])
def test_a_member_whose_name_leads_out_is_skipped_and_said(tmp_path: Path, name: str) -> None:
    texts, facts = read(put(tmp_path / "a.zip", zip_of(**{name: "evil", "good.txt": TEXT})))
    assert texts == LINES
    assert "leads out of the archive; skipped" in facts[0].warnings[0]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]
    assert "leads out" in str(refusal(put(tmp_path / "b.zip", zip_of(**{name: "evil"}))))


def test_links_and_outside_names_of_a_tar_are_skipped_and_said(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name in ("../x.txt", "good.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT.encode())
            archive.addfile(info, io.BytesIO(TEXT.encode()))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    texts, facts = read(tmp_path / "a.tar.gz")
    assert texts == LINES
    assert [one.name for one in facts if one.skipped] == ["a.tar.gz/../x.txt", "a.tar.gz/link.txt"]


def test_an_encrypted_member_and_an_archive_within_are_skipped_and_said(tmp_path: Path) -> None:
    data = bytearray(zip_of(**{"secret.txt": TEXT}))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    assert "no text file in this zip archive" in (error := refusal(put(tmp_path / "a.zip", bytes(data)))).what
    assert "encrypted" in str(error)
    nested = zip_of(**{"inner.zip": zip_of(**{"a.txt": TEXT}), "b.txt": TEXT})
    texts, facts = read(put(tmp_path / "b.zip", nested))
    assert texts == LINES
    assert facts[0].name == "b.zip/inner.zip"
    assert facts[0].skipped == 1


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}, "Office document"),
        ({"mimetype": "application/epub+zip", "META-INF/container.xml": "<a/>"}, "EPUB"),
        ({"META-INF/MANIFEST.MF": "a"}, "Java"),
    ],
)
def test_a_zip_that_is_a_document_is_named(tmp_path: Path, members: dict[str, str], says: str) -> None:
    assert says in refusal(put(tmp_path / "a", zip_of(**members))).what


@pytest.mark.parametrize(
    ("start", "says"),
    [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a", "RAR"), (b"%PDF-1.7", "PDF"), (b"LZIP\x01", "lzip")],
)
def test_other_archives_and_documents_are_named(tmp_path: Path, start: bytes, says: str) -> None:
    assert says in refusal(put(tmp_path / "a.txt", start + bytes(range(256)))).what


def test_xml_with_entities_is_refused_and_not_expanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{("&l" + str(n - 1) + ";") * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY l0 "ha">{entities}]><a>&l9;</a>'
    assert "entities are not expanded" in refusal(put(tmp_path / "a.xml", text)).what


def test_a_row_that_is_too_long_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "ROW_LIMIT", 100_000)
    good = [json.dumps({"text": line}) for line in LINES[:3]]
    long = json.dumps({"text": "長" * 300_000})
    texts, (facts,) = read(put(tmp_path / "a.jsonl", "\n".join([*good, long, *good])))
    assert texts == LINES[:3] * 2
    assert facts.ledger.counts == {Reason.BROKEN_ROW: 1}
    assert "was left out" in facts.warnings[0]


def test_a_row_of_one_endless_paragraph_is_cut_where_sentences_end(tmp_path: Path) -> None:
    text = "".join(LINES) * 100
    texts, _ = read(put(tmp_path / "a.jsonl", json.dumps({"text": text}) + "\n"))
    assert "".join(texts) == text
    assert all(len(piece) <= lines.LINE_LIMIT and piece.endswith("。") for piece in texts)


def test_an_open_quotation_mark_is_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcse_ml.text.sources.tables.ROW_LIMIT", 1000)
    rows = "".join(f"{number},{line}\n" for number, line in enumerate(LINES))
    texts, (facts,) = read(put(tmp_path / "a.csv", f'id,text\n{rows}7,"open\n{rows * 2}'))
    assert texts[:60] == LINES
    assert facts.ledger.counts[Reason.BROKEN_ROW] >= 1
    assert "quotation mark" in facts.warnings[0]


def test_devices_sockets_and_pipes_are_refused_without_waiting(tmp_path: Path) -> None:
    assert "device" in refusal("/dev/zero").what
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in refusal(tmp_path / "pipe").what
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    assert "socket" in refusal(tmp_path / "socket").what
    server.close()


def test_prepare_reads_a_named_pipe_like_standard_input(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.write_text(TEXT, encoding="utf-8"), daemon=True).start()
    events: list[object] = []
    corpus = prepare_corpus([str(pipe)], lang_info("ja"), TextSettings(), cache=tmp_path / "c", sink=events.append)
    assert len(corpus) == 60
    assert any("this pipe" in event.text for event in events if isinstance(event, Said))


def test_a_folder_with_loops_links_out_and_pipes_is_walked_once(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a" / "text.txt", TEXT)
    put(tmp_path / "secret.txt", "secret")
    (tmp_path / "in" / "a" / "back").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self").symlink_to(tmp_path / "in" / "self")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "inside").symlink_to(tmp_path / "in" / "a" / "text.txt")
    os.mkfifo(tmp_path / "in" / "pipe")
    found = {os.path.basename(one.path): bool(one.problem) for one in files_below(tmp_path / "in")}
    assert found == {"text.txt": False, "back": True, "self": True, "out": True, "inside": False, "pipe": True}
    assert read(tmp_path / "in")[0] == LINES * 2


def test_a_file_is_read_up_to_the_size_it_had_when_it_was_fingerprinted(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", TEXT)
    asked = (lang_info("ja"), TextSettings(), None, (), 42)
    name, sizes = fingerprint([path], *asked)
    put(path, TEXT + "後から書き足した行。\n")
    texts, (facts,) = read(path, Hints(sizes=sizes))
    assert texts == LINES
    assert "it grew while it was read" in facts.warnings[0]
    assert fingerprint([path], *asked)[0] != name
    put(path, TEXT[:500])
    texts, (facts,) = read(path, Hints(sizes=sizes))
    assert "became shorter" in facts.warnings[0]


def test_a_file_that_is_gone_when_its_turn_comes_is_skipped_in_a_folder(tmp_path: Path) -> None:
    put(tmp_path / "in" / "a.txt", TEXT)
    put(tmp_path / "in" / "b.txt", TEXT)
    texts = []
    for source in open_source(tmp_path / "in", Hints()):
        texts += [block.text for block in source.blocks]
        (tmp_path / "in" / "b.txt").unlink(missing_ok=True)
    assert texts == LINES


def test_a_file_without_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: object, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("simcse_ml.text.sources.bytestream.open", denied, raising=False)
    assert refusal(put(tmp_path / "a.txt", TEXT)).mend == "check its permissions"


def test_names_that_are_no_utf8_or_begin_with_a_dash_are_read_and_can_be_printed(tmp_path: Path) -> None:
    put(tmp_path / "in" / "-x.txt", TEXT)
    put(tmp_path / "in" / ("長" * 80 + ".txt"), TEXT)
    with open(os.path.join(os.fsencode(tmp_path / "in"), b"\xff\xfe.txt"), "wb") as file:
        file.write(TEXT.encode())
    corpus = prepare_corpus([str(tmp_path / "in")], lang_info("ja"), TextSettings(), cache=tmp_path / "c", sink=silent)
    assert corpus.report.files == 3
    assert [item.name.encode("utf-8") for item in corpus.report.inputs][-1] == "\ufffd\ufffd.txt".encode()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("hf:owner/name", HubId("owner/name")),
        ("hf:name", HubId("name")),
        ("hf:owner/name:ja/train", HubId("owner/name", "ja", "train")),
        ("hf:owner/name/test@abcdef0", HubId("owner/name", "", "test", "abcdef0")),
        ("owner/name", HubId("owner/name")),
        ("owner/corpus.txt", None),
        ("corpus.txt", None),
        ("a/b/c", None),
        ("/etc/passwd", None),
        ("tests/nothing-here", None),
    ],
)
def test_a_hub_id_is_told_from_a_path(name: str, meant: HubId | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[3])
    assert hub_id(name) == meant
    if meant is not None and name.startswith("hf:"):
        assert str(meant) == name


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("at", [8, 120])
def test_damage_in_one_member_of_a_zip_costs_that_member_only(tmp_path: Path, packing: int, at: int) -> None:
    """at: a byte of the local header, or of the packed data behind it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.txt", TEXT)
        second = archive.getinfo("b.txt").header_offset
    data = bytearray(buffer.getvalue())
    start = 26 if at == 8 else at  # the length of the name in the header
    data[start : start + 8] = b"\xff" * 8
    texts, facts = read(put(tmp_path / "a.zip", bytes(data)))
    assert second > at
    assert texts[-len(LINES) :] == LINES
    assert any("damaged" in warning for one in facts for warning in one.warnings)


def test_a_tar_cut_within_a_member_gives_what_comes_before(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("a.txt", "b.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT.encode())
            archive.addfile(entry, io.BytesIO(TEXT.encode()))
    whole = buffer.getvalue()
    for packed in (bytes, gzip.compress):
        for kept in (len(TEXT.encode()) + 1600, len(TEXT.encode()) + 3000):
            texts, facts = read(put(tmp_path / "a.tar", packed(whole[:kept])))
            assert texts[: len(LINES)] == LINES
            assert any("cut off" in warning for one in facts for warning in one.warnings)


def test_a_name_with_a_backslash_byte_in_shift_jis_is_not_hidden(tmp_path: Path) -> None:
    name = "\u8868.txt".encode("cp932").decode("cp437")  # as zipfile has a name without the flag of UTF-8
    assert "\\." in name
    assert read(put(tmp_path / "a.zip", zip_of(**{name: TEXT})))[0] == LINES


def test_a_file_that_may_not_be_read_is_skipped_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "letters" / "a.txt", TEXT)
    closed = put(tmp_path / "letters" / "b.txt", TEXT)
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(closed))
    texts, facts = read(tmp_path / "letters")
    assert texts == LINES
    assert [one.warnings for one in facts if one.warnings] == [
        ["b.txt: it may not be read; check its permissions; skipped"]
    ]


def test_an_address_is_told_to_be_downloaded_and_a_line_end_in_a_name_stays_in_the_line() -> None:
    assert refusal("https://example.org/corpus.txt").mend.startswith("download it")
    assert "\n" not in str(refusal("no\nsuch.txt"))
