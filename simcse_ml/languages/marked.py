"""YAML as plain values that remember the line each came from, so that an error can name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

Place = tuple[str | int, ...]
"""The way to a value: ("languages", "ja", "scripts", 0)."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times as fast, but not in every build


class MarkedError(Exception):
    """The YAML cannot be read. line counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


@dataclass(frozen=True)
class Marked:
    """values: mappings, lists and scalars.  lines: for every key and list item, the line it stands on, from 1."""

    values: object
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing round it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_marked(text: str) -> Marked:
    """Read one YAML document with safe scalars only.

    Keys are always text, so that the language code `no` is not taken for a truth value.
    Raises: MarkedError for broken YAML, a key that stands twice, or a tag that is not YAML's own.
    """
    lines: dict[Place, int] = {}
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        values = None if node is None else _value(loader, node, (), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MarkedError(mark.line + 1 if mark else 1, error.problem or "not readable as YAML") from error
    except yaml.YAMLError as error:
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, bad.start()) + 1 if bad else 1
        raise MarkedError(line, "a character that YAML does not allow") from error
    finally:
        loader.dispose()
    return Marked(values, lines)


def _value(loader: yaml.SafeLoader, node: yaml.Node, place: Place, lines: dict[Place, int]) -> object:
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        raise MarkedError(node.start_mark.line + 1, f"the tag {node.tag} is not read here")
    if isinstance(node, yaml.MappingNode):
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in values:
                raise MarkedError(line, f"{key} stands here a second time")
            lines[(*place, key)] = line
            values[key] = _value(loader, value_node, (*place, key), lines)
        return values
    if isinstance(node, yaml.SequenceNode):
        items: list[object] = []
        for index, item in enumerate(node.value):
            lines[(*place, index)] = item.start_mark.line + 1
            items.append(_value(loader, item, (*place, index), lines))
        return items
    return loader.construct_object(node)
