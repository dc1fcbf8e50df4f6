"""Doctor: what this machine can do, as `simcse-ml doctor` found by trying, and what this terminal is."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual.widget import Widget

from simcse_tui.asking import Answer, ask
from simcse_tui.screens.frame import NARROW
from simcse_tui.screens.page import Page
from simcse_tui.text.line import Line, Role, line
from simcse_tui.text.width import cells, drawn, padded, wrapped
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin

PROBES = {
    "ja": "日本語",
    "th": "ก็ไม่",
    "hi": "निको",
    "ta": "நிகோ",
    "my": "မြန်မာ",
    "km": "ខ្មែរ",
    "ar": "عربي",
}
"""words whose width libraries and terminals count differently"""
LABEL, BELOW = 22, 8
"""cells of state and name, beside which a finding stands, or of its indent below them"""
ROLES: dict[str, Role] = {"ok": "good", "warn": "warn", "fail": "bad"}


class Doctor(Page):
    """Asked once when it is first opened, and again with r."""

    name_ = "doctor"

    def __init__(self) -> None:
        super().__init__()
        self.answer: Answer | None = None
        self.began = 0.0
        self.top = 0

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        if self.answer is None and not self.began:
            self.do_reload()

    @property
    def busy(self) -> bool:
        return self.answer is None and self.began > 0

    def do_reload(self) -> None:
        self.answer, self.began = None, time.monotonic()
        begin(self, self._ask, only=True)
        self.redraw()

    async def _ask(self) -> None:
        self.answer = await ask(self.tui.places.command, ("doctor",))
        self.began = 0.0
        self.redraw()

    def equal_command(self) -> str:
        return "simcse-ml doctor"

    def move(self, rows: int) -> None:
        self.top = max(0, min(self.top + rows, len(self._rows(self.size.width)) - 1))
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        rows = self._rows(width)
        top = max(0, min(self.top, len(rows) - height))
        return rows[top : top + height]

    def _rows(self, width: int) -> list[Line]:
        look = self.look
        rows = [line((f"  {look.say('doctor.machine')}", "head"))]
        if self.answer is None:
            rows.append(line("  ", look.say("doctor.asking", seconds=round(time.monotonic() - self.began))))
        elif self.answer.problem:
            rows.append(line("  ", (self.answer.problem, "bad")))
        else:
            rows += self._checks(self.answer, width)
        return [*rows, line(""), *self._terminal()]

    def _checks(self, answer: Answer, width: int) -> list[Line]:
        """Name and finding side by side; in a narrow window the finding under the name."""
        checks = answer.found.get("checks")
        aside = LABEL if width >= NARROW else BELOW
        rows: list[Line] = []
        for check in checks if isinstance(checks, list) else []:
            if not isinstance(check, dict):
                continue
            state, name = str(check.get("state")), str(check.get("name"))
            found = wrapped(str(check.get("text")), width - aside - 1)
            beside = found.pop(0) if found and aside == LABEL else ""
            rows.append(line("  ", (f"{state:<5}", ROLES.get(state, "")), padded(name, LABEL - 7), beside))
            rows += [line(" " * aside, part) for part in found]
            if check.get("mend") and state != "ok":
                rows += [line(" " * aside, (part, "dim")) for part in wrapped(str(check["mend"]), width - aside - 1)]
        return rows

    def _terminal(self) -> list[Line]:
        look, size = self.look, self.size
        settings = {"width": size.width, "height": size.height, "encoding": look.encoding, "theme": look.theme}
        rows = [line((f"  {look.say('doctor.terminal')}", "head")), line("  ", look.say("doctor.settings", **settings))]
        for language, word in PROBES.items():
            least, most = drawn(word), cells(word)
            state = "ok" if least == most else "warn"
            said = look.say("doctor.same" if least == most else "doctor.differs", least=least, most=most)
            rows.append(line("  ", (f"{state:<5}", ROLES[state]), f"{language}  {said}  ", word))
        return rows
