"""Where a named backbone is: on this disk, or on the Hub within a few seconds, or not to be had.

What lies on disk is never asked for elsewhere.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from simcse_ml.errors import ExitCode, UserError

PROBE_SECONDS = 3.0
ASK_SECONDS = 2.0
LARGE_BYTES = 1_000_000_000
WANTED = (
    "README.md",
    "*.json",
    "*.txt",
    "*.model",
    "*.codes",
    "*.tiktoken",
    "*.safetensors",
    *(f"{n}_*/*" for n in range(6)),
)
PICKLED = ("pytorch_model*.bin",)
UNWANTED = ("onnx/*", "openvino/*", "checkpoint-*/*")


@dataclass(frozen=True)
class Located:
    """folder: on disk.  revision: the commit, where the model came from the Hub."""

    name: str
    folder: Path
    revision: str = ""


def on_disk(name: str) -> Located | None:
    """A folder of that name, or a whole snapshot in the Hub's cache; no network."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return Located(name, folder.resolve())
    if not _looks_like_hub_id(name):
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    model, revision = with_revision(name)
    try:
        found = Path(snapshot_download(model, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return Located(model, found, found.name) if _whole(found) else None


def with_revision(name: str) -> tuple[str, str | None]:
    """owner/name@revision in two; the revision is a branch, a tag or a commit."""
    model, _, revision = name.partition("@")
    return model, revision or None


def _whole(folder: Path) -> bool:
    """Whether a snapshot has a model and all of its weights: a download may have been broken off."""
    if not any((folder / name).exists() for name in ("config.json", "modules.json")):
        return False
    index = folder / "model.safetensors.index.json"
    if index.exists():
        parts = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return all((folder / part).exists() for part in parts)
    return any(any(folder.glob(pattern)) for pattern in ("*.safetensors", "*/model.safetensors", *PICKLED))


def hub_answers() -> str:
    """Why the Hub cannot be reached, in a few words, "" if it can; after at most PROBE_SECONDS."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "offline was asked for"
    parts = urlsplit(constants.ENDPOINT)
    host = parts.hostname or ""
    if getproxies().get(parts.scheme) and not proxy_bypass(host):
        return ""  # only the client can ask through the proxy
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout=PROBE_SECONDS):
            return ""
    except OSError:
        return "the Hub cannot be reached"


def locate(name: str, *, offline: bool, allow_large: bool, own_code: bool = False) -> Located:
    """The named backbone on this disk, fetched if need be.

    own_code: fetch the code of the model's folder too, for somebody who agreed to run it.

    Raises: UserError (MACHINE) within six seconds if it is not to be had, (USAGE) if the name can mean nothing.
    """
    found = on_disk(name)
    if found is not None:
        return found
    if not _looks_like_hub_id(name):
        raise UserError(
            "there is no such folder, and this is no Hub id (owner/name)",
            where=f"backbone {name}",
            mend="check the path, or use builtin:static",
            exit_code=ExitCode.MACHINE,
        )
    why = "offline was asked for" if offline else hub_answers()
    if why:
        raise _not_to_be_had(name, f"it is not on this machine and {why}")
    return _fetch(name, allow_large=allow_large, own_code=own_code)


def first_available(names: Sequence[str], *, offline: bool) -> tuple[Located | None, str]:
    """The first of `names` that is on disk, else the first that the Hub gives; and the reason when there is none."""
    for name in names:
        found = on_disk(name)
        if found is not None:
            return found, ""
    if not names:
        return None, "no backbone is recommended for this language yet"
    why = "offline was asked for" if offline else hub_answers()
    if why:
        return None, f"{names[0]} is not on this machine and {why}"
    from huggingface_hub.errors import HfHubHTTPError

    reasons = []
    for name in names:
        try:
            return _fetch(name, allow_large=False), ""
        except UserError as error:
            reasons.append(error.what)
            if not isinstance(error.__cause__, HfHubHTTPError | None):
                break  # a Hub that says nothing of one model says nothing of the next
    return None, reasons[0]


def client_errors() -> tuple[type[Exception], ...]:
    """What a call to the Hub raises: the errors of huggingface_hub, of the HTTP client below it, and the system's."""
    from huggingface_hub.errors import HfHubHTTPError

    kinds = [kind for kind in HfHubHTTPError.__mro__ if issubclass(kind, Exception) and kind.__name__ == "HTTPError"]
    return (*kinds, OSError)


def _fetch(name: str, *, allow_large: bool, own_code: bool = False) -> Located:
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    name, revision = with_revision(name)
    try:
        info = HfApi().model_info(name, revision=revision, timeout=ASK_SECONDS, files_metadata=True)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
        wanted = wanted_files(sizes, own_code=own_code)
        size = sum(sizes[file] for file in sizes if any(fnmatch(file, pattern) for pattern in wanted))
        if size > LARGE_BYTES and not allow_large:
            raise UserError(
                f"it is a download of {size / 1e9:.1f} GB",
                where=f"backbone {name}",
                mend="say --yes to fetch it",
                exit_code=ExitCode.MACHINE,
            )
        # by its branch and not by info.sha: only then the cache finds it again under that name
        folder = snapshot_download(name, revision=revision, allow_patterns=wanted, ignore_patterns=list(UNWANTED))
    except GatedRepoError as error:
        page = f"{constants.ENDPOINT}/{name}"
        why = f"it is gated: open {page}, click to agree to the conditions, then log in (hf auth login)"
        raise _not_to_be_had(name, why) from error
    except RevisionNotFoundError as error:
        raise _not_to_be_had(name, f"it has no revision {revision}") from error
    except RepositoryNotFoundError as error:
        raise _not_to_be_had(name, "the Hub knows no such model, or it is private") from error
    except client_errors() as error:
        raise _not_to_be_had(name, f"the Hub did not give it ({type(error).__name__})") from error
    return Located(name, Path(folder), Path(folder).name)


def wanted_files(names: Iterable[str], *, own_code: bool) -> list[str]:
    """Patterns of what to fetch from a repository of `names`; pickled weights only where there are no others."""
    safe = any(name.endswith(".safetensors") and "/" not in name for name in names)
    return [*WANTED, *(() if safe else PICKLED), *(("*.py",) if own_code else ())]


def _not_to_be_had(name: str, why: str) -> UserError:
    return UserError(
        f"the backbone cannot be had: {why}",
        where=f"backbone {name}",
        mend="name a folder on this machine, or use builtin:static",
        exit_code=ExitCode.MACHINE,
    )


def _looks_like_hub_id(name: str) -> bool:
    owner, _, rest = name.partition("/")
    return bool(owner and rest) and "/" not in rest and not name.startswith((".", "~", "/")) and ":" not in name
