"""docs/methods.md: every objective and view in its own words, and what benchmarks/methods.py has measured."""

from __future__ import annotations

import inspect
import json
import sys

from page import ROOT, settle

from simcse_ml.objectives.masked_language import WithMaskedLanguage
from simcse_ml.objectives.matryoshka import Matryoshka
from simcse_ml.objectives.table import OBJECTIVES
from simcse_ml.settings.load import load_recipe, recipe_names
from simcse_ml.views.table import VIEWS

sys.path.insert(0, str(ROOT / "benchmarks"))
from method_list import STATIC
from methods_summary import summary
from methods_table import as_line, table

RESULTS = ROOT / "benchmarks" / "methods.jsonl"
SETS = ("en", "ha")
WRAPPERS = {"objective.matryoshka": Matryoshka, "objective.mlm_weight": WithMaskedLanguage}


def page() -> str:
    parts = [
        "# Methods",
        "",
        "Made by docs/generate/methods.py from the docstrings and from the results of benchmarks/methods.py. An",
        "objective is one loss, a view is how a sentence gets its second form; a recipe joins them.",
        "",
        "## Objectives",
    ]
    for kind, objective in OBJECTIVES.items():
        parts += ["", f"### {kind}", "", f"{module_line(objective)} Recipes: {recipes('kind', kind) or 'none'}.", ""]
        parts += paragraphs(inspect.getdoc(objective) or "")
    for key, wrapper in WRAPPERS.items():
        parts += ["", f"### around any of them: {key}", "", module_line(wrapper), ""]
        parts += paragraphs(inspect.getdoc(wrapper) or "")
    parts += ["", "## Views"]
    for kind, view in VIEWS.items():
        parts += ["", f"### {kind}", "", f"{module_line(view)} Recipes: {recipes('view', kind) or 'none'}.", ""]
        parts += paragraphs(inspect.getdoc(view) or "")
    parts += ["", "## Measured", ""]
    parts += [
        "Spearman correlation x 100 on a test set that chose nothing; mean and deviation over seeds. Every method has",
        "the settings that its paper or its docstring names, and batch and learning rate of the recipe unsup; the rate",
        "was chosen on other files (benchmarks/LOG.md), none was tuned here. Commands and machine stand in each line",
        "of benchmarks/methods.jsonl; RECIPE.yaml is the line's stages on top of `extends: unsup` (static, where",
        "that is the backbone). Training computed in fp32, or in bf16, on a processor that has it, where the last",
        "column says so; a run is compared with plain ones of its own precision and seed.",
        "",
        "What a method adds to unsup with the same seeds; bold where each of three seeds has it, or loses by it; the",
        "number of seeds in brackets where there are fewer. Counting and untouched: the best of their kind.",
        "",
    ]
    written = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    lines = [as_line(json.loads(line)) for line in written]
    of_nothing = [line for line in lines if line.about.startswith(STATIC)]
    parts += summary([line for line in lines if line not in of_nothing])
    if of_nothing:
        parts += [f"The same for {STATIC}, trained from nothing: its recipe's view for dropout, a template alone.", ""]
        parts += summary(of_nothing)
    parts += ["Each set by itself; not measured means that nobody has looked.", ""]
    parts += table(lines, SETS)
    return "\n".join(parts).rstrip() + "\n"


def module_line(thing: object) -> str:
    """The first line of the file that a thing is in: what it is, and whose."""
    text = inspect.getdoc(inspect.getmodule(thing)) or ""
    return " ".join(text.split("\n\n")[0].split())


def paragraphs(text: str) -> list[str]:
    """A docstring as Markdown: a line stays a line, a listed setting is a paragraph."""
    lines: list[str] = []
    for line in text.splitlines():
        begins = bool(line) and line.split(":")[0].replace(", ", "").replace("_", "").isalnum() and ":" in line[:40]
        lines += ["", line] if begins and lines and lines[-1] else [line]
    return lines


def recipes(of: str, kind: str) -> str:
    found = []
    for name in recipe_names():
        stages = load_recipe(name).stages
        kinds = [one for s in stages for one in ([s.objective.kind] if of == "kind" else [v.kind for v in s.views])]
        if kind in kinds:
            found.append(name)
    return ", ".join(found)


if __name__ == "__main__":
    sys.exit(settle("../methods.md", page(), "methods.py"))
