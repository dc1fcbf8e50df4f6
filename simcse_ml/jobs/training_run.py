"""The parts of a training, in order: text, backbone, tokens, plan, stages, scores, model."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from simcse_ml.events import Sink, StageStarted, Warned, silent
from simcse_ml.files import write_text
from simcse_ml.jobs.building import Built, build_encoder, freeze
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.fitting import Fit, fit_stages, plan, training_rows, trial
from simcse_ml.jobs.judging import judge
from simcse_ml.jobs.keeping import keep_model
from simcse_ml.jobs.meters import Meters, meter_rows
from simcse_ml.jobs.preparing_rows import token_rows
from simcse_ml.jobs.request import TrainRequest, TrainResult
from simcse_ml.jobs.resolved import Resolved, differences, from_record, require_same_backbone, versions
from simcse_ml.languages.table import lang_info
from simcse_ml.models.dropout import require_noise
from simcse_ml.models.static import StaticEncoder
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state, write_state
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.labelled.sts import PairSet, read_sts
from simcse_ml.text.prepare import prepare_corpus
from simcse_ml.training.checkpoints import Checkpoints
from simcse_ml.training.devices import pick_device, pick_threads
from simcse_ml.training.stopping import stop_on_signals


def work(
    folder: RunFolder,
    request: TrainRequest,
    choice: Choice,
    sink: Sink,
    *,
    stop_asked: Callable[[], bool],
    resume_command: str,
) -> TrainResult:
    """Everything of a run that is not done yet."""
    language = lang_info(request.language)
    sets, dev = _labelled(request)
    resolved = from_record(read_state(folder).machine)
    _set_threads(resolved.threads if resolved else pick_threads(request.threads))
    device = pick_device(resolved.device if resolved else request.device)
    if choice.is_static and request.static_recipe is not None:
        request = replace(request, recipe=request.static_recipe, static_recipe=None)
        write_text(folder.recipe, recipe_yaml(request.recipe))
    recipe = request.recipe
    corpus = _corpus(request, sets, dev, sink)
    built = build_encoder(choice, recipe, corpus, language, work=folder.path / "work", sink=sink)
    encoder = built.encoder
    freeze(encoder, recipe, device, sink)
    rows = token_rows(corpus, encoder, identity=built.identity, cache=request.cache_dir, sink=sink)
    encoder.to(device)
    fit = Fit(encoder, recipe, corpus, rows, device, sink)
    _require_views(fit)
    if resolved is None:
        resolved = _resolve(fit, choice, built)
        write_state(folder, read_state(folder), machine=resolved.as_record(), fingerprints=_fingerprints(corpus, built))
    else:
        require_same_backbone(resolved, built.fingerprint)
        for change in differences(resolved.versions, versions()):
            sink(Warned(f"{change} since this run began: it goes on, but not bit for bit"))
    checkpoints = Checkpoints(folder.checkpoints)
    sample = meter_rows(corpus.held_out_rows, rows.rows, corpus.train_rows)
    meters = Meters(encoder, sample, dev, resolved.precision, recipe.training.seed)
    write_state(folder, read_state(folder), state="training", steps=sum(s.steps for s in resolved.schedules))
    with stop_on_signals() as signalled:
        fit_stages(
            fit,
            resolved,
            checkpoints=checkpoints,
            evaluate=meters,
            stop_asked=lambda: stop_asked() or signalled(),
            resume_command=resume_command,
        )
    write_state(folder, read_state(folder), state="evaluating")
    selected_by = _select(fit, checkpoints, dev)
    fresh = build_encoder(choice, recipe, corpus, language, work=folder.path / "work", sink=silent).encoder.to(device)
    verdict = judge(encoder, fresh, corpus, sets, dev, recipe, resolved.precision, path=folder.eval, sink=sink)
    kept = encoder
    if dev is not None and verdict.untouched_is_better:
        kept, selected_by = fresh, "dev set: the untouched backbone was better"
    keep_model(kept, folder.model, probes=corpus.texts(corpus.train_rows[:8]), sink=sink)
    write_state(
        folder,
        read_state(folder),
        state="done",
        step=sum(schedule.steps for schedule in resolved.schedules),
        selected_by=selected_by,
        summary={"verdict": verdict.sentence, **verdict.numbers},
    )
    return TrainResult(folder.path, folder.model, verdict.tables, verdict.geometry, verdict.sentence, selected_by)


def _labelled(request: TrainRequest) -> tuple[list[PairSet], PairSet | None]:
    settings = request.recipe.evaluation
    dev = read_sts(Path(settings.dev)) if settings.dev else None
    return [read_sts(Path(name)) for name in settings.sts], dev


def _corpus(request: TrainRequest, sets: list[PairSet], dev: PairSet | None, sink: Sink) -> Corpus:
    recipe = request.recipe
    known = [*sets, *([dev] if dev else [])]
    exclude = sorted({text for pairs in known for text in (*pairs.left, *pairs.right)})
    return prepare_corpus(
        request.inputs,
        lang_info(request.language),
        recipe.text,
        cache=request.cache_dir,
        sink=sink,
        encoding=request.encoding,
        exclude=() if recipe.evaluation.keep_overlap else exclude,
        seed=recipe.training.seed,
    )


def _require_views(fit: Fit) -> None:
    """Stop before training where both views of a sentence would be the same."""
    altered = any(view.kind != "same" for stage in fit.recipe.stages for view in stage.views)
    if isinstance(fit.encoder, StaticEncoder) or altered:
        return
    few = fit.rows.rows.take(training_rows(fit.corpus, fit.rows.rows)[:8])
    require_noise(fit.encoder, few, seed=fit.recipe.training.seed)


def _resolve(fit: Fit, choice: Choice, built: Built) -> Resolved:
    fit.sink(StageStarted("plan"))
    precision = trial(fit)
    return Resolved(
        choice=choice,
        backbone_fingerprint=built.fingerprint,
        device=str(fit.device),
        precision=precision,
        threads=torch.get_num_threads(),
        schedules=plan(fit, precision),
        versions=versions(),
    )


def _select(fit: Fit, checkpoints: Checkpoints, dev: PairSet | None) -> str:
    """Put the chosen checkpoint into the encoder; returns what chose it."""
    best = checkpoints.best()
    if dev is None or best is None:
        return "last checkpoint"
    checkpoints.load_encoder(best.folder, fit.encoder)
    return f"dev set {dev.name}: step {best.step}, {best.score:.1f}"


def _fingerprints(corpus: Corpus, built: Built) -> dict[str, str]:
    return {"corpus": corpus.fingerprint, "corpus_folder": str(corpus.folder), "backbone": built.fingerprint}


def _set_threads(threads: int) -> None:
    """For torch and for the tokenizers, whose own pool would otherwise take every core."""
    torch.set_num_threads(threads)
    os.environ["RAYON_NUM_THREADS"] = str(threads)
