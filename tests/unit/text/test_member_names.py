"""Names in zip and tar archives that say nothing of their encoding, as old Windows programs and macOS write them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.sources.member_names import zip_names
from simcse_ml.text.sources.opening import open_source

TEXT = "川の向こうに小さな本屋があります。\n"
NAMES = {
    "cp932": "手紙/東京だより.txt",
    "cp949": "편지/서울.txt",
    "gbk": "文件/信件一.txt",
    "big5": "文件/信件.txt",
    "cp866": "Письма/Москва.txt",
    "cp737": "γράμμα.txt",
    "cp850": "Übung_größe.txt",
    "cp852": "žluťoučký kůň.txt",
    "cp874": "จดหมาย.txt",
    "utf-8": "ደብዳቤ.txt",  # macOS writes UTF-8 and does not say so
}


def zip_without_a_word(names: list[bytes]) -> bytes:
    """An archive whose names are these bytes, with no flag for UTF-8."""
    file = io.BytesIO()
    stands = [bytes([65 + place]) * len(name) for place, name in enumerate(names)]
    with zipfile.ZipFile(file, "w") as archive:
        for stand in stands:
            archive.writestr(stand.decode("ascii"), TEXT)
    data = file.getvalue()
    for stand, name in zip(stands, names, strict=True):
        data = data.replace(stand, name)
    return data


def tar_of(name: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
        info.size = len(TEXT.encode())
        archive.addfile(info, io.BytesIO(TEXT.encode()))
    return file.getvalue()


def names_in(path: Path) -> list[str]:
    found = []
    for source in open_source(path, Hints()):
        assert [block.text for block in source.blocks] == [TEXT.strip()]
        found.append(source.facts.name)
    return found


@pytest.mark.parametrize("encoding", NAMES)
def test_names_that_say_no_encoding_are_read(tmp_path, encoding):
    raw = NAMES[encoding].encode(encoding)
    path = tmp_path / "a.zip"
    path.write_bytes(zip_without_a_word([raw, b"plain.txt"]))
    assert names_in(path) == [f"a.zip/{NAMES[encoding]}", "a.zip/plain.txt"]
    path = tmp_path / "a.tar"
    path.write_bytes(tar_of(raw))
    assert names_in(path) == [f"a.tar/{NAMES[encoding]}"]


def test_a_name_that_zipfile_has_from_the_unicode_field_stays():
    told, untold = (zipfile.ZipInfo(NAMES["cp866"].encode("cp866").decode("cp437")) for _ in range(2))
    told.filename = NAMES["utf-8"]  # which no code page can write
    assert zip_names([told, untold]) == {1: NAMES["cp866"]}
