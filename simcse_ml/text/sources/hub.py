"""Rows of a data set on the Hugging Face Hub, streamed; nothing is asked but what the data set is and what it holds.

A revision is pinned before anything is read, so the same name and commit always give the same text, and a broken
connection costs nothing: read again, the stream gives the same rows, and what has been prepared of them is kept.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NoReturn
from urllib.parse import urlsplit

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.text.sources.blocks import Block, Facts, Hints, Source
from simcse_ml.text.sources.columns import choose_column
from simcse_ml.text.sources.location import HubId
from simcse_ml.text.sources.rows import SAMPLE, Row, text_blocks

PROBE_SECONDS = 2.0
ASK_SECONDS = 3.0
"""together under the six seconds within which a person is told"""
RAW = 120
FILES = "give a data set of files (Parquet, JSON, CSV, text)"


def pinned(name: HubId) -> HubId:
    """The same with the commit it stands at now. Raises: UserError(MACHINE) in six seconds if it is not to be had."""
    if name.revision:
        return name
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    _require_hub(name)
    try:
        info = HfApi().dataset_info(name.id, timeout=ASK_SECONDS)
    except GatedRepoError as error:
        _refuse(name, "this data set is gated", "agree to its terms on the Hub and log in (hf auth login)", error)
    except RepositoryNotFoundError as error:
        what = "there is no such file, and no such data set on the Hub (or it is private)"
        _refuse(name, what, "check the name, or log in for a private one", error)
    except (HfHubHTTPError, OSError, ValueError) as error:
        _refuse(name, f"the Hub did not say what this data set is ({_short(error)})", "try again later", error)
    except _client_errors() as error:
        _refuse(name, f"the Hub did not answer ({_short(error)})", "try again later", error)
    return replace(name, revision=info.sha or "")


def hub_source(name: HubId, hints: Hints) -> Source:
    """Its rows. Raises: UserError(MACHINE) if it is not to be had, (INPUT) if no column can be taken as the text."""
    name = pinned(name)
    facts = Facts(str(replace(name, revision="")), format="data set on the Hub", encoding="utf-8")
    rows = _rows(name, facts)
    head = list(islice(rows, SAMPLE))
    column = choose_column([row.fields for row in head if row.fields is not None], facts, hints)
    return Source(facts, _blocks(head, rows, column, facts))


def _blocks(head: list[Row], rows: Iterator[Row], column: str, facts: Facts) -> Iterator[Block]:
    def both() -> Iterator[Row]:
        yield from head
        yield from rows

    return text_blocks(both(), column, facts)


def _rows(name: HubId, facts: Facts) -> Iterator[Row]:
    number = 0
    try:
        for record in _records(name, facts):
            number += 1
            raw = str(record)
            facts.bytes += len(raw.encode("utf-8", "surrogatepass"))
            yield Row(record, number, raw[:RAW])
    except _reading_errors() as error:
        what = f"reading it ended after {number:,} rows ({_short(error)})"
        _refuse(name, what, "run the same command again: what has been prepared is kept", error)


def _client_errors() -> tuple[type[Exception], ...]:
    """What the HTTP client raises that this version of huggingface_hub is built on."""
    from huggingface_hub.errors import HfHubHTTPError

    return tuple(
        kind for kind in HfHubHTTPError.__mro__ if issubclass(kind, Exception) and kind.__name__ == "HTTPError"
    )


def _reading_errors() -> tuple[type[Exception], ...]:
    """What the readers of `datasets` raise: their formats', their own, the client's."""
    from datasets.exceptions import DatasetsError
    from pyarrow.lib import ArrowException

    return (OSError, ValueError, RuntimeError, EOFError, DatasetsError, ArrowException, *_client_errors())


def _records(name: HubId, facts: Facts) -> Iterator[Mapping[str, object]]:
    import datasets

    datasets.disable_progress_bars()
    try:
        found = datasets.load_dataset(name.id, name.config or None, streaming=True, revision=name.revision or None)
    except (ValueError, RuntimeError) as error:
        _refuse_unreadable(name, error)
    except datasets.exceptions.DatasetsError as error:
        _refuse_unreadable(name, error)
    splits = list(found)
    split = name.split or ("train" if "train" in splits else splits[0])
    if split not in splits:
        mend = f"it has {', '.join(splits[:8])}"
        raise UserError(f"it has no split {split}", where=name.id, mend=mend, exit_code=ExitCode.INPUT)
    if not name.split and len(splits) > 1:
        facts.warn(f"{facts.name}: split {split} is read; there are also {', '.join(s for s in splits if s != split)}")
    facts.format = f"data set on the Hub, split {split}, commit {name.revision[:8]}"
    yield from found[split]


def _refuse_unreadable(name: HubId, error: Exception) -> NoReturn:
    text = str(error)
    if "config" in text.lower() and "pick one" in text.lower():
        mend = (
            f"name one, hf:{name.id}:CONFIG, of {text.partition('[')[2].partition(']')[0].replace(chr(39), '')[:200]}"
        )
        raise UserError(
            "it has several configurations", where=str(name), mend=mend, exit_code=ExitCode.INPUT
        ) from error
    if "scripts are no longer supported" in text:
        what, mend = (
            "this data set is a program, which is not run",
            "give a data set of files (Parquet, JSON, CSV, text)",
        )
        raise UserError(what, where=str(name), mend=mend, exit_code=ExitCode.INPUT) from error
    _refuse(name, f"it cannot be read ({_short(error)})", "give a data set of files (Parquet, JSON, CSV, text)", error)


def _require_hub(name: HubId) -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        _refuse(name, "there is no such file, and the Hub is not asked: offline was asked for", "give a file", None)
    parts = urlsplit(constants.ENDPOINT)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=PROBE_SECONDS).close()
    except OSError as error:
        what = "there is no such file, and the Hub cannot be reached to look for a data set of that name"
        _refuse(name, what, "check the path or the network", error)


def _refuse(name: HubId, what: str, mend: str, error: Exception | None) -> NoReturn:
    raise UserError(what, where=name.id, mend=mend, exit_code=ExitCode.MACHINE) from error


def _short(error: Exception) -> str:
    return (str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__)[:160]
