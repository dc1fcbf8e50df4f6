"""A MediaWiki XML dump as a stream of bytes, cut into pieces of whole pages, which any process can turn into blocks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources.blocks import Block, Facts, Hints, Piece
from simcse_ml.text.sources.mediawiki.articles import expand_pages
from simcse_ml.text.sources.mediawiki.pages import CLOSE
from simcse_ml.text.sources.mediawiki.site import KNOWN_VERSIONS, Site, read_site

FORMAT = "MediaWiki dump"
PIECE = 1 << 20
"""bytes of XML in a piece, at least: enough that handing it to a process costs nothing, small enough to hold a few"""
PAGE_LIMIT = 1 << 26
"""bytes of one page held at once; of a longer history only the newest revisions are kept"""
HEAD_LIMIT = 1 << 20
"""bytes in which the first page has to come"""

_ROOT = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?>.*?-->)\s*+)*+(?:<!DOCTYPE\s+)?<?mediawiki[\s>]", re.DOTALL
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"']")
_FIRST_PAGE = re.compile(rb"<page[\s>]")
_REVISION = b"<revision>"
END = b"</mediawiki>"
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


def is_dump(head: bytes) -> bool:
    """Whether a file that begins with the unpacked bytes `head` is a MediaWiki dump, in whatever encoding."""
    encoding, skip = _encoding(head)
    return _ROOT.match(head[skip : skip + 4096].decode(encoding, "replace")) is not None


def dump_blocks(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[Block]:
    """The paragraphs of all articles, a document a page; `facts.pages` counts what was met.

    Raises: UserError(INPUT) for a document type declaration or a head without a page.
    """
    yield from expanded(dump_pieces(chunks, facts, hints), facts)


def expanded(pieces: Iterator[Piece], facts: Facts) -> Iterator[Block]:
    """The blocks of `pieces`, worked on here and now."""
    first = 0
    for piece in pieces:
        made = piece.expand(piece.data)
        facts.take(made)
        for block in made.blocks:
            yield block._replace(document=first + block.document)
        first += made.documents


def dump_pieces(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[Piece]:
    """The same, as pieces that stand for themselves. Raises: as dump_blocks."""
    utf8 = _utf8(chunks, facts)
    header, rest = _split_header(utf8, facts.name)
    site = begin(header, facts)
    expand = partial(expand_pages, site=site)
    for data in whole_pages(rest, facts):
        yield Piece(data, expand)


def begin(header: bytes, facts: Facts) -> Site:
    """Note what kind of file this is. Raises: UserError(INPUT) for a head that is not a dump's."""
    facts.format, facts.documents = FORMAT, "pages"
    facts.encoding = facts.encoding or "utf-8"
    site = read_site(header, facts.name)
    if site.version not in KNOWN_VERSIONS:
        known = f"{KNOWN_VERSIONS[0]} to {KNOWN_VERSIONS[-1]}"
        facts.warn(f"{facts.name}: export version {site.version or 'unknown'}, read like {known}")
    return site


def _encoding(head: bytes) -> tuple[str, int]:
    """Python's name, and the bytes of a byte order mark."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    for start, encoding in _UNMARKED:
        if head.startswith(start):
            return encoding, 0
    declared = _DECLARED.match(head[:200])
    try:
        return (codecs.lookup(declared[1].decode("ascii")).name if declared else "utf-8"), 0
    except LookupError:
        return "utf-8", 0


def _utf8(chunks: Iterator[bytes], facts: Facts) -> Iterator[bytes]:
    """The bytes of `chunks` in UTF-8, whatever they were in."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= 256:
            break
    encoding, skip = _encoding(head)
    facts.encoding = encoding
    if encoding == "utf-8":
        yield head[skip:]
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chain([head[skip:]], chunks):
        yield decoder.decode(chunk).encode("utf-8")


def _split_header(chunks: Iterator[bytes], where: str) -> tuple[bytes, Iterator[bytes]]:
    """What stands before the first page, and the bytes from there on. A dump may have no page at all."""
    head = b""
    for chunk in chunks:
        head += chunk
        first = _FIRST_PAGE.search(head)
        if first:
            return head[: first.start()], chain([head[first.start() :]], chunks)
        if len(head) > HEAD_LIMIT:
            read_site(head, where)  # says it better if it can
            raise UserError(
                f"no page begins in the first {HEAD_LIMIT:,} bytes of this dump",
                where=where,
                mend="give the dump of pages (pages-articles), as MediaWiki exports it",
                exit_code=ExitCode.INPUT,
            )
    end = head.rfind(END)
    return (head, iter(())) if end < 0 else (head[:end], iter((head[end:],)))


def whole_pages(chunks: Iterator[bytes], facts: Facts) -> Iterator[bytes]:
    """The <page> elements in `chunks` (UTF-8), about PIECE bytes of them at a time; the last one may be cut off."""
    buffer = bytearray()
    looked = 0  # no end of a page before it
    for chunk in chunks:
        buffer += chunk
        if len(buffer) < PIECE:
            continue
        end = buffer.rfind(CLOSE, looked)
        if end >= 0:
            end += len(CLOSE)
            yield bytes(buffer[:end])
            del buffer[:end]
            looked = 0
        else:
            looked = max(0, len(buffer) - len(CLOSE))
            if len(buffer) > PAGE_LIMIT:
                _shorten(buffer, facts)
                looked = 0
    end = buffer.rfind(CLOSE)
    if end >= 0:
        yield bytes(buffer[: end + len(CLOSE)])
    if END not in buffer[max(0, end) :]:
        facts.warn(f"{facts.name}: the dump is cut off (no </mediawiki> at its end); all whole pages were used")


def _shorten(buffer: bytearray, facts: Facts) -> None:
    """Of a page that is too long to hold, leave its head and its newest revision so far."""
    first, last = buffer.find(_REVISION), buffer.rfind(_REVISION)
    if 0 <= first < last:
        del buffer[first:last]
    if len(buffer) > PAGE_LIMIT:
        facts.warn(f"{facts.name}: a revision of over {PAGE_LIMIT >> 20} MB was left out")
        facts.count_pages({"pages": 1, "damaged": 1})
        buffer.clear()
