"""One <page> element to what matters of it. Each page is parsed by itself, so that a broken one costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

CLOSE = b"</page>"
_OPEN = re.compile(rb"<page[\s>]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Page:
    """namespace: None where the export is too old to give it.  text: of the last revision."""

    title: str = ""
    namespace: int | None = None
    redirect: bool = False
    model: str = "wikitext"
    text: str = ""


def page_elements(data: bytes) -> Iterator[bytes]:
    """The whole <page> elements in `data`; `<` is never bare in a text, so their ends can be searched for."""
    for piece in data.split(CLOSE)[:-1]:
        begin = _OPEN.search(piece)
        if begin is not None:
            yield piece[begin.start() :] + CLOSE


def read_page(element: bytes) -> Page | None:
    """The page in a UTF-8 <page> element; None if it is no XML even without its bad bytes."""
    try:
        return _parse(element)
    except expat.ExpatError:
        mended = _NOT_XML.sub("\ufffd", element.decode("utf-8", "replace"))
    try:
        return _parse(mended.encode("utf-8"))
    except expat.ExpatError:
        return None


def _parse(element: bytes) -> Page:
    page = Page()
    path: list[str] = []
    text: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        text.clear()
        if len(path) == 2:
            if name == "redirect":
                page.redirect = True
            elif name == "revision":  # the last one counts
                page.text, page.model = "", "wikitext"

    def end(name: str) -> None:
        if len(path) == 2 and name == "title":
            page.title = "".join(text)
        elif len(path) == 2 and name == "ns":
            number = "".join(text).strip()
            page.namespace = int(number) if re.fullmatch(r"-?\d{1,9}", number) else None
        elif len(path) == 3 and path[1] == "revision":  # <content> holds other slots, one level deeper
            if name == "text":
                page.text = "".join(text)
            elif name == "model":
                page.model = "".join(text).strip()
        path.pop()
        text.clear()

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.Parse(element, True)
    return page
