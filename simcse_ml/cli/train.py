"""`simcse-ml train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.environment import launched
from simcse_ml.cli.options import (
    ColumnOption,
    DeviceOption,
    EncodingOption,
    JsonOption,
    LangOption,
    MaxExpansionOption,
    MaxTokensOption,
    OutOption,
    PrecisionOption,
    QuietOption,
    RecipeOption,
    SeedOption,
    SetOption,
    ThreadsOption,
    resolve_config,
)
from simcse_ml.cli.render import progress_sink

if TYPE_CHECKING:
    from simcse_ml.settings.merge import Flag


def train(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help='Files, folders, hf:OWNER/NAME; "-" is standard input.'),
    ] = None,
    *,
    lang: LangOption = None,
    out: OutOption = None,
    backbone: Annotated[
        str | None,
        typer.Option("--backbone", metavar="NAME", help="builtin:static, a folder, or a Hub id; default: auto."),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option("--prefix", metavar="TEXT", help='Text that goes in front, like "query: "; default: auto.'),
    ] = None,
    recipe: RecipeOption = None,
    set_: SetOption = None,
    sts: Annotated[
        list[str] | None,
        typer.Option("--sts", metavar="FILE", help="Scored pairs to report on; never chooses. May be given again."),
    ] = None,
    dev: Annotated[
        str | None, typer.Option("--dev", metavar="FILE", help="Scored pairs that choose the checkpoint.")
    ] = None,
    nli: Annotated[
        list[str] | None,
        typer.Option("--nli", metavar="PATH", help="Labelled pairs (NLI) to train on too. May be given again."),
    ] = None,
    no_nli: Annotated[
        bool, typer.Option("--no-nli", help="Leave labelled pairs that lie beside the text or in the data folder.")
    ] = False,
    nli_labels: Annotated[
        str | None,
        typer.Option("--nli-labels", metavar="A,B,C", help="What the labels 0, 1, 2 of --nli stand for."),
    ] = None,
    mode: Annotated[
        str,
        typer.Option("--mode", metavar="NAME", help="auto (text, then labelled pairs if there are any), unsup, sup."),
    ] = "auto",
    time: Annotated[
        str | None, typer.Option("--time", metavar="30m", help="Time that training may take: 90s, 30m, 1h30m.")
    ] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", metavar="N", help="Times through the text.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", metavar="N", help="Sentences a step.")] = None,
    max_sentences: Annotated[
        int | None, typer.Option("--max-sentences", metavar="N", help="Sample at most so many sentences.")
    ] = None,
    max_tokens: MaxTokensOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    threads: ThreadsOption = None,
    seed: SeedOption = None,
    seeds: Annotated[
        int | None,
        typer.Option("--seeds", min=2, metavar="N", help="Train N times, from --seed on, and say what holds in all."),
    ] = None,
    train_table: Annotated[
        bool | None,
        typer.Option("--train-table/--freeze-table", help="Train the word table of a pretrained backbone, or hold it."),
    ] = None,
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Let code from the backbone's folder run on this machine.")
    ] = False,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Go on with a run; nothing else is needed.")
    ] = None,
    keep_overlap: Annotated[
        bool, typer.Option("--keep-overlap", help="Keep sentences that also stand in an evaluation set.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to downloads over 1 GB.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not look for a backbone on the Hub.")] = False,
    encoding: EncodingOption = None,
    column: ColumnOption = None,
    max_expansion: MaxExpansionOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Text to model: reads what you have, trains on it, and says whether that was worth it.

    For example:
      simcse-ml train --lang ja corpus.txt
      simcse-ml train --lang sw letters/ --backbone builtin:static --sts pairs.tsv --time 10m
    """
    from simcse_ml.cli.seeds import from_seeds, show_seeds
    from simcse_ml.cli.trained import resumed, show_trained
    from simcse_ml.settings.supervision import MODES

    launch = launched()
    if launch.rank:
        from simcse_ml.jobs.follow import follow

        follow(launch)
        return
    if resume is not None and seeds is not None:
        raise typer.BadParameter("give the whole command again instead: seeds that are done stay", param_hint="--seeds")
    if resume is not None:
        show_trained(resumed(resume, bool(inputs), quiet=quiet, json=json), json=json)
        return
    if not inputs:
        raise typer.BadParameter(
            'name at least one file or folder of text, or "-" for standard input', param_hint="INPUT"
        )
    if lang is None:
        raise typer.BadParameter("say which language the text is in (simcse-ml langs list)", param_hint="--lang")
    from simcse_ml.jobs.request import STATIC_RECIPE, TrainRequest
    from simcse_ml.settings.load import DEFAULT_RECIPE

    name = recipe or (STATIC_RECIPE if backbone == "builtin:static" else DEFAULT_RECIPE)
    flags: list[Flag | None] = [
        _flag("--backbone", "backbone.name", backbone),
        _flag("--prefix", "backbone.prefix", prefix),
        _flag("--max-tokens", "backbone.max_tokens", max_tokens),
        _flag("--train-table", "backbone.train_table", None if train_table is None else "yes" if train_table else "no"),
        _flag("--trust-remote-code", "backbone.trust_remote_code", trust_remote_code or None),
        _flag("--sts", "evaluation.sts", [_absolute(name) for name in sts] if sts else None),
        _flag("--dev", "evaluation.dev", None if dev is None else _absolute(dev)),
        _flag("--nli", "nli.paths", [_absolute(name) for name in nli] if nli else None),
        _flag("--nli-labels", "nli.labels", nli_labels.split(",") if nli_labels else None),
        _flag("--keep-overlap", "evaluation.keep_overlap", keep_overlap or None),
        ("--epochs or --time", "training.max_steps", None) if epochs is not None or time is not None else None,
        _flag("--time", "training.time", None if time is None else _duration(time)),
        _flag("--epochs", "training.epochs", epochs),
        _flag("--batch", "training.batch_size", batch),
        _flag("--precision", "training.precision", precision),
        _flag("--seed", "training.seed", seed),
        _flag("--max-sentences", "text.max_sentences", max_sentences),
        _flag("--column", "text.column", column),
        _flag("--max-expansion", "text.max_expansion", max_expansion),
    ]
    asked = next((one for one in MODES if one == mode), None)
    if asked is None:
        raise typer.BadParameter(f"{mode} is none of {', '.join(MODES)}", param_hint="--mode")
    if nli and (no_nli or asked == "unsup"):
        raise typer.BadParameter(f"{'--no-nli' if no_nli else '--mode unsup'} leaves them out", param_hint="--nli")
    if no_nli and asked == "sup":
        raise typer.BadParameter("--mode sup trains on nothing else", param_hint="--no-nli")
    config = resolve_config()
    with progress_sink(quiet=quiet, json=json) as sink:
        from simcse_ml.settings.load import load_recipe

        given = [flag for flag in flags if flag is not None]
        settings = load_recipe(name, set_ or (), given)
        static = load_recipe(STATIC_RECIPE, set_ or (), given) if recipe is None else None
        from simcse_ml.jobs.train import train as run

        request = TrainRequest(
            inputs=tuple(inputs),
            language=lang,
            recipe=settings,
            recipe_name=name,
            runs_dir=config.runs_dir,
            cache_dir=config.cache_dir,
            out=out,
            device=device or config.device,
            threads=threads,
            encoding=encoding,
            offline=offline,
            yes=yes,
            static_recipe=static,
            launch=launch,
            mode=asked if not no_nli else "unsup",
            look_for_pairs=not no_nli,
            data_dir=config.data_dir,
        )
        several = None if seeds is None else from_seeds(request, seeds, sink)
        result = run(request, sink) if several is None else None
    if several is not None:
        show_seeds(several, json=json)
    if result is not None:
        show_trained(result, json=json)


def _flag(flag: str, key: str, value: object) -> Flag | None:
    """A flag that was given, as the recipe's loader takes it."""
    shown = "" if isinstance(value, bool | list) else f" {value}"
    return None if value is None else (f"{flag}{shown}", key, value)


def _absolute(name: str) -> str:
    """So that the run can be resumed from anywhere. Raises: UserError for a set on the Hub."""
    from simcse_ml.text.labelled.records import refuse_hub

    refuse_hub(name)
    return str(Path(name).expanduser().resolve())


def _duration(text: str) -> float:
    """Seconds in 90, 90s, 30m or 1h30m. Raises: BadParameter."""
    import re

    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text.strip())
    seconds = (
        sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1), strict=True)) if found else 0
    )
    if seconds <= 0:
        raise typer.BadParameter(f"{text} is no time; write 90s, 30m or 1h30m", param_hint="--time")
    return float(seconds)
