"""A list of synonyms: a word a line, and behind tabs what may stand for it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError


def read_synonyms(path: Path) -> dict[str, tuple[str, ...]]:
    """{word, casefolded: its synonyms} of a UTF-8 file; a word of several lines has those of all of them.

    Lines that begin with # and empty ones are left out. Raises: UserError INPUT with file:line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error.strerror)
        raise _wrong(str(path), f"the list of synonyms cannot be read: {why}", "name a UTF-8 file") from error
    found: dict[str, dict[str, None]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        cells = [unicodedata.normalize("NFC", " ".join(cell.split())) for cell in line.split("\t")]
        if not any(cells) or cells[0].startswith("#"):
            continue
        word, others = cells[0], [cell for cell in cells[1:] if cell]
        if not word or not others:
            raise _wrong(f"{path}:{number}", "a word and, behind a tab, its synonyms were expected", "mend the line")
        found.setdefault(word.casefold(), {}).update(dict.fromkeys(others))
    if not found:
        raise _wrong(str(path), "the list of synonyms is empty", "write lines of: word, tab, synonym")
    return {word: tuple(others) for word, others in found.items()}


def _wrong(where: str, what: str, mend: str) -> UserError:
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.INPUT)
