"""`simcse-ml cache`."""

from __future__ import annotations

from typing import Annotated

import typer

from simcse_ml.cli.app import plain_app
from simcse_ml.cli.options import JsonOption, resolve_config
from simcse_ml.cli.render import note, print_json, print_line, size, table

app = plain_app("""Prepared text, tokens and vectors: where, how large, away with it.

For example:
  simcse-ml cache list
  simcse-ml cache clear vectors
""")


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """What the cache holds.

    For example:
      simcse-ml cache list
      simcse-ml cache list --json
    """
    from simcse_ml.jobs.cache import list_cache

    folder = resolve_config().cache_dir
    kinds = list_cache(folder)
    if json:
        print_json({"cache_dir": str(folder), "kinds": [kind.as_json() for kind in kinds]})
        return
    for line in table([(kind.kind, f"{kind.entries:,}", size(kind.size)) for kind in kinds], right=(1, 2)):
        print_line(line)
    note(f"{size(sum(kind.size for kind in kinds))} in {folder}")


@app.command()
def clear(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="One kind of `cache list`; default: all.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: JsonOption = False,
) -> None:
    """Delete the cache, or one kind in it.

    What is needed again is made again. Runs stay as they are.

    For example:
      simcse-ml cache clear
      simcse-ml cache clear vectors --yes
    """
    from simcse_ml.cli.asking import agreed
    from simcse_ml.jobs.cache import clear_cache

    folder = resolve_config().cache_dir
    agreed(f"delete {kind or 'everything'} in {folder}?", yes=yes)
    freed = clear_cache(folder, kind)
    if json:
        print_json({"cache_dir": str(folder), "bytes": freed})
    else:
        print_line(f"{size(freed)} deleted")
