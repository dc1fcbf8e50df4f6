"""What the window keeps in memory: of very many steps few points and all that stood out, of closed screens nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import random
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._styles_cache import StylesCache

from simcse_tui.store import tail
from simcse_tui.store.course import NONE_YET, advanced
from simcse_tui.store.thinning import KEPT, thinned
from simcse_tui.store.watching import Watched
from simcse_tui.widgets.chart import columns_of

WIDTH = 480
VALUE = itemgetter(1)


def curve(count: int, seed: int) -> list[tuple[int, float]]:
    draw = random.Random(seed)
    step, points = 0, []
    for _ in range(count):
        step += draw.choice((1, 1, 1, 7))
        points.append((step, draw.gauss(0, 1)))
    return points


@pytest.mark.parametrize("count", [0, 1, 2, KEPT, KEPT + 1, 20_000, 200_000])
def test_few_points_stand_for_many_whether_they_come_at_once_or_in_parts(count) -> None:
    points = curve(count, seed=count)
    parts: list[tuple[int, float]] = []
    for at in range(0, count, 997):
        parts = thinned([*parts, *points[at : at + 997]])
    for kept in (thinned(list(points)), parts):
        assert len(kept) <= KEPT and len(kept) >= min(count, KEPT // 8)
        assert kept == sorted(set(kept)) and set(kept) <= set(points)
        assert kept[:1] == points[:1] and kept[-1:] == points[-1:]
        for end in (min, max):
            assert end(kept, key=VALUE, default=None) == end(points, key=VALUE, default=None)


def test_what_is_drawn_is_nearly_what_all_points_would_draw() -> None:
    points = [(step, 1 / (1 + step / 1000)) for step in range(1, 200_001)]
    few, all_of_them = columns_of(thinned(list(points)), WIDTH), columns_of(points, WIDTH)
    for one, other in zip(few, all_of_them, strict=True):
        assert one == pytest.approx(other, abs=0.05)  # the least and greatest of all are 0 and 1: a dot of 24


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0.0, 1.0, 2.0])), max_size=40))
def test_steps_of_a_course_only_rise_however_often_it_was_resumed(told) -> None:
    events = [{"kind": "StepDone", "step": step, "steps": 30, "loss": loss} for step, loss in told]
    course = advanced(NONE_YET, events)
    steps = [step for step, _ in course.losses]
    assert steps == sorted(set(steps))
    assert not told or course.losses[-1] == told[-1]


def test_a_long_file_is_taken_in_by_parts_and_whole(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tail, "READ", 500)
    monkeypatch.setattr(tail, "LONGEST_LINE", 5_000)
    events = [{"kind": "StepDone", "step": step, "steps": 3_000, "loss": 1 / step} for step in range(1, 3_001)]
    events[700:700] = [{"kind": "Said", "heading": "long", "text": "長" * 300}]
    events[900:900] = [{"kind": "Said", "heading": "too long", "text": "x" * 6_000}]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    watched = Watched(tmp_path)
    assert watched.look_again()
    assert [step for step, _ in watched.course.losses] == list(range(1, 3_001))
    assert [told.text[:6] for told in watched.course.log] == ["long: "]
    assert not watched.look_again()
    assert watched.bad == 2, "the line that is too long, in two pieces"


def test_a_closed_screen_is_forgotten_with_all_that_it_had_painted(window) -> None:
    def painted() -> int:
        gc.collect()
        return sum(isinstance(thing, StylesCache) for thing in gc.get_objects())

    async def steps() -> None:
        async with window().run_test(size=(112, 32)) as pilot:
            await pilot.press("question_mark", "escape")
            before = painted()
            for _ in range(8):
                await pilot.press("question_mark", "escape")
            assert painted() <= before + 4, "one help may be still closing"

    asyncio.run(steps())
