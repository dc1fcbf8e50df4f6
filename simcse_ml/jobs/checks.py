"""One line of `doctor`."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["ok", "warn", "fail"]


class Check(NamedTuple):
    """name: of what was tried.  mend: "" where nothing is to be done."""

    name: str
    verdict: Verdict
    text: str
    mend: str = ""
