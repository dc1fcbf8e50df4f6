"""What was found out about the encoding of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Guess:
    """encoding: Python's name.  certainty: 0 to 1.  skip: bytes of the byte order mark."""

    encoding: str
    certainty: float
    skip: int = 0
