"""Names of encodings: the ones a person may give, and how they are written for people."""

from __future__ import annotations

import codecs
import difflib
from encodings.aliases import aliases

from simcse_ml.errors import ExitCode, UserError

_NO_FILE_IS_IN = frozenset(
    {"idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "undefined"}
    | {"charmap", "mbcs", "oem", "utf-7", "utf_7"}
)
"""codecs that Python has for names, for source code, or for mail"""


def python_name(name: str) -> str:
    """Python's name of the encoding a person named. Raises: UserError(USAGE) with near names if there is none."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError) as error:
        near = _near(name)
        meant = f"did you mean {' or '.join(near)}?" if near else "cp932, gb18030, cp1251 and utf-16 are such names"
        raise _usage(f"there is no encoding {name!r}", meant) from error
    if not getattr(found, "_is_text_encoding", True) or found.name in _NO_FILE_IS_IN:
        raise _usage(
            f"{name} is no encoding of text files", "name the one that the text is in: utf-8, cp932, cp1251 ..."
        )
    return underscored(found.name)


def underscored(name: str) -> str:
    """cp932, iso8859_2; the Unicode ones with a hyphen: utf-8."""
    return name if name.startswith("utf") else name.replace("-", "_")


def shown(encoding: str) -> str:
    """As people write it: UTF-8, CP932, ISO8859-2."""
    return encoding.upper().replace("_", "-")


def encoding_line(encoding: str, certainty: float) -> str:
    """UTF-8; CP932 (97 % certain)."""
    guess = f" ({certainty:.0%} certain)".replace("%", " %") if certainty < 0.995 else ""
    return shown(encoding) + guess


def _near(name: str) -> list[str]:
    known = {word.replace("_", "-"): codec for word, codec in aliases.items()}
    known |= {codec.replace("_", "-"): codec for codec in aliases.values()}
    close = difflib.get_close_matches(name.lower().replace("_", "-"), known, n=6, cutoff=0.7)
    text = [known[word] for word in close if _is_of_files(known[word])]
    return [codec.replace("_", "-") if codec.startswith("utf") else codec for codec in dict.fromkeys(text)][:2]


def _is_of_files(codec: str) -> bool:
    try:
        return bool(getattr(codecs.lookup(codec), "_is_text_encoding", True)) and codec not in _NO_FILE_IS_IN
    except LookupError:  # mbcs, away from Windows
        return False


def _usage(what: str, mend: str) -> UserError:
    return UserError(what, where="--encoding", mend=mend, exit_code=ExitCode.USAGE)
