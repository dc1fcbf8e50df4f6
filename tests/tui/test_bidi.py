"""Right-to-left text put in the order of the eye: against UAX 9's own examples, and clusters stay whole."""

from __future__ import annotations

import asyncio

import pytest
from driving import rows_of
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from simcse_ml.languages.clusters import clusters
from simcse_tui.look import Look
from simcse_tui.text.bidi import EXPLICIT, IMPLICIT, for_the_eye, has_turned, order
from simcse_tui.text.line import line
from simcse_tui.themes import THEMES
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import strip_of, styles_of

SALAAM = "السلام عليكم"
NIQQUD = "שָׁלוֹם"


def seen(text: str) -> str:
    return "".join(letter for _, letter in order(clusters(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("car is THE CAR in arabic", "car is RAC EHT in arabic"),
        ("CAR IS the car IN ENGLISH", "HSILGNE NI the car SI RAC"),
        ('he said "IT IS 123, 456, OK"', 'he said "KO ,456 ,123 SI TI"'),
        ("IT IS (A BMW), 3.5", "3.5 ,(WMB A) SI TI"),
    ],
)
def test_the_examples_of_the_standard(text, shown) -> None:
    """UAX 9 writes right-to-left letters as capitals; here they are Hebrew ones."""
    turned = {chr(ord("A") + place): chr(0x05D0 + place % 27) for place in range(26)}
    back = {letter: capital for capital, letter in turned.items()}
    written = "".join(turned.get(letter, letter) for letter in text)
    used = {turned[letter]: letter for letter in text if letter in turned}
    assert "".join(used.get(letter, back.get(letter, letter)) for letter in seen(written)) == shown


def test_marks_stay_on_their_letters() -> None:
    assert seen(NIQQUD) == "".join(reversed(clusters(NIQQUD)))
    assert clusters(seen(NIQQUD)) == list(reversed(clusters(NIQQUD)))
    assert seen(SALAAM)[0] == "م" and seen("ދިވެހި")[-2:] == "ދި"


def test_columns_stay_and_the_text_behind_them_is_turned() -> None:
    pieces = [(">    1  .912  99.9  ", ""), ("<R ", "dim"), ("שלום ", ""), ("עולם", "accent")]
    shown = for_the_eye(pieces)
    assert shown[:2] == pieces[:2]
    assert "".join(text for text, _ in shown[2:]) == "םלוע םולש"
    assert [role for _, role in shown[2:]] == ["accent", ""]
    plain = [("猫が寝る", ""), ("ราคา", "dim")]
    assert for_the_eye(plain) == plain and not has_turned("ကြောင် ᠮᠣᠩᠭᠣᠯ")


@given(st.text(st.sampled_from("ab 12.,()אבג\u05b8سلمߊߋ猫"), max_size=40))
def test_every_letter_is_shown_once_in_as_many_cells(text) -> None:
    letters = clusters(text)
    places = [place for place, _ in order(letters)] if letters else []
    assert sorted(places) == list(range(len(letters)))
    look, styles = Look(bidi="app"), styles_of(THEMES["dark"])
    strip = strip_of(line(text), 50, styles, look)
    assert strip.cell_length == 50
    shown, written = (sorted(one.replace(" ", "").replace("(", ")")) for one in (strip.text, line(text).plain))
    assert shown == written, "the same letters in another order, a bracket perhaps turned round"


def test_the_window_turns_rows_and_what_is_typed(window, add_run) -> None:
    add_run("he-1", state="failed")

    async def steps() -> None:
        app = window(look=Look(bidi="app"))
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.press("slash")
            for letter in "שלום":
                app.screen.post_message(events.Key("x", letter))
            await pilot.pause()
            field = app.front.query_one("#field", Field)
            assert field.value == "שלום", "the text stays as it was typed"
            shown = "".join(segment.text for segment in field.render_line(0)).strip()
            assert shown.endswith("םולש") and rows_of(app, "#tabs")
            at = app.cursor_position.x
            await pilot.press("left")
            assert app.cursor_position.x == at + 1, "back in the text is to the right"

    asyncio.run(steps())


def test_the_terminal_is_told_and_told_back(tmp_path, open_terminal) -> None:
    (tmp_path / "config.toml").write_text('[tui]\nbidi = "app"\n', encoding="utf-8")
    told = {"SIMCSE_ML_CONFIG": str(tmp_path / "config.toml"), "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}
    terminal = open_terminal("tui", "--runs", str(tmp_path), **told)
    terminal.until(b"No runs yet")
    assert EXPLICIT.encode() in terminal.seen and IMPLICIT.encode() not in terminal.seen
    terminal.type("q")
    assert terminal.close() == 0 and IMPLICIT.encode() in terminal.seen
