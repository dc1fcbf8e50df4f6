"""`simcse-ml push`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.options import JsonOption, QuietOption, resolve_config
from simcse_ml.cli.render import print_json, print_line, progress_sink, size, table
from simcse_ml.errors import Interrupted

if TYPE_CHECKING:
    from simcse_ml.jobs.push import PushRequest
    from simcse_ml.sharing.plan import PushPlan
    from simcse_ml.sharing.push import Pushed


def push(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, or its name in the folder of runs.")],
    repo: Annotated[str, typer.Argument(metavar="REPO", help="owner/name on the Hub.")],
    *,
    license: Annotated[
        str | None, typer.Option("--license", metavar="NAME", help="Licence of the model, as the Hub spells it.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show what would be sent, and stop; exit code 5 if it would be refused. No network."
        ),
    ] = False,
    show_card: Annotated[bool, typer.Option("--show-card", help="Print the model card, and stop. No network.")] = False,
    public: Annotated[bool, typer.Option("--public", help="For everybody; else only for you.")] = False,
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Propose it as a pull request.")] = False,
    revision: Annotated[str, typer.Option("--revision", metavar="BRANCH", help="A branch; default: main.")] = "",
    org: Annotated[str | None, typer.Option("--org", metavar="NAME", help="The owner, where REPO has none.")] = None,
    base_model: Annotated[
        str, typer.Option("--base-model", metavar="ID", help="Hub id of the backbone, if it was given as a folder.")
    ] = "",
    name_sets: Annotated[
        bool, typer.Option("--name-sets", help="Let the card call labelled sets as their files are called.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="KIND", help="Agree to what was found: tokenizer, name, licence ..."),
    ] = None,
    shown: Annotated[
        str | None, typer.Option("--shown", metavar="HASH", help="Send only the very bytes of that dry run.")
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """A run's model to the Hub, private unless --public; nothing of your text, paths or names goes with it.

    The token is HF_TOKEN or that of `hf auth login`. Interrupted, it goes on when the same command is given again.

    For example:
      simcse-ml push runs/ja-corpus-3f2a you/simcse-ja --license apache-2.0 --dry-run
      simcse-ml push runs/ja-corpus-3f2a you/simcse-ja --license apache-2.0 --accept tokenizer
    """
    config = resolve_config()
    from simcse_ml.jobs.push import PushRequest, plan_push
    from simcse_ml.sharing.plan import require_clean

    request = PushRequest(
        run=run,
        repo=repo,
        runs_dir=config.runs_dir,
        cache_dir=config.cache_dir,
        licence=license,
        public=public,
        create_pr=create_pr,
        revision=revision,
        organisation=org,
        base_model=base_model,
        name_sets=name_sets,
        accept=tuple(accept or ()),
        shown=shown,
    )
    with progress_sink(quiet=quiet, json=json) as sink:
        plan = plan_push(request, sink)
    if show_card:
        _show_card(plan, json=json)
    elif dry_run:
        print_json(plan.as_json()) if json else _show_plan(plan)
        require_clean(plan)  # so that `push --dry-run && push` stops where push would
    else:
        _show_pushed(_send(request, plan, quiet=quiet, json=json), plan, json=json)


def _send(request: PushRequest, plan: PushPlan, *, quiet: bool, json: bool) -> Pushed:
    """Raises: Interrupted with the command that goes on."""
    import sys

    from simcse_ml.jobs.push import push as run

    with progress_sink(quiet=quiet, json=json) as sink:
        try:
            return run(request, sink, plan)
        except KeyboardInterrupt as stopped:
            raise Interrupted(shlex.join(["simcse-ml", *sys.argv[1:]])) from stopped


def _show_card(plan: PushPlan, *, json: bool) -> None:
    if json:
        print_json({"card": plan.card})
        return
    for line in plan.card.splitlines():
        print_line(line)


def _show_plan(plan: PushPlan) -> None:
    target = " as a pull request" if plan.create_pr else f" (branch {plan.revision})" if plan.revision else ""
    kind = "public" if plan.public else "private"
    print_line(f"dry run: {plan.repo}{target}, {kind}, licence {plan.licence}; nothing was sent")
    print_line()
    rows = [(file.path, size(file.size), file.sha256[:16]) for file in plan.files]
    total = (f"{len(plan.files)} files", size(plan.size), "")
    for line in table([*rows, total], head=("file", "size", "sha256"), right=(1,)):
        print_line(line)
    print_line()
    print_line(f"left out  {', '.join(plan.left_out) or 'nothing'}")
    for note in plan.notes:
        print_line(f"note      {note}")
    for found in plan.findings:
        mark = "open    " if found in plan.open else "accepted"
        print_line(f"{mark}  {found.kind} in {found.file or 'the whole'}: {found.shown}")
    if not plan.findings:
        print_line("found     no sentence of the text, path, name or token in any of them")
    print_line(f"hash      {plan.hash}")


def _show_pushed(pushed: Pushed, plan: PushPlan, *, json: bool) -> None:
    if json:
        print_json({**pushed.as_json(), "hash": plan.hash})
        return
    kind = "private" if pushed.private else "public"
    if pushed.sent:
        print_line(f"Sent {len(pushed.sent)} files, read back and equal: {pushed.url} ({kind})")
    else:
        print_line(f"Nothing to send: all {len(pushed.already)} files are there, equal: {pushed.url} ({kind})")
    if pushed.pull_request:
        print_line(f"Pull request: {pushed.pull_request}")
