"""Inputs become a corpus: counted, resumable, the same bytes every time."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Event, Progress, Said, Warned, silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text import shards
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.prepare import prepare_corpus

WORDS = [
    "river", "stone", "market", "bread", "window", "letter", "garden", "winter", "bridge", "teacher",
    "apple", "doctor", "silver", "mountain", "coffee", "railway", "novel", "island", "candle", "harbour",
]  # fmt: skip


def sentences(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, 12)).capitalize() + f" {number}." for number in range(count)]


def put(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def prepare(
    path: Path | str, cache: Path, code: str = "en", exclude: list[str] | None = None, **settings: object
) -> Corpus:
    return prepare_corpus(
        [str(path)], lang_info(code), TextSettings(**settings), cache=cache, sink=silent, exclude=exclude or ()
    )


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_every_sentence_read_is_kept_or_counted_with_a_reason(tmp_path: Path) -> None:
    lines = [
        *sentences(300),
        "Short.",
        "12 34 56 78 90",
        sentences(300)[0],
        "Это предложение по-русски.",
        "x" * 1200 + ".",
    ]
    corpus = prepare(put(tmp_path / "a.txt", lines), tmp_path / "cache")
    report = corpus.report
    assert report.kept == len(corpus) == 300
    assert report.read == 305
    assert report.dropped == {"too_short": 1, "too_long": 1, "no_letters": 1, "repeated": 1, "other_script": 1}
    assert report.samples["other_script"] == ("Это предложение по-русски.",)
    assert report.kept + sum(report.dropped.values()) == report.read


def test_rows_are_read_at_random_in_the_order_asked_for(tmp_path: Path) -> None:
    lines = sentences(200)
    corpus = prepare(put(tmp_path / "a.txt", lines), tmp_path / "cache", near_duplicates=False)
    assert corpus.texts(np.array([5, 0, 199, 5])) == [lines[5], lines[0], lines[199], lines[5]]
    assert [text for batch in corpus.iterate(batch=7) for text in batch] == lines
    assert list(corpus.iterate(np.array([3, 1, 2]), batch=2)) == [[lines[3], lines[1]], [lines[2]]]


def test_train_and_held_out_rows_part_the_corpus(tmp_path: Path) -> None:
    corpus = prepare(put(tmp_path / "a.txt", sentences(400)), tmp_path / "cache")
    both = np.concatenate([corpus.train_rows, corpus.held_out_rows])
    assert sorted(both.tolist()) == list(range(len(corpus)))
    assert 8 <= len(corpus.held_out_rows) <= 16


def test_blank_lines_make_an_ordered_corpus_whose_documents_are_held_out_whole(tmp_path: Path) -> None:
    lines: list[str] = []
    for number, sentence in enumerate(sentences(600)):
        lines += [sentence, ""] if number % 5 == 4 else [sentence]
    corpus = prepare(put(tmp_path / "a.txt", lines), tmp_path / "cache")
    assert corpus.ordered == "yes"
    assert corpus.report.documents == 120
    assert corpus.positions[:7].tolist() == [0, 1, 2, 3, 4, 0, 1]
    held = set(corpus.documents[corpus.held_out_rows].tolist())
    assert held
    assert not held & set(corpus.documents[corpus.train_rows].tolist())


def test_lines_without_documents_are_of_unknown_order_and_table_rows_of_none(tmp_path: Path) -> None:
    assert prepare(put(tmp_path / "a.txt", sentences(60)), tmp_path / "cache").ordered == "unknown"
    rows = [json.dumps({"text": text}) for text in sentences(60)]
    assert prepare(put(tmp_path / "a.jsonl", rows), tmp_path / "cache").ordered == "no"


def test_a_folder_of_texts_is_ordered(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(6):
        put(folder / f"{number}.txt", sentences(10, seed=number))
    corpus = prepare(folder, tmp_path / "cache")
    assert corpus.ordered == "yes"
    assert corpus.report.files == 6


def test_evaluation_sentences_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = sentences(100)
    asked = ["  " + lines[3].rstrip("."), lines[50].replace(" ", "  "), "not in it"]
    corpus = prepare(put(tmp_path / "a.txt", lines), tmp_path / "cache", exclude=asked)
    assert corpus.report.dropped["in_evaluation_set"] == 2
    assert "2 also in an evaluation set" in corpus.report.lines()[-1]
    assert lines[3] not in corpus.texts(np.arange(len(corpus)))


def test_a_sample_keeps_neighbours(tmp_path: Path) -> None:
    corpus = prepare(
        put(tmp_path / "a.txt", sentences(1000)), tmp_path / "cache", max_sentences=128, near_duplicates=False
    )
    assert len(corpus) == 128
    assert np.count_nonzero(np.diff(corpus.positions) != 1) <= 2


def test_the_same_again_only_opens_and_another_setting_prepares_anew(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", sentences(100))
    first = prepare(path, tmp_path / "cache")
    events: list[Event] = []
    again = prepare_corpus([str(path)], lang_info("en"), TextSettings(), cache=tmp_path / "cache", sink=events.append)
    assert again.fingerprint == first.fingerprint
    assert not [event for event in events if isinstance(event, Progress)]
    assert [event.text for event in events if isinstance(event, Said)] == first.report.lines()
    assert prepare(path, tmp_path / "cache", min_characters=9).fingerprint != first.fingerprint
    put(path, sentences(101))
    assert prepare(path, tmp_path / "cache").fingerprint != first.fingerprint


@pytest.mark.parametrize("stop_after", [1, 3, 5])
def test_a_killed_preparation_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    monkeypatch.setattr(shards, "SHARD_BLOCKS", 37)
    lines: list[str] = []
    for number, sentence in enumerate(sentences(220)):
        lines += [sentence + " And a second one stands here.", ""] if number % 4 == 3 else [sentence]
    path = put(tmp_path / "a.txt", lines)
    whole = prepare(path, tmp_path / "whole")

    class Killed(BaseException):
        pass

    seen = 0

    def kill(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, Progress)
        if seen == stop_after:
            raise Killed

    with pytest.raises(Killed):
        prepare_corpus([str(path)], lang_info("en"), TextSettings(), cache=tmp_path / "cut", sink=kill)
    done: list[Event] = []
    cut = prepare_corpus([str(path)], lang_info("en"), TextSettings(), cache=tmp_path / "cut", sink=done.append)
    assert content(cut.folder) == content(whole.folder)
    assert sorted(file.name for file in (tmp_path / "cut" / "text").iterdir()) == [cut.fingerprint]


def test_parts_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("corpus", "building"):
        monkeypatch.setattr(f"simcse_ml.text.{module}.PART_ROWS", 16)
    lines = sentences(100)
    corpus = prepare(put(tmp_path / "a.txt", lines), tmp_path / "cache", near_duplicates=False)
    assert len(list(corpus.folder.glob("*.arrow"))) == 7
    assert corpus.texts(np.arange(100)) == lines
    assert corpus.positions.tolist() == list(range(100))


def test_standard_input_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("\n".join(sentences(50)) + "\n").encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert len(prepare("-", tmp_path / "cache")) == 50
    assert len(list((tmp_path / "cache" / "text").iterdir())) == 1


def test_text_mostly_in_another_script_is_kept_with_a_warning(tmp_path: Path) -> None:
    events: list[Event] = []
    path = put(tmp_path / "a.txt", sentences(60))
    corpus = prepare_corpus([str(path)], lang_info("ja"), TextSettings(), cache=tmp_path / "c", sink=events.append)
    assert len(corpus) == 60
    assert any("check --lang" in event.text for event in events if isinstance(event, Warned))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("special/two-sentences.txt", "only 2 usable"),
        ("special/duplicates.txt", "2 different sentences are left of 5,000"),
        ("special/short-lines.txt", "too short"),
        ("special/empty.txt", "no text"),
        ("special/png-image.txt", "PNG"),
    ],
)
def test_too_little_text_is_an_input_error_that_says_why(
    shared: Callable[[str], Path], tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(UserError) as caught:
        prepare(shared(name), tmp_path, "ja")
    assert caught.value.exit_code == ExitCode.INPUT
    assert says in str(caught.value)
    assert name.split("/")[1] in str(caught.value)


def test_one_sentence_many_times_is_told_apart_from_too_little_text(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="only 1 different sentence is left of 30,000"):
        prepare(put(tmp_path / "a.txt", ["This is the very same sentence."] * 30_000), tmp_path / "cache")


def test_damaged_lines_are_counted_and_good_ones_beside_them_stay(tmp_path: Path) -> None:
    data = (
        "\n".join(f"Café {text}" for text in sentences(40)).encode() + b"\nA line with \xc3\x28 damaged bytes in it.\n"
    )
    (tmp_path / "a.txt").write_bytes(data)
    corpus = prepare(tmp_path / "a.txt", tmp_path / "cache")
    assert len(corpus) == 40
    assert corpus.report.dropped == {"damaged": 1}


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file") as caught:
        prepare(tmp_path / "none.txt", tmp_path / "cache")
    assert caught.value.exit_code == ExitCode.INPUT


def test_a_corpus_of_a_later_version_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(UserError, match="another version"):
        Corpus.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "code", "ordered"),
    [
        ("text/bo/african-storybook.txt", "bo", "yes"),
        ("text/th/talpco-sentences.txt", "th", "unknown"),
        ("text/am/african-storybook.txt", "am", "yes"),
        ("text/ar/common-voice-sentences.txt", "ar", "unknown"),
        ("encodings/ja-euc-jp.txt", "ja", "unknown"),
        ("special/one-line-2mb.txt", "ja", "unknown"),
    ],
)
def test_shared_texts_of_many_languages_keep_most_of_their_sentences(
    shared: Callable[[str], Path], tmp_path: Path, name: str, code: str, ordered: str
) -> None:
    corpus = prepare(shared(name), tmp_path, code)
    kept_share = corpus.report.kept / (corpus.report.read - corpus.report.dropped.get("repeated", 0))
    assert kept_share > 0.7
    assert corpus.ordered == ordered
