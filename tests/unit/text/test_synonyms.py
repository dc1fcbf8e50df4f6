"""A list of synonyms: what is read of it, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.synonyms import read_synonyms


def test_words_of_several_lines_have_all_their_synonyms(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text("\ufeff# word\tsynonym\n\nBig\tlarge\thuge\nbig\tlarge\tgreat\n犬\t狗\n", "utf-8")
    assert read_synonyms(path) == {"big": ("large", "huge", "great"), "犬": ("狗",)}


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"a\tb\nalone\n", ":2"), (b"\tb\n", ":1"), (b"# nothing\n", "is empty"), (b"\xff\xfe", "not UTF-8")],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "list.tsv"
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_synonyms(path)
    assert problem in str(refused.value)
    assert refused.value.exit_code == ExitCode.INPUT
