"""The privacy gate: nothing of the corpus, the machine or the person may be in what is sent.

Every byte is looked at: sentences, paths, names of folders, of the user and the host, and tokens, in files as they lie,
with escapes undone, in the headers of safetensors and in packed parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.load import DEFAULT_RECIPE, load_recipe
from simcse_ml.sharing.card import template_words
from simcse_ml.sharing.files import SentFile
from simcse_ml.sharing.parts import ClosedPart, Data, Part, opened, parts_of
from simcse_ml.sharing.quoted import Index, Sentences, index_of, places, quoted

Kind = Literal["sentence", "path", "name", "token", "closed", "tokenizer", "licence", "text"]
NEVER: frozenset[Kind] = frozenset({"token", "closed"})
"""what nobody can accept"""
LEAST_IN_BINARY = 8
"""bytes; anything shorter turns up among random ones"""
LEAST_IN_VOCABULARY = 48
"""bytes of a sentence: no piece of a vocabulary is so long, and shorter ones are words"""
SHOWN = 60
SECRETS = re.compile(
    rb"hf_[A-Za-z0-9]{20,}|api_org_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}"
    rb"|sk-[A-Za-z0-9_-]{32,}|AKIA[0-9A-Z]{16}|xox[abpr]-[A-Za-z0-9-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""tokens of the Hub, GitHub, OpenAI, AWS and Slack, and keys in PEM"""


@dataclass(frozen=True)
class Private:
    """What may not be in anything that is sent. sentences: of the corpus, None where its text is gone."""

    sentences: Sentences | None
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """file: where, "" for the whole.  shown: for the person, on one line; a token is never shown."""

    kind: Kind
    file: str
    shown: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def look_through(files: Sequence[SentFile], private: Private, allowed: Sequence[str] = ()) -> list[Finding]:
    """Everything found, file by file.

    allowed: texts in which a name may stand, such as the repository's own.
    """
    index = index_of(private.sentences) if private.sentences is not None else None
    names = _names(private.names)
    found: list[Finding] = []
    for file in files:
        with opened(file) as data:
            try:
                found += _in_file(file, data, private, index, names, allowed)
            except ClosedPart as error:
                found.append(Finding("closed", file.path, f"it cannot be looked into ({error})"))
    return list(dict.fromkeys(found))


def _in_file(
    file: SentFile,
    data: Data,
    private: Private,
    index: Index | None,
    names: re.Pattern[str] | None,
    allowed: Sequence[str],
) -> Iterator[Finding]:
    seen: dict[int, set[bytes]] = {}
    for part in parts_of(file.path, data):
        yield from _secrets(part, private.tokens)
        yield from _paths(part, private.paths, binary=part.words is None or file.is_vocabulary)
        if names is not None and part.words is not None and not file.is_vocabulary:
            yield from (Finding("name", part.label, name) for name in _named(part.words, names, allowed))
        if index is not None:
            for key, there in places(index, part.data):
                seen.setdefault(key, set()).add(there)
    if private.sentences is not None:
        least = LEAST_IN_VOCABULARY if file.is_vocabulary else 0
        for sentence in quoted(private.sentences, seen):
            if len(sentence.encode("utf-8", "surrogatepass")) >= least:
                yield Finding("sentence", file.path, sentence[:SHOWN])


def _secrets(part: Part, tokens: Sequence[str]) -> Iterator[Finding]:
    if SECRETS.search(part.data) or any(part.data.find(token.encode()) >= 0 for token in tokens):
        yield Finding("token", part.label, "a token or a key (not shown)")


def _paths(part: Part, paths: Sequence[str], *, binary: bool) -> Iterator[Finding]:
    for path in paths:
        needle = path.encode("utf-8", "surrogateescape")
        if (not binary or len(needle) >= LEAST_IN_BINARY) and part.data.find(needle) >= 0:
            yield Finding("path", part.label, path)


def _names(names: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for all names that are not words of the card or of recipes: `letters` stands in without_letters."""
    own = template_words() + recipe_yaml(load_recipe(DEFAULT_RECIPE))
    wanted = [_bounded(name) for name in names]
    kept = [pattern for pattern in wanted if not re.search(pattern, own, re.IGNORECASE)]
    return re.compile("|".join(kept), re.IGNORECASE) if kept else None


def _bounded(name: str) -> str:
    """A pattern for `name`; ASCII letters must end where it does, other scripts do not part their words."""
    pattern = re.escape(name)
    if name[:1].isascii():
        pattern = r"(?<![A-Za-z0-9])" + pattern
    return pattern + (r"(?![A-Za-z0-9])" if name[-1:].isascii() else "")


def _named(text: str, names: re.Pattern[str], allowed: Sequence[str]) -> list[str]:
    for known in allowed:
        text = text.replace(known, "")
    return sorted({found[0] for found in names.finditer(text)})
