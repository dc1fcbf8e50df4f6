"""The language table: one lookup answers every per-language question. langs.yaml is read here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Self

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.language import Backbone, DeviceClass, Language
from simcse_ml.languages.making import ANY, by_script, in_scripts, listed
from simcse_ml.languages.schema import LanguageFile, read_language_file
from simcse_ml.languages.scripts import letter_shares
from simcse_ml.languages.suggest import MISTAKEN, suggest
from simcse_ml.languages.tags import canonical, characters_of, is_valid, script_in, subtags
from simcse_ml.resources import resource

__all__ = [
    "Backbone",
    "DeviceClass",
    "Language",
    "LanguageTable",
    "all_languages",
    "decided",
    "find_language",
    "known_backbone",
    "lang_info",
    "script_name",
]

LEAST_OF_A_SCRIPT = 0.05
"""a script with a smaller share of a text's letters is not taken for one of its language"""
_ZAWGYI = "Zawgyi has other letters in the places of Unicode's: text in it must be converted to Unicode first"


class LanguageTable:
    """The languages of one file, by every spelling of their codes."""

    def __init__(self, file: LanguageFile) -> None:
        self.file = file
        self.languages = {code: listed(code, entry, file) for code, entry in file.languages.items()}
        self._codes = {
            spelling.lower(): language.code
            for language in self.languages.values()
            for spelling in (language.code, *language.also)
        }

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises: UserError with file and line where the file is wrong."""
        return cls(read_language_file(path))

    def find(self, tag: str) -> Language | None:
        """The language of `tag`: a code, an ISO 639-3 code or a BCP 47 tag (zh-Hant-TW, sr_Latn), in any case.

        A script subtag selects the script; one that the language does not have in the table gets that script's rules,
        and a note. None: not in the table, or no tag.
        """
        language = self._find(subtags(tag))
        meant = self._meant(tag) if language is not None else None
        if language is None or meant is None:
            return language
        note = f"{tag} is the code of {language.name}; if {meant.name} was meant, its code is {meant.code}"
        return language.model_copy(update={"note": note})

    def _find(self, parts: list[str]) -> Language | None:
        if parts[0] not in self._codes or (len(parts) > 1 and not is_valid("-".join(parts))):
            exact = self._codes.get("-".join(parts))
            return self.languages[exact] if exact else None
        for end in range(len(parts), 1, -1):
            found = self._codes.get("-".join(parts[:end]))
            if found:
                return self.languages[found]
        script = script_in(parts)
        without = [parts[0], *parts[2:]] if script else parts
        code = self._codes.get("-".join(without[:2]), self._codes[parts[0]])
        return self._written_in(self.languages[code], script) if script else self.languages[code]

    def unlisted(self, tag: str) -> Language | None:
        """A language that exists, but not in the table: rules by its script.  None: there is no such language."""
        spelled = "-".join(subtags(tag))
        if not is_valid(spelled):
            return None
        found = next(filter(None, map(self.find, canonical(spelled))), None)
        if found is not None:
            return found
        parts = subtags(canonical(spelled)[0])
        code = spelled if parts[0] in {"x", "i"} else parts[0]
        script = script_in(parts)
        changed = {"code": code, "name": code, "also": (), "note": self._not_listed(code, "as the text shows it")}
        language = self.languages[ANY].model_copy(update=changed)
        return self.settled(language, characters_of(script), "tag") if script else language

    def settled(self, language: Language, scripts: tuple[str, ...], by: str) -> Language:
        """A language without an entry of its own, in `scripts`; by: "tag" or "text"."""
        known = by_script(language, scripts, self.file)
        note = (
            self._not_listed(language.code, f"{self.script_name(scripts[0])} by the {by}")
            if language.code != ANY
            else ""
        )
        return known.model_copy(update={"script_by": by, "note": note})

    def spellings(self) -> dict[str, tuple[str, ...]]:
        """For each code all names and codes that it goes by."""
        return {
            language.code: (language.code, language.name, language.own_name, *language.also)
            for language in self.languages.values()
        }

    def _written_in(self, language: Language, script: str) -> Language:
        scripts = characters_of(script)
        narrowed = in_scripts(language, scripts, self.file)
        note = _ZAWGYI if script == "Qaag" else ""
        if not set(scripts) & set(language.scripts):
            written = self.script_name(scripts[0])
            note = (
                f"{language.name} in {written} script is not in the language table: the rules of that script are used"
            )
        by = "table" if narrowed is language else "tag"
        return narrowed.model_copy(update={"script_by": by, "note": note})

    def script_name(self, script: str) -> str:
        """In English, or the code itself."""
        described = self.file.scripts.get(script)
        return described.name if described and described.name else script

    def _not_listed(self, code: str, script: str) -> str:
        meant = self._meant(code)
        question = f"; if {meant.name} was meant, its code is {meant.code}" if meant else ""
        return f"{code} is not in the language table: the rules of its script are used, {script}{question}"

    def _meant(self, code: str) -> Language | None:
        """The language that people often mean by a code that is another's."""
        return self.languages.get(MISTAKEN.get(code.strip().lower(), ""))


def find_language(tag: str) -> Language | None:
    """The language of the table that `tag` names, None where there is no such language in it."""
    return _table().find(tag)


def is_code(name: str) -> bool:
    """Whether `name` is the code of a language, in the table or not."""
    return _table().find(name) is not None or _table().unlisted(name) is not None


def lang_info(code: str) -> Language:
    """The language of a code, alias or BCP 47 tag. One that exists but is not in the table gets rules by its script.

    Raises: UserError (USAGE) where there is no such language, with the code that was probably meant.
    """
    table = _table()
    language = table.find(code) or table.unlisted(code)
    if language is not None:
        return language
    base = table.find(subtags(code)[0])  # ja-XX: right language, wrong rest
    meant = base.code if base else suggest(code, table.spellings())
    advice = "`simcse-ml langs list` shows them all, and und stands for any other language"
    raise UserError(
        f"unknown language {code[:40]!r}" if code.strip() else "the language code is empty",
        mend=f"did you mean {meant} ({table.languages[meant].name})? {advice}" if meant else advice,
        exit_code=ExitCode.USAGE,
    )


def decided(language: Language, pieces: Iterable[str]) -> Language:
    """`language` with the rules of the script that `pieces` of its text are in, where only the text can tell."""
    if language.script_by != "text":
        return language
    scripts = main_scripts(pieces)
    return _table().settled(language, scripts, "text") if scripts else language


def main_scripts(pieces: Iterable[str]) -> tuple[str, ...]:
    """The scripts of a text, largest first, without those that are hardly there; kana before Han, which it needs."""
    main = [script for script, share in letter_shares(pieces) if share >= LEAST_OF_A_SCRIPT]
    return tuple(sorted(main, key=lambda script: script not in {"Hira", "Kana"}) if "Hani" in main[:1] else main)


def script_name(script: str) -> str:
    """The English name of a script that is given by its ISO 15924 code, or the code where there is none."""
    return _table().script_name(script)


def known_backbone(name: str) -> Backbone | None:
    """What the table knows of the model with this Hub id, None where it does not have it."""
    entry = _table().file.backbones.get(name)
    return None if entry is None else Backbone(id=name, **entry.model_dump() | {"needs": tuple(entry.needs)})


def all_languages() -> tuple[Language, ...]:
    """Every language of the table, by code."""
    languages = _table().languages
    return tuple(languages[code] for code in sorted(languages))


@lru_cache(maxsize=1)
def _table() -> LanguageTable:
    return LanguageTable.read(resource("langs.yaml"))
