"""The packings in which something private could be sent."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import zstandard


def zipped(data: bytes) -> bytes:
    """A zip archive of one file, with a comment at its end."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", data)
        archive.comment = b"a comment"
    return buffer.getvalue()


PACKINGS = {
    "gzip": gzip.compress,
    "zip": zipped,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
