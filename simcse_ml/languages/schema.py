"""What langs.yaml may say: unknown keys, wrong types and references to nothing are errors with file and line."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.marked import Marked, MarkedError, Place, read_marked
from simcse_ml.languages.references import loose_ends
from simcse_ml.languages.suggest import nearest

Direction = Literal["ltr", "rtl"]
Normalisation = Literal["nfc", "nfkc"]
Licence = Literal[
    "mit", "apache-2.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-sa-4.0", "gpl-3.0", "agpl-3.0", "not verified"
]
PERMISSIVE = frozenset({"mit", "apache-2.0"})
"""Only these may be chosen without asking; a model under another licence is taken when a person names it."""
Size = Literal["small", "base", "large"]


def _codec(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"Python has no codec {name}") from None
    return name


def _prompt(template: str) -> str:
    if template.count("{sentence}") != 1 or template.count("{mask}") != 1:
        raise ValueError("a prompt holds {sentence} once and {mask} once")
    return template


Code = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Script = Annotated[str, Field(pattern=r"^[A-Z][a-z]{3}$")]
ModelId = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")]
Codec = Annotated[str, AfterValidator(_codec)]
Prompt = Annotated[str, AfterValidator(_prompt)]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ScriptEntry(Entry):
    """What the languages of a script have in common."""

    name: str = ""
    """in English; its code if left out"""
    direction: Direction = "ltr"
    terminators: str = Field(default=".!?…", min_length=1)
    encodings: list[Codec] = []
    splitter: str = "en"
    """the language whose rules split a language of this script that is not in the table"""
    in_vocabulary: bool = True
    """whether XLM-R's vocabulary has its letters; without them a multilingual model sees one unknown after another"""


class BackboneEntry(Entry):
    """What is known of a model."""

    licence: Licence
    size: Size | None = None
    params_m: float | None = Field(default=None, gt=0)
    dropout: float | None = Field(default=None, ge=0, lt=1)
    max_tokens: int | None = Field(default=None, gt=0)
    prefix: str = ""
    needs: list[str] = []
    caution: str = ""
    """what a person must know first; such a model is only used when it is named"""
    source: str = Field(min_length=1)
    checked: str = Field(pattern=r"^\d{4}-\d{2}$")

    @property
    def automatic(self) -> bool:
        """Whether it may be taken without asking."""
        return self.licence in PERMISSIVE and not self.caution

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if self.automatic and self.size is None:
            raise ValueError("a model that may be taken without asking needs its size: small, base or large")
        return self


class LanguageEntry(Entry):
    """One language; what is left out comes from its first script."""

    name: str = Field(min_length=1)
    own_name: str = Field(min_length=1)
    also: list[str] = []
    scripts: list[Script] = Field(default=["Latn"], min_length=1)
    direction: Direction | None = None
    spaced: bool | None = None
    splitter: str | None = None
    terminators: str | None = Field(default=None, min_length=1)
    normalisation: Normalisation = "nfc"
    encodings: list[Codec] | None = None
    backbones: list[ModelId] = []


class BackboneLists(Entry):
    """Multilingual models, best first."""

    encoders: list[ModelId] = Field(min_length=1)
    """trained on pairs of sentences: the first of their size"""
    trained: list[ModelId] = Field(min_length=1)
    """for languages they were trained on"""
    letters: list[ModelId]
    """for others whose letters they have"""


class LanguageFile(Entry):
    """The whole of langs.yaml."""

    scripts: dict[Script, ScriptEntry]
    backbones: dict[ModelId, BackboneEntry]
    multilingual: BackboneLists
    trained: list[Code]
    sts: dict[ModelId, list[Code]]
    nli: dict[ModelId, list[Code]]
    prompts: dict[Code, Prompt] = {}
    words: dict[Code, str] = {}
    """for a language some of its commonest words, in lower case, between blanks"""
    languages: dict[Code, LanguageEntry] = Field(min_length=1)


def read_language_file(path: Path) -> LanguageFile:
    """Read and check langs.yaml.

    Raises: UserError (USAGE) naming file and line of the first thing that is wrong, and how many more there are.
    """
    try:
        marked = read_marked(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _error(path, 0, error.strerror or "cannot be read", 0) from error
    except UnicodeDecodeError as error:
        raise _error(path, error.object[: error.start].count(b"\n") + 1, "not UTF-8", 0) from error
    except MarkedError as error:
        raise _error(path, error.line, error.problem, 0) from error
    try:
        file = LanguageFile.model_validate(marked.values)
    except ValidationError as error:
        problems = [_said(marked, item["type"], item["loc"], item["msg"]) for item in error.errors()]
        raise _error(path, *min(problems), len(problems) - 1) from error
    loose = sorted((marked.line(place), text) for place, text in loose_ends(file))
    if loose:
        raise _error(path, *loose[0], len(loose) - 1)
    return file


def _said(marked: Marked, kind: str, loc: Place, message: str) -> tuple[int, str]:
    """(line, sentence) for one complaint of pydantic's."""
    place = tuple(part for part in loc if part != "[key]")
    spelled = ".".join(str(part) for part in place) or "the file"
    if kind == "extra_forbidden":
        near = nearest(str(place[-1]), _section(place).model_fields)
        return marked.line(place), f"unknown key {spelled}" + (f", did you mean {near}?" if near else "")
    return marked.line(place), f"{spelled}: {message.removeprefix('Value error, ').replace('Input should', 'should')}"


def _section(place: Place) -> type[Entry]:
    """The model whose key the last part of `place` is."""
    if len(place) == 1:
        return LanguageFile
    sections: dict[object, type[Entry]] = {"scripts": ScriptEntry, "backbones": BackboneEntry}
    sections["multilingual"] = BackboneLists
    return sections.get(place[0], LanguageEntry)


def _error(path: Path, line: int, what: str, more: int) -> UserError:
    return UserError(
        what + (f" (and {more} more)" if more else ""),
        where=f"{path}:{line}" if line else str(path),
        mend="correct the file, or install simcse-ml again",
        exit_code=ExitCode.USAGE,
    )
