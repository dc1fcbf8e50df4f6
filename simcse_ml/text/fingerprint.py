"""What identifies prepared text: the bytes of the inputs, the settings, the language, and the code's versions."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import FORMAT
from simcse_ml.text.sources.bytestream import CHUNK, open_bytes
from simcse_ml.text.sources.folder import files_below
from simcse_ml.text.sources.location import hub_id
from simcse_ml.text.sources.sizes import Sizes, SizesBuilder

CODE = 5
"""raised by hand whenever the same input would give other sentences, or shards other columns"""


def fingerprint(
    inputs: Sequence[Path],
    language: Language,
    settings: TextSettings,
    encoding: str | None,
    excluded: Iterable[str],
    seed: int,
) -> tuple[str, Sizes]:
    """32 hexadecimal digits, and the size up to which each file is in them.

    inputs: paths; data sets on the Hub with their commit.  Raises: UserError(INPUT) for one that cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    asked = {
        "format": FORMAT,
        "code": CODE,
        "rensa": version("rensa"),
        "ftfy": version("ftfy"),
        "py3langid": version("py3langid"),
        "unicode": unicodedata.unidata_version,
        "language": [language.code, language.splitter, language.normalisation, language.scripts, language.encodings],
        "settings": settings.model_dump(mode="json"),
        "encoding": encoding,
        "seed": seed,
    }
    digest.update(json.dumps(asked, sort_keys=True).encode())
    for sentence in sorted(excluded):
        digest.update(sentence.encode("utf-8", "surrogatepass") + b"\0")
    sizes = SizesBuilder()
    for path in inputs:
        for name, file in _files(path):
            digest.update(b"\1" + name.encode("utf-8", "surrogateescape") + b"\0")
            if file:
                sizes.add(file, _add_file(digest, file))
    return digest.hexdigest(), sizes.build()


def _files(path: Path) -> Iterator[tuple[str, str]]:
    """(name, path) of every file; the path is "" where there are no bytes here."""
    if hub_id(path) is not None:
        yield str(path), ""
    elif path.is_dir():
        for found in files_below(path):
            yield os.path.relpath(found.path, path), "" if found.problem else found.path
    else:
        yield path.name, str(path)


def _add_file(digest: hashlib.blake2b, path: str) -> int:
    """The bytes that the file has now, whatever is added to it meanwhile."""
    try:
        with open_bytes(path) as file:
            left = size = os.fstat(file.fileno()).st_size
            while left and (chunk := file.read(min(left, CHUNK * 16))):
                digest.update(chunk)
                left -= len(chunk)
    except OSError as error:
        raise UserError(
            f"it cannot be read ({error.strerror})", where=path, mend="check the disk", exit_code=ExitCode.INPUT
        ) from error
    digest.update((size - left).to_bytes(8, "little"))
    return size - left
