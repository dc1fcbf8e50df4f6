"""From the entries of langs.yaml to languages: what a script, or the lists of models and sets, add to an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

from simcse_ml.languages.language import Backbone, Language
from simcse_ml.languages.schema import LanguageEntry, LanguageFile, ScriptEntry
from simcse_ml.languages.scripts import dominant_script, is_unspaced

ANY = "und"
"""the entry for any other language"""
_NOT_DESCRIBED = ScriptEntry(in_vocabulary=False)
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Bopo", "Hang"})
Known = Literal["trained", "letters", "none"]


def listed(code: str, entry: LanguageEntry, file: LanguageFile) -> Language:
    """A language of the table."""
    script = _script(entry.scripts[0], file)
    known = "trained" if code in file.trained else _by_letters(script)
    own = _models(entry.backbones, file)
    return Language(
        code=code,
        name=entry.name,
        own_name=entry.own_name,
        also=tuple(entry.also),
        scripts=tuple(entry.scripts),
        script_by="text" if code == ANY else "table",
        direction=entry.direction or script.direction,
        spaced=not is_unspaced(entry.scripts[0]) if entry.spaced is None else entry.spaced,
        splitter=entry.splitter or code.partition("-")[0],
        terminators=entry.terminators or script.terminators,
        normalisation=entry.normalisation,
        encodings=tuple(script.encodings if entry.encodings is None else entry.encodings),
        multilingual=known,
        backbones=_automatic(known, own, file),
        named_backbones=tuple(model for model in own if not file.backbones[model.id].automatic),
        prompt=file.prompts.get(code),
        words=tuple(file.words.get(code, "").split()),
        sts=tuple(name for name, codes in file.sts.items() if code in codes),
        nli=tuple(name for name, codes in file.nli.items() if code in codes),
    )


def in_scripts(language: Language, scripts: Sequence[str], file: LanguageFile) -> Language:
    """`language`, written in `scripts` (ISO 15924, the main one first) and no other.

    What belongs to the way it is usually written (its own models, its prompt, its sets) is left out in another script.
    """
    if set(scripts) == set(language.scripts):
        return language
    script = _script(scripts[0], file)
    encodings = tuple(name for name in language.encodings if _suits(name, scripts[0]))
    if language.scripts[0] in scripts:
        return language.model_copy(update={"scripts": tuple(scripts), "encodings": encodings})
    usual = scripts[0] in language.scripts
    known: Known = "trained" if usual and language.multilingual == "trained" else _by_letters(script)
    changed: dict[str, Any] = {
        "scripts": tuple(scripts),
        "direction": script.direction,
        "spaced": not is_unspaced(scripts[0]),
        "splitter": language.splitter if usual else script.splitter,
        "terminators": script.terminators,
        "encodings": encodings or tuple(script.encodings),
        "multilingual": known,
        "backbones": _automatic(known, (), file),
        "named_backbones": (),
        "prompt": None,
        "words": (),
        "sts": (),
        "nli": (),
    }
    return language.model_copy(update=changed)


def by_script(language: Language, scripts: Sequence[str], file: LanguageFile) -> Language:
    """A language without an entry of its own (und, or one that is not in the table) by the rules of its script."""
    script = _script(scripts[0], file)
    known = _by_letters(script)
    changed: dict[str, Any] = {
        "direction": script.direction,
        "spaced": not is_unspaced(scripts[0]),
        "splitter": script.splitter,
        "encodings": tuple(script.encodings),
        "multilingual": known,
        "backbones": _automatic(known, (), file),
    }
    if language.code != ANY:  # und is for mixtures too, so nothing is foreign to it
        changed |= {"scripts": tuple(scripts), "terminators": script.terminators}
    return language.model_copy(update=changed)


def _script(code: str, file: LanguageFile) -> ScriptEntry:
    return file.scripts.get(code, _NOT_DESCRIBED)


def _by_letters(script: ScriptEntry) -> Known:
    return "letters" if script.in_vocabulary else "none"


def _automatic(known: Known, own: Sequence[Backbone], file: LanguageFile) -> tuple[Backbone, ...]:
    """What may be taken without asking: encoders of sentences, the language's own, other multilingual models."""
    many = file.multilingual
    encoders, others = many.encoders, many.trained if known == "trained" else many.letters
    if known == "none":
        encoders, others = [], []
    found = [*_models(encoders, file), *own, *_models(others, file)]
    return tuple(dict.fromkeys(model for model in found if file.backbones[model.id].automatic))


def _models(names: Iterable[str], file: LanguageFile) -> tuple[Backbone, ...]:
    return tuple(Backbone(id=name, **file.backbones[name].model_dump() | _tuples(name, file)) for name in names)


def _tuples(name: str, file: LanguageFile) -> dict[str, tuple[str, ...]]:
    return {"needs": tuple(file.backbones[name].needs)}


def _suits(codec: str, script: str) -> bool:
    """Whether a legacy encoding was made for a script."""
    made_for = _made_for(codec)
    return made_for == script or (made_for in _EAST_ASIAN and script in _EAST_ASIAN)


@lru_cache(maxsize=256)
def _made_for(codec: str) -> str:
    """The script of most characters above ASCII; Hani for those that need two bytes or a shift."""
    if codec in {"hz", "iso2022_jp", "johab", "big5", "big5hkscs", "cp950"}:
        return "Hani"
    return dominant_script([bytes(range(0x80, 0x100)).decode(codec, errors="ignore")])
