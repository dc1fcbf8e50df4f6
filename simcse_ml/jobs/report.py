"""`report`: a run as one HTML page, to keep or to give to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcse_ml.errors import UserError
from simcse_ml.files import write_text
from simcse_ml.jobs.using import UNKNOWN_LANGUAGE, run_corpus
from simcse_ml.languages.table import lang_info
from simcse_ml.report.course import read_course
from simcse_ml.report.page import RunFacts, render_page
from simcse_ml.runs.evaluation import read_evaluation
from simcse_ml.runs.events_file import read_events
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.listing import listed
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.schema import Recipe
from simcse_ml.sharing.card import duration
from simcse_ml.sharing.described import Base, Chosen, base_of, seconds_of, without_places
from simcse_ml.text.report import PrepareReport

NO_START = Base(id="", shown="", revision="", licence="", conflict="")
"""of a run that has not chosen its backbone yet"""


@dataclass(frozen=True)
class WrittenReport:
    """shows_text: whether sentences of the person's text are on the page."""

    report: Path
    bytes: int
    shows_text: bool


def write_report(folder: RunFolder, *, out: Path | None = None, shows_text: bool = False) -> WrittenReport:
    """Write the page of a run, done or not: to `out`, else into its folder.

    Raises: UserError where run.json or the scores of a run that is done cannot be read, or the page cannot be written.
    """
    run = listed(folder)
    state = run.state.model_dump(mode="json") | {"state": run.shown}
    choice = state["machine"].get("choice")
    base = base_of(Chosen(repo="", licence=""), choice) if choice else NO_START
    records, _ = read_events(folder.events)
    facts = RunFacts(
        name=folder.path.resolve().name,
        state=state,
        language=lang_info(run.state.language or UNKNOWN_LANGUAGE),
        evaluation=read_evaluation(folder) if folder.eval.exists() or run.state.state == "done" else {},
        course=read_course(records),
        text=_text(folder),
        recipe_yaml=_recipe(state, base),
        start=_start(base, choice),
        static=base.builtin,
        time=duration(seconds_of(state)),
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


def _recipe(state: Mapping[str, Any], base: Base) -> str:
    """The recipe without places on the disk; "" for a run that had none yet."""
    if not state["asked"].get("recipe"):
        return ""
    steps = [int(one["steps"]) for one in state["machine"].get("schedules", ())]
    return recipe_yaml(without_places(Recipe.model_validate(state["asked"]["recipe"]), base, steps))


def _start(base: Base, choice: Mapping[str, Any] | None) -> str:
    """What it began with: an id on the Hub, a builtin, or the name of a folder without its place."""
    if choice is None:
        return ""
    name = base.shown if base.id or base.builtin else Path(choice["name"]).name
    return f"{name} (revision {base.revision[:8]})" if base.revision else name
