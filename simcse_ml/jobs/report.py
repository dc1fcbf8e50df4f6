"""`report`: a run as one HTML page, to keep or to give to somebody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcse_ml.errors import UserError
from simcse_ml.files import write_text
from simcse_ml.jobs.runs import show_run
from simcse_ml.jobs.using import UNKNOWN_LANGUAGE, run_corpus
from simcse_ml.languages.table import lang_info
from simcse_ml.report.course import read_course
from simcse_ml.report.page import STATIC, RunFacts, render_page
from simcse_ml.runs.events_file import read_events
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import RunState
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.schema import Recipe
from simcse_ml.sharing.described import Base, without_places
from simcse_ml.text.report import PrepareReport


@dataclass(frozen=True)
class WrittenReport:
    """shows_text: whether sentences of the person's text are on the page."""

    report: Path
    bytes: int
    shows_text: bool


def write_report(folder: RunFolder, *, out: Path | None = None, shows_text: bool = False) -> WrittenReport:
    """Write the page of a run, done or not: to `out`, else into its folder.

    Raises: UserError where run.json cannot be read or the page cannot be written.
    """
    shown = show_run(folder)
    state = shown.run.state
    records, _ = read_events(folder.events)
    facts = RunFacts(
        name=folder.path.resolve().name,
        state=state.model_dump(mode="json") | {"state": shown.run.shown},
        language=lang_info(state.language or UNKNOWN_LANGUAGE),
        evaluation=shown.evaluation,
        course=read_course(records),
        text=_text(folder),
        recipe_yaml=_recipe(state),
        shows_text=shows_text,
    )
    page = render_page(facts)
    path = out or folder.report
    write_text(path, page)
    return WrittenReport(path, len(page.encode()), shows_text)


def _text(run: RunFolder) -> PrepareReport | None:
    try:
        return run_corpus(run).report
    except UserError:
        return None  # the page says so


def _recipe(state: RunState) -> str:
    """The recipe without places on the disk; "" for a run that had none yet."""
    if not state.asked.get("recipe"):
        return ""
    recipe = Recipe.model_validate(state.asked["recipe"])
    choice: Any = state.machine.get("choice", {})
    name, revision = str(choice.get("name", "")), str(choice.get("revision", ""))
    base = Base(name if revision else "", STATIC if name == STATIC else "", revision, "", "")
    schedules: Any = state.machine.get("schedules", ())
    return recipe_yaml(without_places(recipe, base, [int(one["steps"]) for one in schedules]))
