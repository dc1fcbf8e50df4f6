"""The rows of Publish: what is chosen, what would be sent, what was found in it, how far it is."""

from __future__ import annotations

from simcse_tui.look import Look
from simcse_tui.store.publishing import Publishing
from simcse_tui.text.amounts import size
from simcse_tui.text.line import BLANK, Line, Role, line, paragraph
from simcse_tui.text.width import padded, wrapped
from simcse_tui.widgets.chart import bar

FIELDS = ("repo", "licence", "readers", "base_model", "set_names")
LABEL = 20
BAR = 20
HASH = 12


def form_rows(look: Look, told: Publishing, chosen: int) -> list[Line]:
    """What goes with the files; enter changes the row of the cursor."""
    values = {
        "repo": told.repo or look.say("publish.none"),
        "licence": told.licence or look.say("publish.none"),
        "readers": look.say("publish.public" if told.public else "publish.private"),
        "base_model": told.base_model or look.say("publish.as_known"),
        "set_names": look.say("publish.by_name" if told.name_sets else "publish.by_number"),
    }
    return [
        line(
            "  > " if place == chosen else "    ",
            (padded(look.say(f"publish.field_{name}"), LABEL, end=look.end), "dim"),
            "  ",
            (values[name], "warn" if name == "readers" and told.public else ""),
            chosen=place == chosen,
        )
        for place, name in enumerate(FIELDS)
    ]


def state_rows(look: Look, told: Publishing, width: int) -> list[Line]:
    """One or two lines: what is being done, or was, or went wrong, and what comes next."""
    if told.problem is not None:
        where = f"{told.problem.where}: " if told.problem.where else ""
        rows = [line(("  " + text, "bad")) for text in wrapped(where + told.problem.what, width - 4)]
        return [*rows, *(line(("  " + text, "accent")) for text in wrapped(told.problem.mend, width - 4))]
    if told.is_busy:
        return [_progress(look, told), line("  ", (told.said, "dim"))]
    if told.pushed is not None:
        return _sent(look, told)
    if told.plan is None:
        return paragraph(look.say("publish.choose"), width, "accent")
    count, bytes_ = len(told.files), size(float(told.plan["bytes"])) + "B"
    readers = look.say("publish.public" if told.public else "publish.private")
    head = look.say("publish.dry", repo=told.repo, readers=readers, count=count, size=bytes_)
    if told.never:
        next_ = (look.say("publish.never"), "bad")
    elif told.open:
        next_ = (look.say("publish.accept_first", count=len(told.open)), "warn")
    else:
        next_ = (look.say("publish.ready"), "good")
    return [*paragraph(head, width, "head"), *paragraph(next_[0], width, _role(next_[1]))]


def _role(name: str) -> Role:
    roles: dict[str, Role] = {"bad": "bad", "warn": "warn", "good": "good"}
    return roles[name]


def _progress(look: Look, told: Publishing) -> Line:
    doing = look.say(f"publish.{told.state}")
    if not told.total:
        return line("  ", (doing, "accent"), "  ", told.note)
    share = told.done / told.total
    amounts = f"{told.done:,}/{told.total:,}"
    if told.stage == "sending":
        amounts = f"{size(told.done)}B / {size(told.total)}B"
    return line("  ", (doing, "accent"), f"  {bar(share, BAR, ascii=look.ascii)} {amounts}  ", told.note)


def _sent(look: Look, told: Publishing) -> list[Line]:
    assert told.pushed is not None
    sent, readers = len(told.pushed["sent"]), look.say("publish.public" if told.public else "publish.private")
    if sent:
        said = look.say("publish.sent", count=sent, readers=readers)
    else:
        said = look.say("publish.nothing_new", count=len(told.pushed["already"]))
    return [line(("  " + said, "good")), line("  ", str(told.pushed["url"]))]


def plan_rows(look: Look, told: Publishing, width: int) -> list[Line]:
    """What was found first, since that decides; then the files, what stays here, and what should be read."""
    if told.plan is None:
        return [line("  ", (text, "dim")) for text in wrapped(look.say("publish.how"), width - 4)]
    rows = [line(("  " + look.say("publish.gate"), "head"))]
    if not told.findings:
        rows.append(line("  ", ("[x] ", "good"), look.say("publish.clean")))
    for found in told.findings:
        mark: tuple[str, Role] = ("[!] ", "bad" if not found["acceptable"] else "warn")
        if not told.is_open(found):
            mark = ("[x] ", "good")
        kind = look.say(f"publish.kind_{found['kind']}")
        where = str(found["file"] or look.say("publish.whole"))
        rows.append(line("  ", mark, kind, (f"  {where}", "dim")))
        rows += [line("      ", text) for text in wrapped(str(found["shown"]), width - 8)]
    for note in told.plan["notes"]:
        rows += [line("      ", (text, "warn")) for text in wrapped(str(note), width - 8)]
    rows += [BLANK, line(("  " + look.say("publish.files", hash=str(told.plan["hash"])[:HASH]), "head"))]
    for file in told.files:
        bytes_ = padded(size(float(file["bytes"])) + "B", 7, right=True)
        rows.append(line("  ", bytes_, (f"  {str(file['sha256'])[:HASH]}  ", "dim"), str(file["path"])))
    rows += [BLANK, line(("  " + look.say("publish.left_out"), "head"))]
    left = ", ".join(map(str, told.plan["left_out"])) or look.say("publish.none")
    return [*rows, *(line("  ", (text, "dim")) for text in wrapped(left, width - 4))]


def card_rows(look: Look, told: Publishing, width: int) -> list[Line]:
    """README.md as it would be sent."""
    if not told.card:
        return [line("  ", look.say("publish.no_card"))]
    rows = [line(("  README.md", "head"))]
    for text in told.card.splitlines():
        rows += [line("  ", part) for part in wrapped(text, width - 4)] or [BLANK]
    return rows
