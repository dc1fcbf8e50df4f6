"""A window without a terminal, driven by a test."""

from __future__ import annotations

import asyncio

from simcse_tui.widgets.lines import Lines


def rows_of(app, widget: str = "#body") -> list[str]:
    """What the rows of a widget say."""
    return [row.plain for row in app.screen.query_one(widget, Lines).rows]


def painted(app, widget: str = "#body") -> str:
    """What the rows look like once they are cut to the window; a row never takes another number of cells."""
    lines = app.screen.query_one(widget, Lines)
    strips = [lines.render_line(y) for y in range(lines.size.height)]
    assert all(strip.cell_length == lines.size.width for strip in strips)
    return "\n".join(strip.text.rstrip() for strip in strips)


async def settle(pilot, app) -> None:
    """Let keys be handled and work beside the painting end, also where one starts the other."""
    for _ in range(5):
        await pilot.pause()
        await app.workers.wait_for_complete()


async def until(app, true, most: float = 300.0) -> None:
    """Wait for what happens beside the window, such as in a child."""
    for _ in range(int(most / 0.05)):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(painted(app))


async def driven(app, size, check, *keys: str) -> None:
    """Open `app`, press `keys`, each when the one before has done its work, and look."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot, app)
        for key in keys:
            await pilot.press(key)
            await settle(pilot, app)
        check(app)
