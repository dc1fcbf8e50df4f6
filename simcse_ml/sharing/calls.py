"""Calls to the Hub: patient with a busy one, quick with a silent one, and each failure one plain line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, TypeVar

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Sink, Warned
from simcse_ml.models.locate import client_errors

T = TypeVar("T")
BUSY = frozenset({408, 429, 500, 502, 503, 504})
TRIES = 6
LONGEST_WAIT = 60.0
LONGEST_ASKED = 300.0
"""seconds; the Hub counts requests in windows of five minutes"""
FIRST_WAIT = 1.0
PROBE_SECONDS = 5.0
SILENCE_SECONDS = 60.0
"""how long a server may say nothing while something is sent to it"""
USED_UP = re.compile(r"\"\w+\"\s*;\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d+)")
"""of the header RateLimit: no request left, for t seconds (IETF draft ratelimit-headers)"""
LOGIN = "log in with a token that may write: hf auth login, or set HF_TOKEN"


@contextmanager
def patient_client() -> Iterator[None]:
    """huggingface_hub with a time limit on silence: its own client would wait for ever."""
    import huggingface_hub
    from huggingface_hub.utils import _http

    def limited() -> Any:  # noqa: ANN401 - a client of the HTTP library that huggingface_hub has chosen
        client = _http.default_client_factory()
        client.timeout = SILENCE_SECONDS
        return client

    huggingface_hub.set_client_factory(limited)
    try:
        yield
    finally:
        huggingface_hub.set_client_factory(_http.default_client_factory)


def called(call: Callable[[], T], doing: str, repo: str, sink: Sink, *, sleep: Callable[[float], None]) -> T:
    """`call()`, again after a wait while the Hub is busy or the connection breaks.

    Raises: UserError MACHINE with what to do where it is refused, or after TRIES tries.
    """
    wait = FIRST_WAIT
    for attempt in range(1, TRIES + 1):
        try:
            return call()
        except client_errors() as error:
            status = _status(error)
            if not _passing(error, status) or attempt == TRIES:
                refuse(error, doing, repo)
            pause = min(_asked_wait(error), LONGEST_ASKED) or wait
            why = f"it answers {status}" if status else "the connection broke"
            sink(Warned(f"{doing}: {why}; once more in {pause:.0f} s"))
            sleep(pause)
            wait = min(wait * 2, LONGEST_WAIT)
    raise AssertionError("the last try returns or raises")


def refuse(error: Exception, doing: str, repo: str) -> NoReturn:
    """Raises: the UserError for what the Hub or the network said."""
    from huggingface_hub.errors import DisabledRepoError, GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    status = _status(error)
    if isinstance(error, GatedRepoError):
        what, mend = "it is gated", f"open its page on the Hub, click to agree to the conditions, and {LOGIN}"
    elif isinstance(error, RevisionNotFoundError):
        what, mend = "there is no such revision", "name a branch, tag or commit that exists"
    elif isinstance(error, DisabledRepoError):
        what, mend = "the Hub has disabled this repository", "read on its page why"
    elif status == 401:
        what, mend = "the Hub does not accept the token", LOGIN
    elif isinstance(error, RepositoryNotFoundError):
        what, mend = "there is no such repository, or the token may not see it", "check the name and the token"
    elif status == 403:
        what, mend = "the token may not do this", f"take another owner, or {LOGIN}"
    elif status == 412:
        what, mend = "somebody else changed the repository meanwhile", "run the same command again"
    elif status:
        what, mend = f"the Hub answers {status} ({_short(error)})", "run the same command again later: it goes on"
    else:
        what = f"the connection broke ({type(error).__name__})"
        mend = "run the same command again: what has arrived is not sent twice"
    raise UserError(f"{doing}: {what}", where=repo, mend=mend, exit_code=ExitCode.MACHINE) from error


def wait_then(seconds: float) -> None:
    time.sleep(seconds)


def _status(error: Exception) -> int:
    response = getattr(error, "response", None)
    return int(getattr(response, "status_code", 0) or 0)


def _passing(error: Exception, status: int) -> bool:
    return status in BUSY or (not status and not isinstance(error, FileNotFoundError | PermissionError))


def _asked_wait(error: Exception) -> float:
    """Seconds that the Hub asks for, 0 where it says nothing: in RateLimit, or in Retry-After as seconds or a date."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    if used_up := USED_UP.search(str(headers.get("RateLimit", ""))):
        return float(used_up[1]) + 1.0  # it rounds down
    said = str(headers.get("Retry-After", "")).strip()
    return float(said) if re.fullmatch(r"\d+(\.\d+)?", said) else _until(said)


def _until(date: str) -> float:
    """Seconds until a date of HTTP, 0 where it is past or none."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    now = datetime.now(UTC if then.tzinfo else None)
    return max(0.0, (then - now).total_seconds())


def _short(error: Exception) -> str:
    text = str(error).strip().partition("\n")[0]
    return re.sub(r"hf_\w+", "hf_...", text)[:160] or type(error).__name__
