"""Retrieval sets as BEIR, TREC, MIRACL and the Hub lay them out, and what is wrong with them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.labelled.recognise import describe
from simcse_ml.text.labelled.retrieval import RetrievalSet, read_retrieval

DOCUMENTS = {"d1": "ประเทศไทยอยู่ในเอเชีย", "d2": "東京は日本の首都", "d3": "አዲስ አበባ ዋና ከተማ ናት"}
QUERIES = {"q1": "เมืองหลวงอยู่ที่ไหน", "q2": "日本の首都はどこ", "q3": "የኢትዮጵያ ዋና ከተማ"}
GRADES = [("q1", "d1", 1), ("q2", "d2", 2), ("q2", "d1", 1), ("q2", "d3", 0)]


def jsonl(path: Path, texts: Mapping[str, str]) -> None:
    lines = [json.dumps({"_id": name, "title": "", "text": text, "metadata": {}}) for name, text in texts.items()]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def beir(folder: Path) -> None:
    jsonl(folder / "corpus.jsonl", DOCUMENTS)
    jsonl(folder / "queries.jsonl", QUERIES)
    (folder / "qrels").mkdir()
    for part, rows in (("train", [("q3", "d3", 1)]), ("test", GRADES)):
        told = "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{d}\t{g}\n" for q, d, g in rows)
        (folder / "qrels" / f"{part}.tsv").write_text(told, "utf-8")


def plain_tables(folder: Path) -> None:
    for name, texts in (("corpus", DOCUMENTS), ("queries", QUERIES)):
        (folder / f"{name}.tsv").write_text("id\ttext\n" + "".join(f"{k}\t{v}\n" for k, v in texts.items()), "utf-8")
    told = "query_id\tcorpus_id\trelevance\n" + "".join(f"{q}\t{d}\t{g}\n" for q, d, g in GRADES)
    (folder / "qrels.tsv").write_text(told, "utf-8")


def trec(folder: Path) -> None:
    """MIRACL: packed shards of documents, topics without a header, qrels with blanks."""
    (folder / "docs").mkdir()
    for number, (name, text) in enumerate(DOCUMENTS.items()):
        line = json.dumps({"docid": name, "title": "", "text": text})
        (folder / "docs" / f"docs-{number}.jsonl.gz").write_bytes(gzip.compress(line.encode() + b"\n"))
    (folder / "topics.miracl-v1.0-xx-dev.tsv").write_text("".join(f"{k}\t{v}\n" for k, v in QUERIES.items()), "utf-8")
    (folder / "qrels.miracl-v1.0-xx-dev.tsv").write_text("".join(f"{q} Q0 {d} {g}\n" for q, d, g in GRADES), "utf-8")


def parquet(folder: Path) -> None:
    for name, texts in (("corpus", DOCUMENTS), ("queries", QUERIES)):
        (folder / name).mkdir()
        table = pa.table({"_id": list(texts), "text": list(texts.values())})
        pq.write_table(table, folder / name / "test-00000-of-00001.parquet")
    (folder / "qrels").mkdir()
    columns = dict(zip(("query-id", "corpus-id", "score"), map(list, zip(*GRADES, strict=True)), strict=True))
    pq.write_table(pa.table(columns), folder / "qrels" / "test-00000-of-00001.parquet")


@pytest.mark.parametrize("layout", [beir, plain_tables, trec, parquet])
def test_every_layout_is_the_same_set(layout: Callable[[Path], None], tmp_path: Path) -> None:
    layout(tmp_path)
    found = read_retrieval(tmp_path)
    assert found.queries == (QUERIES["q1"], QUERIES["q2"])
    assert set(found.documents) == set(DOCUMENTS.values())
    assert _judged(found) == {
        (QUERIES["q1"], DOCUMENTS["d1"]): 1.0,
        (QUERIES["q2"], DOCUMENTS["d2"]): 2.0,
        (QUERIES["q2"], DOCUMENTS["d1"]): 1.0,
    }
    assert "1 questions that no document answers left out" in found.notes


def _judged(found: RetrievalSet) -> dict[tuple[str, str], float]:
    rows = zip(found.query.tolist(), found.document.tolist(), found.grade.tolist(), strict=True)
    return {(found.queries[q], found.documents[d]): grade for q, d, grade in rows}


def test_a_title_stands_in_front_of_its_text(tmp_path: Path) -> None:
    plain_tables(tmp_path)
    (tmp_path / "corpus.tsv").write_text("id\ttext\ttitle\nd1\tคำ\tชื่อ\nd2\t\t題\nd3\t\t\n", "utf-8")
    found = read_retrieval(tmp_path)
    assert found.documents == ("ชื่อ คำ", "題")
    assert "1 documents without a text left out" in found.notes


def test_what_is_not_there_is_counted_and_left_out(tmp_path: Path) -> None:
    plain_tables(tmp_path)
    with (tmp_path / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write("q9\td1\t1\nq1\td9\t1\nq1\td8\t1\n")
    found = read_retrieval(tmp_path)
    assert len(found.grade) == 3
    assert "1 judgements of questions that are not there left out" in found.notes
    assert "2 judgements of documents that are not there left out" in found.notes


def test_qrels_of_three_columns_or_two_need_no_header(tmp_path: Path) -> None:
    plain_tables(tmp_path)
    for rows in ("".join(f"{q}\t{d}\t{g}\n" for q, d, g in GRADES), "q1\td1\nq2\td2\n"):
        (tmp_path / "qrels.tsv").write_text(rows, "utf-8")
        assert _judged(read_retrieval(tmp_path))[QUERIES["q1"], DOCUMENTS["d1"]] == 1.0


@pytest.mark.parametrize(
    ("file", "content", "what"),
    [
        ("corpus.tsv", "id\ttext\nd1\ta\nd1\tb\n", "d1 is the identifier of another text too"),
        ("corpus.tsv", "id\tname\nd1\ta\n", "no column text"),
        ("corpus.tsv", "d1\ta\tb\nd2\ta\tb\n", "not named"),
        ("queries.tsv", "id\ttext\n\ta\n", "an identifier is missing"),
        ("qrels.tsv", "query_id\tcorpus_id\tscore\nq1\td1\tmuch\n", "the grade is 'much'"),
        ("qrels.tsv", "query_id\tscore\nq1\t1\n", "no column corpus_id"),
        ("qrels.tsv", "query_id\tcorpus_id\tscore\nq1\td1\t0\n", "no document in it answers"),
        ("qrels.tsv", "q1\td1\t1\tx\ty\n", "not named"),
    ],
)
def test_what_is_wrong_is_refused_with_its_file(tmp_path: Path, file: str, content: str, what: str) -> None:
    plain_tables(tmp_path)
    (tmp_path / file).write_text(content, "utf-8")
    with pytest.raises(UserError, match=what) as caught:
        read_retrieval(tmp_path)
    assert caught.value.exit_code is ExitCode.INPUT
    assert str(tmp_path / file) in caught.value.where and caught.value.mend


def test_a_folder_that_lacks_one_of_the_three_is_refused(tmp_path: Path) -> None:
    plain_tables(tmp_path)
    (tmp_path / "qrels.tsv").unlink()
    for path, what in ((tmp_path, "no file qrels"), (tmp_path / "corpus.tsv", "a file"), (tmp_path / "no", "no such")):
        with pytest.raises(UserError, match=what):
            read_retrieval(path)


def test_of_several_parts_the_test_part_is_taken_and_others_are_asked_for(tmp_path: Path) -> None:
    beir(tmp_path)
    assert read_retrieval(tmp_path).queries == (QUERIES["q1"], QUERIES["q2"])
    (tmp_path / "qrels" / "test.tsv").rename(tmp_path / "qrels" / "b.tsv")
    (tmp_path / "qrels" / "train.tsv").rename(tmp_path / "qrels" / "a.tsv")
    with pytest.raises(UserError, match=r"several files may be meant: qrels.a\.tsv, qrels.b\.tsv"):
        read_retrieval(tmp_path)


def test_a_set_that_is_too_large_is_not_read_only_to_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_tables(tmp_path)
    monkeypatch.setattr("simcse_ml.text.labelled.described_retrieval.MOST_BYTES", 100)
    [told] = describe(tmp_path)
    assert told.kind == "unreadable" and "eval --retrieval takes them" in told.problem


def test_data_tells_such_a_folder(tmp_path: Path) -> None:
    plain_tables(tmp_path)
    [told] = describe(tmp_path)
    assert (told.kind, told.rows, told.format) == ("retrieval", 2, "corpus.tsv, queries.tsv, qrels.tsv")
    assert told.first == ((QUERIES["q1"], DOCUMENTS["d1"]), (QUERIES["q2"], DOCUMENTS["d2"]))
    assert told.warnings[0] == "3 documents, 3 answers"
    (tmp_path / "qrels.tsv").write_text("query_id\tscore\nq1\t1\n", "utf-8")
    [told] = describe(tmp_path)
    assert told.kind == "unreadable" and "no column corpus_id" in told.problem


def test_the_set_of_jsquad_is_read_whole(shared: Callable[[str], Path]) -> None:
    found = read_retrieval(shared("retrieval/ja-jsquad/valid"))
    assert (len(found.queries), len(found.documents), len(found.grade)) == (4442, 1145, 4442)
    assert found.name == "ja-jsquad-valid" and not found.notes
