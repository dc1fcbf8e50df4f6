"""The beginning of a text, for finding out what it is before all of it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simcse_ml.languages.detect import mistaken_for
from simcse_ml.languages.table import Language, decided
from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.sources.opening import open_source

ENOUGH = 200_000
"""characters that tell script and language"""


@dataclass(frozen=True)
class Beginning:
    """pieces: the first paragraphs.  encoding, certainty: of the first file that has one."""

    pieces: tuple[str, ...]
    encoding: str
    certainty: float


def beginning(paths: Sequence[Path], hints: Hints) -> Beginning:
    """The first paragraphs of files and folders, ENOUGH characters of them and at most the same again.

    Raises: UserError(INPUT) for what is missing or no text.
    """
    pieces: list[str] = []
    encoding, certainty, left = "", 1.0, ENOUGH
    for path in paths:
        for source in open_source(path, hints):
            for block in source.blocks:
                pieces.append(block.text[:ENOUGH])
                left -= len(block.text)
                if left <= 0:
                    break
            if not encoding:
                encoding, certainty = source.facts.encoding, source.facts.certainty
            if left <= 0:
                return Beginning(tuple(pieces), encoding, certainty)
    return Beginning(tuple(pieces), encoding, certainty)


def settled(language: Language, paths: Sequence[Path], hints: Hints) -> Language:
    """`language`, with the rules of the script that the text is in where the table does not say which."""
    if language.script_by != "text":
        return language
    return decided(language, beginning(paths, hints).pieces)


def notices(language: Language, paths: Sequence[Path], hints: Hints) -> tuple[str, ...]:
    """What a person should be told before the text is taken for `language`."""
    said = [language.note] if language.note else []
    other = mistaken_for(beginning(paths, hints).pieces, language)
    if other is not None:
        said.append(f"the text looks like {other.name} ({other.code}), not {language.name}: check --lang")
    return tuple(said)
