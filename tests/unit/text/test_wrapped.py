"""Lines broken at a fixed width are put together; lists of sentences, verses and poems never are."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.sources.blocks import Block, Facts
from simcse_ml.text.sources.plain import plain_blocks
from simcse_ml.text.sources.wrapped import Unwrap, cells, unwrapped, wrapping_of

MARKED = Path(__file__).parents[2] / "data" / "splitting" / "marked"
POEM = """The kettle sings, the window weeps,
the cat is curled beside the door,
and all the house is warm, and sleeps
as it has never slept before.

I count the hours, one by one,
the candle leans, the shadows grow,
until the night is nearly done
and morning lies upon the snow.

A cart goes by, a dog replies,
the baker lights his narrow street,
and someone rubs her sleepy eyes
and puts the slippers on her feet.
"""
VERSES = """In the first year the river rose above the mill, and the people went up to the hill with all that they had,
and stayed there forty days.
And when the water had gone they came down again,
and built the mill anew, of stone this time, as their fathers had told them to do long before, and nobody had listened,
because the summers had been dry for as long as anyone could remember.
But the miller would not come down.
And they said to him: Why do you stay on the hill, now that the water has gone and the wheel turns again,
and your bread is wanted in every house?
He answered nothing.
So they left him bread and went.
"""


def paragraphs(code: str) -> list[str]:
    joiner = "" if code in {"ja", "zh"} else " "
    texts = [(MARKED / half / f"{code}.txt").read_text(encoding="utf-8") for half in ("dev", "test")]
    return [joiner.join(part.split("\n")) for text in texts for part in text.strip("\n").split("\n\n")]


def broken(paragraph: str, width: int, *, anywhere: bool) -> str:
    if not anywhere:
        return textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False)
    lines, line = [], ""
    for character in paragraph:
        if cells(line + character) > width and cells(character) and not character.isspace():
            lines.append(line)
            line = ""
        line += character
    return "\n".join([*lines, line])


def read(text: str, unwrap: Unwrap = "auto") -> tuple[list[str], str]:
    facts = Facts("sample")
    return [block.text for block in unwrapped(plain_blocks(iter([text]), facts), facts, unwrap)], facts.format


@pytest.mark.parametrize(
    ("code", "width", "anywhere"),
    [
        ("en", 60, False),
        ("ru", 60, False),
        ("ar", 50, False),
        ("hi", 50, False),
        ("am", 50, False),
        ("ja", 40, True),
        ("zh", 40, True),
        ("th", 60, True),
        ("my", 50, True),
    ],
)
@pytest.mark.parametrize(("between", "indent"), [("\n\n", ""), ("\n", "    ")])
def test_wrapped_prose_is_put_together(code: str, width: int, anywhere: bool, between: str, indent: str) -> None:
    whole = paragraphs(code) * 3
    given, said = read(between.join(broken(indent + paragraph, width, anywhere=anywhere) for paragraph in whole))
    assert "lines broken at" in said
    assert sum(paragraph in given for paragraph in whole) >= 0.6 * len(whole)
    assert "".join("".join(given).split()) == "".join("".join(whole).split())


@pytest.mark.parametrize("text", [POEM, VERSES], ids=["poem", "verses"])
def test_poems_and_verses_keep_their_lines(text: str) -> None:
    given, said = read(text * 4)
    assert given == [line for line in (text * 4).split("\n") if line]
    assert said == "plain text"


@pytest.mark.parametrize("code", sorted(path.stem for path in (MARKED / "dev").glob("*.txt")))
def test_a_list_of_sentences_keeps_its_lines(code: str) -> None:
    text = "\n".join((MARKED / half / f"{code}.txt").read_text(encoding="utf-8") for half in ("dev", "test"))
    assert read(text)[0] == [line for line in text.split("\n") if line]


def test_a_template_without_stops_that_is_filled_in_keeps_its_lines() -> None:
    lines = [f"บ้านหลังเล็กบนภูเขามีหมา {10**8 + 7919 * n} ตัวเห่าทุกเช้าก่อนพระอาทิตย์ขึ้น" for n in range(60)]
    blocks = [Block(0, line, number) for number, line in enumerate(lines, start=1)]
    assert wrapping_of(blocks) is None


def test_no_text_of_the_shared_data_is_taken_for_wrapped(shared: Callable[[str], Path]) -> None:
    taken = []
    for path in sorted(shared("text").glob("**/*.txt")):
        with path.open(encoding="utf-8") as file:
            head = [Block(0, line, number) for number, line in zip(range(400), file, strict=False) if line.strip()]
        if wrapping_of(head) is not None:
            taken.append(path.name)
    assert not taken


def test_a_bare_yes_or_no_of_yaml_is_understood() -> None:
    assert TextSettings.model_validate({"unwrap": False}).unwrap == "no"
    assert TextSettings.model_validate({"unwrap": True}).unwrap == "yes"


def test_yes_and_no_are_obeyed() -> None:
    wrapped = broken(" ".join(paragraphs("en")), 60, anywhere=False)
    assert len(read(wrapped, "no")[0]) == wrapped.count("\n") + 1
    assert read("one two\nthree four", "yes")[0] == ["one two three four"]


@given(lines=st.lists(st.text(max_size=40).filter(lambda text: text.strip() and len(text.splitlines()) == 1)))
def test_nothing_is_lost_by_joining(lines: list[str]) -> None:
    def blocks() -> Iterator[Block]:
        yield from (Block(0, line, number) for number, line in enumerate(lines, start=1))

    given = [block.text for block in unwrapped(blocks(), Facts("sample"), "yes")]
    assert "".join("".join(given).split()) == "".join("".join(lines).split())
