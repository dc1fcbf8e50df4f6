"""What identifies prepared text: the bytes of the inputs, the settings, the language, and the code's versions."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import FORMAT
from simcse_ml.text.sources.bytestream import CHUNK, open_bytes
from simcse_ml.text.sources.folder import files_below

CODE = 1
"""raised by hand whenever the same input would give other sentences"""


def fingerprint(
    inputs: Sequence[Path],
    language: Language,
    settings: TextSettings,
    encoding: str | None,
    excluded: Iterable[str],
    seed: int,
) -> str:
    """32 hexadecimal digits. Raises: UserError(INPUT) for an input that cannot be read."""
    digest = hashlib.blake2b(digest_size=16)
    asked = {
        "format": FORMAT,
        "code": CODE,
        "sentencex": version("sentencex"),
        "rensa": version("rensa"),
        "unicode": unicodedata.unidata_version,
        "language": [language.code, language.splitter, language.normalisation, language.scripts, language.encodings],
        "settings": settings.model_dump(mode="json"),
        "encoding": encoding,
        "seed": seed,
    }
    digest.update(json.dumps(asked, sort_keys=True).encode())
    for sentence in sorted(excluded):
        digest.update(sentence.encode("utf-8", "surrogatepass") + b"\0")
    for path in inputs:
        for name, file in _files(path):
            digest.update(b"\1" + name.encode("utf-8", "surrogateescape") + b"\0")
            _add_file(digest, file)
    return digest.hexdigest()


def _files(path: Path) -> list[tuple[str, Path]]:
    if path.is_dir():
        return [(str(file.relative_to(path)), file) for file in files_below(path)]
    return [(path.name, path)]


def _add_file(digest: hashlib.blake2b, path: Path) -> None:
    size = 0
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK * 16):
            digest.update(chunk)
            size += len(chunk)
    digest.update(size.to_bytes(8, "little"))
