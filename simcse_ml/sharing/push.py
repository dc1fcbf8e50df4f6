"""Sending a plan: only what is not there yet, a large file at a time, one commit, and read back before it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Said, Sink, StageStarted
from simcse_ml.sharing.calls import called
from simcse_ml.sharing.files import SentFile
from simcse_ml.sharing.plan import PushPlan
from simcse_ml.sharing.preflight import Ready

if TYPE_CHECKING:
    from huggingface_hub import HfApi

STAGE = "sending"
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Pushed:
    """sent: names of what was new.  already: of what was there.  commit: "" where nothing had to be sent."""

    url: str
    private: bool
    commit: str
    pull_request: str
    sent: tuple[str, ...]
    already: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {**self.__dict__, "verified": True}


def send(plan: PushPlan, ready: Ready, api: HfApi, sink: Sink, *, sleep: Sleep) -> Pushed:
    """Create the repository if need be, send, and compare every hash.

    Killed and run again, large files that arrived are not sent a second time.
    Raises: UserError MACHINE where the Hub refuses, is not as private as it was asked to be, or has other bytes.
    """
    if not ready.exists:
        _create(plan, api, sink, sleep=sleep)
    _branch(plan, api, sink, sleep=sleep)
    there = _hashes(plan.files, plan.repo, plan.revision or None, api, sink, sleep=sleep)
    new = [file for file in plan.files if not _same(file, there)]
    already = tuple(file.path for file in plan.files if file not in new)
    url = f"{api.endpoint}/{plan.repo}"
    if not new:
        sink(Said("push", "everything is there already"))
        return Pushed(url, not plan.public, "", "", (), already)
    commit = _commit(plan, new, api, sink, sleep=sleep)
    pull_request = str(commit.pr_url or "") if plan.create_pr else ""
    at = str(commit.pr_revision) if plan.create_pr else str(commit.oid)
    _require_arrived(plan, at, api, sink, sleep=sleep)
    return Pushed(url, not plan.public, str(commit.oid), pull_request, tuple(file.path for file in new), already)


def _create(plan: PushPlan, api: HfApi, sink: Sink, *, sleep: Sleep) -> None:
    """Private, and looked at again: what the server made counts, not what it was asked for."""
    called(
        lambda: api.create_repo(plan.repo, repo_type="model", private=not plan.public, exist_ok=True),
        "creating the repository",
        plan.repo,
        sink,
        sleep=sleep,
    )
    made = called(lambda: api.repo_info(plan.repo), "looking at the new repository", plan.repo, sink, sleep=sleep)
    if not plan.public and not made.private:
        raise UserError(
            "the Hub made it public although private was asked for; nothing was sent",
            where=plan.repo,
            mend="look at the settings of the owner, delete the empty repository, and try again",
            exit_code=ExitCode.GATE,
        )


def _branch(plan: PushPlan, api: HfApi, sink: Sink, *, sleep: Sleep) -> None:
    if plan.revision and not plan.create_pr:
        called(
            lambda: api.create_branch(plan.repo, branch=plan.revision, exist_ok=True),
            "making the branch",
            plan.repo,
            sink,
            sleep=sleep,
        )


def _commit(plan: PushPlan, new: Sequence[SentFile], api: HfApi, sink: Sink, *, sleep: Sleep) -> Any:  # noqa: ANN401
    """Large files one after the other, so that each that arrived stays; then all in one commit."""
    from huggingface_hub import CommitOperationAdd

    total, done = sum(file.size for file in new), 0
    revision = plan.revision or None
    sink(StageStarted(STAGE, total=total))
    operations = []
    for file in sorted(new, key=lambda file: file.size):
        source = file.source if isinstance(file.source, bytes) else str(file.source)
        operation = CommitOperationAdd(path_in_repo=file.path, path_or_fileobj=source)
        _require_unchanged(file, operation.upload_info.sha256.hex())
        operations.append(operation)
        called(
            lambda operation=operation: api.preupload_lfs_files(  # type: ignore[misc]
                plan.repo,
                [operation],
                revision=revision,
                create_pr=plan.create_pr,
                free_memory=False,
                gitignore_content="",
            ),
            f"sending {file.path}",
            plan.repo,
            sink,
            sleep=sleep,
        )
        done += file.size
        sink(Progress(STAGE, done, total, file.path))
    return called(
        lambda: api.create_commit(
            plan.repo,
            operations,
            commit_message="Add a sentence-embedding model made by simcse-ml",
            revision=revision,
            create_pr=plan.create_pr,
        ),
        "committing",
        plan.repo,
        sink,
        sleep=sleep,
    )


def _require_unchanged(file: SentFile, sha256: str) -> None:
    """Raises: UserError GATE where the file is no longer the one that was looked through."""
    if sha256 != file.sha256:
        raise UserError(
            "this file changed after it was looked through",
            where=file.path,
            mend="run the same command again",
            exit_code=ExitCode.GATE,
        )


def _hashes(
    files: Sequence[SentFile], repo: str, revision: str | None, api: HfApi, sink: Sink, *, sleep: Sleep
) -> Mapping[str, str]:
    """path: sha256 of a large file there, git's hash of a small one."""
    from huggingface_hub.hf_api import RepoFile

    paths = [file.path for file in files]
    found = called(
        lambda: api.get_paths_info(repo, paths, revision=revision),
        "reading back what is there",
        repo,
        sink,
        sleep=sleep,
    )
    return {
        entry.path: (entry.lfs.sha256 if entry.lfs is not None else entry.blob_id)
        for entry in found
        if isinstance(entry, RepoFile)
    }


def _same(file: SentFile, there: Mapping[str, str]) -> bool:
    return there.get(file.path) in (file.sha256, file.blob)


def _require_arrived(plan: PushPlan, revision: str, api: HfApi, sink: Sink, *, sleep: Sleep) -> None:
    there = _hashes(plan.files, plan.repo, revision, api, sink, sleep=sleep)
    wrong = [file.path for file in plan.files if not _same(file, there)]
    if wrong:
        raise UserError(
            f"what arrived is not what was sent: {', '.join(wrong[:5])}",
            where=plan.repo,
            mend="run the same command again",
            exit_code=ExitCode.MACHINE,
        )
