"""The marks of Aozora Bunko files: ruby, notes, characters described in words, accents, header, colophon.

    下人《げにん》  ｜丹塗《にぬり》  ※［＃「てへん＋丑」、第4水準2-12-93］  〔e'tiquette〕  ［＃ここから２字下げ］

What is taken out is counted in the ledger of its file; titles and authors above the header stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Literal

from simcse_ml.text.reasons import Ledger, Reason
from simcse_ml.text.sources.blocks import Block

LOOKED_AT = 200
"""paragraphs at the head of a file that show whether it has the marks"""
LONGEST_HEADER = 60
LONGEST_COLOPHON = 80
"""lines; what goes on longer is text"""
_LEAST_NOTES = 2
_LEAST_RUBY = 4

_HAN = "々〆〇ヶ\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUBY = re.compile(r"《[^《》\n]{1,40}》")
_RUBY_OF_KANA = re.compile(rf"(?:[{_HAN}]|｜[^｜《》]+)《[\u3040-\u30ff・ ]+》")
_NOTE = re.compile(r"［＃[^［］]*(?:［[^［］]*］[^［］]*)*］")
_GAIJI = re.compile(r"※［＃([^［］]*)］")
_CODE_POINT = re.compile(r"U\+([0-9A-Fa-f]{4,6})")
_JIS = re.compile(r"第[34]水準([12])-(\d{1,2})-(\d{1,2})")
_REPEAT = re.compile(r"／(″?)＼")
_ACCENTED = re.compile(r"〔([^〔〕]*[A-Za-z][`'^~:&,/_@][^〔〕]*)〕")
_ACCENT = re.compile(r"([A-Za-z])([`'^~:&,_])|([Oo])/|(AE|ae|OE|oe)&|(s)&|([!?])@")
_MARKS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", ":": "\u0308", "&": "\u030a", ",": "\u0327"}
_LIGATURES = {"ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "s": "ß", "!": "¡", "?": "¿"}

_RULE = re.compile(r"\s*-{20,}\s*$")
_EXPLAINED = re.compile(r"\s*【テキスト中に現れる記号について】")
_SOURCE = re.compile(r"\s*底本\s*[：:]")
_LAST_LINE = re.compile(r"\s*このファイルは.*青空文庫|.*ボランティアの皆さんです。\s*$")

Asked = Literal["auto", "yes", "no"]


def without_marks(blocks: Iterable[Block], asked: Asked, ledger: Ledger) -> Iterator[Block]:
    """The paragraphs of one file without the marks; "auto" leaves a file alone that does not show them at its head."""
    stream = iter(blocks)
    if asked == "auto":
        head = list(islice(stream, LOOKED_AT))
        stream = chain(head, stream)
        asked = "yes" if has_marks([block.text for block in head]) else "no"
    if asked == "no":
        return stream
    return _cleaned(_body(stream, ledger), ledger)


def has_marks(lines: Iterable[str]) -> bool:
    """Whether these lines are of an Aozora Bunko file: the table of marks, or several notes or rubies of kana."""
    notes, rubies = 0, 0
    for line in lines:
        if _EXPLAINED.match(line):
            return True
        notes += len(_NOTE.findall(line))
        rubies += len(_RUBY_OF_KANA.findall(line))
    return notes >= _LEAST_NOTES or rubies >= _LEAST_RUBY


def plain_line(line: str, ledger: Ledger) -> str:
    """`line` without ruby and notes, with described and accented characters as themselves where they can be told."""
    if not re.search("[《［｜※〔／]", line):
        return line
    line, gaiji = _GAIJI.subn(lambda match: described(match[1]), line)
    ledger.change("aozora_described_characters", gaiji)
    line, notes = _NOTE.subn("", line)
    ledger.change("aozora_notes", notes)
    line, rubies = _RUBY.subn("", line)
    ledger.change("aozora_ruby", rubies)
    if rubies:
        line = line.replace("｜", "")
    line, accents = _ACCENTED.subn(lambda match: _ACCENT.sub(_accented, match[1]), line)
    ledger.change("aozora_accents", accents)
    return _REPEAT.sub(lambda match: "〲" if match[1] else "〱", line)


def described(note: str) -> str:
    """The character that a note describes, by code point or place in JIS X 0213; 〓 where it gives neither."""
    point = _CODE_POINT.search(note)
    if point is not None and int(point[1], 16) <= 0x10FFFF and not 0xD800 <= int(point[1], 16) <= 0xDFFF:
        return chr(int(point[1], 16))
    place = _JIS.search(note)
    if place is not None:
        plane, row, cell = map(int, place.groups())
        code = bytes([0x8F] * (plane - 1) + [0xA0 + row, 0xA0 + cell]) if row <= 94 and cell <= 94 else b""
        return code.decode("euc_jis_2004", "replace").replace("\ufffd", "〓") or "〓"
    return "〓"


def _accented(match: re.Match[str]) -> str:
    if match[1] is None:
        return _LIGATURES[next(group for group in match.groups()[2:] if group is not None)]
    if match[2] == "_":
        return unicodedata.normalize("NFC", match[1] + "\u0304")
    return unicodedata.normalize("NFC", match[1] + _MARKS[match[2]])


def _cleaned(blocks: Iterable[Block], ledger: Ledger) -> Iterator[Block]:
    for block in blocks:
        text = plain_line(block.text, ledger)
        if text.strip():
            yield block if text is block.text else block._replace(text=text)
        else:
            ledger.drop(Reason.EDITORIAL, block.text)


def _body(blocks: Iterator[Block], ledger: Ledger) -> Iterator[Block]:
    """Without the tables of marks and the colophons; a file may hold several works."""
    for block in blocks:
        if _RULE.match(block.text):
            yield from _after_header(block, blocks, ledger)
        elif _SOURCE.match(block.text):
            yield from _after_colophon(block, blocks, ledger)
        else:
            yield block


def _after_header(rule: Block, blocks: Iterator[Block], ledger: Ledger) -> Iterator[Block]:
    """Nothing if the rule opens a table of marks that a second one closes; else what was read."""
    header = [rule, *islice(blocks, 1)]
    if len(header) > 1 and _EXPLAINED.match(header[1].text):
        for block in islice(blocks, LONGEST_HEADER):
            header.append(block)
            if _RULE.match(block.text):
                _drop(header, ledger)
                return
    yield from header


def _after_colophon(first: Block, blocks: Iterator[Block], ledger: Ledger) -> Iterator[Block]:
    colophon = [first]
    for block in islice(blocks, LONGEST_COLOPHON):
        if _RULE.match(block.text):
            _drop(colophon, ledger)
            yield from _after_header(block, blocks, ledger)
            return
        colophon.append(block)
        if _LAST_LINE.match(block.text):
            break
    else:
        if len(colophon) > LONGEST_COLOPHON:
            yield from colophon
            return
    _drop(colophon, ledger)


def _drop(blocks: Iterable[Block], ledger: Ledger) -> None:
    for block in blocks:
        ledger.drop(Reason.EDITORIAL, block.text)
