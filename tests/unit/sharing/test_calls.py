"""What the Hub answers, through the real client: how long is waited, and what a person is told."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from huggingface_hub import HfApi

from simcse_ml.errors import UserError
from simcse_ml.events import Warned
from simcse_ml.sharing.calls import TRIES, called, patient_client


@pytest.fixture
def ask_hub(hub):
    """ask_hub(waits): asks the Hub for a repository; seconds of each wait go into `waits`, what is told into `said`."""
    hub.put("me/x", {"README.md": b"x"})
    said: list[object] = []

    def ask(waits: list[float], **more: object) -> object:
        api = HfApi(endpoint=hub.address)
        with patient_client():
            return called(lambda: api.repo_info("me/x", **more), "looking", "me/x", said.append, sleep=waits.append)

    ask.said = said
    return ask


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"RateLimit": '"api";r=0;t=55'}, 56.0),
        ({"RateLimit": '"api";r=0;t=55', "Retry-After": "7"}, 56.0),
        ({"RateLimit": '"api";r=12;t=55', "Retry-After": "7"}, 7.0),
        ({"Retry-After": "86400"}, 300.0),
        ({"Retry-After": "soon"}, 1.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1.0),
        ({}, 1.0),
    ],
)
def test_a_busy_hub_is_given_the_time_that_it_asks_for(hub, ask_hub, status, headers, seconds):
    hub.failures.append(["/api/models/me/x", status, 1])
    hub.headers.update(headers)
    waits: list[float] = []
    assert ask_hub(waits).id == "me/x"
    assert waits == [seconds]
    (told,) = ask_hub.said
    assert isinstance(told, Warned) and f"it answers {status}; once more in" in told.text


def test_a_date_is_waited_for(hub, ask_hub):
    hub.failures.append(["/api/models/me/x", 503, 1])
    hub.headers["Retry-After"] = formatdate(time.time() + 100, usegmt=True)
    waits: list[float] = []
    ask_hub(waits)
    assert len(waits) == 1 and 60 < waits[0] <= 100


def test_where_nothing_is_asked_for_each_wait_is_twice_the_last_up_to_a_minute(hub, ask_hub):
    hub.failures.append(["/api/models/me/x", 503, 99])
    waits: list[float] = []
    with pytest.raises(UserError, match="the Hub answers 503"):
        ask_hub(waits)
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0] and len(waits) == TRIES - 1


def test_a_line_that_breaks_is_tried_again(hub, ask_hub):
    hub.failures.append(["/api/models/me/x", 0, 1])
    waits: list[float] = []
    assert ask_hub(waits).id == "me/x"
    assert waits == [1.0] and "the connection broke" in ask_hub.said[0].text


@pytest.mark.parametrize(
    ("status", "code", "what", "mend"),
    [
        (401, "", "does not accept the token", "hf auth login"),
        (401, "RepoNotFound", "does not accept the token", "hf auth login"),
        (403, "", "the token may not do this", "take another owner"),
        (403, "GatedRepo", "it is gated", "click to agree to the conditions"),
        (403, "DisabledRepo", "disabled this repository", "read on its page why"),
        (404, "RepoNotFound", "no such repository, or the token may not see it", "check the name and the token"),
        (404, "RevisionNotFound", "no such revision", "name a branch, tag or commit"),
        (409, "", "the Hub answers 409", "it goes on"),
        (412, "", "somebody else changed the repository", "run the same command again"),
    ],
)
def test_what_will_not_pass_is_said_at_once_with_what_to_do(hub, ask_hub, status, code, what, mend):
    hub.failures.append(["/api/models/me/x", status, 99])
    hub.headers.update({"X-Error-Code": code} if code else {})
    if code == "DisabledRepo":
        hub.headers["X-Error-Message"] = "Access to this resource is disabled."
    waits: list[float] = []
    with pytest.raises(UserError) as caught:
        ask_hub(waits)
    error = caught.value
    assert waits == [] and error.exit_code == 4 and error.where == "me/x"
    assert what in error.what and error.what.startswith("looking: ") and mend in error.mend
    assert "\n" not in error.what and "hf_Canary" not in str(error)
