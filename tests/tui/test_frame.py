"""What every screen shares: sizes, help, palette, folded keys, quitting."""

from __future__ import annotations

import asyncio

import pytest
from driving import rows_of
from textual import events

from simcse_tui.screens.help import Help
from simcse_tui.screens.palette import Palette
from simcse_tui.widgets.field import Field

SIZES = [(120, 40), (80, 24), (50, 15), (40, 10)]


def run(steps) -> None:
    asyncio.run(steps())


@pytest.mark.parametrize("size", SIZES)
def test_a_window_that_is_too_small_says_so_and_nothing_else(window, size) -> None:
    async def steps() -> None:
        app = window()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            shown = {child.id for child in app.screen.children if child.display and child.id}
            if size == (40, 10):
                assert shown == {"small"}
                assert rows_of(app, "#small")[0] == "Window is 40x10; needs 50x15."
            else:
                assert shown == {"tabs", "body", "message", "keys"}

    run(steps)


def test_a_window_that_grows_shows_its_screen_again(window) -> None:
    async def steps() -> None:
        app = window()
        async with app.run_test(size=(40, 10)) as pilot:
            await pilot.resize_terminal(100, 30)
            await pilot.pause()
            assert "small" not in {child.id for child in app.screen.children if child.display}

    run(steps)


def test_help_shows_the_keys_of_the_screen_and_searches_them(window) -> None:
    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("question_mark")
            assert isinstance(app.screen, Help)
            await pilot.press("slash", *"palette", "enter")
            rows = rows_of(app, "#rows")
            assert any("ctrl+p" in row for row in rows)
            assert not any("shift+tab" in row for row in rows)
            await pilot.press("escape")
            assert app.front is not None

    run(steps)


def test_the_palette_finds_a_theme_by_its_name(window) -> None:
    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+p")
            assert isinstance(app.screen, Palette)
            await pilot.press(*"high", "enter")
            await pilot.pause()
            assert app.look.theme == "high-contrast"

    run(steps)


def test_a_cyrillic_keyboard_moves_and_is_named(window, add_run) -> None:
    add_run("a")
    add_run("b")

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            before = app.front.chosen_text()
            await pilot.press("о")
            assert app.front.chosen_text() != before
            assert "kbd:ru" in rows_of(app, "#keys")[0]

    run(steps)


def test_ctrl_c_twice_quits_and_once_does_not(window, monkeypatch) -> None:
    monkeypatch.setattr("simcse_tui.app.AGAIN", 600.0)

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("ctrl+c")
            assert app.is_running and app.return_code is None
            assert "ctrl+c" in rows_of(app, "#message")[0]
            await pilot.press("ctrl+c")
            await pilot.pause()
        assert app.return_code == 0

    run(steps)


def test_keys_that_were_typed_ahead_go_where_those_before_them_lead(window, add_run, monkeypatch) -> None:
    add_run("ja-1", state="failed")
    started: list[object] = []

    async def steps() -> None:
        app = window()
        app.trainer.resume = lambda run: started.append(run) or 1
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            for key in ("ctrl+p", "R", "R", "ctrl+p", "slash", "R", "D"):  # all at once, as a paste or a slow line does
                character = {"slash": "/"}.get(key, key if len(key) == 1 else None)
                app.screen.post_message(events.Key(key, character))
            await pilot.pause()
            await pilot.pause()
            assert started == []
            assert app.front.query_one("#field", Field).value == "RD"

    run(steps)


def test_keys_behind_the_one_that_ends_a_text_are_not_part_of_it(window, add_run) -> None:
    add_run("ja-1", state="failed")

    async def steps() -> None:
        app = window()
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.press("slash")
            field = app.front.query_one("#field", Field)
            assert app.focused is field
            for key in ("j", "a", "enter", "question_mark"):  # to the field, as the app gives them while it is open
                field.post_message(events.Key(key, {"question_mark": "?"}.get(key, key if len(key) == 1 else None)))
            field.post_message(events.Paste("and more"))
            await pilot.pause()
            await pilot.pause()
            assert field.value == "ja" and app.front is None, "? has opened the help"

    run(steps)
