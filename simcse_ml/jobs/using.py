"""How a model and a text are named and opened: the same for `eval`, `embed`, `search` and `similar`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Event, Said, Sink
from simcse_ml.jobs.timed import with_timed_precision
from simcse_ml.languages.table import Language, lang_info
from simcse_ml.models.counting import NAME as COUNTING
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.corpus import MANIFEST, Corpus
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.text.sources.blocks import Hints
from simcse_ml.text.sources.location import STDIN
from simcse_ml.text.sources.opening import open_source

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel

UNKNOWN_LANGUAGE = "und"
LINES_TO_DETECT = 300
SURE = 0.5
"""certainty from which a detected language is believed; below it the rules for any language are used"""
AS_IT_IS = TextSettings(
    min_characters=1,
    runs="keep",
    most_digits=1.0,
    most_signs=1.0,
    most_address=1.0,
    code="keep",
    menus="keep",
    cut_off="keep",
    boilerplate_share=0.0,
    near_duplicates=False,
    held_out_share=0.0,
)
"""text that is searched, not trained on: split and cleaned, but short, similar and odd sentences stay"""


@dataclass(frozen=True)
class Use:
    """A model as a person names it, and on what it works.

    model: a run folder or the name of a run, a model folder, a Hub id, or builtin:counting.
    device, precision: "auto" takes a GPU where there is one, and bf16 there and on a processor where it pays.
    threads: None for as many as help.
    """

    model: str
    runs_dir: Path
    cache_dir: Path
    device: str = "auto"
    precision: str = "auto"
    threads: int | None = None
    max_tokens: int | None = None
    language: str | None = None
    encoding: str | None = None

    @property
    def is_counting(self) -> bool:
        """Whether it is the baseline that needs no weights."""
        return self.model == COUNTING

    @property
    def run(self) -> RunFolder | None:
        """The run that is meant, None where the model is no run."""
        return run_named(self.model, self.runs_dir)


def run_named(name: str, runs_dir: Path) -> RunFolder | None:
    """The run of that path, or of that name in `runs_dir`; None where there is none."""
    for path in (Path(name).expanduser(), runs_dir / name):
        if (path / "run.json").is_file():
            return RunFolder(path)
    return None


def open_used(use: Use) -> OpenedModel:
    """The model, on its device.

    Raises: UserError where it is none, or a run without a finished model; USAGE for builtin:counting.
    """
    if use.is_counting:
        raise UserError(
            "counting has no vectors to write down (262,144 numbers, nearly all zero)",
            where=COUNTING,
            mend="search with it, or name a model",
            exit_code=ExitCode.USAGE,
        )
    run = use.run
    if run is not None and not run.model.is_dir():
        raise UserError(
            "this run has no model yet",
            where=str(run.path),
            mend=f"bring it to its end: simcse-ml train --resume {run.path}",
            exit_code=ExitCode.INPUT,
        )
    import torch

    from simcse_ml.models.arithmetic import HALVES
    from simcse_ml.models.opened import open_model
    from simcse_ml.training.devices import pick_device
    from simcse_ml.training.precisions import bf16_native
    from simcse_ml.training.threads import pick_threads

    torch.set_num_threads(pick_threads(use.threads))
    device = pick_device(use.device)
    if use.precision not in {"auto", "fp32", *HALVES}:
        raise UserError(
            f"{use.precision!r} is no precision",
            where="--precision",
            mend="auto, fp32, bf16 or fp16",
            exit_code=ExitCode.USAGE,
        )
    half = device.type in {"cuda", "xpu"} and bf16_native(device)
    precision = ("bf16" if half else "fp32") if use.precision == "auto" else use.precision
    name = str(run.path) if run is not None else use.model
    trust = run is not None and _agreed_to_code(run)
    opened = open_model(name, device=str(device), max_tokens=use.max_tokens, precision=precision, trust=trust)
    if use.precision == "auto" and device.type == "cpu":
        return with_timed_precision(opened, use.cache_dir)
    return opened


def _agreed_to_code(run: RunFolder) -> bool:
    """Whether --trust-remote-code was said when the run was trained: its model has the same code."""
    recipe = read_state(run).asked.get("recipe")
    return isinstance(recipe, dict) and bool(recipe.get("backbone", {}).get("trust_remote_code"))


def open_text(name: str, use: Use, sink: Sink) -> Corpus:
    """The sentences a person means by `name`: a run's own, prepared text, or files that are prepared now (and cached).

    Raises: UserError INPUT where there is nothing to read.
    """
    run = run_named(name, use.runs_dir)
    if run is not None:
        return run_corpus(run)
    if (Path(name).expanduser() / MANIFEST).is_file():
        return Corpus.open(Path(name).expanduser())
    path = name if name == STDIN else str(Path(name).expanduser())
    language = lang_info(use.language) if use.language else _detected(path, use.encoding)
    return prepare_corpus([path], language, AS_IT_IS, cache=use.cache_dir, sink=_brief(sink), encoding=use.encoding)


def run_corpus(run: RunFolder) -> Corpus:
    """The prepared text a run was trained on.  Raises: UserError INPUT where it is no longer in the cache."""
    folder = read_state(run).fingerprints.get("corpus_folder", "")
    if not folder or not (Path(folder) / MANIFEST).is_file():
        raise UserError(
            "the prepared text of this run is not in the cache" if folder else "this run has no prepared text yet",
            where=str(run.path),
            mend="name the text again (a file, a folder or another run)",
            exit_code=ExitCode.INPUT,
        )
    return Corpus.open(Path(folder))


def own_corpus(use: Use) -> Corpus | None:
    """The text of the run that the model is, None where it is no run or its text is gone."""
    run = use.run
    try:
        return None if run is None else run_corpus(run)
    except UserError:
        return None


def _detected(path: str, encoding: str | None) -> Language:
    """The likely language of a file or folder, "und" where it is not plain."""
    if path == STDIN:
        return lang_info(UNKNOWN_LANGUAGE)
    from simcse_ml.languages.detect import detect

    blocks = (block.text for source in open_source(path, Hints(encoding)) for block in source.blocks)
    found = detect(list(islice(blocks, LINES_TO_DETECT)))
    code, certainty = found.languages[0] if found.languages else (UNKNOWN_LANGUAGE, 0.0)
    return lang_info(code if certainty >= SURE else UNKNOWN_LANGUAGE)


def _brief(sink: Sink) -> Sink:
    """Progress and warnings, without the report of what was kept: here the text is a means."""

    def tell(event: Event) -> None:
        if not isinstance(event, Said):
            sink(event)

    return tell
