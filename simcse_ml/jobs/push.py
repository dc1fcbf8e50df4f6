"""`push`: a run's model to the Hub. First a plan that a person can read, then exactly that, read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink, StageStarted
from simcse_ml.jobs.using import run_corpus
from simcse_ml.runs.evaluation import read_evaluation
from simcse_ml.runs.folder import RunFolder, find_run
from simcse_ml.runs.state import RunState, read_state
from simcse_ml.settings.schema import Recipe
from simcse_ml.sharing.calls import patient_client, wait_then
from simcse_ml.sharing.card import render_card
from simcse_ml.sharing.described import Chosen, Described, describe
from simcse_ml.sharing.files import made_files, model_files
from simcse_ml.sharing.gate import Finding, Kind, Private, look_through
from simcse_ml.sharing.licences import UNKNOWN, backbone_licence, require_licence
from simcse_ml.sharing.person import inputs_on_disk, private_names, private_paths
from simcse_ml.sharing.plan import PushPlan, require_clean
from simcse_ml.sharing.preflight import preflight, repo_id, require_hub, token_at_hand
from simcse_ml.sharing.push import Pushed, send
from simcse_ml.text.corpus import Corpus

SENT_ANEW = ("model", "eval.json", "recipe.yaml")
"""of a run: the folder that is sent, and what is written anew for others"""
LEARNT = "its tokenizer was learnt from your text: pieces, and some whole words and names, of it are its vocabulary"
GONE = "the text of this run is no longer in the cache, so its sentences could not be looked for"


@dataclass(frozen=True)
class PushRequest:
    """repo: owner/name, or a name with `organisation`.  accept: kinds of findings the person agrees to.

    base_model: Hub id of the backbone where the run knows only a folder.  shown: hash of the plan the person saw, None
    to take what is there now.
    """

    run: str
    repo: str
    runs_dir: Path
    cache_dir: Path
    licence: str | None = None
    public: bool = False
    create_pr: bool = False
    revision: str = ""
    organisation: str | None = None
    base_model: str = ""
    name_sets: bool = False
    accept: tuple[str, ...] = ()
    shown: str | None = None


def plan_push(request: PushRequest, sink: Sink) -> PushPlan:
    """Everything that would be sent, looked through byte by byte. Needs no network.

    Raises: UserError for a run without a model, a name that the Hub does not take, or a missing licence.
    """
    repo = repo_id(request.repo, request.organisation)
    accepted = _kinds(request.accept)
    run = find_run(request.run, request.runs_dir)
    state = read_state(run)
    _require_model(run, state)
    choice: Any = state.machine["choice"]
    folder = Path(choice["folder"]) if choice["folder"] else None
    base = backbone_licence(request.base_model or choice["name"], folder) if folder else ""
    chosen = Chosen(repo, require_licence(request.licence, base), request.base_model, request.name_sets)
    corpus = _corpus(run)
    evaluation = read_evaluation(run)
    described = describe(
        chosen, state.model_dump(mode="json"), evaluation, corpus.report if corpus else None, run.model
    )
    files, left = model_files(run.model)
    card = render_card(described, private=not request.public)
    files += made_files(card, described.recipe_yaml, _public(evaluation, described))
    sink(StageStarted("looking through every file", total=len(files)))
    private = _private(request, run, state, corpus)
    allowed = (repo, repo.partition("/")[0], described.base.id, *_set_names(described, request))
    findings = [
        *look_through(files, private, sorted(filter(None, allowed), key=len, reverse=True)),
        *_of_the_whole(described, corpus),
    ]
    left_out = [*left, *sorted(path.name for path in run.path.iterdir() if path.name not in SENT_ANEW)]
    return PushPlan(
        repo=repo,
        public=request.public,
        create_pr=request.create_pr,
        revision=request.revision,
        licence=chosen.licence,
        files=tuple(sorted(files, key=lambda file: file.path)),
        left_out=tuple(left_out),
        findings=tuple(findings),
        accepted=accepted,
        notes=tuple(_notes(described, request)),
    )


def push(
    request: PushRequest, sink: Sink, plan: PushPlan | None = None, *, sleep: Callable[[float], None] = wait_then
) -> Pushed:
    """Send `plan`, or one that is made now.

    Raises: UserError GATE where something was found that was not accepted, or the bytes are not those that were shown;
    MACHINE where the Hub is not to be had or refuses.
    """
    plan = plan or plan_push(request, sink)
    if request.shown is not None and request.shown != plan.hash:
        raise UserError(
            "the files are no longer those that were shown",
            where=plan.repo,
            mend="look at a new dry run first",
            exit_code=ExitCode.GATE,
        )
    require_clean(plan)
    token = token_at_hand()
    require_hub(plan.repo)
    from huggingface_hub import HfApi
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    api = HfApi(token=token, library_name="simcse-ml")
    with patient_client():
        ready = preflight(plan, api, sink, sleep=sleep)
        visible = "public" if plan.public else "private"
        sink(Said("push", f"{plan.repo} ({visible}, {'exists' if ready.exists else 'new'}), as {ready.user}"))
        return send(plan, ready, api, sink, sleep=sleep)


def _require_model(run: RunFolder, state: RunState) -> None:
    if state.state != "done" or not run.model.is_dir():
        raise UserError(
            "this run has no model yet",
            where=str(run.path),
            mend=f"bring it to its end: simcse-ml train --resume {run.path}",
            exit_code=ExitCode.INPUT,
        )


def _kinds(accept: Sequence[str]) -> frozenset[Kind]:
    known: tuple[Kind, ...] = get_args(Kind)
    unknown = [name for name in accept if name not in known]
    if unknown:
        raise UserError(
            f"{unknown[0]} is nothing that is found",
            where="--accept",
            mend=f"one of {', '.join(known)}",
            exit_code=ExitCode.USAGE,
        )
    return frozenset(kind for kind in known if kind in accept)


def _corpus(run: RunFolder) -> Corpus | None:
    try:
        return run_corpus(run)
    except UserError:
        return None  # said as a finding that must be accepted


def _public(evaluation: Mapping[str, Any], described: Described) -> dict[str, object]:
    """eval.json with the sets called as in the card."""
    return {**evaluation, "sets": list(described.scores), "verdict": described.verdict}


def _private(request: PushRequest, run: RunFolder, state: RunState, corpus: Corpus | None) -> Private:
    recipe = Recipe.model_validate(state.asked["recipe"])  # a run of an earlier version has fewer keys
    labelled = [*recipe.evaluation.sts, *recipe.nli.paths, recipe.evaluation.dev]
    lists = [view.synonyms for stage in recipe.stages for view in stage.views]
    of_text = [*inputs_on_disk(state.inputs), run.path.resolve(), *_resolved(lists)]
    of_sets = _resolved(labelled)
    choice: Any = state.machine["choice"]
    places = [*of_text, *of_sets, request.cache_dir.resolve(), *([Path(choice["folder"])] if choice["folder"] else [])]
    named = of_text if request.name_sets else [*of_text, *of_sets]
    token = _stored_token()
    return Private(
        None if corpus is None else lambda: _blocks(corpus),
        private_paths(places),
        private_names(named),
        (token,) if token else (),
    )


def _resolved(names: Iterable[str | None]) -> list[Path]:
    return [Path(name).expanduser().resolve() for name in names if name]


def _blocks(corpus: Corpus) -> Iterable[Sequence[str]]:
    return corpus.iterate(batch=4096)


def _stored_token() -> str | None:
    from huggingface_hub import get_token

    return get_token()


def _set_names(described: Described, request: PushRequest) -> list[str]:
    return [str(record["set"]) for record in described.scores] if request.name_sets else []


def _of_the_whole(described: Described, corpus: Corpus | None) -> list[Finding]:
    """What no single byte tells."""
    found = [Finding("tokenizer", "tokenizer.json", LEARNT)] if described.base.builtin else []
    if described.base.conflict:
        found.append(Finding("licence", "README.md", described.base.conflict))
    return found if corpus is not None else [*found, Finding("text", "", GONE)]


def _notes(described: Described, request: PushRequest) -> list[str]:
    notes = []
    base = described.base
    if not base.builtin and not base.id:
        notes.append("the card cannot name the backbone, which came from a folder: --base-model OWNER/NAME names it")
    if not base.builtin and base.licence == UNKNOWN:
        notes.append("the licence of the backbone is not known here: read it before you choose one")
    if described.scores and not request.name_sets:
        notes.append("the card calls labelled sets by number; --name-sets calls them as their files are called")
    return notes
