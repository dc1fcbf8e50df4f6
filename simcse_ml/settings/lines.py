"""A YAML file as plain values that still know their lines, so that every complaint can name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

Key = tuple[str | int, ...]
"""A place in a recipe: ("stages", 0, "objective", "kind")."""


PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. where: file:line, or the `--set` that said it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass(frozen=True)
class Lined:
    """values: what the file says.  places: for each key and list item in it, file:line."""

    values: dict[str, object]
    places: Mapping[Key, str]


def read_lined(text: str, name: str) -> tuple[Lined, list[Problem]]:
    """The YAML mapping in `text` with the place of every key in it.

    name: what stands before the line number.  Only plain values are built (safe loader); a key twice, a key that is
    no text, a tag and YAML that cannot be read are problems, not exceptions.
    """
    problems: list[Problem] = []
    try:
        node = _composed(text)
    except (yaml.YAMLError, ValueError) as error:
        return Lined({}, {}), [_unreadable(error, name)]
    if node is None:
        return Lined({}, {}), []
    if not isinstance(node, yaml.MappingNode):
        return Lined({}, {}), [Problem(_place(node, name), "a recipe is a mapping of keys to values")]
    places: dict[Key, str] = {}
    values = _value(node, (), name, places, problems)
    return Lined(values if isinstance(values, dict) else {}, places), problems


def typed(text: str) -> object:
    """The value that `text` has in YAML: 3 is a number, true a truth, [a, b] a list.

    Also 3e-5, which YAML 1.1 takes for text.  Raises: ValueError where it is no YAML.
    """
    problems: list[Problem] = []
    try:
        node = _composed(text)
    except yaml.YAMLError as error:
        raise ValueError(_reason(error)) from error
    value = _value(node, (), "", {}, problems) if node else None
    if problems:
        raise ValueError(problems[0].text)
    return value


def _composed(text: str) -> yaml.Node | None:
    """The tree of one YAML document. Aliases are refused: they can make a small file endless."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(f"anchors and aliases are not read here (*{event.anchor})")
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _value(node: yaml.Node, key: Key, name: str, places: dict[Key, str], problems: list[Problem]) -> object:
    if isinstance(node, yaml.CollectionNode) and node.tag not in PLAIN_TAGS:
        problems.append(Problem(_place(node, name), f"could not determine a constructor for the tag {node.tag}"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key, name, places, problems)
    if isinstance(node, yaml.SequenceNode):
        items: list[object] = []
        for index, item in enumerate(node.value):
            places[(*key, index)] = _place(item, name)
            items.append(_value(item, (*key, index), name, places, problems))
        return items
    return _scalar(node, name, problems)


def _mapping(
    node: yaml.MappingNode, key: Key, name: str, places: dict[Key, str], problems: list[Problem]
) -> dict[str, object]:
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        place = _place(key_node, name)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(place, "a key must be a text"))
            continue
        word = str(key_node.value)
        if word in values:
            problems.append(Problem(place, f"key {word} stands here a second time"))
            continue
        places[(*key, word)] = place
        values[word] = _value(value_node, (*key, word), name, places, problems)
    return values


def _scalar(node: yaml.Node, name: str, problems: list[Problem]) -> object:
    loader = yaml.SafeLoader("")
    try:
        value = loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as error:
        problems.append(Problem(_place(node, name), _reason(error)))
        return None
    finally:
        loader.dispose()
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode) and node.style is None:
        return _number(value)
    return value


def _number(text: str) -> object:
    """3e-5 as the number a person means; YAML 1.1 wants 3.0e-5."""
    if text[:1] in "+-.0123456789" and any(letter in text for letter in "eE"):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _place(node: yaml.Node, name: str) -> str:
    return f"{name}:{node.start_mark.line + 1}"


def _unreadable(error: Exception, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    return Problem(f"{name}:{mark.line + 1}" if mark else name, f"not readable as YAML: {_reason(error)}")


def _reason(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).split("\n")[0]


def spelled(key: Sequence[str | int]) -> str:
    """stages.0.objective.kind, as `--set` takes it."""
    return ".".join(str(part) for part in key)
