"""Sets that tell their parts in a column, and what `data` says of sets in folders and archives."""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said
from simcse_ml.jobs.scored_pairs import scored_pairs
from simcse_ml.text.labelled.parts import FOR_CHOOSING, FOR_REPORTING, Purpose
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.sts import read_sts
from simcse_ml.text.labelled.tables import read_table

SCORED = "sentence1,sentence2,score\n" + "".join(f"犬が{n}匹いる,猫が{n}匹いる,{n}\n" for n in range(5))
LABELLED = "gold_label\tsentence1\tsentence2\n" + "".join(
    f"{label}\tคน {n} คนเดินอยู่\tมีคน {n} คน\n" for n in range(5) for label in ("entailment", "neutral")
)
NOTES = "Hello there.\nThis is a text.\n"


def benchmark(path: Path, parts: dict[str, int]) -> Path:
    """As sentence-transformers ships the STS benchmark: packed TSV, a column `split`."""
    rows = ["split\tgenre\tdataset\tyear\tsid\tscore\tsentence1\tsentence2"]
    for part, count in parts.items():
        rows += [
            f"{part}\tnews\tmade\t2012\t{n}\t{n % 6}.0\tA man plays {part} {n}.\tHe plays {n}." for n in range(count)
        ]
    path.write_bytes(gzip.compress("\n".join(rows).encode() + b"\n"))
    return path


@pytest.mark.parametrize(
    ("purpose", "parts", "taken"),
    [
        (FOR_REPORTING, {"train": 6, "dev": 4, "test": 5}, "test"),
        (FOR_REPORTING, {"train": 6, "Validation": 4}, "validation"),
        (FOR_CHOOSING, {"train": 6, "dev": 4, "test": 5}, "dev"),
        (FOR_CHOOSING, {"training": 6, "test": 5}, "training"),
    ],
)
def test_each_use_takes_its_own_part_and_says_so(
    tmp_path: Path, purpose: Purpose, parts: dict[str, int], taken: str
) -> None:
    said: list[object] = []
    [found] = scored_pairs([benchmark(tmp_path / "stsb.tsv.gz", parts)], said.append, purpose)
    count = {part.casefold(): n for part, n in parts.items()}[taken]
    assert len(found) == count
    assert all(f"plays {taken} " in left.casefold() for left in found.left)
    assert found.name == f"stsb-{taken}"
    others = ", ".join(sorted(part.casefold() for part in parts if part.casefold() != taken))
    left_out = f"{sum(parts.values()) - count} rows of {others} left out"
    assert said == [Said("scores", f"stsb.tsv.gz: its {count} rows of {taken}; {left_out}")]


@pytest.mark.parametrize("parts", [{"test": 7}, {"train": 6}, {"one": 3, "two": 4}])
@pytest.mark.parametrize("purpose", [FOR_REPORTING, FOR_CHOOSING])
def test_all_rows_of_a_set_without_the_part_are_taken(tmp_path: Path, purpose: Purpose, parts: dict[str, int]) -> None:
    found = read_sts(benchmark(tmp_path / "stsb.tsv.gz", parts), purpose)
    assert (len(found), found.name, found.note) == (sum(parts.values()), "stsb", "")


def test_data_tells_the_parts(tmp_path: Path) -> None:
    [found] = describe(benchmark(tmp_path / "stsb.tsv.gz", {"train": 6, "dev": 4, "test": 5}))
    assert (found.kind, found.rows) == ("sts", 15)
    assert found.warnings == ("parts: train 6, dev 4, test 5 (--nli trains on train, --dev takes dev, --sts test)",)


def folder(path: Path, members: dict[str, str]) -> Path:
    for name, text in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return path


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path.with_suffix(".zip")


def tarred(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path.with_suffix(".tgz"), "w:gz") as archive:
        for name, text in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path.with_suffix(".tgz")


@pytest.mark.parametrize("made", [folder, zipped, tarred])
def test_sets_in_a_folder_or_archive_are_described_as_what_they_are(
    tmp_path: Path, made: Callable[[Path, dict[str, str]], Path]
) -> None:
    path = made(tmp_path / "sets", {"a/train.tsv": LABELLED, "a/notes.txt": NOTES, "b/valid.csv": SCORED})
    found = {one.path: one for one in describe(path)}
    assert {name: one.kind for name, one in found.items()} == {
        str(path / "a/train.tsv"): "nli",
        str(path / "a/notes.txt"): "text",
        str(path / "b/valid.csv"): "sts",
    }
    assert found[str(path / "a/train.tsv")].labels == {"entailment": 5, "neutral": 5}
    assert found[str(path / "b/valid.csv")].scale == (0.0, 4.0)
    assert found[str(path / "b/valid.csv")].first[0] == ("犬が0匹いる", "猫が0匹いる", "0")


@pytest.mark.parametrize("made", [folder, zipped, tarred])
def test_of_sets_alone_without_any_text(tmp_path: Path, made: Callable[[Path, dict[str, str]], Path]) -> None:
    assert [one.kind for one in describe(made(tmp_path / "sets", {"valid.csv": SCORED}))] == ["sts"]


def test_a_column_that_is_asked_for_makes_a_member_text(tmp_path: Path) -> None:
    path = zipped(tmp_path / "sets", {"valid.csv": SCORED})
    assert [(one.kind, one.first[0]) for one in describe(path, "sentence2")] == [("text", ("猫が0匹いる",))]


@pytest.fixture
def own_limit() -> Iterator[None]:
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("own_limit")
def test_a_quote_that_nothing_closes_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcse_ml.text.labelled.tables.FIELD_LIMIT", 1000)
    path = tmp_path / "a.csv"
    path.write_text('sentence1,sentence2,score\na,b,1\nc,"d,2\n' + "e,f,3\n" * 1000, "utf-8")
    with pytest.raises(UserError, match="a cell does not end") as caught:
        read_table(path, "sentence1".__eq__)
    assert caught.value.where == f"{path}:3"


@pytest.mark.parametrize(("code", "name"), [("utf-16", "utf-16-le"), ("shift_jis", "cp932"), ("utf-8-sig", "utf-8")])
def test_the_encoding_of_a_set_is_the_one_it_was_read_in(tmp_path: Path, code: str, name: str) -> None:
    path = tmp_path / "valid.csv"
    path.write_text(SCORED, code)
    for given in (path, tmp_path):
        [found] = describe(given)
        assert (found.kind, found.encoding, found.rows) == ("sts", name, 5)


@pytest.mark.parametrize("name", ["hf:facebook/xnli", "hf:facebook/xnli:sw/train"])
def test_a_set_on_the_hub_is_refused_with_the_way_to_get_it(name: str) -> None:
    with pytest.raises(UserError, match="read from files on this machine") as caught:
        read_sts(Path(name))
    assert (caught.value.where, caught.value.exit_code) == (name, ExitCode.USAGE)
    assert "hf download facebook/xnli --repo-type dataset" in caught.value.mend
