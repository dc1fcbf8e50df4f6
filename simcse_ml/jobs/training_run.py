"""The parts of a training, in order: backbone, tokens, plan, stages, scores, model. The text is there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from simcse_ml.events import Sink, StageStarted, Warned, silent
from simcse_ml.jobs.building import Built
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.fitting import fit_stages, plan, trial
from simcse_ml.jobs.gathering import Gathered
from simcse_ml.jobs.keeping import describe_model, keep_model
from simcse_ml.jobs.meters import Meters, meter_rows
from simcse_ml.jobs.pinned import PinWatch
from simcse_ml.jobs.reached import complete, reached_before, select
from simcse_ml.jobs.ready import make_ready, untrained
from simcse_ml.jobs.request import TrainResult
from simcse_ml.jobs.resolved import (
    Resolved,
    differences,
    require_same_backbone,
    versions,
    with_halvings,
)
from simcse_ml.jobs.staging import Fit, training_rows
from simcse_ml.models.dropout import require_noise
from simcse_ml.models.finishing import require_possible
from simcse_ml.runs.folder import RunFolder
from simcse_ml.runs.state import read_state, write_state
from simcse_ml.training.checkpoints import Checkpoints
from simcse_ml.training.devices import name_of
from simcse_ml.training.failing import failures_told
from simcse_ml.training.group import join, leave, told
from simcse_ml.training.schedule import Halving
from simcse_ml.training.stopping import stop_on_signals


@failures_told()
def work(
    folder: RunFolder,
    gathered: Gathered,
    choice: Choice,
    sink: Sink,
    *,
    stop_asked: Callable[[], bool],
    resume_command: str,
) -> TrainResult:
    """Everything of a run that is not done yet."""
    request, corpus, dev = gathered.request, gathered.corpus, gathered.dev
    recipe = request.recipe
    ready = make_ready(folder, gathered, choice, sink)
    built, resolved = ready.built, ready.resolved
    checkpoints = Checkpoints(folder.checkpoints)
    watch = PinWatch(folder, ready.fit, begins=checkpoints.latest() is None)
    fit = replace(ready.fit, sink=watch)
    encoder, rows, device = fit.encoder, fit.rows, fit.device
    _require_views(fit)
    require_possible(encoder, recipe.finish)
    if resolved is None:
        resolved = _resolve(fit, choice, built)
        write_state(folder, read_state(folder), machine=resolved.as_record(), fingerprints=_fingerprints(fit, built))
    else:
        require_same_backbone(resolved, built.fingerprint)
        for change in differences(resolved.versions, versions(name_of(device))):
            sink(Warned(f"{change} since this run began: it goes on, but not bit for bit"))
    watch.precision = resolved.precision
    sample = meter_rows(corpus.held_out_rows, rows.rows, rows.among(corpus.train_rows))
    meters = Meters(encoder, sample, dev, resolved.precision, recipe.training.seed)
    write_state(folder, read_state(folder), state="training", steps=sum(s.steps for s in resolved.schedules))
    group = join(request.launch.rank, request.launch.size)
    told(group, str(folder.path))  # the others open the run now: jobs/follow.py
    with stop_on_signals() as signalled:
        fit_stages(
            fit,
            resolved,
            checkpoints=checkpoints,
            evaluate=meters,
            stop_asked=lambda: stop_asked() or signalled(),
            resume_command=resume_command,
            keep_halvings=lambda stage, halvings: _keep_halvings(folder, stage, halvings),
            group=group,
        )
    leave(group)
    write_state(folder, read_state(folder), state="evaluating")
    return _concluded(folder, gathered, choice, fit, resolved, checkpoints, sink)


def _concluded(
    folder: RunFolder,
    gathered: Gathered,
    choice: Choice,
    fit: Fit,
    resolved: Resolved,
    checkpoints: Checkpoints,
    sink: Sink,
) -> TrainResult:
    """Score what was trained beside what costs nothing, and keep the better of trained and untouched."""
    from simcse_ml.jobs.judging import judge  # scipy is loaded here: nothing before needs it

    corpus, dev, encoder = gathered.corpus, gathered.dev, fit.encoder
    earlier = reached_before(fit, checkpoints) if gathered.sets else {}
    selected_by = select(fit, checkpoints, dev, folder.events)
    for one in (encoder, *earlier.values()):
        complete(one, fit)
    fresh = untrained(folder, gathered, choice, silent).encoder.to(fit.device)
    verdict = judge(
        encoder,
        fresh,
        corpus,
        gathered.sets,
        dev,
        fit.recipe,
        resolved.precision,
        path=folder.eval,
        sink=sink,
        earlier=earlier,
    )
    kept = encoder
    if dev is not None and verdict.untouched_is_better:
        kept, selected_by = fresh, "dev set: the untouched backbone was better"
    keep_model(kept, folder.model, probes=corpus.texts(corpus.train_rows[:8]), sink=sink)
    write_state(
        folder,
        read_state(folder),
        step=sum(schedule.steps for schedule in resolved.schedules),
        selected_by=selected_by,
        summary={"verdict": verdict.sentence, **verdict.numbers},
    )
    describe_model(folder, corpus.report)
    write_state(folder, read_state(folder), state="done")
    return TrainResult(folder.path, folder.model, verdict.tables, verdict.geometry, verdict.sentence, selected_by)


def _keep_halvings(folder: RunFolder, stage: int, halvings: Sequence[Halving]) -> None:
    state = read_state(folder)
    write_state(folder, state, machine=with_halvings(state.machine, stage, halvings))


def _require_views(fit: Fit) -> None:
    """Stop before training where both views of a sentence would be the same, be it in a part of the batches."""
    if not any(view.kind == "same" for stage in fit.recipe.stages if stage.data == "text" for view in stage.views):
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
        versions=versions(name_of(fit.device)),
    )


def _fingerprints(fit: Fit, built: Built) -> dict[str, str]:
    marks = {"corpus": fit.corpus.fingerprint, "corpus_folder": str(fit.corpus.folder), "backbone": built.fingerprint}
    if fit.speech is None:
        return marks
    return {**marks, "language_head": "of the checkpoint" if fit.speech.language.own else "trained in this run"}
