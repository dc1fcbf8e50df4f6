"""Web pages: the paragraphs that a reader reads, without menus, scripts and readings set over characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from simcse_ml.text.sources.blocks import Block, Facts

PIECE = 1 << 22
"""characters of one page that are parsed at once (as a tree it takes about 20 times that)"""
OUT_BLOCKS = frozenset({"aside", "dialog", "footer", "head", "header", "menu", "nav", "noframes", "title"})
OUT_INLINE = frozenset({
    "audio", "button", "canvas", "datalist", "iframe", "input", "map", "math", "noembed", "noscript", "object",
    "option", "rp", "rt", "rtc", "script", "select", "style", "svg", "template", "textarea", "video",
})  # fmt: skip
"""elements that are no running text, and those that do not even part it; rt and rp hold how a word is read"""
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""elements within a paragraph; any other begins and ends one"""
ARTICLE = "p, article, h1, h2"
"""what a form has in it that is the whole page and no form"""
WEB_LABELS: Mapping[str, str] = {
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-8859-11": "cp874",
    "windows-874": "cp874", "big5": "big5hkscs", "iso-2022-jp": "iso2022_jp", "x-euc-jp": "euc_jp",
}  # fmt: skip
"""Python's names of encodings where the web means another than it says"""

_PAGE = re.compile(r"<!doctype html|<(?:html|head|body|meta|title|p|div|table|h[1-6]|ul|ol|article|section)[\s>]")
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{1,40})""")
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def is_html(start: str) -> bool:
    """True if `start`, the beginning of a file, is HTML or XHTML."""
    text = re.sub(r"^(?:\s+|<!--.*?-->|<\?xml[^>]*\?>)+", "", start[:4096], flags=re.DOTALL).lower()
    if _PAGE.match(text):
        return True
    return text.startswith("<!doctype") and "<html" in text


def declared_encoding(head: bytes) -> str | None:
    """The encoding a page says it is in, by Python's name; a hint, since many say the wrong one."""
    found = _CHARSET.search(head) or _XML_ENCODING.search(head)
    return None if found is None else python_encoding(found[1].decode("ascii"))


def python_encoding(label: str) -> str:
    """Python's name of an encoding of the web."""
    return WEB_LABELS.get(label.strip().lower(), label.strip().lower())


def html_blocks(texts: Iterator[str], facts: Facts) -> Iterator[Block]:
    """The paragraphs of one page, a document. A page longer than PIECE is parsed in pieces, which is said."""
    facts.documents = "marked"
    yield from page_blocks(texts, facts, 0)


def page_blocks(texts: Iterator[str], facts: Facts, document: int) -> Iterator[Block]:
    """The paragraphs of one page as document number `document`; `line` counts paragraphs."""
    line = 0
    for page in _pieces(texts, facts):
        for paragraph in paragraphs(page):
            line += 1
            yield Block(document, paragraph, line)


def _pieces(texts: Iterator[str], facts: Facts) -> Iterator[str]:
    parts: list[str] = []
    size = 0
    for text in texts:
        parts.append(text)
        size += len(text)
        if size >= PIECE:
            facts.warn(f"{facts.name}: a page of more than {PIECE:,} characters was parsed in pieces")
            whole = "".join(parts)
            at = max(whole.rfind("\n<"), whole.rfind("</p>"))
            at = at if at > 0 else len(whole)
            yield whole[:at]
            parts, size = [whole[at:]], len(whole) - at
    yield "".join(parts)


def paragraphs(page: str) -> Iterator[str]:
    """Text between the beginnings and ends of block elements, its white space as a browser shows it."""
    root = LexborHTMLParser(page).root
    parts: list[str] = []
    for text, preformatted in _texts(root) if root is not None else ():
        if text is None:
            yield from _paragraph(parts)
            parts = []
        elif preformatted:
            *lines, last = text.split("\n")
            for line in lines:
                parts.append(line)
                yield from _paragraph(parts)
                parts = []
            parts.append(last)
        else:
            parts.append(text)
    yield from _paragraph(parts)


def _texts(root: LexborNode) -> Iterator[tuple[str | None, bool]]:
    """(text, whether its line ends count) in reading order; None where a block element begins or ends."""
    node: LexborNode | None = root
    preformatted = 0
    while node is not None:
        tag = node.tag or ""
        inside = None
        if tag == "-text":
            yield node.text_content or "", preformatted > 0
        elif tag not in INLINE and tag not in OUT_INLINE:
            yield None, False
        if tag != "-text" and not _is_out(node, tag):
            inside = node.child
        if inside is not None:
            preformatted += tag == "pre"
            node = inside
            continue
        while node is not None and node.next is None:
            node = node.parent
            if node is not None and node.tag not in INLINE:
                preformatted -= node.tag == "pre"
                yield None, False
        node = node.next if node is not None else None


def _is_out(node: LexborNode, tag: str) -> bool:
    if tag in OUT_BLOCKS or tag in OUT_INLINE or tag.startswith(("-", "!", "_")):
        return True
    if tag == "form":
        return node.css_first(ARTICLE) is None
    return "hidden" in node.attributes if tag not in INLINE else False


def _paragraph(parts: list[str]) -> Iterator[str]:
    text = _BLANKS.sub(_blank, "".join(parts)).strip()
    if text:
        yield text


def _blank(found: re.Match[str]) -> str:
    """One blank, but none for a line end between wide characters, as Japanese and Chinese have it (CSS Text 3)."""
    text, start, end = found.string, found.start(), found.end()
    if "\n" in found[0] and 0 < start and end < len(text) and _is_wide(text[start - 1]) and _is_wide(text[end]):
        return ""
    return " "


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("W", "F") and not "\uac00" <= character <= "\ud7a3"
