"""Home: every state of a run and of the list, filters, and what the keys ask for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from driving import driven, painted, rows_of, settle

from simcse_tui.look import Look
from simcse_tui.store.filtering import chosen, wrong
from simcse_tui.store.records import RunRecord
from simcse_tui.widgets.lines import Lines

SIZES = [(120, 40), (80, 24), (50, 15)]


def in_window(window, size, check, *keys: str, **wants: str) -> None:
    asyncio.run(driven(window(**wants), size, check, *keys))


@pytest.mark.parametrize("size", SIZES)
def test_without_runs_there_is_a_menu(window, size) -> None:
    in_window(window, size, lambda app: rows_of(app)[0].startswith("  No runs yet.") or pytest.fail(str(rows_of(app))))


@pytest.mark.parametrize("size", SIZES)
def test_every_state_has_a_word(window, add_run, places, size) -> None:
    for state in ("done", "stopped", "failed", "training"):
        add_run(f"run-{state}", state=state, problem="disk full" if state == "failed" else "")
    (places.runs_dir / "broken").mkdir()
    (places.runs_dir / "broken" / "run.json").write_text("{", encoding="utf-8")
    add_run("later", format=99)

    def check(app) -> None:
        text = "\n".join(rows_of(app))
        for word in ("done", "stopped", "failed", "died", "unreadable", "newer"):
            assert word in text, word

    in_window(window, size, check)


def test_scores_say_better_only_where_the_interval_excludes_zero(window, add_run) -> None:
    folder = add_run("ja-2")
    row = {"low": 69.8, "high": 72.5, "best": True}
    gain = {"of": "trained", "over": "x", "value": 9.1, "low": 1.0, "high": 2.0}
    record = {
        "verdict": "Better than both. " * 9 + "That is all.",
        "sets": [
            {
                "set": "sts",
                "pairs": 10,
                "rows": [
                    {**row, "label": "counting", "kind": "counting", "score": 60.0},
                    {**row, "label": "untouched mean", "kind": "untouched", "score": 62.0},
                    {**row, "label": "trained", "kind": "trained", "score": 71.2},
                ],
                "gains": [
                    {**gain, "over_kind": "untouched", "verdict": "better"},
                    {**gain, "over_kind": "counting", "verdict": "no gain", "value": 4.0},
                ],
            }
        ],
    }
    (folder / "eval.json").write_text(json.dumps(record), encoding="utf-8")

    def check(app) -> None:
        shown = next(text for text in rows_of(app) if "ja-2" in text)
        assert "71.2 [69.8,72.5]" in shown and "+9.1 better" in shown and "+4.0 same" in shown
        assert "That is all." in painted(app)

    in_window(window, (120, 40), check)


def test_the_cursor_stays_on_its_run_while_another_comes_in(window, add_run) -> None:
    add_run("a", created="2026-01-02")
    add_run("b", created="2026-01-01")

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            await pilot.press("j")
            assert app.front.chosen_text() == "b"
            add_run("c", created="2026-01-03")
            app.look_again()
            await settle(pilot, app)
            assert app.front.chosen_text() == "b"
            assert any("3 runs" in text for text in rows_of(app))

    asyncio.run(steps())


def test_a_filter_narrows_while_it_is_typed_and_esc_shows_all(window, add_run) -> None:
    add_run("猫の学習", language="ja")
    add_run("ข่าว", language="th")
    in_window(
        window, (80, 24), lambda app: [run.name for run in app.front._shown] == ["ข่าว"] or pytest.fail("filter"),
        "slash", *"lang", "colon", *"th",
    )  # fmt: skip
    in_window(
        window, (80, 24), lambda app: len(app.front._shown) == 2 or pytest.fail("esc"),
        "slash", *"lang", "colon", *"th", "enter", "escape",
    )  # fmt: skip


def test_filters_understand_words_keys_and_minus() -> None:
    runs = [
        RunRecord(Path("a"), "ja-猫", "done", language="ja", inputs=("/x/Corpus.txt",)),
        RunRecord(Path("b"), "th-1", "failed", language="th"),
    ]
    assert [run.name for run in chosen(runs, "state:done")] == ["ja-猫"]
    assert [run.name for run in chosen(runs, "-lang:ja")] == ["th-1"]
    assert [run.name for run in chosen(runs, "猫 corpus:corpus")] == ["ja-猫"]
    assert wrong("state:done colour:red") == "colour:red" and wrong("猫 -lang:ja") == ""


def test_a_run_is_deleted_only_when_its_name_is_typed(window, add_run, monkeypatch) -> None:
    add_run("ja-1")
    asked: list[tuple[str, tuple[str, ...]]] = []

    def check(app) -> None:
        app.trainer.start = lambda name, arguments: asked.append((name, tuple(arguments))) or 1

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            check(app)
            await settle(pilot, app)
            await pilot.press("delete", *"wrong", "enter")
            assert asked == []
            await pilot.press("delete", "j", "a", "minus", "1", "enter")
            assert asked[0][1][:2] == ("runs", "remove")

    asyncio.run(steps())


def test_ten_thousand_runs_are_windowed(window, places) -> None:
    for number in range(300):  # the list draws rows in view whatever their count; 300 keeps the test quick
        folder = places.runs_dir / f"r{number:05}"
        folder.mkdir()
        (folder / "run.json").write_text('{"state": "done", "created": "2026"}', encoding="utf-8")

    def check(app) -> None:
        assert len(app.front._shown) == 300
        assert len(rows_of(app)) <= app.screen.query_one("#body").size.height
        assert ">" in "".join(text[0] for text in rows_of(app) if text)

    in_window(window, (120, 40), check, "end")


def test_a_folder_that_cannot_be_read_is_said(window, places) -> None:
    places.runs_dir.rmdir()
    places.runs_dir.write_text("a file in its place, which nobody can list", encoding="utf-8")
    in_window(window, (80, 24), lambda app: "runs" in rows_of(app)[0] or pytest.fail("no reason"))


def test_nothing_of_a_name_or_problem_can_be_obeyed(window, add_run) -> None:
    add_run("a", inputs=["/x/\x1b]0;owned\x07\u202e.txt"], problem="\x9b31mred\x1b[2J", state="failed")

    def check(app) -> None:
        strips = [app.screen.query_one("#body", Lines).render_line(y) for y in range(30)]
        text = "".join(segment.text for strip in strips for segment in strip)
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert "·]0;owned·" in text

    in_window(window, (120, 40), check)


def test_ascii_mode_shows_no_glyph_of_our_own_beyond_ascii(places, add_run) -> None:
    from simcse_tui.app import Tui

    add_run("x" * 60, state="failed", problem="y" * 300)

    async def steps() -> None:
        app = Tui(Look(ascii=True), places)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            assert all(text.isascii() for text in rows_of(app))

    asyncio.run(steps())


@pytest.mark.parametrize(
    ("machine", "right", "said"),
    [
        ({"choice": {"name": "owner/bert-am"}}, "owner/bert-am", ""),
        ({"choice": {"name": "builtin:static"}}, "builtin:counting", "trained from nothing"),
        ({}, "", "has not chosen a backbone"),
        ("torn", "", "has not chosen a backbone"),
    ],
)
def test_one_key_puts_a_run_beside_what_it_was_trained_from(window, add_run, monkeypatch, machine, right, said) -> None:
    add_run("am-2", machine=machine, language="am")
    app, opened = window(), []
    monkeypatch.setattr(app, "open_page", lambda name, **wants: opened.append((name, wants)))

    def check(app) -> None:
        assert opened == ([("compare", {"left": "am-2", "right": right, "text": ""})] if right else [])
        assert said in rows_of(app, "#message")[0]

    asyncio.run(driven(app, (80, 24), check, "u"))


def test_a_model_that_is_no_run_has_no_untouched_backbone(window, add_run, tmp_path, monkeypatch) -> None:
    folder = add_run("am-2", machine={"choice": {"name": "owner/bert-am"}})
    app, opened = window(), []
    monkeypatch.setattr(app, "open_page", lambda name, **wants: opened.append(wants["right"]))

    def check(app) -> None:
        app.compare_untouched(str(tmp_path / "模型"))
        assert "is no run" in rows_of(app, "#message")[0] and not opened
        app.compare_untouched(str(folder))  # as `simcse-ml explore FOLDER` names it
        assert opened == ["owner/bert-am"]

    asyncio.run(driven(app, (80, 24), check))
