"""Names of archive members as their writers meant them: zip says only UTF-8 or "code page 437", tar says nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence

from simcse_ml.text.encodings.legacy import guess_legacy
from simcse_ml.text.sources.blocks import Hints

_IS_UTF8 = 0x800
_UNTOLD = "cp437"
"""what a zip archive means where it does not say UTF-8, and what hardly any program writes"""


def zip_names(members: Sequence[zipfile.ZipInfo]) -> Mapping[int, str]:
    """{place among `members`: its name} for those whose encoding is not told and matters.

    All of them together are looked at, since one name is a small sample. Where `filename` is not what stood in the
    header, zipfile has it from the field for names in Unicode (Python 3.12 and newer), or has cut it.
    """
    untold = {
        place: info.filename.encode(_UNTOLD)
        for place, info in enumerate(members)
        if not info.flag_bits & _IS_UTF8 and not info.filename.isascii() and info.filename == info.orig_filename
    }
    return dict(zip(untold, read_names(list(untold.values()), _UNTOLD), strict=True))


def read_names(names: Sequence[bytes], otherwise: str) -> list[str]:
    """Names of one archive in the encoding that all of them are in: UTF-8, or the likeliest older one.

    otherwise: the encoding where none makes sense of them; what it cannot read becomes U+FFFD.
    """
    joined = b"\n".join(names)
    try:
        joined.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        guess = guess_legacy(joined, Hints())
        encoding = guess.encoding if guess is not None else otherwise
    return [name.decode(encoding, "replace") for name in names]
