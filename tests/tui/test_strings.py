"""Both languages say the same things with the same values."""

from __future__ import annotations

import string

import pytest

from simcse_tui.strings import TEXTS


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [name for name in TEXTS if name != "en"])
def test_a_language_has_the_same_keys_and_values_as_english(language: str) -> None:
    assert set(TEXTS[language]) == set(TEXTS["en"])
    for key, text in TEXTS["en"].items():
        assert _names(TEXTS[language][key]) == _names(text), key
