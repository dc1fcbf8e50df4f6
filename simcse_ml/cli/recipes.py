"""`simcse-ml recipes`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simcse_ml.cli.app import plain_app
from simcse_ml.cli.options import JsonOption, SetOption
from simcse_ml.cli.render import print_json, print_line, table

app = plain_app("""Ready training recipes, to copy and edit.

For example:
  simcse-ml recipes list
  simcse-ml recipes copy unsup my.yaml
""")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A shipped recipe, or a YAML file.")]


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """The shipped recipes.

    For example:
      simcse-ml recipes list
      simcse-ml recipes list --json
    """
    from simcse_ml.settings.load import load_recipe, recipe_names

    about = {name: load_recipe(name).about for name in recipe_names()}
    if json:
        print_json({"recipes": [{"name": name, "about": text} for name, text in about.items()]})
        return
    for line in table(list(about.items())):
        print_line(line)


@app.command()
def show(
    name: NameArgument,
    resolved: Annotated[bool, typer.Option("--resolved", help="Every key, after extends and --set.")] = False,
    set_: SetOption = None,
    json: JsonOption = False,
) -> None:
    """A recipe as it is written, or the full result.

    For example:
      simcse-ml recipes show unsup
      simcse-ml recipes show unsup --resolved --set training.batch_size=128
    """
    from simcse_ml.settings.dump import recipe_yaml
    from simcse_ml.settings.load import load_recipe, recipe_path

    recipe = load_recipe(name, set_ or ())
    if json:
        print_json(recipe.model_dump(mode="json"))
        return
    text = recipe_yaml(recipe) if resolved or set_ else recipe_path(name).read_text(encoding="utf-8")
    for line in text.rstrip("\n").split("\n"):
        print_line(line)


@app.command()
def copy(
    name: NameArgument,
    path: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; default NAME.yaml here.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Copy a recipe into a file of your own, to edit and to train with.

    For example:
      simcse-ml recipes copy unsup
      simcse-ml recipes copy static my.yaml && simcse-ml train --recipe my.yaml --lang ja corpus.txt
    """
    from simcse_ml.errors import ExitCode, UserError
    from simcse_ml.files import write_text
    from simcse_ml.settings.load import recipe_path

    source = recipe_path(name)
    target = path or Path(source.name)
    if target.exists() and not force:
        raise UserError(
            "there is such a file", where=str(target), mend="name another, or add --force", exit_code=ExitCode.USAGE
        )
    write_text(target, source.read_text(encoding="utf-8"))
    print_line(str(target))


@app.command()
def check(name: NameArgument, set_: SetOption = None, json: JsonOption = False) -> None:
    """Whether a recipe can be used; every problem in one report, with its line.

    For example:
      simcse-ml recipes check my.yaml
      simcse-ml recipes check unsup --set training.epochs=3
    """
    from simcse_ml.settings.load import load_recipe

    recipe = load_recipe(name, set_ or ())
    if json:
        print_json({"name": name, "ok": True, "stages": [stage.name for stage in recipe.stages]})
    else:
        print_line(f"{name}: all right")
