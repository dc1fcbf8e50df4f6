"""The rows of New run: six questions, what is known for each, and the command that it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simcse_tui.look import Look
from simcse_tui.store.draft import Draft
from simcse_tui.text.amounts import size
from simcse_tui.text.line import Line, Piece, line, paragraph
from simcse_tui.text.width import drawn, padded

STEPS = ("corpus", "language", "backbone", "data", "device", "review")
TITLES = tuple("new.backbone_title" if name == "backbone" else f"new.{name}" for name in STEPS)
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
FIELDS = ("nli", "sts", "limit", "sentences")
"""what the step "data" asks; each may stay empty"""


@dataclass(frozen=True)
class Known:
    """What simcse-ml answered. file: of `data`.  detected: of `langs detect`.  table: of `langs show`."""

    file: Mapping[str, object] | None = None
    detected: Mapping[str, object] | None = None
    table: Mapping[str, object] | None = None
    problem: str = ""
    waiting: str = ""


def step_bar(look: Look, step: int, width: int) -> Line:
    """All steps with the one that is open; in a narrow window only its number."""
    if width < 80:
        return line((f"  {look.say('new.step', number=step + 1, of=len(STEPS))}: {look.say(TITLES[step])}", "head"))
    pieces: list[Piece] = ["  "]
    for number in range(len(STEPS)):
        mark = ">" if number == step else " "
        pieces.append((f"{mark}{number + 1} {look.say(TITLES[number])}  ", "head" if number == step else "dim"))
    return line(*pieces)


def languages_of(known: Known) -> list[tuple[str, str]]:
    """(code, certainty) as the file looks, the surest first."""
    found = (known.detected or {}).get("languages")
    return [
        (str(entry["code"]), f"{float(entry.get('certainty') or 0):.2f}".removeprefix("0"))
        for entry in (found if isinstance(found, list) else [])
        if isinstance(entry, dict) and "code" in entry
    ]


def backbones_of(look: Look, known: Known) -> list[tuple[str, str]]:
    """(name for --backbone, what is said of it); "" lets simcse-ml choose."""
    offered = [("", look.say("new.auto_backbone")), ("builtin:static", look.say("new.static"))]
    found = (known.table or {}).get("backbones")
    for entry in found if isinstance(found, list) else []:
        if isinstance(entry, dict) and "id" in entry:
            millions = float(entry.get("params_m") or 0)
            bytes_ = size(4e6 * millions)
            told = look.say("new.backbone", params=f"{millions:.0f}M", licence=entry.get("licence", ""), size=bytes_)
            offered.append((str(entry["id"]), told))
    return offered


def corpus_rows(look: Look, draft: Draft, known: Known, width: int) -> list[Line]:
    """What the file is read as."""
    if not draft.corpus:
        return [line("  ", look.say("new.type_path"))]
    rows = [line(("  " + look.say("new.file") + "  ", "dim"), draft.corpus)]
    file = known.file or {}
    if file:
        told = look.say(
            "new.read_as",
            format=file.get("format") or file.get("kind"),
            encoding=file.get("encoding") or "--",
            rows=f"{file.get('rows') or 0:,}",
            size=size(float(str(file.get("bytes") or 0))),
        )
        rows.append(line("  ", told))
    warnings, first = file.get("warnings"), file.get("first")
    for text in warnings if isinstance(warnings, list) else []:
        rows += paragraph(str(text), width, "warn")
    for cells in (first if isinstance(first, list) else [])[:5]:
        rows.append(line(("    ", "dim"), "  ".join(map(str, cells)) if isinstance(cells, list) else str(cells)))
    return rows


def choice_rows(choices: Sequence[tuple[str, str]], chosen: int, shown: Sequence[str], end: str) -> list[Line]:
    """A list with a cursor: name, then what is said of it."""
    return [
        line(
            "  > " if place == chosen else "    ",
            padded(shown[place], 36, end=end),
            ("  " + told, "dim"),
            chosen=place == chosen,
        )
        for place, (_, told) in enumerate(choices)
    ]


def data_rows(look: Look, draft: Draft, chosen: int) -> list[Line]:
    """The optional inputs; e changes the one under the cursor."""
    values = given(draft)
    return [
        line(
            "  > " if place == chosen else "    ",
            padded(look.say(f"new.field_{name}"), 44, end=look.end),
            "  ",
            values[name] or (look.say("new.nothing")),
            chosen=place == chosen,
        )
        for place, name in enumerate(FIELDS)
    ]


def given(draft: Draft) -> dict[str, str]:
    """FIELDS as they were answered."""
    return {"nli": draft.nli, "sts": draft.sts, "limit": draft.limit, "sentences": draft.sentences}


def review_rows(look: Look, draft: Draft, width: int) -> list[Line]:
    """Everything once more, and the command in as many lines as it takes."""
    told = (
        (look.say("new.corpus"), draft.corpus),
        (look.say("new.language"), draft.language),
        (look.say("new.backbone_title"), draft.backbone or look.say("new.auto_backbone")),
        (look.say("new.device"), draft.device),
    )
    extra = [(look.say(f"new.field_{name}"), value) for name, value in given(draft).items() if value]
    label = 2 + max(drawn(name) for name, _ in (*told, *extra))
    rows = [line(("  " + padded(name, label), "dim"), value) for name, value in (*told, *extra)]
    return [*rows, line(""), *paragraph("$ " + draft.command(), width, "accent")]
