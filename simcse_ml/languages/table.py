"""The language table: one lookup answers every per-language question. langs.yaml is read here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.schema import Direction, LanguageEntry, LanguageFile, Normalisation, read_language_file
from simcse_ml.languages.scripts import is_unspaced
from simcse_ml.languages.suggest import suggest
from simcse_ml.resources import resource

_WRITTEN_WITH = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hira", "Hrkt": "Hira", "Kore": "Hang"}
"""Script subtags of language tags that name a way of writing, and a script their characters have."""


class Backbone(BaseModel):
    """A model to start from.

    params_m: millions of parameters, None where nobody says.  dropout: as its configuration has it; 0 means that
    SimCSE learns nothing until it is set.  prefix: text in front of every sentence.  needs: packages besides ours.
    source: where the facts were read.  checked: year and month.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    licence: str
    params_m: float | None
    dropout: float | None
    max_tokens: int | None
    prefix: str
    needs: tuple[str, ...]
    source: str
    checked: str


class Language(BaseModel):
    """Everything that depends on the language.

    code: ours.  also: other codes and spellings for it.  scripts: ISO 15924, the usual one first.  spaced: blanks
    between words.  splitter: the language whose rules it is split by.  terminators: characters that end a sentence.
    encodings: likely legacy encodings as Python codecs, likeliest first.  multilingual: what multilingual models know
    of it: they were trained on it, have its letters only, or not even those.  backbones: to be tried in this order;
    empty means a builtin.  prompt: a template for PromptBERT.  sts, nli: ids of labelled sets on the Hub.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    own_name: str
    also: tuple[str, ...]
    scripts: tuple[str, ...]
    direction: Direction
    spaced: bool
    splitter: str
    terminators: str
    normalisation: Normalisation
    encodings: tuple[str, ...]
    multilingual: Literal["trained", "letters", "none"]
    backbones: tuple[Backbone, ...]
    prompt: str | None
    sts: tuple[str, ...]
    nli: tuple[str, ...]


class LanguageTable:
    """The languages of one file, by every spelling of their codes."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self.languages = languages
        self._codes = {
            spelling.lower(): language.code
            for language in languages.values()
            for spelling in (language.code, *language.also)
        }

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises: UserError with file and line where the file is wrong."""
        file = read_language_file(path)
        return cls({code: _language(code, entry, file) for code, entry in file.languages.items()})

    def find(self, tag: str) -> Language | None:
        """The language of `tag`: a code, an ISO 639-3 code or a BCP 47 tag (zh-Hant-TW, sr_Latn), in any case."""
        parts = tag.strip().replace("_", "-").lower().split("-")
        for end in range(len(parts), 1, -1):
            found = self._codes.get("-".join(parts[:end]))
            if found:
                return self.languages[found]
        language = self.languages.get(self._codes.get(parts[0], ""))
        if language is None or len(parts) == 1:
            return language
        if len(parts[1]) == 4 and parts[1].isalpha():
            script = parts[1].capitalize()
            if _WRITTEN_WITH.get(script, script) not in language.scripts:
                return None
            parts = [parts[0], *parts[2:]]
        with_region = self._codes.get("-".join([language.code.lower(), *parts[1:2]]))
        return self.languages[with_region] if with_region else language

    def spellings(self) -> dict[str, tuple[str, ...]]:
        """For each code all names and codes that it goes by."""
        return {
            language.code: (language.code, language.name, language.own_name, *language.also)
            for language in self.languages.values()
        }


def find_language(tag: str) -> Language | None:
    """Like lang_info, but None where there is no such language."""
    return _table().find(tag)


def lang_info(code: str) -> Language:
    """The language of a code, alias or BCP 47 tag.

    Raises: UserError (USAGE), with the code that was probably meant.
    """
    table = _table()
    language = table.find(code)
    if language is not None:
        return language
    base = table.find(code.replace("_", "-").split("-")[0])  # ja-Latn: right language, wrong script
    meant = base.code if base else suggest(code, table.spellings())
    advice = "`simcse-ml langs list` shows them all, and und stands for any other language"
    raise UserError(
        f"unknown language {code!r}" if code.strip() else "the language code is empty",
        mend=f"did you mean {meant} ({table.languages[meant].name})? {advice}" if meant else advice,
        exit_code=ExitCode.USAGE,
    )


def all_languages() -> tuple[Language, ...]:
    """Every language of the table, by code."""
    languages = _table().languages
    return tuple(languages[code] for code in sorted(languages))


@lru_cache(maxsize=1)
def _table() -> LanguageTable:
    return LanguageTable.read(resource("langs.yaml"))


def _language(code: str, entry: LanguageEntry, file: LanguageFile) -> Language:
    """An entry with what its scripts, and the lists of models and sets, add to it."""
    script = file.scripts[entry.scripts[0]]
    known: Literal["trained", "letters", "none"] = "letters" if script.in_vocabulary else "none"
    if code in file.trained:
        known = "trained"
    return Language(
        code=code,
        name=entry.name,
        own_name=entry.own_name,
        also=tuple(entry.also),
        scripts=tuple(entry.scripts),
        direction=entry.direction or script.direction,
        spaced=not is_unspaced(entry.scripts[0]) if entry.spaced is None else entry.spaced,
        splitter=entry.splitter or code.partition("-")[0],
        terminators=entry.terminators or script.terminators,
        normalisation=entry.normalisation,
        encodings=tuple(script.encodings if entry.encodings is None else entry.encodings),
        multilingual=known,
        backbones=tuple(_backbone(model, file) for model in _model_ids(entry, known, file)),
        prompt=entry.prompt,
        sts=tuple(name for name, codes in file.sts.items() if code in codes),
        nli=tuple(name for name, codes in file.nli.items() if code in codes),
    )


def _model_ids(entry: LanguageEntry, known: str, file: LanguageFile) -> list[str]:
    """The best multilingual model, the language's own, the other multilingual ones."""
    lists = {"trained": file.multilingual.trained, "letters": file.multilingual.letters, "none": []}
    many = lists[known]
    return list(dict.fromkeys([*many[:1], *entry.backbones, *many[1:]]))


def _backbone(model: str, file: LanguageFile) -> Backbone:
    entry = file.backbones[model]
    return Backbone(
        id=model,
        licence=entry.licence,
        params_m=entry.params_m,
        dropout=entry.dropout,
        max_tokens=entry.max_tokens,
        prefix=entry.prefix,
        needs=tuple(entry.needs),
        source=entry.source,
        checked=entry.checked,
    )
