"""Language tags as people write them: BCP 47 (zh-Hant-TW), ISO 639-3 with a script (uig_Arab), any case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simcse_ml.languages.script_ranges import RANGES

WRITTEN_WITH: Mapping[str, Sequence[str]] = {
    **{"Jpan": ("Hira", "Kana", "Hani"), "Hrkt": ("Hira", "Kana"), "Kore": ("Hang", "Hani"), "Jamo": ("Hang",)},
    **{"Hans": ("Hani",), "Hant": ("Hani",), "Hanb": ("Hani", "Bopo")},
    **{"Aran": ("Arab",), "Latf": ("Latn",), "Latg": ("Latn",), "Cyrs": ("Cyrl",), "Qaag": ("Mymr",)},
    **{"Syre": ("Syrc",), "Syrj": ("Syrc",), "Syrn": ("Syrc",), "Geok": ("Geor",)},
}
"""Script subtags that name a way of writing, and the scripts that its characters have in Unicode."""
_SHORT: Mapping[str, str] = {"rom": "latn", "zaw": "qaag"}
"""bn_rom, my_zaw: XLM-R's list writes so"""
_SCRIPTS = frozenset(code for code, _ in RANGES)


def subtags(tag: str) -> list[str]:
    """The parts of a tag in lower case: "zh_Hant-TW" is [zh, hant, tw]."""
    first, *others = tag.strip().replace("_", "-").lower().split("-")
    return [first, *(_SHORT.get(other, other) for other in others)]


def script_in(parts: Sequence[str]) -> str | None:
    """The script subtag among `parts`, as ISO 15924 spells it, if it is one."""
    if len(parts) < 2 or len(parts[1]) != 4 or not parts[1].isalpha():
        return None
    script = parts[1].capitalize()
    return script if script in _SCRIPTS or script in WRITTEN_WITH else None


def characters_of(script: str) -> tuple[str, ...]:
    """The scripts, as Unicode has them, that a script subtag stands for."""
    return tuple(WRITTEN_WITH.get(script, (script,)))


def is_valid(tag: str) -> bool:
    """Whether BCP 47 and its registry know every part of `tag`."""
    import langcodes

    return langcodes.tag_is_valid(tag)


def canonical(tag: str) -> list[str]:
    """Other spellings of a valid tag, the nearest first: without what is outdated, and the language that it is part of
    (i-klingon: tlh; cmn: zh).
    """
    import langcodes

    return [langcodes.standardize_tag(tag), langcodes.standardize_tag(tag, macro=True)]
