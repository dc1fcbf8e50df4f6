"""Tibetan and Dzongkha: a shad parts clauses, lines of verse, items of a list and sentences alike.

A sentence ends at a shad behind a word that closes one (the -o of the written language, a copula, a command), at a
double shad, and never behind a word that goes on (and, if, having done). Behind anything else it ends once there are
VERSE syllables: lines of verse have 7 to 15. The -am of a question is also "or" in lists: it counts behind a verb only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VERSE = 24
"""syllables"""
MOST = 80
"""syllables behind which any shad ends a piece"""

_SHAD = re.compile(r"[།༎༏༐༑]+(?:\s*[།༎༏༐༑]+)*[\"'”’»)༽]*|(?<=ག)\s+(?=[\u0f40-\u0fbc])|[༎༏༐༑]+")
_LAST = re.compile(
    r"(?:[གངདནབམའརལསཏ]ོ|འོ|ཡིན(?:་ནོ)?|མིན|རེད|མ་རེད|ཡོད|མེད|འདུག|མི་འདུག|གདའ|སོང༌?|བྱུང|ཤོག|ལགས|ཅིག|ཤིག|གྱིས་ཤིག|འགྱུར|མཛོད"
    r"|རོགས|ཆོག|དགོས|ཐུབ|འཚལ|ཐལ|བཞུགས|གནང|ཞུ|འགྲོ|བདེ་ལེགས|ཆེ|དྲན|ཨིན(?:་པས|་མས)?|ཨིནམ|ཨིན་ནོ|ནུག|མས|པས་ག|ཅི་ག|ག་མོ|ཡི|ཅི"
    r"|(?:རེད་ད|ཡོད་ད|མེད་ད|ཡིན་ན|མིན་ན|འདུག་ག|སོང་ང|བྱུང་ང|ཐུབ་བ|ཆོག་ག|དགོས་ས)མ)[་༌]?$"
)
_GOES_ON = re.compile(
    r"(?:དང|ནས|ལས|ཏེ|སྟེ|དེ|ཞིང|ཅིང|ཤིང|ཀྱང|ཡང|འང|ན|ལ|[^་༌]+[རས]|དུ|ཏུ|སུ|རུ|ཀྱི|གྱི|གི|ཡི|འི|ཀྱིས|གྱིས|གིས|ཡིས|ནི|སྨྲས་པ|"
    r"དྲིས་པ|ཞུས་པ|གསོལ་པ|འདི་ལྟར|འདི་ལྟ་སྟེ|གང་ཞེ་ན|ཅིའི་ཕྱིར|ཚེ|དུས|སྐབས|རྗེས|མོད|མ་ཟད|ཕྱིར|སྟབས)[་༌]?$"
)
_QUOTED = re.compile(r"\s*(?:ཞེས|ཅེས|ཤེས|ཟེར|ཟེརཝ)")


def part_at_shads(piece: str) -> Iterator[str]:
    """The sentences of `piece`, trimmed."""
    start = 0
    for match in _SHAD.finditer(piece):
        if match.end() < len(piece) and _ends(piece, start, match):
            yield piece[start : match.end()].strip()
            start = match.end()
    if last := piece[start:].strip():
        yield last


def _ends(piece: str, start: int, match: re.Match[str]) -> bool:
    before = piece[max(start, match.start() - 24) : match.start()].rstrip()
    if not before.strip(" ་༄༅"):
        return False
    if not match[0].strip():  # a blank after the letter ga, which has no shad behind it
        return _LAST.search(before) is not None
    if _QUOTED.match(piece, match.end()):
        return False
    if "༎" in match[0]:
        return True
    syllables = piece.count("་", start, match.start()) + 1
    if syllables >= MOST or _LAST.search(before):
        return True
    return syllables >= VERSE and not _GOES_ON.search(before)
