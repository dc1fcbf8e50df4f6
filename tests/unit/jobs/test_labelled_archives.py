"""Labelled sets in archives, as publishers ship them: the training tables are read, nothing stays, damage is said."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Event
from simcse_ml.jobs.labelled import read_triples
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.supervision import supervised
from simcse_ml.text.labelled.archived import archived_tables, is_archive
from simcse_ml.text.labelled.triples import Triples

TRAIN = "premise\thypothesis\tlabel\n犬がいる。\t動物がいる。\tentailment\n雨が降る。\t濡れる。\tentailment\n"
TEST = "premise\thypothesis\tlabel\n店は開いている。\t買い物ができる。\tentailment\n"
MEMBERS = {
    "set_1.0/README.txt.md": "what it is",
    "set_1.0/set_train.tsv": TRAIN,
    "set_1.0/set_test.tsv": TEST,
    "__MACOSX/set_1.0/._set_train.tsv": "junk",
}


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def tarred(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def triples(path: Path, told: list[Event]) -> Triples:
    found = read_triples(supervised(load_recipe("unsup"), "sup", [str(path)]), lang_info("ja"), [], told.append)
    assert found is not None
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("name", ["set.zip", "set.tar", "set.tar.gz"])
def test_the_training_part_of_an_archive_is_read_and_nothing_stays(tmp_path: Path, temporary: Path, name: str) -> None:
    make = zipped if name.endswith("zip") else tarred
    told: list[Event] = []
    assert triples(make(tmp_path / name, MEMBERS), told).sentences == ("犬がいる。", "雨が降る。")
    assert "set_train.tsv: labelled pairs, 2 entailment" in " ".join(str(getattr(one, "text", "")) for one in told)
    assert list(temporary.iterdir()) == []


def test_members_of_one_name_and_packed_ones(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ja/train.tsv", TRAIN)
        archive.writestr("more/train.tsv.gz", gzip.compress(TEST.encode()))
    found = archived_tables(path, tmp_path / "out")
    assert [file.read_text("utf-8") for file in found] == [TRAIN, TEST]
    assert list(found.values()) == ["two.zip/ja/train.tsv", "two.zip/more/train.tsv.gz"]


@pytest.mark.parametrize("name", ["../../train.tsv", "/train.csv"])
def test_a_table_whose_name_leads_out_is_refused_and_written_nowhere(
    tmp_path: Path, temporary: Path, name: str
) -> None:
    path = zipped(tmp_path / "bad.zip", {name: TRAIN, "in/train.tsv": TRAIN})
    assert "its name leads out of the archive" in refused(path)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["bad.zip"]


def test_a_table_that_is_a_link_is_refused(tmp_path: Path, temporary: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        info = tarfile.TarInfo("in/train.tsv")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert f"{tmp_path}/bad.tar/in/train.tsv: it is a link" in refused(tmp_path / "bad.tar")


def test_what_is_no_archive(tmp_path: Path) -> None:
    for name, data in {"a.tsv": TRAIN.encode(), "b.tsv.gz": gzip.compress(TRAIN.encode()), "c": b""}.items():
        (tmp_path / name).write_bytes(data)
        assert not is_archive(tmp_path / name)


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        triples(path, [])
    assert caught.value.exit_code == ExitCode.INPUT
    return str(caught.value)


def test_an_archive_without_a_table_is_refused(tmp_path: Path, temporary: Path) -> None:
    assert "there is no table in this archive (but x.zip/a.md); give one with" in refused(
        zipped(tmp_path / "x.zip", {"a.md": "a"})
    )


def test_a_wrong_label_names_the_member_and_its_line(tmp_path: Path, temporary: Path) -> None:
    text = refused(zipped(tmp_path / "x.zip", {"a/train.tsv": TRAIN + "a\tb\tperhaps\n"}))
    assert text.startswith(f"{tmp_path}/x.zip/a/train.tsv:4: the label 'perhaps' is none of")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", ["cut.zip", "cut.tar.gz", "cut.tar"])
def test_a_cut_archive_is_refused(tmp_path: Path, temporary: Path, name: str) -> None:
    letters = random.Random(1)
    rows = "".join(f"{letters.random()}\t{letters.random()}\tentailment\n" for _ in range(3000))
    make = zipped if name.endswith("zip") else tarred
    path = make(tmp_path / name, {"train.tsv": "premise\thypothesis\tlabel\n" + rows})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut off" in refused(path)
    assert list(temporary.iterdir()) == []


def test_a_bomb_is_refused(tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("train.tsv", "w") as member:
        for _ in range(100):
            member.write(b"\0" * (1 << 20))
    assert "it expands more than 200 times" in refused(path)
    assert list(temporary.iterdir()) == []
