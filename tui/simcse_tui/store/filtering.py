"""The filter of Home: words, and key:value for state, lang and corpus; a "-" in front turns one round."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.store.records import RunRecord

KEYS = ("state", "lang", "corpus", "name")


def chosen(runs: Sequence[RunRecord], text: str) -> list[RunRecord]:
    """The runs for which every word of `text` holds."""
    words = text.casefold().split()
    return [run for run in runs if all(_holds(run, word) for word in words)]


def wrong(text: str) -> str:
    """The first word with a key that is not known, "" where all are."""
    for word in text.split():
        key, colon, _ = word.removeprefix("-").partition(":")
        if colon and key.casefold() not in KEYS:
            return word
    return ""


def _holds(run: RunRecord, word: str) -> bool:
    wanted = not word.startswith("-")
    key, colon, value = word.removeprefix("-").partition(":")
    values = {"state": run.state, "lang": run.language, "corpus": run.corpus, "name": run.name}
    if not colon or key not in values:
        return (word.removeprefix("-") in f"{run.name} {run.corpus}".casefold()) == wanted
    if key == "lang":
        return (values[key].casefold() == value) == wanted
    return (value in values[key].casefold()) == wanted
