"""Mojibake made readable again, by ftfy, where a person asks for it (`text.mend_mojibake`).

Only what was broken by wrong decoding is repaired. ftfy's other habits are off: straight quotes for curly ones and
half-width for full-width letters change right Japanese, Chinese and typographic text; ligatures, line breaks, controls
and Unicode's normal forms are the business of other steps.
"""

from __future__ import annotations

from functools import lru_cache

from ftfy import TextFixerConfig, fix_text

CONFIG = TextFixerConfig(
    unescape_html="auto",  # only where there is no markup
    fix_encoding=True,
    restore_byte_a0=True,
    replace_lossy_sequences=True,
    decode_inconsistent_utf8=True,
    fix_c1_controls=True,
    fix_surrogates=True,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    fix_line_breaks=False,
    remove_terminal_escapes=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)


@lru_cache(maxsize=8)
def mended(paragraph: str) -> str:
    """`paragraph` as it was meant; the same if nothing is wrong with it."""
    if paragraph.isascii() and "&" not in paragraph:
        return paragraph
    fixed = fix_text(paragraph, CONFIG)
    return paragraph if fixed == paragraph.replace("Â ", "\xa0") else fixed  # Â is a word of Welsh
