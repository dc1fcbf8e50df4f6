"""What the pages say is so: links lead somewhere, and the commands they show exist with those flags and keys."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simcse_ml.cli.app import COMMANDS, load
from simcse_ml.errors import UserError
from simcse_ml.settings.load import load_recipe, recipe_names
from simcse_ml.settings.supervision import MODES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "examples" / "README.md"])
NOT_YET = ROOT / "docs" / "not-yet.md"
TOLD_BY_HAND = [p for p in PAGES if p.name != "CHANGELOG.md" and "reference" not in p.parts and p != NOT_YET]
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_INDENTED, _INLINE = re.compile(r"^    .*$", re.MULTILINE), re.compile(r"`(simcse-ml [^`]+)`")
_FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GAP = re.compile(r" {3,}(?=simcse-ml )")
"""what stands between two commands on one line"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    dead = [
        target
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if not target.startswith(("https://", "http://", "mailto:")) and not _there(page, target)
    ]
    assert dead == []


def _there(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    aim = (page.parent / name).resolve() if name else page
    return aim.exists() and (not anchor or anchor in _anchors(aim))


@cache
def _anchors(page: Path) -> frozenset[str]:
    """Headings as GitHub names them: small letters, no punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


@pytest.mark.parametrize("page", TOLD_BY_HAND, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_text_exist_with_their_flags_and_keys(page: Path) -> None:
    wrong = [problem for line in _commands(page.read_text(encoding="utf-8")) for problem in _problems(line)]
    assert wrong == []


def test_what_is_called_not_built_is_not_there() -> None:
    shown = list(_commands(NOT_YET.read_text(encoding="utf-8")))
    planned = [line for line in shown if line != "simcse-ml tui"]
    assert planned == [
        "simcse-ml train --mode distil",
        "simcse-ml train --vocabulary trim",
        "simcse-ml prepare --verbose",
    ]
    assert [line for line in planned if not _distil(line) and not list(_problems(line))] == []
    assert any(map(_distil, planned))
    assert "distil" not in MODES


def _distil(line: str) -> bool:
    return line.endswith("--mode distil")


def test_the_check_of_commands_sees_what_is_wrong() -> None:
    shown = "    simcse-ml fly\n\n    simcse-ml runs fly\n\n`simcse-ml data --colour red` and `simcse-ml`\n"
    assert [problem for line in _commands(shown) for problem in _problems(line)] == [
        "simcse-ml fly: no such command",
        "simcse-ml runs fly: no such command",
        "simcse-ml data: no flag --colour",
    ]
    (told,) = _problems("simcse-ml train --set text.nope=1")
    assert "nope" in told
    assert list(_problems("simcse-ml train --set text.menus=keep --set training.batch_size=128 # and a remark")) == []


def _commands(text: str) -> Iterator[str]:
    blocks = [*_INDENTED.findall(text), *(line for block in _FENCED.findall(text) for line in block.split("\n"))]
    for line in [*(part for block in blocks for part in _GAP.split(block)), *_INLINE.findall(text)]:
        at = re.search(r"(?:^|[ /])simcse-ml (?=[a-z])", line)
        if at:
            yield line[at.end() - len("simcse-ml ") :]


def _problems(line: str) -> Iterator[str]:
    """What is wrong with a command: its names, its flags, its keys of a recipe."""
    words = shlex.split(re.split(r"\s[|>]\s", line)[0].replace("...", ""), comments=True)[1:]
    rows = {row.name: row for row in COMMANDS}
    path, command = f"simcse-ml {words[0]}", None
    if words[0] in rows:
        command, words = load(rows[words[0]]), words[1:]
        below: dict[str, Any] = getattr(command, "commands", {})
        if below and words and re.fullmatch(r"[a-z]+", words[0]):
            path, command, words = f"{path} {words[0]}", below.get(words[0]), words[1:]
    if command is None:
        yield f"{path}: no such command"
        return
    flags = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}
    yield from (f"{path}: no flag {word}" for word in words if re.match(r"--?[a-z]", word) and word not in flags)
    given = list(pairwise(words))
    overrides = [value for flag, value in given if flag == "--set" and value != "KEY=VALUE"]
    recipe = next((value for flag, value in given if flag == "--recipe"), "unsup")
    try:
        load_recipe(recipe if recipe in recipe_names() else "unsup", overrides)
    except UserError as error:
        yield f"{path}: {error}"
