"""`simcse-ml langs`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcse_ml.cli.app import plain_app
from simcse_ml.cli.options import EncodingOption, JsonOption
from simcse_ml.cli.render import print_json, print_line, table

if TYPE_CHECKING:
    from simcse_ml.languages.table import Language

app = plain_app("""The language table; what language a file is in.

For example:
  simcse-ml langs show ja
  simcse-ml langs detect corpus.txt
""")

ENOUGH = 200_000
"""characters of a file that tell its language"""
_KNOWN = {"trained": "trained on it", "letters": "know its letters", "none": "not even its letters"}


@app.command("list")
def list_(json: JsonOption = False) -> None:
    """Every language: code, names, scripts, what models know.

    For example:
      simcse-ml langs list
      simcse-ml langs list --json
    """
    from simcse_ml.languages.table import all_languages

    languages = all_languages()
    if json:
        print_json({"languages": [info.model_dump(mode="json") for info in languages]})
        return
    rows = [(info.code, info.name, info.own_name, _scripts(info), _KNOWN[info.multilingual]) for info in languages]
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
        ("code", info.code),
        ("name", f"{info.name}, {info.own_name}"),
        ("other codes", ", ".join(info.also)),
        ("scripts", _scripts(info)),
        ("written", f"{'left to right' if info.direction == 'ltr' else 'right to left'}, {_spacing(info)}"),
        ("sentences end with", " ".join(info.terminators)),
        ("normalisation", info.normalisation.upper()),
        ("legacy encodings", ", ".join(info.encodings)),
        ("multilingual models", _KNOWN[info.multilingual]),
        *_backbones(info),
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
    from simcse_ml.languages.table import lang_info

    pieces, used, certainty = _sample(file, encoding)
    found = detect_language(pieces)
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
    rows += [("script", f"{script} {share:.1%}") for script, share in found.scripts if share >= 0.001]
    sure = found.by == "words"
    rows += [
        ("language", f"{code} ({lang_info(code).name})" + (f", certainty {share:.2f}" if sure else ", by its script"))
        for code, share in found.languages
    ]
    rows += [] if found.languages else [("language", "unknown; --lang und takes any")]
    for line in table(rows):
        print_line(line)


def _sample(file: Path, encoding: str | None) -> tuple[list[str], str, float]:
    """(paragraphs from the beginning of the file, its encoding, how certain that is)."""
    from simcse_ml.text.sources.blocks import Hints
    from simcse_ml.text.sources.opening import open_source

    pieces: list[str] = []
    used, certainty, size = "", 1.0, 0
    for source in open_source(file, Hints(encoding=encoding)):
        for block in source.blocks:
            pieces.append(block.text)
            size += len(block.text)
            if size >= ENOUGH:
                break
        if not used:
            used, certainty = source.facts.encoding, source.facts.certainty
        if size >= ENOUGH:
            break
    return pieces, used, certainty


def _scripts(info: Language) -> str:
    return "any" if info.code == "und" else ", ".join(info.scripts)


def _spacing(info: Language) -> str:
    return "words parted by blanks" if info.spaced else "no blanks between words"


def _backbones(info: Language) -> list[tuple[str, str]]:
    """A row for each model to start from."""
    rows: list[tuple[str, str]] = []
    for model in info.backbones:
        facts = [model.licence, f"{model.params_m:g} M parameters" if model.params_m else ""]
        facts += ["dropout 0: must be raised" if model.dropout == 0 else ""]
        facts += [f"needs {' '.join(model.needs)}" if model.needs else ""]
        rows.append(("" if rows else "backbones", f"{model.id} ({', '.join(filter(None, facts))})"))
    return rows or [("backbones", "none; builtin:static learns from the text alone")]
