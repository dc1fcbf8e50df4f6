"""What benchmarks/methods.py runs: each method as the stages of a recipe that extends unsup."""

from __future__ import annotations

from collections.abc import Mapping

HEAD = """\
  - name: language-head
    objective: {kind: language_head, settings: {rate: 0.15}}
    max_steps: 200
    learning_rate: 1.0e-3
"""
"""for backbones that ship without a language-model head; it is held apart in the table"""


def stage(objective: str, views: str = "{kind: same}") -> str:
    return f"  - name: unsup\n    objective: {objective}\n    views: [{views}]\n"


def on_pairs(objective: str) -> str:
    return f"  - name: pairs\n    data: nli\n    objective: {objective}\n"


PLAIN = "{kind: unsup, settings: {temperature: 0.05}}"
METHODS: Mapping[str, str] = {
    "unsup": stage(PLAIN),
    "unsup, Matryoshka": stage("{kind: unsup, matryoshka: [256, 128, 64, 32]}"),
    "ranking, both ways": stage("{kind: ranking, settings: {both_ways: true}}"),
    "simcse++": stage("{kind: simcse++}"),
    "simcse++, off-dropout alone": stage("{kind: simcse++, settings: {dimension_weight: 0.0}}"),
    "simcse++, dimensions alone": stage(
        "{kind: simcse++, settings: {off_dropout: false, dimension_temperature: 20.0}}"
    ),
    "gs-infonce": stage("{kind: gs}"),
    "dcl": stage("{kind: dcl}"),
    "esimcse": stage("{kind: esimcse}", "{kind: repetition, rate: 0.32}"),
    "esimcse, queue alone": stage("{kind: esimcse}"),
    "unsup + mlm": HEAD + stage("{kind: unsup, mlm_weight: 0.1}"),
    "diffcse": HEAD + stage("{kind: diffcse}"),
    "view: repetition": stage(PLAIN, "{kind: repetition, rate: 0.32}"),
    "view: crop": stage(PLAIN, "{kind: crop, rate: 0.1}"),
    "view: deletion": stage(PLAIN, "{kind: deletion, rate: 0.1}"),
    "view: token dropout": stage(PLAIN, "{kind: token_dropout, rate: 0.1}"),
    "view: halves": stage(PLAIN, "{kind: halves}"),
    "view: neighbour": stage(PLAIN, "{kind: neighbour}"),
    "view: mlm": HEAD + stage(PLAIN, "{kind: mlm, rate: 0.15}"),
    "view: synonym": stage(PLAIN, "{kind: synonym, rate: 0.5}"),
    "view: template": stage(PLAIN, "{kind: template}"),
    "sup, on pairs alone": on_pairs("{kind: sup}"),
    "ranking, on pairs alone": on_pairs("{kind: ranking, settings: {both_ways: true}}"),
    "softmax, on pairs alone": on_pairs("{kind: softmax, settings: {labels: 3}}"),
    "unsup, then sup": stage(PLAIN) + on_pairs("{kind: sup}"),
}
"""name -> stages"""
STATIC = "builtin:static"
STATIC_BATCH = 512
_OWN_VIEW = "{kind: token_dropout, rate: 0.6}"
"""of the recipe static: tables of vectors have no dropout"""


def for_static(stages: str) -> str:
    """A method with the view of the recipe static in place of dropout, and its rate where tokens are left out."""
    return stages.replace("{kind: same}", _OWN_VIEW).replace("rate: 0.1}", "rate: 0.6}")


NEEDS_LIST = frozenset({"view: synonym"})
"""run only where --synonyms names a list for the language"""
NEEDS_PAIRS = frozenset(name for name, stages in METHODS.items() if "data: nli" in stages)
"""run only where --nli names labelled pairs in the language"""
