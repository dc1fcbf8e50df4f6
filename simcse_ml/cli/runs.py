"""`simcse-ml runs`."""

from __future__ import annotations

from typing import Annotated

import typer

from simcse_ml.cli.app import plain_app
from simcse_ml.cli.options import JsonOption, QuietOption, resolve_config
from simcse_ml.cli.render import note, print_json, print_line, progress_sink, size, table

app = plain_app("""What was trained and what is training.

For example:
  simcse-ml runs list
  simcse-ml runs resume ja-corpus-3f2a
""")

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its name in the folder of runs.")]


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """All runs, the newest first.

    For example:
      simcse-ml runs list
      simcse-ml runs list --json | jq -r '.runs[].path'
    """
    from simcse_ml.jobs.runs import list_runs

    folder = resolve_config().runs_dir
    runs = list_runs(folder)
    if json:
        print_json({"runs_dir": str(folder), "runs": [run.as_json() for run in runs]})
        return
    if not runs:
        note(f"no runs in {folder}")
    rows = [
        (
            run.folder.name,
            run.shown,
            run.state.language,
            _how_far(run.state.step, run.state.steps),
            run.state.created[:16],
        )
        for run in runs
    ]
    for line in table(rows, head=("run", "state", "lang", "steps", "began (UTC)") if rows else (), right=(3,)):
        print_line(line)


@app.command()
def show(run: RunArgument, json: JsonOption = False) -> None:
    """Everything that is known of one run.

    For example:
      simcse-ml runs show ja-corpus-3f2a
      simcse-ml runs show runs/ja-corpus-3f2a --json
    """
    from simcse_ml.jobs.runs import find_run, show_run

    shown = show_run(find_run(run, resolve_config().runs_dir))
    if json:
        print_json(shown.as_json())
        return
    state = shown.run.state
    facts: list[tuple[str, object]] = [
        ("run", shown.run.folder.path),
        ("state", shown.run.shown + (f": {state.problem}" if state.problem else "")),
        ("began", state.created),
        ("language", state.language),
        ("inputs", ", ".join(state.inputs)),
        ("recipe", state.recipe_name),
        ("steps", _how_far(state.step, state.steps)),
        ("kept by", state.selected_by),
        *((f"machine {key}", value) for key, value in state.machine.items() if not isinstance(value, dict | list)),
        *((key, value) for key, value in state.summary.items() if not isinstance(value, dict | list)),
        *((f"size of {name}", size(count)) for name, count in shown.files.items()),
    ]
    for line in table([(key, str(value)) for key, value in facts if str(value)]):
        print_line(line)


@app.command()
def watch(run: RunArgument, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Follow a run until it ends, from its first event on.

    For example:
      simcse-ml runs watch ja-corpus-3f2a
      simcse-ml runs watch ja-corpus-3f2a --json | grep Evaluated
    """
    from simcse_ml.jobs.runs import find_run, watch_run
    from simcse_ml.runs.events_file import as_event

    folder = find_run(run, resolve_config().runs_dir)
    if json:
        for record in watch_run(folder):
            print_json(record)
        return
    with progress_sink(quiet=quiet) as sink:
        for record in watch_run(folder):
            event = as_event(record)
            if event is not None:
                sink(event)


@app.command()
def stop(
    run: RunArgument,
    wait: Annotated[float, typer.Option("--wait", min=0, metavar="SECONDS", help="Wait until it is gone.")] = 0.0,
    json: JsonOption = False,
) -> None:
    """Ask a run to save and stop after the step it is in.

    For example:
      simcse-ml runs stop ja-corpus-3f2a
      simcse-ml runs stop ja-corpus-3f2a --wait 60
    """
    from simcse_ml.jobs.runs import find_run, stop_run

    folder = find_run(run, resolve_config().runs_dir)
    gone = stop_run(folder, wait_seconds=wait)
    if json:
        print_json({"run": str(folder.path), "stopped": gone})
        return
    print_line("stopped" if gone else "asked to stop; it will after the step it is in")
    print_line(f"go on with: simcse-ml runs resume {folder.path}")


@app.command()
def pin(
    run: RunArgument,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="A sentence; without one, those there are.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take it away.")] = False,
    json: JsonOption = False,
) -> None:
    """Sentences whose neighbours are told at each evaluation of a run, while it trains.

    For example:
      simcse-ml runs pin ja-corpus-3f2a "a sentence"
      simcse-ml runs watch ja-corpus-3f2a --json | grep Pins
    """
    from simcse_ml.jobs.runs import add_pin, find_run, read_pins, remove_pin

    folder = find_run(run, resolve_config().runs_dir)
    if text is not None:
        changed = remove_pin(folder, text) if remove else add_pin(folder, text)
        if not changed:
            note("there is no such pin" if remove else "it is pinned already")
    pins = read_pins(folder)
    if json:
        print_json({"run": str(folder.path), "pins": pins})
        return
    for told in pins:
        print_line(told)


@app.command()
def resume(run: RunArgument, json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Go on with a run from its last checkpoint, exactly as if it had never stopped.

    For example:
      simcse-ml runs resume ja-corpus-3f2a
      simcse-ml runs resume runs/ja-corpus-3f2a --json
    """
    from simcse_ml.cli.trained import show_trained
    from simcse_ml.jobs.runs import find_run

    folder = find_run(run, resolve_config().runs_dir)
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.train import resume as resume_run

        result = resume_run(folder.path, sink)
    show_trained(result, json=json)


@app.command()
def remove(
    run: RunArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: JsonOption = False,
) -> None:
    """Delete a run: its model, checkpoints and everything else in its folder.

    For example:
      simcse-ml runs remove ja-corpus-3f2a
      simcse-ml runs remove ja-corpus-3f2a --yes
    """
    from simcse_ml.cli.asking import agreed
    from simcse_ml.jobs.runs import find_run, remove_run

    folder = find_run(run, resolve_config().runs_dir)
    agreed(f"delete {folder.path} with its model and checkpoints?", yes=yes)
    freed = remove_run(folder)
    if json:
        print_json({"run": str(folder.path), "bytes": freed})
    else:
        print_line(f"deleted {folder.path} ({size(freed)})")


def _how_far(step: int, steps: int) -> str:
    return f"{step:,} of {steps:,}" if steps else "-"
