"""`simcse-ml pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from simcse_ml.cli.options import JsonOption, OutOption, QuietOption
from simcse_ml.cli.render import print_json, print_line, progress_sink, size


def pull(
    repo: Annotated[str, typer.Argument(metavar="REPO", help="owner/name on the Hub, or owner/name@revision.")],
    *,
    out: OutOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to a download of over 1 GB.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """A model from the Hub to this machine. What is here already is not asked for.

    A Hub id works wherever a model is taken; this fetches it beforehand, or as a folder with --out. The token of a
    private or gated one is HF_TOKEN or that of `hf auth login`.

    For example:
      simcse-ml pull intfloat/multilingual-e5-small
      simcse-ml pull you/simcse-ja@main --out simcse-ja
    """
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.jobs.pull import PullRequest
        from simcse_ml.jobs.pull import pull as run

        if quiet or json:
            from huggingface_hub.utils.tqdm import disable_progress_bars

            disable_progress_bars()
        pulled = run(PullRequest(repo, out, allow_large=yes), sink)
    if json:
        print_json(pulled.__dict__)
        return
    at = f" at {pulled.revision[:12]}" if pulled.revision else ""
    print_line(f"{pulled.name}{at}: {size(pulled.bytes)} in {pulled.folder}")
