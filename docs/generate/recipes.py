"""docs/reference/recipes.md: the shipped recipes, and every key of a recipe with its default and reason."""

from __future__ import annotations

import ast
import inspect
import sys
import typing
from itertools import pairwise

from page import settle
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from simcse_ml.settings import schema
from simcse_ml.settings.load import load_recipe, recipe_names, recipe_path

SECTIONS = [
    ("stages.N", schema.StageSettings),
    ("stages.N.objective", schema.ObjectiveSettings),
    ("stages.N.views.N", schema.ViewSettings),
    ("backbone", schema.BackboneSettings),
    ("pooling", schema.PoolingSettings),
    ("static", schema.StaticSettings),
    ("text", schema.TextSettings),
    ("training", schema.TrainingSettings),
    ("evaluation", schema.EvaluationSettings),
]


def page() -> str:
    parts = [
        "# Recipes",
        "",
        "Made by docs/generate/recipes.py. A recipe is a YAML file. What counts, the later over the earlier: the",
        "recipe it `extends`, the recipe, `--set KEY=VALUE`, flags. Mappings merge key by key; a list replaces the",
        "whole list above it, and one item is reached by its number (`--set stages.0.objective.kind=sup`). An unknown",
        "key or a wrong type is an error with its line; all problems stand in one report.",
        "",
        "## Shipped",
    ]
    for name in recipe_names():
        comment = [
            line.removeprefix("#").strip()
            for line in recipe_path(name).read_text(encoding="utf-8").splitlines()
            if line.startswith("#")
        ]
        parts += [
            "",
            f"### {name}",
            "",
            load_recipe(name).about + ".",
            "",
            *(f"- {' '.join(c.split())}" for c in comment),
        ]
    parts += ["", "## Keys", "", "`about` is a line for people; `extends` names a parent."]
    for place, section in SECTIONS:
        parts += ["", f"### {place}", "", "| key | values | default | |", "|---|---|---|---|", *rows(section)]
    return "\n".join(parts) + "\n"


def rows(section: type[BaseModel]) -> list[str]:
    reasons = docstrings(section)
    lines = []
    for name, field in section.model_fields.items():
        cells = (f"`{name}`", values(field.annotation), default(field.default), " ".join(reasons.get(name, "").split()))
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return lines


def docstrings(section: type[BaseModel]) -> dict[str, str]:
    """The text under each field."""
    body = ast.parse(inspect.getsource(section)).body[0].body
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[field.target.id] = str(text.value.value)
    return found


def values(annotation: object) -> str:
    """What a key takes, in words."""
    if annotation is type(None):
        return "null"
    if hasattr(annotation, "__metadata__"):  # Annotated: the type alone
        annotation = annotation.__origin__
    parts = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if typing.get_origin(annotation) is tuple:
        return f"list of {values(parts[0])}"
    if typing.get_origin(annotation) is dict:
        return "mapping"
    if parts:
        return " or ".join(values(part) for part in parts)
    names = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    return names.get(annotation, "section")


def default(value: object) -> str:
    if value is PydanticUndefined:
        return "{}"
    if isinstance(value, BaseModel | tuple):
        return "" if value else "[]"
    return "null" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    sys.exit(settle("recipes.md", page(), "recipes.py"))
