"""The head and the curves of a training, from its course."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.look import Look
from simcse_tui.store.course import Course
from simcse_tui.store.records import RunRecord
from simcse_tui.store.thinning import Point
from simcse_tui.text.amounts import about, at, clock
from simcse_tui.text.line import BLANK, Line, Role, line, paragraph
from simcse_tui.text.width import padded
from simcse_tui.widgets.chart import bar, curve, plane, sparkline

CURVE_ROWS = 5
LONG = 4
"""lines of a message, so that a very long one leaves room for the rest"""


def head(look: Look, run: RunRecord, course: Course, width: int) -> Line:
    """Name, step, bar, time gone and left, speed."""
    share = course.step / course.steps if course.steps else 0.0
    parts = [run.name]
    if course.steps:
        gone = clock(max(0.0, course.now - course.began))
        parts += [f"{course.step:,}/{course.steps:,}", f"{100 * share:.0f}%"]
        if width >= 80:
            parts.append(bar(share, 20, ascii=look.ascii))
        parts.append(look.say("live.gone", time=gone))
        if course.left and not course.ended:
            parts.append(look.say("live.left_time", time=about(course.left)))
        if course.rate:
            parts.append(look.say("live.rate", count=f"{course.rate:,.0f}"))
    return line(("  " + "  ".join(parts), "head"))


def state_lines(look: Look, run: RunRecord, course: Course, width: int) -> list[Line]:
    """What is being done, or how it ended, in words: one line at least, LONG at most."""
    told: tuple[str, Role] = (collapse(look, course), "warn")
    if run.state == "died":
        told = (look.say("live.died", step=f"{course.step:,}"), "bad")
    elif run.state == "failed":
        told = (run.problem or look.say("state.failed"), "bad")
    elif run.state == "stopped":
        told = (look.say("live.stopped", step=f"{course.step:,}"), "warn")
    elif run.state == "done":
        told = (f"{look.say('live.done')}  {course.verdict}", "")
    elif course.part and not course.losses:
        count = f" {course.done:,}" + (f"/{course.total:,}" if course.total else "") if course.done else ""
        told = (look.say("live.part", part=course.part) + count, "accent")
    return paragraph(told[0], width, told[1])[:LONG] or [BLANK]


def collapse(look: Look, course: Course) -> str:
    """The warning in words where all sentences begin to look alike."""
    cosines = course.meter("mean_cosine")
    if cosines and cosines[-1][1] >= 0.9:
        return look.say("live.collapse", cosine=f"{cosines[-1][1]:.2f}")
    return ""


def curves(look: Look, course: Course, churns: Sequence[Point], width: int) -> list[Line]:
    """Three curves and the plane side by side; three sparklines where there is less room."""
    named: list[tuple[str, Sequence[Point]]] = [
        (look.say("live.loss"), course.losses),
        (look.say("live.uniformity"), course.meter("uniformity")),
        (look.say("live.cosine"), course.meter("mean_cosine")),
        (look.say("live.rank"), course.meter("effective_rank")),
    ]
    if churns:
        named.append((look.say("live.churn"), churns))
    dev = course.meter("dev")
    if dev:
        named.insert(1, (look.say("live.dev"), dev))
    if width < 110:
        return [_spark(look, title, points, width) for title, points in named if points][:3]
    third = (width - 4) // 3
    titles = [_ends(title, points) for title, points in named if points]
    rows: list[Line] = []
    drawn = [curve(points, third - 2, CURVE_ROWS, ascii=look.ascii) for _, points in named if points][:2]
    if not drawn:
        return []
    plotted = plane(plane_points(course), third - 2, CURVE_ROWS)
    heads = titles[: len(drawn)] + ([look.say("live.plane")] if plotted else [])
    rows.append(line(("  " + "".join(padded(text, third, end=look.end) for text in heads), "dim")))
    blocks = [*drawn, *([plotted] if plotted else [])]
    for number in range(CURVE_ROWS):
        cells: list[tuple[str, Role]] = [
            (padded(block[number] if number < len(block) else "", third, end=""), "accent") for block in blocks
        ]
        rows.append(line("  ", *cells))
    rest = titles[len(drawn) :]
    if rest:
        rows.append(line(("  " + "   ".join(rest), "dim")))
    return rows


def plane_points(course: Course) -> list[tuple[float, float]]:
    """(alignment, -uniformity) of every evaluation that has both; low alignment and low uniformity are good."""
    uniform = dict(course.meter("uniformity"))
    found = [(value, -uniform[step]) for step, value in course.meter("alignment") if step in uniform]
    return found if any(x for x, _ in found) else []


def _ends(title: str, points: Sequence[Point]) -> str:
    return f"{title} {points[0][1]:.3g} > {points[-1][1]:.3g}"


def _spark(look: Look, title: str, points: Sequence[Point], width: int) -> Line:
    room = max(8, width - 42)
    return line(
        (f"  {padded(title, 20, end=look.end)} {points[0][1]:>7.3g} ", "dim"),
        (sparkline(points, room, ascii=look.ascii), "accent"),
        (f" {points[-1][1]:.3g}", ""),
    )


def log_rows(look: Look, course: Course, bad: int, wanted: str, height: int, back: int) -> list[Line]:
    """The last lines of the log; wanted: words that must stand in them, or "warn" for warnings."""
    word = wanted.strip().casefold()
    found = [
        told
        for told in course.log
        if not word or word in told.text.casefold() or (word == "warn" and told.level in {"warn", "bad"})
    ]
    end = max(0, len(found) - back)
    roles: dict[str, Role] = {"warn": "warn", "bad": "bad"}
    rows = [
        line((f"  {at(told.time)} ", "dim"), (told.text, roles.get(told.level, "")))
        for told in found[max(0, end - height) : end]
    ]
    if bad:
        rows = [line(("  " + look.say("live.bad_lines", count=bad), "warn")), *rows][:height]
    return rows or [line("  ", look.say("live.no_log"))]
