"""The scripts of the world in the list of Explore, at every size and in a terminal, and what tries to be obeyed."""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from driving import painted, until
from terminal import Shown
from test_pty import HOSTILE, KNOWN

from simcse_tui.look import Look
from simcse_tui.text.width import drawn
from simcse_tui.widgets.lines import Lines

SCRIPTS = {
    "latin": "Ein schöner Tag in Łódź", "latin nfd": "Ein scho\u0308ner Tag in Ło\u0301dz\u0301",
    "vietnamese": "Trời mưa suốt cả buổi sáng nay", "cyrillic": "Сегодня целый день шёл дождь",
    "greek": "Σήμερα βρέχει από το πρωί", "japanese": "雨が降ると散歩をしない", "half-width": "ｱﾒｶﾞ ﾌﾙ ﾄ ｻﾝﾎﾟ",
    "variation": "葛\U000e0100城市の葛\U000e0101飾区へ行く", "ext b": "𠮷野家で𩸽を食べた話",
    "hangul": "오늘은 비가 온다고 했다",
    "jamo": "\u110b\u1169\u1102\u1173\u11af \u1107\u1175\u1100\u1161", "arabic": "الطَّقْسُ جَمِيلٌ هٰذَا اليَوْمَ",
    "persian": "می\u200cخواهم به خانه\u200cام بروم", "hebrew": "שָׁלוֹם לָכֶם 123 בַּבַּיִת", "syriac": "ܫܠܡܐ ܥܠܝܟܘܢ ܟܠܟܘܢ",
    "hindi": "आज सुबह से बारिश हो रही है", "tamil": "இன்று காலை முதல் மழை பெய்கிறது", "telugu": "ఈ రోజు ఉదయం నుండి వర్షం",
    "sinhala": "අද උදේ සිට වර්ෂාව ඇද", "thai": "วันนี้ฝนตกตั้งแต่เช้า", "lao": "ມື້ນີ້ຝົນຕົກແຕ່ເຊົ້າ", "khmer": "ថ្ងៃនេះភ្លៀងតាំងពីព្រឹក",
    "burmese": "ဒီနေ့ မနက်ကတည်းက မိုးရွာနေတယ်", "tibetan": "དེ་རིང་ཞོགས་པ་ནས་ཆར་པ་བབས།", "amharic": "ዛሬ ከጠዋት ጀምሮ ዝናብ ይዘንባል",
    "georgian": "დღეს დილიდან წვიმს", "armenian": "Այսօր առավոտից անձրև է", "cherokee": "ᎪᎯ ᎢᎦ ᎠᎦᏍᎦ ᏑᎾᎴ",
    "nko": "ߓߌ߬ ߛߊ߲ߖߌ ߦߋ߫ ߣߊ߬ ߟߊ߫", "mongolian": "ᠥᠨᠥᠳᠥᠷ ᠪᠣᠷᠣᠭᠠᠨ ᠣᠷᠣᠵᠤ ᠪᠠᠢᠨᠠ", "adlam": "𞤸𞤢𞤲𞤣𞤫 𞤲𞤣𞤭𞤴𞤢𞤥",
    "emoji": "家族 👨‍👩‍👧‍👦 旗 🇯🇵 キー 1️⃣ 手 👍🏽 だよ",
}  # fmt: skip
EVERY_ROW = "len:1..99999 k:60"
SIZES = [(240, 70), (120, 40), (80, 24), (50, 15)]
RANK = re.compile(r"^[> ]\s+(\d+) ")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [*SCRIPTS.values(), *(f"MARK {text} MARK {name}" for name, text in HOSTILE.items())]
    (tmp_path / "lines.txt").write_text("\n".join(lines), encoding="utf-8", errors="surrogateescape")
    return tmp_path / "lines.txt"


def listed(rows: list[str]) -> dict[int, str]:
    """Rank -> row, of the rows above the pane."""
    pane = next((place for place, row in enumerate(rows) if "t around" in row), len(rows))
    return {int(found.group(1)): found.string for found in map(RANK.match, rows[:pane]) if found}


@pytest.mark.parametrize("bidi", ["terminal", "app"])
@pytest.mark.parametrize("size", SIZES)
def test_every_script_takes_its_cells_and_its_row(window, places, corpus, size, bidi) -> None:
    async def steps() -> None:
        app = window("explore", look=Look(bidi=bidi), model="builtin:counting", text=str(corpus))
        app.places = replace(places, command=(sys.executable, "-m", "simcse_ml.cli.main"))
        async with app.run_test(size=size) as pilot:
            page = app.screen
            await until(app, lambda: page.session is not None and page.session.state == "ready")
            page.session.ask(EVERY_ROW)
            await until(app, lambda: page.session.hits and not page.session.searching)
            await pilot.pause()
            seen: dict[int, str] = {}
            for _ in range(len(page.session.hits)):
                rows = listed(painted(app).splitlines())  # which asserts that each row has exactly the window's cells
                assert all(drawn(row) <= size[0] for row in rows.values())
                seen |= rows
                await pilot.press("j")
            assert sorted(seen) == list(range(1, len(page.session.hits) + 1))
            texts = {hit["text"]: seen[place] for place, hit in enumerate(page.session.hits, 1)}
            for name in ("japanese", "thai", "amharic", "tibetan", "burmese", "cyrillic"):
                assert SCRIPTS[name][:8] in texts[SCRIPTS[name]], name
            whole = app.screen.query_one("#body", Lines)
            assert all(whole.render_line(y).cell_length == size[0] for y in range(whole.size.height))

    asyncio.run(steps())


def test_in_a_terminal_no_row_moves_another_and_nothing_is_obeyed(corpus, tmp_path, open_terminal) -> None:
    told = {"cwd": tmp_path, "size": (120, 40), "SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}
    terminal = open_terminal("explore", "builtin:counting", "lines.txt", **told)
    shown = Shown(terminal, (120, 40))
    shown.until("Type / and what to look for")
    shown.answer("/", "/ ", EVERY_ROW)
    shown.until(SCRIPTS["japanese"])
    for _ in range(len(SCRIPTS) + len(HOSTILE)):
        terminal.type("j")
        shown.rest(0.1)
        rows = shown.rows()
        found = list(listed(rows))
        assert found and found == list(range(found[0], found[0] + len(found))), rows
        assert rows[0].startswith(" 1 Home  2 New") and "? help" in rows[-1], rows
    for key in "vxvtvme":
        terminal.type(key)
        shown.rest(0.2)
    terminal.type("\x1b")
    shown.rest(0.2)
    terminal.type("q")
    assert terminal.close() == 0
    assert b"MARK" in terminal.seen
    rest = KNOWN.sub(b"", terminal.seen)
    assert b"\x1b" not in rest, rest[max(0, rest.find(b"\x1b") - 80) :][:200]
    text = rest.decode("utf-8")
    for bad in "\x9b\x90\x9c\x07\u202e\u2066\u2028\u2029\x00\x08\x7f\U000e0041":
        assert bad not in text, repr(bad)
