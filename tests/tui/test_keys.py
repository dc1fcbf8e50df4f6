"""One table of keys: no key means two things in one place, and every row does something."""

from __future__ import annotations

import pytest

from simcse_tui.app import Tui
from simcse_tui.keys import ALONE, KEYS, NEVER, action_of, clashes, contexts_of, remapped
from simcse_tui.screens.help import Help
from simcse_tui.screens.overlay import Overlay
from simcse_tui.screens.page import Page
from simcse_tui.screens.palette import Palette
from simcse_tui.screens.table import SCREENS, page_class
from simcse_tui.strings import TEXTS
from simcse_tui.text.layouts import LAYOUTS, fold

CONTEXTS = sorted({context for row in KEYS for context in row.where} | {entry.name for entry in SCREENS})


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_key_means_two_things_in_one_place(context: str) -> None:
    screen, _, pane = context.partition(".")
    assert clashes(contexts_of(screen, pane)) == []


def test_keys_that_terminals_take_away_are_never_bound() -> None:
    assert not {key for row in KEYS for key in row.keys} & set(NEVER)


@pytest.mark.parametrize("row", KEYS, ids=lambda row: f"{row.action}-{row.where[0]}")
def test_every_row_is_done_by_its_screen_or_the_app(row) -> None:
    handler = f"do_{row.action}"
    for context in row.where:
        screen = context.partition(".")[0]
        owners = {
            "help": (Help,),
            "palette": (Palette,),
            "everywhere": (Page, Tui),
            "field": (Page, Tui),
            "confirm": (Page, Tui),
        }.get(screen) or (page_class(next(entry for entry in SCREENS if entry.name == screen)), Tui)
        assert any(hasattr(owner, handler) for owner in owners), f"{context} has no {handler}"


def test_every_row_and_place_has_its_words_in_every_language() -> None:
    needed = {f"key.{row.action}" for row in KEYS} | {f"where.{context}" for row in KEYS for context in row.where}
    needed |= {f"screen.{entry.name}" for entry in SCREENS} | {f"where.{entry.name}" for entry in SCREENS}
    for texts in TEXTS.values():
        assert needed <= set(texts)


def test_a_key_of_a_question_is_not_a_key_of_the_screen_below() -> None:
    assert action_of("q", ("confirm",)) == "no"
    assert action_of("1", ("confirm",)) == ""
    assert contexts_of("confirm") == ("confirm",)
    assert issubclass(Help, Overlay)


def test_own_keys_replace_those_of_the_table() -> None:
    changed = remapped({"quit": "Q"})
    assert action_of("Q", ("everywhere",), changed) == "quit"
    assert action_of("q", ("everywhere",), changed) == ""


@pytest.mark.parametrize("changes", [{"qiut": "Q"}, {"quit": "j"}])
def test_own_keys_that_cannot_be_are_refused(changes) -> None:
    with pytest.raises(ValueError):
        remapped(changes)


@pytest.mark.parametrize(
    ("character", "layout", "key"),
    [
        ("о", "", ("j", "ru")),
        ("Г", "", ("U", "ru")),
        ("ξ", "", ("j", "el")),
        ("ח", "", ("j", "he")),
        ("ت", "", ("j", "ar")),
        ("ㅓ", "", ("j", "ko")),
        ("่", "", ("j", "th")),
        ("／", "", ("/", "wide")),
        ("ｊ", "", ("j", "wide")),
        ("a", "", ("", "")),
        ("a", "fr", ("q", "fr")),
        ("猫", "", ("", "")),
    ],
)
def test_a_key_of_another_layout_is_read_by_its_place(character, layout, key) -> None:
    assert fold(character, layout) == key


def test_layouts_name_only_plain_places() -> None:
    assert all(key.isascii() for table in LAYOUTS.values() for key in table.values())
    assert set(ALONE) >= {"field", "confirm"}
