"""The report adds up, names what can be switched, and says what a person should know."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simcse_ml.errors import UserError
from simcse_ml.events import silent
from simcse_ml.languages.table import lang_info
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text import building, verdicts
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.reasons import SAMPLES
from simcse_ml.text.report import PrepareReport, pages_line

NOISE = [
    "Home | News | Sport | Contact",
    "12 13 14 15 16 17 x",
    "if (x == 1) { return; }",
    "ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ",
    "short",
    "1234 5678",
    "https://example.org/abc x",
    "Это предложение по-русски.",
    "The beginning of a text [...]",
    "\u200b",
    "*** !!! >>> a <<<",
    "bad \ufffd bytes in this line",
    "word " * 300,
    "x" * 3000,
    "The very same sentence stands here.",
]


def prepare(path: Path, cache: Path, lang: str = "en", **asked: object) -> Corpus:
    return prepare_corpus([str(path)], lang_info(lang), TextSettings(**asked), cache=cache, sink=silent)


def plain(count: int, seed: int = 0) -> list[str]:
    words = ["river", "stone", "market", "bread", "window", "letter", "garden", "winter", "bridge", "teacher"]
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(words, 12)).capitalize() + f" {number}." for number in range(count)]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([*NOISE, ""]) | st.text(max_size=40), max_size=60),
    st.fixed_dictionaries(
        {},
        optional={
            "code": st.sampled_from(["keep", "drop"]),
            "repeats": st.sampled_from(["keep", "drop"]),
            "long_sentences": st.sampled_from(["cut", "drop"]),
            "without_letters": st.sampled_from(["keep", "drop"]),
            "boilerplate_share": st.sampled_from([0.0, 0.01, 0.5]),
            "max_sentences": st.integers(20, 40),
            "most_signs": st.sampled_from([0.2, 1.0]),
            "split": st.booleans(),
        },
    ),
)
def test_what_was_read_is_what_was_kept_and_dropped(lines: list[str], asked: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.txt"
        path.write_text("\n".join([*plain(30), *lines]), encoding="utf-8", errors="replace", newline="\n")
        try:
            report = prepare(path, Path(name) / "cache", **asked).report
        except UserError as error:
            assert "usable" in str(error)
            return
        assert report.read == report.kept + sum(report.dropped.values())
        assert set(report.samples) == set(report.dropped)
        assert all(1 <= len(texts) <= SAMPLES for texts in report.samples.values())
        assert PrepareReport.from_json(report.as_json()) == report


def test_each_reason_says_which_key_moves_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*plain(40), *NOISE, NOISE[-1]]), encoding="utf-8")
    reasons = {item["reason"]: item for item in prepare(path, tmp_path / "cache").report.reasons()}
    assert reasons["code"]["switch"] == "text.code"
    assert reasons["code"]["samples"] == ["if (x == 1) { return; }"]
    assert reasons["menu"]["count"] == 1
    assert all(str(item["switch"]).split(".")[0] in ("text", "evaluation") for item in reasons.values())


def test_a_line_that_stands_in_many_documents_goes_and_a_refrain_in_one_stays_once(tmp_path: Path) -> None:
    sentences = plain(240)
    lines: list[str] = []
    for number in range(40):
        lines += ["ページの先頭へ戻る", *sentences[6 * number : 6 * number + 6], "คัดลอกลิงก์แล้วแชร์ต่อ", ""]
    lines += ["La la la, sang the wind", "La la la, sang the wind", "La la la, sang the wind"]
    path = tmp_path / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = prepare(path, tmp_path / "cache", least_own_script=0.0).report
    assert report.dropped == {"boilerplate": 80, "repeated": 2}
    kept = prepare(path, tmp_path / "cache", least_own_script=0.0, boilerplate_share=0.0).report
    assert kept.dropped == {"repeated": 80}


def test_a_licence_in_every_file_goes_even_with_its_stops(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    licence = "You may copy this book, give it away or use it again under the terms of the licence."
    for number in range(6):
        (folder / f"{number}.txt").write_text("\n\n".join([*plain(20, number), licence]), encoding="utf-8")
    report = prepare(folder, tmp_path / "cache").report
    assert report.dropped == {"boilerplate": 6}
    assert report.samples["boilerplate"] == (licence,)


def test_the_window_of_near_repeats_is_said_where_it_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    lines = plain(120)
    path.write_text("\n".join([*lines, lines[0].upper() + "!"]), encoding="utf-8")
    assert prepare(path, tmp_path / "cache").report.notes == ()
    monkeypatch.setattr(verdicts, "WINDOW", 50)
    monkeypatch.setattr(building, "WINDOW", 50)
    report = prepare(path, tmp_path / "other").report
    assert "among 50 sentences at a time" in report.notes[0]
    assert report.samples["nearly_repeated"] == (lines[0].upper() + "!",)  # the same letters are found anywhere


ENGLISH = [
    f"The children who live in house number {number} went with their mother to the old market near the river, because "
    "they wanted to buy bread, milk and fresh apples for the whole family before the shops would close in the evening."
    for number in range(60)
]


def swahili(count: int) -> list[str]:
    rng = np.random.default_rng(1)
    who = ["Watoto", "Wazee", "Wanawake", "Walimu", "Wakulima", "Marafiki"]
    what = ["walikwenda shuleni", "walirudi nyumbani", "walikula chakula", "waliimba nyimbo", "walilima shamba"]
    when = ["asubuhi na mapema", "wakati wa jioni", "siku ya Jumapili", "baada ya mvua kubwa", "mwaka uliopita"]
    pieces = [f"{rng.choice(who)} {rng.choice(what)} {rng.choice(when)} pamoja na mtu wa" for _ in range(count)]
    return [f"{piece} nyumba namba {number} kule kijijini kwetu." for number, piece in enumerate(pieces)]


def test_another_language_is_said_and_dropped_only_if_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*swahili(400), *ENGLISH]), encoding="utf-8")
    report = prepare(path, tmp_path / "cache", "sw", near_duplicates=False).report
    (warning,) = report.warnings
    assert "English (1" in warning
    assert "text.other_languages=drop" in warning
    assert "other_language" not in report.dropped
    report = prepare(path, tmp_path / "cache", "sw", near_duplicates=False, other_languages="drop").report
    assert report.dropped["other_language"] == 60
    assert all("children" in text for text in report.samples["other_language"])


def test_sentences_are_never_judged_in_a_language_that_the_identifier_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join([*swahili(400), *ENGLISH]), encoding="utf-8")
    report = prepare(path, tmp_path / "cache", "wo", other_languages="drop", near_duplicates=False).report
    assert report.warnings == ("the text looks like Swahili (sw), not Wolof: check --lang",)  # by its common words
    assert report.kept == 460


def test_the_wrong_language_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(swahili(400)), encoding="utf-8")
    (warning,) = prepare(path, tmp_path / "cache", "de").report.warnings
    assert "Swahili" in warning
    assert "check --lang" in warning


def test_a_dump_without_an_article_is_said_to_have_none() -> None:
    assert pages_line({"pages": 507, "of other namespaces": 486, "redirects": 19, "empty": 2}) == (
        "507 pages: 0 articles kept, 19 redirects, 486 of other namespaces, 2 empty articles"
    )
    assert pages_line({"pages": 1, "articles": 1}) == "1 page: 1 article kept"
