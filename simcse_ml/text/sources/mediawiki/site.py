"""What a dump says about its wiki, in the part before the first page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from simcse_ml.errors import ExitCode, UserError

MEDIA, FILE, CATEGORY = -2, 6, 14
KNOWN_VERSIONS = ("0.8", "0.9", "0.10", "0.11")

_EVERYWHERE: Mapping[str, int] = {
    **{"media": MEDIA, "file": FILE, "image": FILE, "category": CATEGORY},
    **{"ファイル": FILE, "画像": FILE, "カテゴリ": CATEGORY, "カテゴリー": CATEGORY},
    **{"文件": FILE, "檔案": FILE, "档案": FILE, "图像": FILE, "圖像": FILE, "图片": FILE, "圖片": FILE},
    **{"分类": CATEGORY, "分類": CATEGORY},
}
"""names beside a wiki's own, which its dump does not tell: what every wiki understands, and those that the Japanese and
Chinese ones write as often
"""


@dataclass(frozen=True)
class Site:
    """version: of the export format.  name: of the wiki's database, for messages; it says nothing of the language.
    namespaces: number by folded name.
    """

    version: str = ""
    name: str = ""
    namespaces: Mapping[str, int] = field(default_factory=lambda: dict(_EVERYWHERE))

    def namespace(self, prefix: str) -> int | None:
        """The number of the namespace that is called `prefix`, or None."""
        return self.namespaces.get(folded(prefix))


def folded(name: str) -> str:
    """A title or namespace as MediaWiki compares it: underscores are blanks, case left out."""
    return " ".join(name.replace("_", " ").split()).casefold()


class _Reader:
    """Handlers of the parser."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.version = ""
        self.name = ""
        self.namespaces = dict(_EVERYWHERE)
        self._key: int | None = None
        self._text = ""

    def doctype(self, *_: object) -> None:
        raise UserError(
            "this XML has a document type declaration, which may define entities; dumps have none",
            where=self.where,
            mend="give the dump as MediaWiki exports it",
            exit_code=ExitCode.INPUT,
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._text = ""
        if name == "mediawiki":
            self.version = attributes.get("version", "")
        elif name == "namespace" and re.fullmatch(r"-?\d{1,9}", attributes.get("key", "")):
            self._key = int(attributes["key"])

    def characters(self, text: str) -> None:
        self._text += text

    def end(self, name: str) -> None:
        if name == "namespace" and self._key is not None and self._text.strip():
            self.namespaces[folded(self._text)] = self._key
        elif name == "dbname":
            self.name = self._text.strip()
        self._key, self._text = None, ""


def read_site(header: bytes, where: str) -> Site:
    """The site that `header`, UTF-8 up to the first page, speaks of. Raises: UserError(INPUT) for a DTD or no XML."""
    reader = _Reader(where)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(header, False)
    except expat.ExpatError as error:
        raise UserError(
            f"the head of this dump is no XML ({expat.ErrorString(error.code)}, line {error.lineno})",
            where=where,
            mend="get the dump again, whole",
            exit_code=ExitCode.INPUT,
        ) from error
    return Site(reader.version, reader.name, reader.namespaces)
