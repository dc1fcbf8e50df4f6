"""No escape sequence, control or bidi override of a corpus passes to a terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.display import MARK, MAX_MARKS, safe

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
FORBIDDEN = {chr(code) for code in [*range(0x20), *range(0x7F, 0xA0)]} | set(BIDI) | set("\u2028\u2029")


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_that_a_terminal_obeys_passes(text: str) -> None:
    shown = safe(text)
    assert not FORBIDDEN & set(shown)
    assert not any(0xD800 <= ord(c) <= 0xDFFF or 0xE0000 <= ord(c) <= 0xE007F for c in shown)


def test_an_escape_sequence_is_visible_and_dead() -> None:
    assert safe("a\x1b]0;title\x07b") == f"a{MARK}]0;title{MARK}b"
    assert safe("a\u202eb\x9bc") == f"a{MARK}b{MARK}c"


def test_languages_keep_their_joiners_and_marks() -> None:
    for text in ("می‌خواهم", "क्‍ष", "👩‍👩‍👧", "ก็", "བོད་སྐད།", "မြန်မာ"):
        assert safe(text) == text


def test_a_stack_of_marks_is_cut() -> None:
    shown = safe("a" + "\u0301" * 500)
    assert sum(bool(unicodedata.combining(c)) for c in shown) == MAX_MARKS


def test_the_shared_hostile_file_is_tamed(shared) -> None:
    text = shared("special/terminal-escapes-and-bidi.txt").read_text(encoding="utf-8", errors="replace")
    assert not FORBIDDEN & set(safe(text))
