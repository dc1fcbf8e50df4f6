"""How a recipe, its parent and `--set` become one tree of values.

Mappings merge key by key, at every depth. Everything else is replaced whole, lists too: a recipe that names `stages`
names all of them. One item of a list is reached by its number, `--set stages.0.objective.kind=sup`; the number must
exist, and one past the end adds an item.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from simcse_ml.settings.lines import Key, Lined, Problem, typed

Flag = tuple[str, str, object]
"""A flag of the command line: as it was typed ("--epochs 3"), the recipe's key, the value."""


def merged(parent: Lined, child: Lined) -> Lined:
    """`child` over `parent`: a value of the child wins, and brings its place with it."""
    values = _merge(parent.values, child.values)
    replaced = [key for key in child.places if not isinstance(_at(child.values, key), dict)]
    kept = {key: place for key, place in parent.places.items() if not _below_any(key, replaced)}
    return Lined(values, {**kept, **child.places})


def with_overrides(base: Lined, overrides: Sequence[str], flags: Sequence[Flag] = ()) -> tuple[Lined, list[Problem]]:
    """`base` with each KEY=VALUE of `overrides`, then each flag, in order; what cannot be placed is a problem."""
    values = copy.deepcopy(base.values)
    places = dict(base.places)
    problems: list[Problem] = []
    wanted: list[tuple[str, str, object]] = []
    for override in overrides:
        try:
            wanted.append((f"--set {override}", *_read(override)))
        except ValueError as error:
            problems.append(Problem(f"--set {override}", str(error)))
    for where, word, value in (*wanted, *flags):
        key = tuple(int(part) if part.isdigit() else part for part in word.split("."))
        try:
            _put(values, key, value)
        except ValueError as error:
            problems.append(Problem(where, str(error)))
            continue
        for length in range(1, len(key) + 1):
            if length == len(key) or key[:length] not in places:
                places[key[:length]] = where
    return Lined(values, places), problems


def _read(override: str) -> tuple[str, object]:
    """The key and the value of KEY=VALUE. Raises: ValueError."""
    word, equals, text = override.partition("=")
    if not equals or not word.strip():
        raise ValueError("write KEY=VALUE, for example training.batch_size=128")
    return word.strip(), typed(text)


def place_of(lined: Lined, key: Key, default: str) -> str:
    """Where `key` was said: its own line, else that of the nearest key above it that was written down."""
    for length in range(len(key), 0, -1):
        if key[:length] in lined.places:
            return lined.places[key[:length]]
    return default


def _merge(parent: Mapping[str, object], child: Mapping[str, object]) -> dict[str, object]:
    result = dict(parent)
    for word, value in child.items():
        old = result.get(word)
        result[word] = _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _put(values: dict[str, object], key: Key, value: object) -> None:
    """Set `value` at `key` in place, making mappings on the way. Raises: ValueError where there is no such place."""
    here: object = values
    for part, following in zip(key, (*key[1:], None), strict=True):
        last = following is None
        if isinstance(here, list):
            if not isinstance(part, int) or part > len(here):
                raise ValueError(f"{part} is no number of an item here; there are {len(here)}, counted from 0")
            if part == len(here):
                here.append({})
        elif isinstance(here, dict):
            part = str(part)  # noqa: PLW2901 - a key that looks like a number
            if not last and not isinstance(here.get(part), dict | list):
                here[part] = {}
        else:
            raise ValueError(f"there is nothing below a single value to set {part} in")
        place: Any = here  # a list with a number, or a mapping with a word
        if last:
            place[part] = value
        else:
            here = place[part]


def _at(values: Any, key: Key) -> object:  # noqa: ANN401 - a list where the key has a number, else a mapping
    for part in key:
        values = values[part]
    return values


def _below_any(key: Key, tops: Sequence[Key]) -> bool:
    return any(key[: len(top)] == top for top in tops)
