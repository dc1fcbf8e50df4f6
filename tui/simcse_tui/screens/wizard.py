"""New run: six questions, each with an answer already there, and at the end the command line that they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from textual.widget import Widget

from simcse_tui.asking import Answer, ask
from simcse_tui.screens import wizard_rows as rows
from simcse_tui.screens.page import Page
from simcse_tui.screens.wizard_rows import DEVICES, FIELDS, STEPS, Known
from simcse_tui.store.draft import Draft
from simcse_tui.store.paths import completed, problem_of
from simcse_tui.text.line import Line, line, paragraph
from simcse_tui.widgets.field import Field
from simcse_tui.widgets.lines import Lines
from simcse_tui.working import begin


class New(Page):
    """enter takes what is shown and goes on, shift+tab goes back; nothing is lost by leaving the screen."""

    name_ = "new"

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft()
        self.known = Known()
        self.step = 0
        self.chosen = 0

    def body(self) -> Iterable[Widget]:
        yield Lines(self.draw, self.look, id="body")

    def opened(self) -> None:
        wanted = self.tui.wants.pop("corpus", "")
        if wanted:
            self._take_corpus(wanted)
        elif not self.draft.corpus:
            self.do_edit()

    def equal_command(self) -> str:
        return self.draft.command() if self.draft.corpus else "simcse-ml train --help"

    def chosen_text(self) -> str:
        return self.draft.command() if self.draft.corpus else ""

    # drawing

    def draw(self, width: int, height: int) -> list[Line]:
        look = self.look
        lines = [rows.step_bar(look, self.step, width), line("")]
        match STEPS[self.step]:
            case "corpus":
                lines += rows.corpus_rows(look, self.draft, self.known, width)
            case "language":
                lines += self._choices(look.say("new.language_hint"))
            case "backbone" | "device":
                lines += self._choices("")
            case "data":
                lines += [
                    *rows.data_rows(look, self.draft, self.chosen),
                    line("  ", (look.say("new.data_hint"), "dim")),
                ]
            case "review":
                lines += rows.review_rows(look, self.draft, width)
        if self.known.waiting:
            lines.append(line("  ", (self.known.waiting, "accent")))
        if self.known.problem:
            lines += paragraph(self.known.problem, width, "bad")
        return lines

    def _choices(self, hint: str) -> list[Line]:
        offered = self._offered()
        shown = [name or "auto" for name, _ in offered]
        room = max(3, self.size.height - 8)
        top = max(0, min(self.chosen - room // 2, len(offered) - room))
        listed = rows.choice_rows(offered, self.chosen, shown, self.look.end)[top : top + room]
        return [*listed, *([line("  ", (hint, "dim"))] if hint else [])]

    def _offered(self) -> list[tuple[str, str]]:
        match STEPS[self.step]:
            case "language":
                found = rows.languages_of(self.known)
                named = [code for code, _ in found]
                own = [(self.draft.language, "")] if self.draft.language and self.draft.language not in named else []
                return [*own, *found]
            case "backbone":
                return rows.backbones_of(self.look, self.known)
            case "device":
                return [(name, self.look.say(f"new.device_{name}")) for name in DEVICES]
        return []

    # answers

    def _take_corpus(self, typed: str) -> None:
        path = typed.strip()
        problem = problem_of(path) if path else "missing"
        if problem:
            self.known = Known(problem=self.look.say(f"new.{problem}", path=path))
            self.draft = replace(self.draft, corpus="")
        else:
            self.draft = replace(self.draft, corpus=path, language="")
            self.known = Known(waiting=self.look.say("new.reading"))
            begin(self, partial(self._read, path), only=True)
        self.redraw()

    async def _read(self, path: str) -> None:
        command = self.tui.places.command
        data = await ask(command, ("data", path))
        files = data.found.get("files")
        file = files[0] if isinstance(files, list) and files and isinstance(files[0], dict) else None
        problem = data.problem or str((file or {}).get("problem") or "")
        found = Answer() if problem else await ask(command, ("langs", "detect", str((file or {}).get("path") or path)))
        self.known = Known(file, found.found, None, problem or found.problem)
        languages = rows.languages_of(self.known)
        if languages and not self.draft.language:
            self.draft = replace(self.draft, language=languages[0][0])
        self.redraw()

    def _take_language(self, code: str) -> None:
        code = code.strip()
        if not code:
            return
        self.draft = replace(self.draft, language=code, backbone="")
        self.known = replace(self.known, table=None, problem="", waiting=self.look.say("new.looking_up", code=code))
        begin(self, partial(self._look_up, code), only=True)

    async def _look_up(self, code: str) -> None:
        answer = await ask(self.tui.places.command, ("langs", "show", code))
        if answer.problem:
            self.known = replace(self.known, problem=answer.problem, waiting="")
            self._go(STEPS.index("language"))
            return
        self.known = replace(self.known, table=answer.found, waiting="")
        self.redraw()

    def _go(self, step: int) -> None:
        self.step = max(0, min(step, len(STEPS) - 1))
        values = {"language": self.draft.language, "backbone": self.draft.backbone, "device": self.draft.device}
        names = [name for name, _ in self._offered()]
        value = values.get(STEPS[self.step], "")
        self.chosen = names.index(value) if value in names else 0
        self.redraw()

    # actions

    def move(self, rows_: int) -> None:
        count = len(FIELDS) if STEPS[self.step] == "data" else len(self._offered())
        self.chosen = max(0, min(self.chosen + rows_, count - 1))
        self.redraw()

    def do_next(self) -> None:
        step, offered = STEPS[self.step], self._offered()
        if step == "corpus" and (not self.draft.corpus or self.known.problem):
            self.do_edit()
            return
        if step == "corpus" and self.known.waiting:
            return
        if step == "language":
            if not offered:
                self.do_edit()
                return
            self._take_language(offered[self.chosen][0])
        elif step == "backbone":
            self.draft = replace(self.draft, backbone=offered[self.chosen][0])
        elif step == "device":
            self.draft = replace(self.draft, device=offered[self.chosen][0])
        elif step == "review":
            name, arguments = self.draft.started(self.tui.places.runs_dir)
            self.tui.train(name, arguments)
            return
        self._go(self.step + 1)

    def do_previous_pane(self) -> None:
        self._go(self.step - 1)

    def do_edit(self) -> None:
        step = STEPS[self.step]
        if step == "corpus":
            self.ask(self.look.say("new.path_prompt"), self._take_corpus, value=self.draft.corpus)
        elif step == "language":
            self.ask(self.look.say("new.code_prompt"), self._typed_language, value=self.draft.language)
        elif step == "data":
            name = FIELDS[self.chosen]
            self.ask(f"{self.look.say(f'new.field_{name}')}: ", self._typed_field, value=getattr(self.draft, name))
        elif step == "backbone":
            self.ask(self.look.say("new.backbone_prompt"), self._typed_backbone, value=self.draft.backbone)

    def _typed_language(self, code: str) -> None:
        self._take_language(code)
        if code.strip():
            self._go(self.step + 1)

    def _typed_backbone(self, name: str) -> None:
        self.draft = replace(self.draft, backbone=name.strip())
        self._go(self.step + 1)

    def _typed_field(self, value: str) -> None:
        name, value = FIELDS[self.chosen], value.strip()
        if name in {"nli", "sts"} and value and problem_of(value):
            self.tell(self.look.say(f"new.{problem_of(value)}", path=value), "bad")
            return
        changes = {name: value}
        self.draft = replace(self.draft, **changes)
        self.redraw()

    def do_complete(self) -> None:
        """Complete a path at the cursor; where several are possible, name them."""
        field = self.query_one("#field", Field)
        path, names = completed(field.value)
        if path != field.value:
            field.fill(field.prompt, path)
        self.tell("  ".join(names[:20]), "dim")
