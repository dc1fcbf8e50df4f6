"""events.jsonl: survives a kill, throttles steps, is read while it is written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.events import Evaluated, Progress, Said, StepDone, Warned
from simcse_ml.runs.events_file import EventsFile, as_event, follow, read_events


def step(number: int) -> StepDone:
    return StepDone("unsup", number, 100, 0.5, 1e-5, 10.0, 3.0)


def test_each_line_has_format_time_and_kind(tmp_path):
    with EventsFile(tmp_path / "e", clock=lambda: 12.3456) as sink:
        sink(Said("text", "文 \u2028 文"))
    records, _ = read_events(tmp_path / "e")
    assert records == [{"format": 1, "time": 12.346, "kind": "Said", "heading": "text", "text": "文 \u2028 文"}]


def test_steps_are_throttled_but_the_last_before_anything_else_is_kept(tmp_path):
    now = iter([0.0, 10.0, 10.1, 10.2, 10.3, 11.5, 11.6])
    with EventsFile(tmp_path / "e", clock=lambda: next(now)) as sink:
        for number in (1, 2, 3, 4):
            sink(step(number))
        sink(Evaluated("unsup", 4, {"loss": float("nan")}))
        sink(step(5))
        sink(step(6))
    records, _ = read_events(tmp_path / "e")
    assert [record.get("step") for record in records] == [2, 4, 4, 5, 6]
    assert records[2]["numbers"] == {"loss": None}


def test_a_torn_last_line_waits_and_is_skipped_once_another_follows(tmp_path):
    path = tmp_path / "e"
    with EventsFile(path) as sink:
        sink(Warned("one"))
    with path.open("ab") as file:
        file.write(b'{"format": 1, "kind": "Wa')
    records, offset = read_events(path)
    assert [record["text"] for record in records] == ["one"]
    assert read_events(path, offset) == ([], offset)
    with EventsFile(path) as sink:
        sink(Warned("two"))
    records, _ = read_events(path, offset)
    assert [record["text"] for record in records] == ["two"]


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reader(tmp_path_factory, junk):
    path = tmp_path_factory.getbasetemp() / "junk"
    good = json.dumps({"kind": "Warned", "text": "good"}).encode()
    path.write_bytes(junk + b"\n" + good + b"\n")
    records, offset = read_events(path)
    assert records[-1]["text"] == "good"
    assert offset == path.stat().st_size


def test_follow_reads_what_was_written_before_the_end_was_noticed(tmp_path):
    path = tmp_path / "e"
    sink = EventsFile(path)
    sink(Warned("before"))

    def going_on() -> bool:
        sink(Warned("last"))
        return False

    assert [record["text"] for record in follow(path, going_on)] == ["before", "last"]
    sink.close()


def test_a_file_that_is_not_there_yet_is_empty(tmp_path):
    assert read_events(tmp_path / "none") == ([], 0)


def test_a_record_becomes_its_event_and_another_versions_is_passed_over():
    assert as_event({"kind": "Progress", "stage": "text", "done": 3, "colour": "blue"}) == Progress("text", 3)
    assert as_event({"kind": "Danced"}) is None
    assert as_event({"kind": "Progress"}) is None
