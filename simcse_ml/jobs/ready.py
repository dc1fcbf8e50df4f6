"""What every process of a training starts from: device, encoder, tokens; the same however often it is made ready."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from simcse_ml.events import Sink
from simcse_ml.jobs.building import Built, build_encoder, freeze, narrow_trained_table
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.computing import device_of_run
from simcse_ml.jobs.gathering import Gathered
from simcse_ml.jobs.judged import judged_rows
from simcse_ml.jobs.labelled import triple_rows
from simcse_ml.jobs.language import speech_of
from simcse_ml.jobs.preparing_rows import token_rows, wanted_rows
from simcse_ml.jobs.resolved import Resolved, from_record
from simcse_ml.jobs.staging import Fit
from simcse_ml.jobs.wording import wordings_of
from simcse_ml.languages.table import lang_info
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state


@dataclass(frozen=True)
class Ready:
    """fit: what is trained on what, on its device.  built: the encoder as it began.  resolved: None in a new run."""

    fit: Fit
    built: Built
    resolved: Resolved | None


def make_ready(folder: RunFolder, gathered: Gathered, choice: Choice, sink: Sink) -> Ready:
    """Raises: UserError for a device or a backbone that cannot be used."""
    request, corpus, recipe = gathered.request, gathered.corpus, gathered.request.recipe
    resolved = from_record(read_state(folder).machine)
    torch.set_num_threads(gathered.threads)
    device = device_of_run(request.device, gathered.threads, resolved, sink, request.launch)
    built = untrained(folder, gathered, choice, sink)
    encoder = built.encoder
    freeze(encoder, recipe, device, sink)
    language = lang_info(request.language)
    wordings = wordings_of(recipe, language, encoder, corpus, folder.path / "work", sink)
    speech = speech_of(recipe, encoder, choice.folder, device, sink)
    wanted = wanted_rows(corpus, recipe)
    rows = token_rows(corpus, encoder, wanted=wanted, identity=built.identity, cache=request.cache_dir, sink=sink)
    triples = None
    if gathered.triples is not None:
        triples = triple_rows(gathered.triples, encoder, identity=built.identity, cache=request.cache_dir)
    judged = judged_rows(gathered.triples, encoder, recipe, identity=built.identity, cache=request.cache_dir, sink=sink)
    columns = [*(triples.columns if triples else ()), *(judged.columns if judged else ())]
    texts = [rows.rows, *(column.rows for column in columns)]
    narrow_trained_table(encoder, texts, recipe, sink)
    encoder.to(device)
    fit = Fit(encoder, recipe, corpus, rows, device, sink, request.launch.size, triples, judged, speech, wordings)
    return Ready(fit, built, resolved)


def untrained(folder: RunFolder, gathered: Gathered, choice: Choice, sink: Sink) -> Built:
    """The encoder before its first step, on the CPU."""
    request = gathered.request
    language = lang_info(request.language)
    places = {"work": folder.path / "work", "cache": request.cache_dir}
    return build_encoder(choice, request.recipe, gathered.corpus, language, **places, sink=sink)
