"""`simcse-ml langs`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.app import plain_app
from simcse_ml.cli.options import EncodingOption, JsonOption
from simcse_ml.cli.render import print_json, print_line, table

if TYPE_CHECKING:
    from simcse_ml.languages.table import Backbone, Language

app = plain_app("""The language table; what language a file is in.

For example:
  simcse-ml langs show ja
  simcse-ml langs detect corpus.txt
""")

UNSURE = 0.6
"""certainty below which it is said that nothing is sure"""
_NONE = "none; builtin:static learns from the text alone"
_KNOWN = {"trained": "trained on it", "letters": "know its letters", "none": "not even its letters"}


@app.command("list")
def list_(
    script: Annotated[
        str | None, typer.Option("--script", metavar="CODE", help="Only languages written in it: Latn, Ethi, Jpan ...")
    ] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Only those with it in a name or a code.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Every language: code, names, scripts, what models know.

    For example:
      simcse-ml langs list --script Ethi
      simcse-ml langs list --search kurd --json
    """
    from simcse_ml.languages.table import all_languages

    languages = [info for info in all_languages() if _wanted(info, script, search)]
    if json:
        print_json({"languages": [info.model_dump(mode="json") for info in languages]})
        return
    rows = [(info.code, info.name, info.own_name, _scripts(info), _KNOWN[info.multilingual]) for info in languages]
    if not rows:
        print_line("no language of the table; und takes any, and codes of ISO 639-3 work by the rules of their script")
        return
    for line in table(rows, head=("code", "name", "own name", "scripts", "multilingual models")):
        print_line(line)


@app.command()
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="ja, jpn, zh-Hant ... of `simcse-ml langs list`.")],
    json: JsonOption = False,
) -> None:
    """All that the table says of one language.

    For example:
      simcse-ml langs show ja
      simcse-ml langs show zh-Hant --json
    """
    from simcse_ml.languages.table import lang_info

    info = lang_info(code)
    if json:
        print_json(info.model_dump(mode="json"))
        return
    rows = [
        ("note", info.note),
        ("code", info.code),
        ("name", info.name if info.own_name == "?" else f"{info.name}, {info.own_name}"),
        ("other codes", ", ".join(info.also)),
        ("scripts", _scripts(info)),
        ("written", f"{'left to right' if info.direction == 'ltr' else 'right to left'}, {_spacing(info)}"),
        ("sentences end with", " ".join(info.terminators)),
        ("normalisation", info.normalisation.upper()),
        ("legacy encodings", ", ".join(info.encodings)),
        ("common words", " ".join(info.words)),
        ("multilingual models", _KNOWN[info.multilingual]),
        *_models("backbones, on a CPU", info.backbones_for("cpu"), _NONE),
        *_models("backbones, on a GPU", info.backbones_for("gpu"), _NONE),
        *_models("only when named", info.named_backbones, ""),
        ("STS sets", ", ".join(info.sts)),
        ("NLI sets", ", ".join(info.nli)),
        ("prompt", info.prompt or ""),
    ]
    for line in table([row for row in rows if row[1]]):
        print_line(line)


@app.command()
def detect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text file; packed or a table, as `train` takes it.")],
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """What scripts a file is in, and probably what language.

    For example:
      simcse-ml langs detect corpus.txt
      simcse-ml langs detect old.txt --encoding cp932 --json
    """
    from simcse_ml.languages.detect import detect as detect_language
    from simcse_ml.languages.table import lang_info, script_name
    from simcse_ml.text.looking import beginning
    from simcse_ml.text.sources.blocks import Hints

    begun = beginning([file], Hints(encoding))
    found, used, certainty = detect_language(begun.pieces), begun.encoding or "ascii", begun.certainty
    if json:
        print_json(
            {
                "file": str(file),
                "encoding": used,
                "encoding_certainty": round(certainty, 3),
                "scripts": [{"script": script, "share": round(share, 4)} for script, share in found.scripts],
                "languages": [{"code": code, "certainty": round(share, 4)} for code, share in found.languages],
                "by": found.by,
            }
        )
        return
    from simcse_ml.text.encodings.names import encoding_line

    rows = [("encoding", encoding_line(used, certainty))]
    rows += [
        ("script", f"{script} ({script_name(script)}) {share:.1%}") for script, share in found.scripts if share >= 0.001
    ]
    sure = found.by == "words"
    rows += [
        ("language", f"{code} ({lang_info(code).name})" + (f", certainty {share:.2f}" if sure else ", by its script"))
        for code, share in found.languages
    ]
    if not found.languages:
        rows += [("language", "unknown; --lang und takes any")]
    elif sure and found.languages[0][1] < UNSURE:
        rows += [("", "not sure: it may well be another; --lang und takes any")]
    for line in table(rows):
        print_line(line)


def _wanted(info: Language, script: str | None, search: str | None) -> bool:
    from simcse_ml.languages.suggest import folded
    from simcse_ml.languages.tags import characters_of

    if script is not None and not set(characters_of(script.strip().capitalize())) <= set(info.scripts):
        return False
    if search is None:
        return True
    names = (info.code, *info.also, info.name, info.own_name)
    key = folded(search)
    return any(search.lower() in name.lower() or (key and key in folded(name)) for name in names)


def _scripts(info: Language) -> str:
    return "any" if info.code == "und" or (info.script_by == "text" and info.note) else ", ".join(info.scripts)


def _spacing(info: Language) -> str:
    return "words parted by blanks" if info.spaced else "no blanks between words"


def _models(title: str, models: Sequence[Backbone], without: str) -> list[tuple[str, str]]:
    """A row for each model, or one that says what is done without."""
    titles = chain([title], repeat(""))
    rows = [(head, f"{model.id} ({', '.join(_facts(model))})") for head, model in zip(titles, models, strict=False)]
    return rows or [(title, without)]


def _facts(model: Backbone) -> list[str]:
    facts = [model.licence if model.licence != "not verified" else "licence not verified"]
    facts += [f"{model.params_m:g} M parameters"] if model.params_m else []
    facts += [f"dropout 0: set to {model.dropout_to_set}"] if model.dropout_to_set else []
    facts += [f'prefix "{model.prefix}"'] if model.prefix else []
    facts += [f"needs {' '.join(model.needs)}"] if model.needs else []
    facts += [model.caution] if model.caution else []
    return [*facts, f"checked {model.checked} in {model.source}"]
