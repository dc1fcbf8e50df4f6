"""Compare in each of its states at every size, over children that answer when the test says so."""

from __future__ import annotations

import asyncio

import pytest
from driving import painted, rows_of, settle

from simcse_tui.widgets.field import Field

SIZES = [(240, 70), (120, 40), (80, 24), (50, 15)]
LONG = "/data/models/ภาษาไทย/multilingual-e5-small-th-2026-11-29"
TEXTS = (
    "แมวนอนอยู่ในกล่อง",
    "القطة تنام في الصندوق",
    "ድመቷ በሳጥን ውስጥ ተኝታለች",
    "猫が箱の中で寝ている" * 20,
    "a\x1b]0;owned\x07b",
)


class StandIn:
    """A child that keeps what it is asked."""

    gone = False

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object], object]] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def ask(self, op, args, heard) -> int:
        self.asked.append((op, dict(args), heard))
        return len(self.asked)

    def says(self, op: str, ev: str, **more: object) -> None:
        """Answer the oldest request of that kind."""
        place = next(place for place, (name, _, _) in enumerate(self.asked) if name == op)
        heard = self.asked[place][2] if ev == "progress" else self.asked.pop(place)[2]
        heard({"ev": ev, **more})


@pytest.fixture
def child(monkeypatch) -> StandIn:
    made = StandIn()
    monkeypatch.setattr("simcse_tui.screens.compare.make_child", lambda *_: made)
    return made


def row(place: int) -> dict[str, object]:
    return {
        "row": place, "text": TEXTS[place % len(TEXTS)], "left_rank": place + 1, "right_rank": 2 * place + 1,
        "move": "=" if not place else f"down {place}", "left_score": 0.9, "right_score": 0.8,
        "left_pct": "99.99", "right_pct": "97.1",
    }  # fmt: skip


def driven(window, size, steps, left: str = "th-3", right: str = LONG) -> None:
    async def whole() -> None:
        app = window("compare", left=left, right=right)
        async with app.run_test(size=size) as pilot:
            await settle(pilot, app)
            await steps(app, pilot)

    asyncio.run(whole())


async def answered(app, pilot, child: StandIn) -> None:
    """Both sides open."""
    for hash_ in ("c1", ""):
        child.says("text", "done", corpus="/cache/text/c1" if hash_ else "", corpus_hash=hash_)
    for _ in "ab":
        child.says("open", "done", folder="/cache/v", corpus="/cache/text/c1")
        child.says("open", "done", rows=1_000_000, mean=0.1, pins=[])
    await settle(pilot, app)


async def asked(app, pilot, text: str) -> None:
    await pilot.press("slash")
    field = app.screen.query_one("#field", Field)
    field.fill(field.prompt, text)
    await pilot.press("enter")
    await settle(pilot, app)


EVERY_KEY = ("M", "o", "e", "enter", "b", "B", "j", "k", "G", "g", "tab", "y", "v", "equals_sign", "pagedown", "escape")


@pytest.mark.parametrize("size", SIZES)
def test_with_nothing_to_compare_it_says_which_keys_lead_here(window, size) -> None:
    async def steps(app, pilot) -> None:
        text = " ".join(painted(app).split())
        assert "u puts a run beside what it was trained from" in text and "c compares them" in text
        await pilot.press(*EVERY_KEY, "X", "u")
        assert "Two models are compared here" in painted(app)

    driven(window, size, steps, left="", right="")


@pytest.mark.parametrize("size", SIZES)
def test_while_one_side_opens_it_says_which_and_how_far(window, child, size) -> None:
    async def steps(app, pilot) -> None:
        child.says("text", "done", corpus="/cache/text/c1", corpus_hash="c1")
        child.says("text", "done", corpus="", corpus_hash="")
        child.says("open", "progress", stage="vectors", done=4096, total=1_000_000)
        await settle(pilot, app)
        text = " ".join(painted(app).split())
        assert "Opening th-3: making vectors 4,096 / 1,000,000" in text and "q is safe" in text
        await pilot.press(*EVERY_KEY)
        assert "making vectors" in painted(app)

    driven(window, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_two_texts_are_refused_with_the_whole_command_that_mends_it(window, child, size) -> None:
    async def steps(app, pilot) -> None:
        child.says("text", "done", corpus="/cache/text/c1", corpus_hash="c1")
        child.says("text", "done", corpus="/cache/text/c2", corpus_hash="c2")
        await settle(pilot, app)
        text = "".join(painted(app).split())
        assert f"simcse-mlcompareth-3{LONG}th-3" in text
        await pilot.press(*EVERY_KEY)
        assert [op for op, _, _ in child.asked] == []

    driven(window, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_model_that_is_gone_is_named_with_what_to_do(window, child, size) -> None:
    async def steps(app, pilot) -> None:
        for hash_ in ("c1", ""):
            child.says("text", "done", corpus="/cache/text/c1", corpus_hash=hash_)
        child.says("open", "error", code="input", where=LONG, msg="there is no such folder", hint="check the path")
        await settle(pilot, app)
        text = "".join(painted(app).split())
        assert f"Itcannotgoon:{LONG};thereisnosuchfolder;checkthepath" in text

    driven(window, size, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_merged_list_and_a_thousand_movers_scroll_and_the_text_comes_last(window, child, size) -> None:
    async def steps(app, pilot) -> None:
        await answered(app, pilot, child)
        text = painted(app)
        assert "A th-3" in text and "e5-small-th-2026-11-29"[-6:] in text and "1,000,000 rows" in text
        await asked(app, pilot, "แมว")
        for _ in "ab":
            child.says("encode_both", "done", vec="AAAA")
        child.says("compare", "done", rows=[row(place) for place in range(60)])
        await settle(pilot, app)
        await pilot.press("o")
        for wanted in ("แมวนอน", "القطة", "ድመቷ", "猫が箱", "a·]0;owned·b"):
            assert any(wanted in said for said in rows_of(app)) or size[1] < 24, wanted
        await pilot.press("G")
        assert any(said.startswith(">   60") for said in painted(app).splitlines())
        await pilot.press("M")
        child.says("movers", "progress", done=200, total=1000)
        await settle(pilot, app)
        assert "200 / 1,000" in painted(app)
        share = {"mean": 0.62, "low": 0.6, "high": 0.64}
        movers = [{"row": place, "text": TEXTS[place % 5], "overlap": place / 1000} for place in range(1000)]
        child.says("movers", "done", queries=1000, overlap=share, noise=None, movers=movers)
        await settle(pilot, app)
        await pilot.press("G")
        text = painted(app)
        assert "> 1.00" in text and "overlap@10 0.62" in text and "one more seed" in " ".join(text.split())
        await pilot.press("enter")
        assert child.asked[-1][0] == "compare" and child.asked[-1][1]["query"] == "#999"

    driven(window, size, steps)


def test_a_query_that_cannot_be_read_leaves_the_list_and_says_why(window, child) -> None:
    async def steps(app, pilot) -> None:
        await answered(app, pilot, child)
        await asked(app, pilot, "#1")
        child.says("compare", "done", rows=[row(0)])
        await asked(app, pilot, "แมว lex:<x")
        assert rows_of(app, "#message")[0].strip() and "แมวนอน" in painted(app)
        await asked(app, pilot, "แมว len:3")
        child.says("encode_both", "error", msg="out of memory", hint="r restart")
        await settle(pilot, app)
        assert "out of memory; r restart" in rows_of(app, "#message")[0] and "แมวนอน" in painted(app)

    driven(window, (80, 24), steps)


def test_another_size_at_every_moment_keeps_the_row_of_the_cursor(window, child) -> None:
    async def steps(app, pilot) -> None:
        await answered(app, pilot, child)
        await asked(app, pilot, "#1")
        child.says("compare", "done", rows=[row(place) for place in range(60)])
        await pilot.press(*["j"] * 30)
        for size in [(50, 15), (240, 70), (40, 10), (80, 24), (51, 16), (120, 40)] * 3:
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert any(said.startswith(">   31") for said in painted(app).splitlines())

    driven(window, (120, 40), steps)
