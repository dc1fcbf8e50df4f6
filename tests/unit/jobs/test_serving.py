"""A child keeps its stream clean, tells its errors, stops when it is told to, and ends with its window."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.jobs.serving import vector_of, vector_text
from simcse_ml.wire import LONGEST, BadLine, line_of, message_of

CHILD = """
import os, time
from simcse_ml.jobs.serving import serve
from simcse_ml.errors import ExitCode, UserError

def noisy(request):
    print("a library talks")
    os.write(1, b"and another\\n")
    request.say("done", heard=request.args)

def slow(request):
    request.say("part", scanned=0.0)
    for _ in range(200):
        if request.stopped():
            return
        time.sleep(0.02)
    request.say("done")

def wrong(request):
    raise UserError("no such thing", where="here", mend="try another", exit_code=ExitCode.INPUT)

def large(request):
    request.say("done", text="x" * 2_000_000)

serve({"noisy": noisy, "slow": slow, "wrong": wrong, "large": large}, newest_wins=frozenset({"slow"}), name="test")
"""


@pytest.fixture
def child():
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    yield process
    process.kill()
    process.wait()


def send(child, number, op, **args):
    child.stdin.write(line_of({"v": 1, "id": number, "op": op, "args": args}))
    child.stdin.flush()


def heard(child, *ends):
    """Messages until one of each of these ids has ended."""
    waiting, found = set(ends), []
    while waiting:
        message = message_of(child.stdout.readline())
        found.append(message)
        if message["ev"] in {"done", "error", "cancelled"}:
            waiting.discard(message["id"])
    return [message for message in found if message["ev"] not in {"alive", "hello"}]


def test_what_a_library_prints_does_not_reach_the_stream(child):
    send(child, 1, "noisy", text="猫\u2028ก็\x1b[31m")
    assert heard(child, 1) == [{"id": 1, "ev": "done", "heard": {"text": "猫\u2028ก็\x1b[31m"}}]


def test_errors_are_told_and_the_child_goes_on(child):
    send(child, 1, "wrong")
    send(child, 2, "nothing")
    child.stdin.write(b"{not json\n")
    send(child, 3, "large")
    send(child, 4, "noisy")
    found = {message["id"]: message for message in heard(child, 1, 2, 3, 4)}
    assert found[1]["hint"] == "try another"
    assert [found[number].get("code") for number in (0, 2, 3)] == ["bad_line", "no_such_op", "too_large"]
    assert found[4]["ev"] == "done"


def test_a_newer_request_ends_the_older_one(child):
    send(child, 1, "slow")
    while message_of(child.stdout.readline()).get("id") != 1:
        pass
    send(child, 2, "slow")
    send(child, 3, "cancel", id=2)
    assert [message["ev"] for message in heard(child, 1, 2) if message["ev"] != "part"] == ["cancelled", "cancelled"]


def test_a_child_ends_when_its_window_is_gone(child):
    send(child, 1, "slow")
    send(child, 2, "noisy")
    child.stdin.close()
    assert child.wait(timeout=30) == 0


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.floats(allow_nan=False))))
def test_a_message_survives_as_one_line(message):
    line = line_of(message)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    clean = json.loads(json.dumps(message).encode("utf-8", "replace"))
    assert message_of(line).keys() == {key.encode("utf-8", "replace").decode() for key in clean}


@pytest.mark.parametrize("line", [b"", b"[1]\n", b"null\n", b"\xff\n", b"1" * (LONGEST + 2)])
def test_what_is_no_message_is_refused(line):
    with pytest.raises(BadLine):
        message_of(line)


def test_vectors_pass_bit_by_bit():
    vector = np.random.default_rng(0).normal(size=384).astype(np.float32)
    assert np.array_equal(vector_of(vector_text(vector)), vector)
    with pytest.raises(BadLine):
        vector_of("!!")
