"""Numbers as people read them."""

from __future__ import annotations

from datetime import datetime


def size(count: float) -> str:
    """Bytes in four cells: 3.1G, 412M, 88k; "--" where they are not known."""
    if count < 0:
        return "--"
    for unit in ("", "k", "M", "G"):
        if count < 999.5:
            return f"{count:.1f}{unit}" if unit and count < 9.95 else f"{count:.0f}{unit}"
        count /= 1000
    return f"{count:.1f}T"


def short(count: float) -> str:
    """A count in four cells: 950, 80k, 1.0M."""
    for unit in ("", "k", "M"):
        if count < 999.5:
            return f"{count:.1f}{unit}" if unit and count < 9.95 else f"{count:.0f}{unit}"
        count /= 1000
    return f"{count:.1f}G"


def clock(seconds: float) -> str:
    """A duration: 12:40, 1:02:03."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def about(seconds: float) -> str:
    """A duration that is only known roughly: 40 s, 18 min, 2.5 h."""
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def at(seconds: float) -> str:
    """The time of day of seconds since 1970, here."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return "--:--:--"


def score(value: float) -> str:
    """A cosine without its 0: .91, -.04, 1.00."""
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.995 else text
