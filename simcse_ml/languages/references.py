"""What langs.yaml refers to must be in it, and no spelling of a code may stand for two languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from simcse_ml.languages.marked import Place

if TYPE_CHECKING:
    from simcse_ml.languages.schema import LanguageFile

Loose = tuple[Place, str]
"""A place in the file, and what is wrong with it."""


def loose_ends(file: LanguageFile) -> Iterator[Loose]:
    """Everything in `file` that refers to something that is not there, and codes that two languages claim."""
    yield from _claimed_twice(file)
    for code, entry in file.languages.items():
        here: Place = ("languages", code)
        yield from _missing((*here, "scripts"), entry.scripts, file.scripts, "script {} is not described under scripts")
        yield from _missing((*here, "backbones"), entry.backbones, file.backbones, _NO_MODEL)
    yield from _missing(("multilingual", "encoders"), file.multilingual.encoders, file.backbones, _NO_MODEL)
    yield from _missing(("multilingual", "trained"), file.multilingual.trained, file.backbones, _NO_MODEL)
    yield from _missing(("multilingual", "letters"), file.multilingual.letters, file.backbones, _NO_MODEL)
    yield from _missing(("trained",), file.trained, file.languages, _NO_LANGUAGE)
    yield from _missing(("prompts",), list(file.prompts), file.languages, _NO_LANGUAGE)
    yield from _missing(("words",), list(file.words), file.languages, _NO_LANGUAGE)
    for name, codes in file.sts.items():
        yield from _missing(("sts", name), codes, file.languages, _NO_LANGUAGE)
    for name, codes in file.nli.items():
        yield from _missing(("nli", name), codes, file.languages, _NO_LANGUAGE)


_NO_MODEL = "{} is not described under backbones"
_NO_LANGUAGE = "language {} is not in the table"


def _missing(place: Place, names: Sequence[str], known: Collection[str], sentence: str) -> Iterator[Loose]:
    for index, name in enumerate(names):
        if name not in known:
            yield (*place, index), sentence.format(name)


def _claimed_twice(file: LanguageFile) -> Iterator[Loose]:
    owners = {code.lower(): code for code in file.languages}
    for code, entry in file.languages.items():
        for index, spelling in enumerate(entry.also):
            if spelling.lower() in owners:
                yield ("languages", code, "also", index), f"{spelling} already stands for {owners[spelling.lower()]}"
            owners.setdefault(spelling.lower(), code)
