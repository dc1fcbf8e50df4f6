"""events.jsonl as it is met in life: torn, cut, replaced, with rubbish in it, and very fast."""

from __future__ import annotations

import functools
import json
import os

from hypothesis import given
from hypothesis import strategies as st

from simcse_tui.store.course import NONE_YET, advanced
from simcse_tui.store.tail import Tail

EVENTS = [{"kind": "StepDone", "step": number, "steps": 9, "loss": 1.0 / number} for number in range(1, 10)]
WHOLE = b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS)


@given(cuts=st.lists(st.integers(0, len(WHOLE)), max_size=6))
def test_however_the_file_grows_each_event_comes_once_and_in_order(tmp_path_factory, cuts) -> None:
    path = tmp_path_factory.mktemp("tail") / "events.jsonl"
    tail, found = Tail(path), []
    for end in [*sorted(cuts), len(WHOLE)]:
        path.write_bytes(b"") if not path.exists() else None
        with path.open("r+b") as file:
            file.write(WHOLE[:end])
        found += tail.poll().records
    assert [record["step"] for record in found] == list(range(1, 10))
    assert tail.bad == 0


def test_bad_lines_are_counted_and_the_rest_is_read(tmp_path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"kind": "Said"}\nnonsense\n[1]\n\xff\xfe\n' + b"[" * 5000 + b'\n\n{"kind": "Saved"}\n{"torn')
    tail = Tail(path)
    assert [record["kind"] for record in tail.poll().records] == ["Said", "Saved"]
    assert tail.bad == 4
    assert tail.poll().records == ()


def test_a_file_that_is_cut_or_replaced_is_read_from_its_beginning(tmp_path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(WHOLE)
    tail = Tail(path)
    assert len(tail.poll().records) == 9
    path.write_bytes(WHOLE[:50])
    assert tail.poll().began_again
    other = tmp_path / "other"
    other.write_bytes(WHOLE)
    tail.poll()
    os.replace(other, path)
    polled = tail.poll()
    assert polled.began_again and len(polled.records) == 9


def test_a_missing_file_is_nothing_yet(tmp_path) -> None:
    assert Tail(tmp_path / "none").poll().records == ()


def test_steps_that_are_trained_again_after_a_resume_replace_those_before() -> None:
    course = advanced(NONE_YET, EVENTS)
    course = advanced(course, [{"kind": "StepDone", "step": 5, "steps": 9, "loss": 0.5}])
    assert [step for step, _ in course.losses] == [1, 2, 3, 4, 5]


def test_steps_count_over_all_stages() -> None:
    told = [("unsup", 60), ("unsup", 120), ("sup", 30), ("sup", 60), ("sup", 45)]
    events: list[dict[str, object]] = []
    for stage, step in told:
        here = {"stage": stage, "step": step}
        events += [{"kind": "StepDone", **here, "steps": 120, "loss": 1.0}]
        events += [{"kind": "Evaluated", **here, "numbers": {"dev": 0.5}}, {"kind": "Pins", **here, "pins": []}]
    for course in (advanced(NONE_YET, events), functools.reduce(lambda c, e: advanced(c, [e]), events, NONE_YET)):
        steps = [step for step, _ in course.losses]
        assert steps == [60, 120, 150, 165], "the last goes on from before the one at 180"
        assert steps == [step for step, _ in course.meter("dev")] == [at.step for at in course.pins]
        assert (course.stage, course.step) == ("sup", 45)


KEYS = ["kind", "step", "steps", "loss", "numbers", "pins", "pool", "summary", "text", "time"]
KINDS = ["StepDone", "Evaluated", "Pins", "Planned", "Finished", "Saved"]
PINS = st.dictionaries(st.sampled_from(["text", "near"]), st.text(max_size=3) | st.lists(st.integers(), max_size=2))
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(PINS, max_size=2)
    | st.sampled_from(KINDS) | st.dictionaries(st.text(max_size=3), st.floats() | st.text(max_size=2), max_size=2)
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), max_size=6))
def test_events_of_any_shape_do_not_stop_the_course(records) -> None:
    advanced(NONE_YET, records)
