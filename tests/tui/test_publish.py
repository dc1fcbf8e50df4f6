"""Publish in every state: nothing is sent that was not shown, and each refusal is there with what to do."""

from __future__ import annotations

import asyncio
import shlex

import pytest
from driving import driven, painted, rows_of, settle

from simcse_tui.screens.publish import Publish
from simcse_tui.widgets.field import Field

SIZES = [(120, 40), (80, 24), (240, 70)]
HASH = "ab" * 32
LEARNT = "its tokenizer was learnt from your text: pieces of words and whole words are in its vocabulary, the end"
FOUND = {"kind": "tokenizer", "file": "tokenizer.json", "shown": LEARNT, "acceptable": True}
NEVER = {"kind": "token", "file": "README.md", "shown": "a token of the Hub \x1b]0;owned\x07", "acceptable": False}


def plan(*findings: dict[str, object], files: int = 2) -> dict[str, object]:
    listed = [{"path": f"model-{n}.safetensors", "bytes": 10**n, "sha256": f"{n:064}"} for n in range(files)]
    return {"files": listed, "bytes": 57_200_000, "hash": HASH, "left_out": ["events.jsonl", "手紙.txt"],
            "findings": list(findings), "notes": ["the licence of the backbone is not known here"]}  # fmt: skip


class StandIn:
    """A child that is asked and answers when the test says so."""

    gone = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.cancelled: list[int] = []
        self.heard = None

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def ask(self, op, args, heard) -> int:
        self.asked.append((op, dict(args)))
        self.heard = heard
        return len(self.asked)

    def cancel(self, number: int) -> None:
        self.cancelled.append(number)

    def says(self, ev: str, **more: object) -> None:
        self.heard({"ev": ev, **more})


@pytest.fixture
def child(monkeypatch) -> StandIn:
    made = StandIn()
    monkeypatch.setattr("simcse_tui.screens.publish.make_child", lambda *_: made)
    return made


async def type_in(pilot, app, text: str) -> None:
    field = app.screen.query_one("#field", Field)
    field.fill(field.prompt, text)
    await pilot.press("enter")
    await settle(pilot, app)


async def press(pilot, app, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot, app)


async def looked_through(pilot, app, child: StandIn, *findings: dict[str, object], files: int = 2) -> None:
    """Up to a plan: D asks for what is missing, then looks."""
    await press(pilot, app, "D")
    await type_in(pilot, app, "me/simcse-ja")
    await press(pilot, app, "D")
    await type_in(pilot, app, "apache-2.0")
    await press(pilot, app, "D")
    child.says("progress", stage="looking through every file", done=1, total=7)
    child.says("done", plan=plan(*findings, files=files), card="# simcse-ja\n" + "word " * 100)
    await settle(pilot, app)


def text_of(app) -> str:
    return "\n".join(rows_of(app))


@pytest.mark.parametrize("size", SIZES)
def test_a_run_is_looked_through_accepted_sent_and_read_back(window, add_run, child, size) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=size) as pilot:
            await settle(pilot, app)
            assert isinstance(app.front, Publish) and "nothing is sent by that" in " ".join(text_of(app).split())
            await press(pilot, app, "P")
            assert "D first" in rows_of(app, "#message")[0] and not child.asked
            await looked_through(pilot, app, child, FOUND)
            assert child.asked[0][0] == "plan" and child.asked[0][1]["licence"] == "apache-2.0"
            text = text_of(app)
            for wanted in ("DRY RUN", "57M", "[!] tokenizer", "model-1.safetensors", "Open findings: 1"):
                assert wanted in text, wanted
            assert "the end" in painted(app)
            await press(pilot, app, "P")
            assert len(child.asked) == 1
            await press(pilot, app, "a", "P")
            await type_in(pilot, app, "me/another")
            assert len(child.asked) == 1 and "nothing is sent" in rows_of(app, "#message")[0]
            await press(pilot, app, "P")
            await type_in(pilot, app, "me/simcse-ja")
            op, args = child.asked[1]
            assert (op, args["shown"], args["accept"]) == ("push", HASH, ["tokenizer"])
            child.says("progress", stage="said", note="me/simcse-ja (private, new), as me")
            child.says("progress", stage="sending", done=500, total=1000, note="model.safetensors")
            await settle(pilot, app)
            assert "500B / 1.0kB" in text_of(app) and "as me" in text_of(app)
            child.says("done", pushed={"sent": ["a", "b"], "already": [], "url": "https://hub/me/simcse-ja"})
            await settle(pilot, app)
            assert "Sent 2 files, read back and equal" in text_of(app) and "https://hub/me/simcse-ja" in text_of(app)

    asyncio.run(steps())


@pytest.mark.parametrize("size", SIZES)
def test_a_refusal_is_one_line_with_what_to_do_and_the_plan_stays(window, add_run, child, size) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=size) as pilot:
            await settle(pilot, app)
            await looked_through(pilot, app, child)
            await press(pilot, app, "P")
            await type_in(pilot, app, "me/simcse-ja")
            child.says("error", where="me/simcse-ja", msg="the Hub answers 503", hint="run it again: it goes on")
            await settle(pilot, app)
            assert "me/simcse-ja: the Hub answers 503" in text_of(app) and "it goes on" in text_of(app)
            await press(pilot, app, "P")
            await type_in(pilot, app, "me/simcse-ja")
            assert [op for op, _ in child.asked] == ["plan", "push", "push"]

    asyncio.run(steps())


def test_what_nobody_can_accept_is_never_sent_and_cannot_be_obeyed(window, add_run, child) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            await looked_through(pilot, app, child, NEVER, FOUND)
            await press(pilot, app, "a", "P")
            assert [op for op, _ in child.asked] == ["plan"] and "nobody can accept" in text_of(app)
            assert "·]0;owned·" in text_of(app)

    asyncio.run(steps())


def test_another_name_or_licence_takes_the_plan_away(window, add_run, child) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot, app)
            await looked_through(pilot, app, child)
            assert app.front.told.plan is not None
            await press(pilot, app, "u")
            assert "everybody can read" in rows_of(app, "#message")[0] and app.front.told.plan is not None
            await press(pilot, app, "enter")
            assert app.front.told.plan is None and app.front.told.public
            assert "--public" in shlex.split(app.front.equal_command())

    asyncio.run(steps())


def test_sending_is_stopped_by_esc_and_asked_about_before_the_window_closes(window, add_run, child) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            await looked_through(pilot, app, child)
            await press(pilot, app, "P")
            await type_in(pilot, app, "me/simcse-ja")
            await press(pilot, app, "q")
            assert app.return_code is None and "stops when this window closes" in rows_of(app, "#message")[0]
            await press(pilot, app, "n", "D")
            assert "at work" in rows_of(app, "#message")[0]
            await press(pilot, app, "escape")
            assert child.cancelled == [2] and "not sent twice" in rows_of(app, "#message")[0]
            child.says("progress", stage="sending", done=1, total=2)  # comes too late and changes nothing
            assert app.front.told.state == "planned"

    asyncio.run(steps())


def test_a_long_list_scrolls_and_the_card_is_read_before_it_is_sent(window, add_run, child) -> None:
    add_run("ja-3")

    async def steps() -> None:
        app = window("publish", run="ja-3")
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, app)
            await press(pilot, app, "c")
            assert "made by a dry run" in text_of(app)
            await press(pilot, app, "c")
            await looked_through(pilot, app, child, *[FOUND] * 200, files=12)
            await press(pilot, app, "tab", "G")
            assert "手紙.txt" in rows_of(app)[-1]
            await press(pilot, app, "c")
            assert "# simcse-ja" in text_of(app) and all(len(row) <= 80 for row in rows_of(app))

    asyncio.run(steps())


def test_without_a_run_and_in_a_small_window_it_says_what_to_do(window, add_run) -> None:
    check = lambda app: "n trains" in text_of(app) or pytest.fail(text_of(app))  # noqa: E731
    asyncio.run(driven(window("publish"), (80, 24), check, "D", "P", "a", "u", "c", "enter"))
    add_run("ja-3")
    check = lambda app: "80x24" in text_of(app) or pytest.fail(text_of(app))  # noqa: E731
    asyncio.run(driven(window("publish", run="ja-3"), (50, 15), check))


def test_home_opens_it_on_the_run_under_the_cursor(window, add_run) -> None:
    add_run("ja-2", created="2026-01-01")
    add_run("ja-3", created="2026-01-02")
    check = lambda app: app.front.told.run == "ja-2" or pytest.fail(app.front.told.run)  # noqa: E731
    asyncio.run(driven(window(), (80, 24), check, "j", "P"))
