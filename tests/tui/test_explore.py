"""Explore and Compare over a real search child: every size, every pane, and text that tries to be obeyed."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from driving import rows_of, until

from simcse_tui.screens.explore import Explore
from simcse_tui.store.exporting import as_jsonl, as_markdown, as_tsv
from simcse_tui.store.queries import with_other_words
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import Lines

MARKER = "QQ"
HOSTILE = [
    f"猫\x1b]52;c;{MARKER}\x07 が",
    f"cat \x9b31m{MARKER}",
    f"cat \u202e{MARKER} rlo",
    "[bold]cat[/bold] markup",
    "cat " + "a\u0301" * 4 + "\u0302" * 40,
    "ราคา cat แพงมาก",
    "שלום cat 12",
    "قطة cat نائمة",
    "ကြောင် cat အိပ်",
    "cat " + "x" * 10_000,
]
SIZES = [(120, 40), (80, 24), (50, 15)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "hostile.txt"
    lines = [*HOSTILE, *(f"{word} {n}" for n in range(12) for word in ("猫が寝る", "a dog barks", "ድመት ተኝታለች"))]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def opened(window, corpus: Path, places, first: str = "explore", **wants: str):
    app = window(first, text=str(corpus), **wants)
    app.places = replace(places, command=(sys.executable, "-m", "simcse_ml.cli.main"))
    return app


async def ask(app, pilot, text: str) -> None:
    await pilot.press("slash")
    field = app.screen.query_one("#field", Field)
    field.fill(field.prompt, text)
    await pilot.press("enter")


def test_nothing_is_open_until_something_is_asked_for(window) -> None:
    async def steps() -> None:
        app = window("explore")
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("x", "m", "w", "e", "space", "b", "enter", "d")
            assert "Nothing is open here." in rows_of(app)[1]

    asyncio.run(steps())


@pytest.mark.parametrize("size", SIZES)
def test_a_text_is_explored_before_any_training(window, corpus, places, size) -> None:
    async def steps() -> None:
        app = opened(window, corpus, places, model="builtin:counting")
        async with app.run_test(size=size) as pilot:
            page = app.screen
            assert isinstance(page, Explore)
            await until(app, lambda: page.session is not None and page.session.state == "ready")
            await ask(app, pilot, "猫が寝る")
            await until(app, lambda: page.session.hits and not page.session.searching)
            assert any(">" in row and "猫が寝る" in row for row in rows_of(app))
            await pilot.press("x")
            await until(app, lambda: any("without" in row for row in rows_of(app)))
            await pilot.press("x", "j", "enter")
            await until(app, lambda: page.session.query.startswith("#") and not page.session.searching)
            await pilot.press("b")
            await until(app, lambda: page.session.query == "猫が寝る" and not page.session.searching)
            await pilot.press("m")
            await until(app, lambda: page.session.map is not None)
            await pilot.press("right", "up", "+", "enter")
            await until(app, lambda: page.session.map.get("inside") is not None)
            await pilot.press("tab", "w")
            await until(app, lambda: "lex:<.2" in page.session.query)
            await ask(app, pilot, "猫が寝る score:>2")
            await until(app, lambda: page.session.query.endswith(">2") and not page.session.searching)
            assert any("nearest row has " in row for row in rows_of(app))
            await ask(app, pilot, "猫 lexx:<3")
            await until(app, lambda: page.session.bad is not None)
            assert any("did you mean lex:?" in row for row in rows_of(app))
            assert all(len(row) <= 4 * size[0] for row in rows_of(app))

    asyncio.run(steps())


def test_nothing_in_a_corpus_is_obeyed(window, corpus, places) -> None:
    async def steps() -> None:
        app = opened(window, corpus, places, model="builtin:counting")
        async with app.run_test(size=(120, 40)) as pilot:
            page = app.screen
            await until(app, lambda: page.session is not None and page.session.state == "ready")
            await ask(app, pilot, f"cat {MARKER} k:30")
            await until(app, lambda: page.session.hits and not page.session.searching)
            for _ in range(12):
                await pilot.press("x")
                await pilot.press("j", "v")
                body = app.screen.query_one("#body", Lines)
                drawn = "".join(seg.text for y in range(body.size.height) for seg in body.render_line(y))
                assert MARKER in drawn
                assert not set(drawn) & set("\x1b\x9b\x07\u202e")

    asyncio.run(steps())


def test_two_models_are_compared_in_one_list(window, corpus, places) -> None:
    async def steps() -> None:
        app = opened(window, corpus, places, "compare", left="builtin:counting", right="builtin:counting")
        async with app.run_test(size=(100, 30)) as pilot:
            page = app.screen
            await until(app, lambda: page.comparison is not None and page.comparison.ready)
            await ask(app, pilot, "a dog barks")
            await until(app, lambda: bool(page.comparison.rows))
            assert all(row["move"] == "=" for row in page.comparison.rows)
            await pilot.press("M")
            await until(app, lambda: page.comparison.movers is not None)
            assert any("overlap@10 1.00" in row and "train one more seed" in row for row in rows_of(app))
            await pilot.press("enter")
            await until(app, lambda: page.comparison.query.startswith("#"))

    asyncio.run(steps())


def test_exports_say_how_they_were_made_and_start_no_formula() -> None:
    hits = [{"row": 3, "score": 0.5, "text": "=1+1\tx"}, {"row": 4, "score": None, "text": "猫|犬", "mutual": True}]
    about = {"model": "m", "query": "猫"}
    tsv = as_tsv(hits, about).splitlines()
    assert tsv[:2] == ["# model: m", "# query: 猫"]
    assert tsv[3].endswith("\t'=1+1\\tx")
    assert as_jsonl(hits, about).count("\n") == 3
    assert "猫\\|犬" in as_markdown(hits, about)


def test_the_lens_is_put_on_and_taken_off() -> None:
    assert with_other_words("猫") == "猫 lex:<.2"
    assert with_other_words("猫 lex:<.2") == "猫"
