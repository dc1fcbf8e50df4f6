"""Where a named backbone is: on this disk, or on the Hub within a few seconds, or not to be had.

What lies on disk is never asked for elsewhere.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

from simcse_ml.errors import ExitCode, UserError

PROBE_SECONDS = 3.0
ASK_SECONDS = 2.0
LARGE_BYTES = 1_000_000_000
WANTED = ("*.json", "*.txt", "*.model", "*.codes", "*.tiktoken", "*.safetensors", *(f"{n}_*/*" for n in range(6)))
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

    try:
        found = Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    if not any((found / name).exists() for name in ("config.json", "modules.json")):
        return None
    return Located(name, found, found.name)


def hub_answers() -> str:
    """Why the Hub cannot be reached, in a few words, "" if it can; after at most PROBE_SECONDS."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "offline was asked for"
    parts = urlsplit(constants.ENDPOINT)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=PROBE_SECONDS):
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
    reasons = []
    for name in names:
        try:
            return _fetch(name, allow_large=False), ""
        except UserError as error:
            reasons.append(error.what)
    return None, reasons[0]


def _fetch(name: str, *, allow_large: bool, own_code: bool = False) -> Located:
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    try:
        info = HfApi().model_info(name, timeout=ASK_SECONDS, files_metadata=True)
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
        folder = snapshot_download(name, revision=info.sha, allow_patterns=wanted, ignore_patterns=list(UNWANTED))
    except GatedRepoError as error:
        raise _not_to_be_had(name, "its owner wants you to accept conditions on its Hub page first") from error
    except RepositoryNotFoundError as error:
        raise _not_to_be_had(name, "the Hub knows no such model, or it is private") from error
    except (HfHubHTTPError, OSError) as error:
        raise _not_to_be_had(name, f"the Hub did not give it ({type(error).__name__})") from error
    return Located(name, Path(folder), str(info.sha or ""))


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
