"""Links to what a reader sees of them: a label, or nothing."""

from __future__ import annotations

import re

from simcse_ml.text.sources.mediawiki.site import CATEGORY, FILE, MEDIA, Site

_MEDIA_NAME = re.compile(
    r":[^|\n]*\.(?:jpe?g|png|svg|gif|tiff?|webp|xcf|djvu|pdf|og[agv]|oga|webm|mp3|mp4|mpe?g|wav|flac|midi?|opus|stl)\s*$",
    re.IGNORECASE,
)
"""The header of a dump has each namespace's present name only, not its older ones (画像:, Bild:); files give
themselves away by their endings."""
_LANGUAGE_PREFIX = re.compile(r"(?:[a-z]{2,3}|simple)(?:-[a-z]{2,8}){0,2}")
_NO_LANGUAGE = frozenset("voy mw cz wmf doi rfc gnu toc".split())
"""interwiki prefixes of two or three letters that are no language: their links are part of the text"""
_QUALIFIER = re.compile(r"\s*[（(][^()（）]*[)）]$|\s*[,،、，][^,،、，]*$")

_EXTERNAL = re.compile(r"\[(?:[a-z]{3,10}:)?//[^\s\[\]<>\"|]*+[ \t]*+([^\[\]\n]*+)\]", re.IGNORECASE)
_MAIL = re.compile(r"\[mailto:[^\s\[\]]*+[ \t]*+([^\[\]\n]*+)\]", re.IGNORECASE)
_BARE = re.compile(
    r"[FfGgHhIiİıNn](?<![\w/].)(?i:(?<=h)ttps?|(?<=f)tps?|(?<=i)rc|(?<=g)opher|(?<=n)ews)"
    r"://[^\s\[\]<>\"|（）「」『』、。，]*"
)
"""https, ftps, irc, gopher, news behind no letter; it begins with a set, for which `re` looks quickly"""
_ENDS_SENTENCE = ".,;:!?)"


def link_text(fields: list[str], alone: bool, site: Site) -> str:
    """What is shown of a link. fields: target and labels.  alone: whether it is all there is on its line."""
    target = fields[0].strip()
    if "\n" in target or not target:  # no link: brackets around text
        return " ".join(fields)
    if ":" not in target:  # no namespace, no language: most links
        return fields[-1].strip() or _without_qualifier(target)
    shown_whole = target.startswith(":")
    target = target.lstrip(":").strip()
    prefix, colon, rest = target.partition(":")
    if colon and not shown_whole and _is_unseen(prefix.strip(), target, fields, site, alone):
        return ""
    if len(fields) == 1:
        return rest.strip() if colon and shown_whole and _is_prefix(prefix, site) else target
    label = fields[-1].strip()
    return label or _without_qualifier(rest.strip() if colon and _is_prefix(prefix, site) else target)


def _is_unseen(prefix: str, target: str, fields: list[str], site: Site, alone: bool) -> bool:
    """Files, categories, and links to the same article in other languages, which stand beside the text."""
    namespace = site.namespace(prefix)
    if namespace is not None:
        return namespace in (MEDIA, FILE, CATEGORY)
    if _MEDIA_NAME.search(target):
        return True
    if _LANGUAGE_PREFIX.fullmatch(prefix) and prefix not in _NO_LANGUAGE:
        return True
    return alone  # an old name of the category namespace: nothing else stands so


def _is_prefix(prefix: str, site: Site) -> bool:
    return site.namespace(prefix) is not None or _LANGUAGE_PREFIX.fullmatch(prefix) is not None


def _without_qualifier(title: str) -> str:
    """[[バス (交通機関)|]], [[Boston, Massachusetts|]]: an empty label is the title without its qualifier."""
    return _QUALIFIER.sub("", title)


def without_addresses(text: str) -> str:
    """`text` with external links as their labels, and without bare addresses."""
    if "//" in text:
        text = _BARE.sub(_nothing, _EXTERNAL.sub(r"\1", text))
    return _MAIL.sub(r"\1", text) if "mailto:" in text else text


def _nothing(match: re.Match[str]) -> str:
    """The stop behind an address is no part of it."""
    address = match[0]
    return address[len(address.rstrip(_ENDS_SENTENCE)) :]
