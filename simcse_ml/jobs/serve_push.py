"""The child that looks through a run for the Hub and sends it. It may hold torch; the window never does.

    python -m simcse_ml.jobs.serve_push

Ops: plan {run, repo, runs_dir, cache_dir, licence ...}, which needs no network; push {the same, shown}, which sends
only the bytes with the hash `shown`. Ended in the middle, it is asked again: what has arrived is not sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from simcse_ml.events import Event, Said, Sink
from simcse_ml.jobs.push import PushRequest, plan_push, push
from simcse_ml.jobs.serving import Request, serve


def main() -> None:
    """Until the window is gone."""
    serve({"plan": _plan, "push": _push}, newest_wins=frozenset({"plan"}), name="push")


def request_from(told: Mapping[str, Any]) -> PushRequest:
    """The `PushRequest` of a message."""
    known = {one.name: told[one.name] for one in fields(PushRequest) if one.name in told}
    known |= {name: Path(known[name]) for name in ("runs_dir", "cache_dir")}
    return PushRequest(**{**known, "accept": tuple(known.get("accept", ()))})


def _plan(request: Request) -> None:
    plan = plan_push(request_from(request.args), request.sink)
    request.say("done", plan=plan.as_json(), card=plan.card)


def _push(request: Request) -> None:
    wanted = request_from(request.args)
    plan = plan_push(wanted, request.sink)
    pushed = push(wanted, _telling(request), plan)
    request.say("done", pushed={**pushed.as_json(), "hash": plan.hash})


def _telling(request: Request) -> Sink:
    """What is said on the way to the Hub too, such as as whom it is sent."""

    def tell(event: Event) -> None:
        match event:
            case Said(_, text):
                request.say("progress", stage="said", note=text)
            case _:
                request.sink(event)

    return tell


if __name__ == "__main__":
    main()
