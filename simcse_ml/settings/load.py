"""Reading recipes: files and parents and `--set` merged, checked, and every problem said in one report.

Precedence: the recipe's parent (`extends`) < the recipe < `--set` and flags, the later winning.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.resources import resource
from simcse_ml.settings.lines import Key, Lined, Problem, read_lined, spelled
from simcse_ml.settings.merge import Flag, merged, place_of, with_overrides
from simcse_ml.settings.schema import Recipe

EXTENDS = "extends"
DEFAULT_RECIPE = "frames"


def recipe_names() -> list[str]:
    """The shipped recipes, by name."""
    return sorted(path.stem for path in resource("recipes").glob("*.yaml"))


def recipe_path(name: str) -> Path:
    """The file of a shipped recipe or of a path.

    Raises: UserError with the nearest right name where there is neither.
    """
    if name in recipe_names():
        return resource("recipes") / f"{name}.yaml"
    path = Path(name).expanduser()
    if path.suffix in (".yaml", ".yml") or path.exists():
        return path
    near = difflib.get_close_matches(name, recipe_names(), 1)
    mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(recipe_names())}, or give a YAML file"
    raise UserError(f"no recipe is called {name}", mend=mend, exit_code=ExitCode.USAGE)


def load_recipe(name: str, overrides: Sequence[str] = (), flags: Sequence[Flag] = ()) -> Recipe:
    """The complete recipe called `name` (shipped, or a path) with each KEY=VALUE of `overrides` over it, then `flags`.

    Raises: UserError whose text has one line for each problem: file:line, what is wrong, the nearest right key.
    """
    path = recipe_path(name)
    lined, problems = _with_parents(path, ())
    lined, more = with_overrides(lined, overrides, flags)
    problems += more
    try:
        recipe = Recipe.model_validate_json(json.dumps(lined.values, default=str), strict=True)
    except ValidationError as error:
        problems += _explained(error, lined, str(path))
        raise _report(problems) from error
    if problems:
        raise _report(problems)
    return recipe


def _with_parents(path: Path, children: tuple[Path, ...]) -> tuple[Lined, list[Problem]]:
    """The file over the recipes that it extends."""
    lined, problems = read_lined(_text(path), str(path))
    parent = lined.values.get(EXTENDS)
    where = lined.places.get((EXTENDS,), str(path))
    lined = _without_parent(lined)
    if parent is None:
        return lined, problems
    if not isinstance(parent, str):
        return lined, [*problems, Problem(where, "extends takes the name of one recipe, or a path")]
    try:
        above = _beside(path, parent)
        if above.resolve() in [child.resolve() for child in (*children, path)]:
            return lined, [*problems, Problem(where, f"extends {parent} goes round in a circle")]
        base, more = _with_parents(above, (*children, path))
    except UserError as error:
        return lined, [*problems, Problem(where, f"{error.what}; {error.mend}")]
    return merged(base, lined), [*more, *problems]


def _without_parent(lined: Lined) -> Lined:
    values = {word: value for word, value in lined.values.items() if word != EXTENDS}
    return Lined(values, {key: place for key, place in lined.places.items() if key[0] != EXTENDS})


def _beside(path: Path, parent: str) -> Path:
    """A parent is a file beside the recipe, or a shipped name."""
    near = path.parent / parent
    return near if near.suffix in (".yaml", ".yml") and near.exists() else recipe_path(parent)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(
            f"the recipe cannot be read ({reason})",
            where=str(path),
            mend="give the name of a shipped recipe or the path of a YAML file",
            exit_code=ExitCode.USAGE,
        ) from error


def _explained(error: ValidationError, lined: Lined, file: str) -> list[Problem]:
    """What pydantic complains of, in our words, without what only follows from something below it."""
    details = error.errors()
    places = [tuple(detail["loc"]) for detail in details]
    return [
        _in_words(detail, lined, file)
        for detail, place in zip(details, places, strict=True)
        if not any(len(other) > len(place) and other[: len(place)] == place for other in places)
    ]


def _in_words(detail: Mapping[str, Any], lined: Lined, file: str) -> Problem:
    key: Key = tuple(detail["loc"])
    where = place_of(lined, key, file)
    word = spelled(key)
    if detail["type"] == "extra_forbidden":
        known = _known_keys(key[:-1])
        near = difflib.get_close_matches(str(key[-1]), known, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        return Problem(where, f"unknown key {word}; {hint}")
    if detail["type"] == "value_error":  # a rule of ours over several keys
        return Problem(where, f"{word}: {detail['ctx']['error']}")
    message = str(detail["msg"]).replace("Input should", "must").replace("should", "must")
    return Problem(where, f"{word} {message[:1].lower()}{message[1:]}, not {_shown(detail.get('input'))}")


def _known_keys(key: Key) -> list[str]:
    """The keys that the schema has at `key`."""
    section: type[BaseModel] = Recipe
    for part in key:
        if isinstance(part, str):
            found = _section_within(section.model_fields[part].annotation)
            section = found or section
    return [*section.model_fields, *([EXTENDS] if section is Recipe else [])]


def _section_within(annotation: object) -> type[BaseModel] | None:
    """The section that a field holds, alone or in a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_within(part))), None)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else "null" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _report(problems: Sequence[Problem]) -> UserError:
    """All of them in one error, a line each."""
    if len(problems) == 1:
        return UserError(problems[0].text, where=problems[0].where, mend="mend that line", exit_code=ExitCode.USAGE)
    lines = "\n  ".join(dict.fromkeys(map(str, problems)))
    return UserError(
        f"{len(problems)} problems in the recipe\n  {lines}\nnothing was started",
        mend="mend these lines (`simcse-ml recipes show NAME --resolved` prints every key)",
        exit_code=ExitCode.USAGE,
    )
