"""Before anything is sent: who it is, whether they may write, and what the repository really is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Sink
from simcse_ml.models.locate import client_errors, hub_answers
from simcse_ml.sharing.calls import LOGIN, PROBE_SECONDS, called, refuse
from simcse_ml.sharing.plan import PushPlan

if TYPE_CHECKING:
    from huggingface_hub import HfApi

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Ready:
    """user: who the token belongs to.  exists: whether the repository was there before.  commit: where it stood."""

    user: str
    exists: bool
    private: bool
    commit: str


def repo_id(name: str, organisation: str | None) -> str:
    """owner/name.  Raises: UserError USAGE where the Hub would not take it, or an owner is missing."""
    owner, slash, rest = name.rpartition("/")
    if organisation and slash and owner != organisation:
        raise _usage(f"{owner} and --org {organisation} are two owners", name, "name one")
    owner = owner or organisation or ""
    if not owner:
        raise _usage("the owner is missing", name, f"write YOUR_NAME/{name}, or add --org NAME")
    for part in (owner, rest):
        if not NAME.fullmatch(part) or "--" in part or ".." in part or part.endswith(".git"):
            mend = "letters a-z, digits, - _ and . only, 96 at most, no -- or .., none of them at an end"
            raise _usage(f"the Hub takes no such name: {part or '(nothing)'}", name, mend)
    return f"{owner}/{rest}"


def token_at_hand() -> str:
    """HF_TOKEN or the stored login.  Raises: UserError MACHINE where there is none."""
    from huggingface_hub import get_token

    token = get_token()
    if not token:
        raise UserError("there is no token for the Hub", where="HF_TOKEN", mend=LOGIN, exit_code=ExitCode.MACHINE)
    return token


def require_hub(repo: str) -> None:
    """Raises: UserError MACHINE where offline was asked for, or nobody answers within PROBE_SECONDS."""
    why = hub_answers()
    if why:
        raise UserError(
            f"not sent: {why}",
            where=repo,
            mend="check the network, HF_HUB_OFFLINE, HF_ENDPOINT and the proxy; --dry-run needs none",
            exit_code=ExitCode.MACHINE,
        )


def preflight(plan: PushPlan, api: HfApi, sink: Sink, *, sleep: Callable[[float], None]) -> Ready:
    """Whether this may be sent there. Nothing is created.

    Raises: UserError for a wrong token, no write access, a repository of another type, or one that is public (or
    private) where the plan says otherwise.
    """
    told = called(api.whoami, "asking who you are", plan.repo, sink, sleep=sleep)
    _require_writing(told, plan)
    found = _existing(plan, api, sink, sleep=sleep)
    user = str(told.get("name", ""))
    if found is None:
        _require_no_other_type(plan, api)
        return Ready(user, exists=False, private=not plan.public, commit="")
    private = bool(getattr(found, "private", False))
    if not private and not plan.public:
        raise UserError(
            "this repository is public: everybody could read what is sent",
            where=plan.repo,
            mend="say --public if that is meant, or take another name",
            exit_code=ExitCode.GATE,
        )
    if private and plan.public:
        raise UserError(
            "this repository is private, and a push does not change that",
            where=plan.repo,
            mend="leave --public out, or make it public on its page first",
            exit_code=ExitCode.USAGE,
        )
    return Ready(user, exists=True, private=private, commit=str(getattr(found, "sha", "") or ""))


def _existing(plan: PushPlan, api: HfApi, sink: Sink, *, sleep: Callable[[float], None]) -> object | None:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    def ask() -> object | None:
        try:
            return api.repo_info(plan.repo, repo_type="model", timeout=PROBE_SECONDS)
        except GatedRepoError:
            raise
        except RepositoryNotFoundError as error:
            if error.response is not None and error.response.status_code == 401:
                refuse(error, "looking at the repository", plan.repo)
            return None

    return called(ask, "looking at the repository", plan.repo, sink, sleep=sleep)


def _require_no_other_type(plan: PushPlan, api: HfApi) -> None:
    for kind in ("dataset", "space"):
        try:
            api.repo_info(plan.repo, repo_type=kind, timeout=PROBE_SECONDS)
        except client_errors():
            continue  # there is none, or it is not ours to see: creating the model will say so
        raise UserError(
            f"there is a {kind} of this name, and no model",
            where=plan.repo,
            mend="take another name, so that nobody mistakes one for the other",
            exit_code=ExitCode.USAGE,
        )


def _require_writing(told: dict[str, object], plan: PushPlan) -> None:
    """Raises: UserError MACHINE where the token says of itself that it only reads, or the owner is neither of ours."""
    auth = told.get("auth")
    access = auth.get("accessToken") if isinstance(auth, dict) else None
    role = access.get("role") if isinstance(access, dict) else None
    if role == "read":
        raise UserError("the token may only read", where=plan.repo, mend=LOGIN, exit_code=ExitCode.MACHINE)
    organisations = told.get("orgs")
    names = (
        [one.get("name") for one in organisations if isinstance(one, dict)] if isinstance(organisations, list) else []
    )
    owner = plan.repo.partition("/")[0]
    if not plan.create_pr and owner not in (told.get("name"), *names):
        raise UserError(
            f"you are {told.get('name')}, and not in {owner}",
            where=plan.repo,
            mend=f"push to {told.get('name')}/..., or propose it with --create-pr",
            exit_code=ExitCode.MACHINE,
        )


def _usage(what: str, where: str, mend: str) -> UserError:
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.USAGE)
