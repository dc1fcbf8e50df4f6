"""A recipe as YAML that reads back as the same recipe."""

from __future__ import annotations

import yaml

from simcse_ml.settings.schema import Recipe


class _Writer(yaml.SafeDumper):
    """The safe dumper with lists set in below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Letters outside print (line ends of all kinds, controls) are escaped: plain YAML would fold or lose them.

    So is what our reader takes for a number although YAML 1.1 does not, like 1e100.
    """
    plain = text.isprintable() and not _is_number(text)
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_Writer.add_representer(str, _text)


def recipe_yaml(recipe: Recipe) -> str:
    """Every setting of `recipe`, defaults too, in the order of the schema: nothing is left to a later version."""
    return yaml.dump(
        recipe.model_dump(mode="json"), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
