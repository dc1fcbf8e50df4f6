"""A template to the words it stands for, by the table in names.py; to nothing if it is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from simcse_ml.text.sources.mediawiki import names
from simcse_ml.text.sources.mediawiki.arguments import Arguments, arguments_of
from simcse_ml.text.sources.mediawiki.measures import converted, from_unit
from simcse_ml.text.sources.mediawiki.site import folded

_OF_LANGUAGE = re.compile(r"(?:lang|vol)[- ][a-z]{2,3}(?:-[a-z]+)*")
"""{{lang-en|text}}, {{lang-en-short|text}}, {{vol-lv|vārds}}: a word of another language"""
_LINK_TO = re.compile(r"link-[a-z]{2,3}")
"""{{link-en|title|foreign title}} of the Chinese Wikipedia"""
_CENTURY = re.compile(r"[ivxlc]+(?:e|er) siècle(?: av\. j\.-c\.)?")
"""{{XIXe siècle}}: the name is the text"""
_FUNCTION = re.compile(r"(formatnum|lc|uc|lcfirst|ucfirst)\s*:", re.IGNORECASE)
_PAGE_NAMES = frozenset({"pagename", "fullpagename", "basepagename", "subpagename"})

Rule = Callable[[Arguments], str]


def template_text(fields: list[str], title: str) -> str:
    """What is kept of a template. fields: its name and arguments, already without markup.  title: of the page."""
    written = fields[0].strip()
    name = folded(written)
    rule = RULES.get(name)
    if len(fields) == 1:
        return _without_arguments(name, written, title)
    if rule is None and (name in names.ISO_639_1 or _OF_LANGUAGE.fullmatch(name) or _LINK_TO.fullmatch(name)):
        rule = _first
    if rule is None:
        rule = from_unit(name)
    return rule(arguments_of(fields[1:])) if rule else ""


def _without_arguments(name: str, written: str, title: str) -> str:
    if name in names.CONSTANTS:
        return names.CONSTANTS[name]
    if name in _PAGE_NAMES:
        return title
    if _CENTURY.fullmatch(name):
        return written
    function = _FUNCTION.match(written)
    return _FUNCTIONS[function[1].lower()](written[function.end() :].strip()) if function else ""


_FUNCTIONS: Mapping[str, Callable[[str], str]] = {
    "formatnum": str,
    "lc": str.lower,
    "uc": str.upper,
    "lcfirst": lambda text: text[:1].lower() + text[1:],
    "ucfirst": lambda text: text[:1].upper() + text[1:],
}


def _first(arguments: Arguments) -> str:
    return arguments.at(1)


def _second(arguments: Arguments) -> str:
    return arguments.at(2)


def _last(arguments: Arguments) -> str:
    """{{resize|90%|text}}, or the title or label of {{нп5|title|label|language|foreign title}}."""
    return arguments.at(2) or arguments.at(1)


def _local_title(arguments: Arguments) -> str:
    """{{tsl|en|foreign title|title|label}}"""
    return arguments.at(4) or arguments.at(3) or arguments.at(2)


def _link(arguments: Arguments) -> str:
    return next((arguments.named[label] for label in names.LINK_LABELS if arguments.named.get(label)), arguments.at(1))


def _nihongo(arguments: Arguments) -> str:
    """{{nihongo|Tokyo tower|東京タワー|Tōkyō tawā}}: the Japanese and its reading stand in brackets."""
    first = arguments.at(1)
    behind = ", ".join(text for text in arguments.positional[1:4] if text)
    return f"{first} ({behind})" if first and behind else first or behind


def _together(arguments: Arguments) -> str:
    """{{chem|C|6|H|12}}"""
    return "".join(arguments.positional)


def _in_a_row(arguments: Arguments) -> str:
    return " ".join(text for text in arguments.positional if text)


def _as_of(arguments: Arguments) -> str:
    """{{as of|2014|lc=y}}"""
    return arguments.named.get("alt") or f"{'as' if arguments.named.get('lc') else 'As'} of {_in_a_row(arguments)}"


def _value(arguments: Arguments) -> str:
    """{{val|6.2|e=18|u=m}}"""
    power = f" × 10^{arguments.named['e']}" if arguments.named.get("e") else ""
    unit = f" {arguments.named['u']}" if arguments.named.get("u") else ""
    return arguments.at(1) + power + unit


def _fraction(arguments: Arguments) -> str:
    """{{frac|1|2}} is 1/2, {{frac|3|1|2}} 3 1/2, {{frac|2}} 1/2."""
    parts = [text for text in arguments.positional if text]
    if len(parts) == 3:
        return f"{parts[0]} {parts[1]}/{parts[2]}"
    return "/".join(parts[-2:] if len(parts) > 1 else ["1", *parts])


def _power(arguments: Arguments) -> str:
    """{{e|24}}"""
    return f" × 10^{arguments.at(1)}"


def _quoted(opening: str, closing: str) -> Rule:
    return lambda arguments: f"{opening}{arguments.at(1)}{closing}" if arguments.at(1) else ""


def _filled(pattern: str) -> Rule:
    return lambda arguments: pattern.format(arguments.at(1)) if arguments.at(1) else ""


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(names.FIRST, _first),
    **dict.fromkeys(names.SECOND, _second),
    **dict.fromkeys(names.LAST, _last),
    **dict.fromkeys(names.LINKS, _link),
    **dict.fromkeys(names.MEASURES | names.DATES, _in_a_row),
    **{name: _filled(pattern) for name, pattern in names.CENTURIES.items()},
    **dict.fromkeys(("convert", "cvt"), converted),
    **dict.fromkeys(("nihongo", "nihongo2", "nihongo krt"), _nihongo),
    **dict.fromkeys(("chem", "chem2", "ce"), _together),
    **dict.fromkeys(("frac", "sfrac", "fraction"), _fraction),
    "tsl": _local_title,
    "as of": _as_of,
    "val": _value,
    "e": _power,
    "citation": _quoted("« ", " »"),
    "guil": _quoted("« ", " »"),
    '"': _quoted("„", "“"),
}
