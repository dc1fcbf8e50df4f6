"""Screens that ask simcse-ml in another process: New run, Doctor, Report; with a stand-in that answers at once."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from dataclasses import replace

import pytest
from driving import driven, painted, rows_of
from textual import events

from simcse_tui.app import Tui
from simcse_tui.asking import answer_of, ask
from simcse_tui.look import Look
from simcse_tui.store.draft import Draft
from simcse_tui.store.paths import completed, problem_of
from simcse_tui.widgets.field import Field

SIZES = [(120, 40), (80, 24), (50, 15)]
ROW = {"label": "trained", "kind": "trained", "score": 74.0, "low": 72.6, "high": 75.3, "best": True}
ANSWERS = {
    "data": {"files": [{"path": "P", "format": "plain text", "encoding": "cp932", "rows": 1234, "bytes": 5000,
                        "first": [["猫\x1b[31m"]], "warnings": ["guessed"], "problem": ""}]},
    "langs detect": {"languages": [{"code": "ja", "certainty": 0.98}, {"code": "zh", "certainty": 0.01}]},
    "langs show": {"backbones": [{"id": "org/small", "params_m": 118.0, "licence": "mit"}]},
    "doctor": {"checks": [{"name": "memory", "state": "warn", "text": "1 GB", "mend": "end others"}]},
    "eval R --pairs": {"sets": [{"set": "mine", "pairs": 9, "grid": [[0, 0, 0, 0, 2]] * 5, "worst": [
        {"left": "猫が\x1b[31m寝る", "right": "起きる", "gold_pct": 10.0, "model_pct": 90.0, "gap": 80.0, "lex": 0.5},
        {"left": "退職した", "right": "会社を辞めた", "gold_pct": 90.0, "model_pct": 30.0, "gap": -60.0, "lex": 0.0},
    ]}]},
    "eval": {"sets": [{"set": "mine", "pairs": 9, "rows": [ROW], "gains": []}], "geometry": None},
}  # fmt: skip


def text_of(app, widget: str = "#body") -> str:
    return "\n".join(rows_of(app, widget))


@pytest.fixture
def standing_in(places, tmp_path):
    """Places whose command answers from ANSWERS, and writes down what it was asked."""
    script = tmp_path / "stand_in.py"
    script.write_text(
        f"import json, sys\nanswers = json.loads({json.dumps(json.dumps(ANSWERS))})\nasked = ' '.join(sys.argv[1:])\n"
        f"open({str(tmp_path / 'asked')!r}, 'a').write(asked + '\\n')\n"
        f"asked = asked.replace({str(places.runs_dir / 'ja-3')!r}, 'R')\n"
        "print(json.dumps(next((answers[key] for key in answers if asked.startswith(key)), {})))\n",
        encoding="utf-8",
    )
    return replace(places, command=(sys.executable, "-S", str(script)))


def opened(places, size, check, *keys: str, first: str, look: Look | None = None, **wants: str) -> None:
    asyncio.run(driven(Tui(look or Look(), places, first=first, wants=wants), size, check, *keys))


@pytest.mark.parametrize("size", SIZES)
def test_six_answers_become_the_equal_command_and_a_training(standing_in, tmp_path, size) -> None:
    corpus = tmp_path / "猫の本.txt"
    corpus.write_text("猫\n", encoding="utf-8")
    started: list[list[str]] = []

    def check(app) -> None:
        expected = shlex.join(["simcse-ml", "train", "--lang", "ja", "--backbone", "org/small", str(corpus)])
        assert app.front.equal_command() == expected
        assert Draft(str(corpus), "ja", "org/small").command() == expected
        if size[0] >= 120:
            assert "Review" in text_of(app)
        app.trainer.start = lambda name, arguments: started.append(list(arguments)) or 1
        app.front.act("next")
        assert app.front.name_ == "new" or app.front.name_ == "live"
        assert started[0][0] == "train" and "--out" in started[0]

    opened(
        standing_in, size, check, "enter", "enter", "j", "j", "enter", "enter", "enter", first="new", corpus=str(corpus)
    )


def test_a_path_that_is_not_there_is_said_and_asked_again(standing_in) -> None:
    check = lambda app: "There is nothing at /no/such" in text_of(app) or pytest.fail(text_of(app))  # noqa: E731
    opened(standing_in, (80, 24), check, *"/no/such", "enter", first="new")


def test_what_a_corpus_is_read_as_is_shown_and_cannot_be_obeyed(standing_in, tmp_path) -> None:
    corpus = tmp_path / "x.txt"
    corpus.write_text("a\n", encoding="utf-8")

    def check(app) -> None:
        text = text_of(app)
        assert "cp932" in text and "1,234 rows" in text and "guessed" in text and "猫·[31m" in text

    opened(standing_in, (80, 24), check, first="new", corpus=str(corpus))


@pytest.mark.parametrize("size", SIZES)
def test_doctor_shows_every_check_and_what_to_do(standing_in, size) -> None:
    check = lambda app: ("end others" in text_of(app) and "memory" in text_of(app)) or pytest.fail(text_of(app))  # noqa: E731
    opened(standing_in, size, check, first="doctor")


@pytest.mark.parametrize("size", SIZES)
def test_report_without_pairs_says_so_and_scores_a_file(standing_in, add_run, size) -> None:
    add_run("ja-3")

    def check(app) -> None:
        assert "74.0" in text_of(app) and "mine" in text_of(app)

    opened(standing_in, size, lambda app: "No pairs" in text_of(app) or pytest.fail(text_of(app)), first="report")
    opened(standing_in, size, check, "E", *"p.tsv", "enter", first="report")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_report_holds_every_trained_row_against_the_best_that_costs_nothing(standing_in, add_run, size) -> None:
    gain = {"of": "trained", "low": -1.0, "high": 9.0, "verdict": "no gain"}
    rows = [
        {**ROW, "label": "counting (words)", "kind": "counting", "score": 75.0},
        {**ROW, "label": "untouched mean", "kind": "untouched", "score": 66.8},
        ROW,
    ]
    gains = [
        {**gain, "over": "untouched mean", "over_kind": "untouched", "value": 7.2},
        {**gain, "over": "counting (words)", "over_kind": "counting", "value": -1.0},
    ]
    record = {"sets": [{"set": "mine", "pairs": 9, "rows": rows, "gains": gains}], "verdict": "No gain. " * 20 + "End."}
    (add_run("ja-3") / "eval.json").write_text(json.dumps(record), encoding="utf-8")

    def check(app) -> None:
        text = painted(app)
        assert "End." in text and "+7.2" not in text
        assert "best free" in next(row for row in text.splitlines() if "75.0" in row)
        assert "-1.0 same" in next(row for row in text.splitlines() if row.strip().startswith("* "))

    opened(standing_in, size, check, first="report")


@pytest.mark.parametrize("size", SIZES)
def test_pairs_that_are_ordered_unlike_people_are_listed_by_side(standing_in, add_run, size) -> None:
    add_run("ja-3")

    def both(app) -> None:
        text = painted(app)
        assert "ORDERED UNLIKE PEOPLE" in text and "\x1b" not in text
        if size[1] > 15:
            assert "猫が·[31m寝る" in text and "会社を辞めた" in text and "+80" in text and "-60" in text

    def under(app) -> None:
        assert "起きる" not in painted(app) and "too unlike" in painted(app)

    opened(standing_in, size, both, "w", first="report")
    opened(standing_in, size, under, "w", "f", "f", first="report")
    opened(standing_in, size, lambda app: "UNLIKE" not in painted(app) or pytest.fail("on"), "w", "w", first="report")


def test_the_whole_command_and_every_answer_stand_in_the_review(standing_in, tmp_path) -> None:
    corpus, pairs = tmp_path / "猫の本.txt", tmp_path / ("long" * 20 + ".tsv")
    for path in (corpus, pairs):
        path.write_text("猫\n", encoding="utf-8")

    def check(app) -> None:
        text = "".join(painted(app).split())
        assert "".join(app.front.equal_command().split()) in text and "scoredpairstoreporton(STS)" in text

    keys = ("enter", "enter", "enter", "j", "e", *str(pairs), "enter", "enter", "enter")
    opened(standing_in, (80, 24), check, *keys, first="new", corpus=str(corpus))


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast", "ansi", "none"])
def test_every_screen_opens_in_every_theme_and_language(standing_in, add_run, theme, language) -> None:
    add_run("ja-3")
    look = Look(theme=theme, language=language, ascii=theme == "none")

    def check(app) -> None:
        assert app.front.name_ == "doctor" and text_of(app).strip()

    opened(standing_in, (80, 24), check, "3", "6", "2", "escape", "7", first="home", look=look)


def test_a_command_that_fails_or_hangs_gives_its_last_line_or_its_limit() -> None:
    assert answer_of(b"", b"one\nerror: no\n\n", 3).problem == "error: no"
    assert answer_of(b'noise\n{"a": 1}\n', b"", 0).found == {"a": 1}
    slow = asyncio.run(ask((sys.executable, "-c", "import time; time.sleep(30)"), (), limit=0.3))
    assert "no answer" in slow.problem
    assert asyncio.run(ask(("/no/such/program",), ())).code == -1


def test_paths_are_completed_as_far_as_they_are_certain(tmp_path) -> None:
    for name in ("猫の本.txt", "猫の歌.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    path, names = completed(str(tmp_path / "猫"))
    assert (path.endswith("猫の") and names == ["猫の本.txt", "猫の歌.txt"]) or names == sorted(names)
    assert problem_of(str(tmp_path)) == "" and problem_of(str(tmp_path / "none")) == "missing"


def test_typing_moves_and_deletes_by_cluster(window) -> None:
    async def steps() -> None:
        app = window("new")
        async with app.run_test(size=(80, 24)) as pilot:
            field = app.screen.query_one(Field)
            field.fill("> ", "นี้👨‍👩‍👧e\u0301")
            await pilot.press("backspace")
            assert field.value == "นี้👨‍👩‍👧"
            await pilot.press("left", "backspace")
            assert field.value == "👨‍👩‍👧"
            field.fill("> ")
            for character in "天皇\u3000即位می\u200cخواهم":
                assert field.took(events.Key("x", character))
            assert field.value == "天皇\u3000即位می\u200cخواهم"
            await pilot.press("ctrl+w")
            assert field.value == "天皇\u3000"
            assert not any(field.took(events.Key("x", character)) for character in "\x07\ud800\ufffe")
            field.insert("a\x1b[31m\nb")
            assert "\x1b" not in "".join(segment.text for segment in field.render_line(0))

    asyncio.run(steps())
