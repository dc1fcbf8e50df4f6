"""A window without a terminal, driven by a test."""

from __future__ import annotations

from simcse_tui.widgets.lines import Lines


def rows_of(app, widget: str = "#body") -> list[str]:
    """What the rows of a widget say."""
    return [row.plain for row in app.screen.query_one(widget, Lines).rows]


async def settle(pilot, app) -> None:
    """Let keys be handled and work beside the painting end, also where one starts the other."""
    for _ in range(5):
        await pilot.pause()
        await app.workers.wait_for_complete()


async def driven(app, size, check, *keys: str) -> None:
    """Open `app`, press `keys`, each when the one before has done its work, and look."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot, app)
        for key in keys:
            await pilot.press(key)
            await settle(pilot, app)
        check(app)
