"""{{convert|10|mi|km}} and its kin: the measure as the writer typed it, not what it was turned into."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from simcse_ml.text.sources.mediawiki.arguments import Arguments

UNITS: Mapping[str, str] = {
    "km2": "km²", "m2": "m²", "cm2": "cm²", "mm2": "mm²", "sqmi": "sq mi", "sqft": "sq ft", "sqkm": "km²", "sqm": "m²",
    "sqyd": "sq yd", "m3": "m³", "km3": "km³", "cm3": "cm³", "cuft": "cu ft", "cumi": "cu mi", "cuin": "cu in",
    "m3/s": "m³/s", "cuft/s": "cu ft/s", "c": "°C", "f": "°F", "k": "K", "/km2": "/km²", "pd/sqmi": "per sq mi",
    "pd/km2": "per km²", "km/h": "km/h", "kg/m3": "kg/m³", "nmi": "nautical miles", "impgal": "imp gal",
    "usgal": "US gal", "m/s2": "m/s²", "lbf.ft": "lbf⋅ft", "n.m": "N⋅m",
}  # fmt: skip
"""a code that is not written as it is read"""
BETWEEN: Mapping[str, str] = {
    "to": " to ", "and": " and ", "or": " or ", "-": "–", "–": "–", "to(-)": "–", "x": " × ", "by": " by ", "×": " × ",
    "+": " + ", "+/-": " ± ", "±": " ± ", "*": " × ", "xx": " × ", "&": " & ", "and(-)": " and ",
}  # fmt: skip
"""words between two numbers"""

_NUMBER = re.compile(r"[-+\u2212]?[\d.,/\u2044٠-٩۰-۹०-९]+(?:e[-+]?\d+)?")
_FROM_UNIT = re.compile(r"([a-z²³/]{1,6}) to [a-z²³/]{1,6}")
"""{{km to mi|7517}}"""


def converted(arguments: Arguments) -> str:
    """Numbers and units of {{convert}}: 10 mi; 10 to 20 km; 5 ft 11 in; 3 × 4 m."""
    texts = [text for text in arguments.positional if text]
    kept: list[str] = []
    at = 0
    while at < len(texts) and _NUMBER.fullmatch(texts[at]):
        kept.append(texts[at])
        between = BETWEEN.get(texts[at + 1]) if at + 2 < len(texts) else None
        if between is None:
            unit = texts[at + 1] if at + 1 < len(texts) else ""
            kept.append(f" {unit_text(unit)}" if unit else "")
            at += 2
            if at + 1 < len(texts) and _NUMBER.fullmatch(texts[at]) and not _NUMBER.fullmatch(texts[at + 1]):
                if texts[at + 1] in _SMALLER.get(unit, ()):
                    kept.append(" ")
                    continue
            break
        kept.append(between)
        at += 2
    return "".join(kept)


_SMALLER: Mapping[str, tuple[str, ...]] = {
    "ft": ("in",),
    "lb": ("oz",),
    "st": ("lb",),
    "mi": ("ch", "yd"),
    "yd": ("ft",),
}
"""units in which the rest of a measure is given: 5 ft 11 in"""


def unit_text(code: str) -> str:
    """A unit as it is read."""
    return UNITS.get(code.casefold(), code)


def from_unit(name: str) -> Callable[[Arguments], str] | None:
    """The rule of templates that are called after two units, or None."""
    units = _FROM_UNIT.fullmatch(name)
    if units is None:
        return None
    unit = unit_text(units[1])
    return lambda arguments: f"{arguments.at(1)} {unit}"
