"""The child that the window asks to push: one plan, exactly that sent, and each refusal as one line with its mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from simcse_ml.jobs.serve_push import request_from
from simcse_ml.wire import line_of

ENDS = {"done", "error", "cancelled"}


class Asked:
    """The child as a process with the real client, on the Hub of the test."""

    def __init__(self, hub) -> None:
        told = {"HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simcse_ml.jobs.serve_push"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **told},
        )  # fmt: skip
        self.number = 0

    def __call__(self, op: str, request: dict[str, object]) -> list[dict[str, object]]:
        """Every event of the answer, the last of them its end."""
        self.number += 1
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(line_of({"v": 1, "id": self.number, "op": op, "args": request}))
        self.process.stdin.flush()
        found: list[dict[str, object]] = []
        while not found or found[-1]["ev"] not in ENDS:
            line = self.process.stdout.readline()
            assert line, "the child has ended"
            event = json.loads(line)
            if event["id"] == self.number:
                found.append(event)
        return found


@pytest.fixture
def asked(hub) -> Iterator[Asked]:
    child = Asked(hub)
    yield child
    child.process.kill()
    child.process.communicate()


@pytest.fixture
def wanted(static_run, home) -> dict[str, object]:
    places = {"runs_dir": str(home / "runs"), "cache_dir": str(home / "cache")}
    return {"run": str(static_run), "repo": "me/simcse-ja", "licence": "apache-2.0", **places}


def test_a_plan_is_sent_as_it_was_shown_and_read_back(asked, hub, wanted):
    plan = asked("plan", wanted)[-1]["plan"]
    assert not hub.repos and plan["hash"] and "tokenizer" in {found["kind"] for found in plan["findings"]}
    accept = sorted({found["kind"] for found in plan["findings"]})
    told = asked("push", {**wanted, "accept": accept, "shown": plan["hash"]})
    pushed = told[-1]["pushed"]
    assert pushed["verified"] and pushed["hash"] == plan["hash"] and pushed["private"]
    assert (
        set(pushed["sent"])
        == {file["path"] for file in plan["files"]}
        == set(hub.repos["me/simcse-ja"].branches["main"])
    )
    assert any(event.get("stage") == "sending" and event["done"] == event["total"] for event in told[:-1])
    assert any("as me" in str(event.get("note")) for event in told[:-1])


def test_what_was_found_and_not_accepted_is_refused_with_what_to_do(asked, hub, wanted):
    told = asked("push", wanted)[-1]
    assert told["ev"] == "error" and "not sent" in told["msg"] and "--accept tokenizer" in told["hint"]
    assert not hub.repos


def test_other_bytes_than_those_shown_are_not_sent(asked, hub, wanted):
    told = asked("push", {**wanted, "accept": ["tokenizer", "licence"], "shown": "0" * 64})[-1]
    assert told["ev"] == "error" and "no longer those that were shown" in told["msg"] and not hub.repos


def test_a_missing_licence_and_an_unknown_run_are_one_line_each(asked, wanted):
    assert "no licence was chosen" in asked("plan", {**wanted, "licence": None})[-1]["msg"]
    assert asked("plan", {**wanted, "run": "none"})[-1]["ev"] == "error"


def test_a_message_is_read_as_the_request_that_the_command_line_makes(ask, static_run, home):
    told = {"run": str(static_run), "repo": "me/simcse-ja", "licence": "apache-2.0", "accept": ["tokenizer", "licence"]}
    places = {"runs_dir": str(home / "runs"), "cache_dir": str(home / "cache")}
    assert request_from({**told, **places, "unknown": 1}) == ask(static_run)
