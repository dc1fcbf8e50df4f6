"""Thai and Lao, whose sentences end with a blank, as do their phrases, numbers and names.

A blank is no end between words that go on (and, which, because), beside a number or a foreign word, around ๆ and ฯ, or
inside quotes and brackets; it is one behind a word that closes a sentence (a polite particle) or before one that opens
one (but, therefore); else it is once both sides are long enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What is found at the end of a phrase and at its beginning.

    polite: ends a sentence, whatever of `may_follow` comes next.  closes: mostly ends one.  waits: does not.
    opens: begins one.  follows, may_follow: do not.
    long: characters of a phrase that may stand alone.
    """

    polite: re.Pattern[str]
    closes: re.Pattern[str]
    waits: re.Pattern[str]
    opens: re.Pattern[str]
    follows: re.Pattern[str]
    may_follow: re.Pattern[str]
    long: int


_THAI = Words(
    polite=re.compile(r"(?:ครับ|ครับผม|ค่ะ|คะ|คับ|ฮะ|จ้ะ|จ้า|จ๊ะ|[!?]+)[ๆ+]*$"),
    closes=re.compile(
        r"(?:ครับ|ค่ะ|คะ|คับ|ฮะ|จ้ะ|จ้า|จ๊ะ|นะ|น่ะ|แล้ว|เลย|ด้วย|ไหม|มั้ย|หรือไม่|หรือยัง|หรือเปล่า|สิ|ซิ|เถอะ|หรอก|จริง|แน่นอน|อยู่|บาท"
        r"|555+|๕๕๕+|[!?…]+)[ๆ+]*$"
    ),
    waits=re.compile(
        r"(?:เช่น|ได้แก่|คือ|ว่า|และ|หรือ|ของ|ที่|ซึ่ง|โดย|เพราะ|เพื่อ|กับ|แก่|นาย|นาง|นางสาว|ดร\.|ผศ\.|รศ\.|ศ\.|พ\.ศ\.|ค\.ศ\.|ฯลฯ\,"
        r"|[A-Za-z0-9๐-๙.,:;%/(\[“\"#@฿$-]|\.|ณ|เลขที่|หมู่|ข้อ|มาตรา|วันที่|เวลา|ประมาณ|จำนวน|ราคา|ปี|ชื่อ)$"
    ),
    opens=re.compile(
        r"(?:แต่(?!ละ)|ดังนั้น|เพราะฉะนั้น|อย่างไรก็ตาม|อย่างไรก็ดี|นอกจากนี้|นอกจากนั้น|จากนั้น|หลังจากนั้น|ต่อมา|ทั้งนี้|ในที่สุด|สุดท้าย|ปัจจุบัน"
        r"|ตอน(?:เช้า|เย็น|บ่าย|ค่ำ|นั้น|แรก)|ขณะเดียวกัน|อีกทั้ง(?!ยัง)|สวัสดี|ขอบคุณ|ผม|ฉัน|ดิฉัน|เขา|เธอ|เรา|พวก|มัน|วันนี้|เมื่อวาน|พรุ่งนี้|ตอนนี้)"
    ),
    follows=re.compile(
        r"(?:และ|หรือ|ซึ่ง|อัน(?!ที่จริง)|โดย|เพื่อ|เช่น|ได้แก่|คือ|ว่า|จึง|ก็|แห่ง|ของ|กับ|แก่|รวมทั้ง|ตลอดจน|เป็นต้น|ฯลฯ|ๆ|ฯ"
        r"|[A-Za-z0-9๐-๙.,:;%/)\]”#@฿$–—-])"
    ),
    may_follow=re.compile(
        r"(?:ที่|เพราะ(?!ฉะนั้น)|ใน(?!ที่สุด)|จาก(?!นั้น)|ตาม|ด้วย|ต่อ(?!มา)|เป็น|มี|ไป|มา|ให้|อีกทั้งยัง|รวม|แต่ละ|ตั้งแต่|จนถึง|ถึง|เมื่อ(?!วาน)"
        r"|ณ|พร้อม)"
    ),
    long=18,
)
_LAO = Words(
    polite=re.compile(r"(?:ເດີ|ເຈົ້າ|ຄັບ|[!?]+)$"),
    closes=re.compile(r"(?:ເດີ|ເນາະ|ແລ້ວ|ບໍ|ດອກ|ຄັບ|ເຈົ້າ|[!?…]+)$"),
    waits=re.compile(
        r"(?:ເຊັ່ນ|ຄື|ວ່າ|ແລະ|ຫຼື|ຂອງ|ທີ່|ເຊິ່ງ|ຊຶ່ງ|ໂດຍ|ເພາະ|ເພື່ອ|ກັບ|ທ່ານ|ນາງ|ທ້າວ|ດຣ\.|ຄ\.ສ|[A-Za-z0-9໐-໙.,:;%/(\[“\"#@-]|ປີ|ວັນທີ|ຊື່)$"
    ),
    opens=re.compile(r"(?:ແຕ່|ດັ່ງນັ້ນ|ຢ່າງໃດກໍຕາມ|ນອກຈາກນີ້|ຈາກນັ້ນ|ຕໍ່ມາ|ສະບາຍດີ|ຂອບໃຈ|ຂ້ອຍ|ພວກ|ມື້ນີ້|ປັດຈຸບັນ)"),
    follows=re.compile(r"(?:ແລະ|ຫຼື|ຫລື|ເຊິ່ງ|ຊຶ່ງ|ຊື່ງ|ໂດຍ|ເພື່ອ|ເຊັ່ນ|ຄື|ວ່າ|ຈຶ່ງ|ກໍ|ຂອງ|ກັບ|ໆ|ຯ|[A-Za-z0-9໐-໙.,:;%/)\]”#@–—-])"),
    may_follow=re.compile(r"(?:ທີ່|ເພາະ|ໃນ|ຈາກ|ຕາມ|ໃຫ້|ພ້ອມ|ລວມ)"),
    long=18,
)

BLANKS: Mapping[str, Words] = {"th": _THAI, "lo": _LAO}
SHORT = 8
"""characters: a shorter phrase is put to its neighbour, whatever words it has"""
_PLACES = re.compile(r"\s+|\"[^\"]{0,250}\"|“[^”]{0,250}”|\([^)]{0,250}\)|‘[^’]{0,250}’|\[[^\]]{0,250}\]")


def part_at_blanks(piece: str, words: Words) -> Iterator[str]:
    """The sentences of `piece`, trimmed; a piece with full stops in place of blanks (Lao) stays as it is."""
    if piece.endswith(".") and len(piece) < 300:
        yield piece
        return
    places = [match.span() for match in _PLACES.finditer(piece) if match[0].isspace()]
    start = 0
    for number, (end, after) in enumerate(places):
        following = places[number + 1][0] if number + 1 < len(places) else len(piece)
        if _parts(piece, start, end, after, following, words):
            yield piece[start:end].strip()
            start = after
    if last := piece[start:].strip():
        yield last


def _parts(piece: str, start: int, end: int, after: int, following: int, words: Words) -> bool:
    """Whether the blank from `end` to `after` ends the sentence that began at `start`."""
    if end - start < SHORT or len(piece) - after < SHORT:
        return False
    before = piece[max(start, end - 16) : end]
    if words.follows.match(piece, after) or words.waits.search(before):
        return False
    if words.polite.search(before):
        return True
    if words.may_follow.match(piece, after):
        return False
    if words.closes.search(before) or words.opens.match(piece, after):
        return True
    return end - start >= words.long and following - after >= words.long
