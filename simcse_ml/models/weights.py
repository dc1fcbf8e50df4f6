"""Configuration and weights of a transformer from a folder, with the library's complaints as one line."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.families import model_class
from simcse_ml.models.reading import read_json

EXPECTED_MISSING = ("pooler", "position_ids")
"""Parts of names: a language model comes without its pooler, which no pooling here reads."""


def load_config(folder: Path, *, trust: bool) -> Any:  # noqa: ANN401
    """Raises: UserError where it is broken, of an unknown kind, or would run the folder's own code."""
    from transformers import AutoConfig

    _require_own_code(folder, trust=trust)
    with library_errors(folder):
        return AutoConfig.from_pretrained(folder, trust_remote_code=trust, local_files_only=True)


def load_weights(folder: Path, config: Any, *, trust: bool) -> Any:  # noqa: ANN401
    """The model in float32.

    Raises: UserError INPUT where weights are absent, are of another shape, or only some of them are there (the rest
    would be random numbers).
    """
    import torch

    with library_errors(folder), quiet_loading():
        model, told = model_class(config).from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            trust_remote_code=trust,
            local_files_only=True,
            output_loading_info=True,
        )
    missing = sorted(name for name in told["missing_keys"] if not any(part in name for part in EXPECTED_MISSING))
    if missing:
        raise unreadable(folder, f"{len(missing)} of its weights are not in the file ({missing[0]} ...)")
    return model


def notes_on_weights(folder: Path, config: Any) -> list[str]:  # noqa: ANN401
    """What a person should know of the files: half precision, pickles."""
    notes = []
    kept = str(getattr(config, "dtype", None) or "float32").removeprefix("torch.")
    if kept in {"bfloat16", "float16"}:
        notes.append(f"its weights are {kept}; they are trained and saved as float32")
    if not any(folder.glob("*.safetensors")) and any(folder.glob("pytorch_model*.bin")):
        notes.append("its weights are a pickle, read as tensors only (no code of it runs); saved as safetensors")
    return notes


def unreadable(folder: Path, why: str) -> UserError:
    return UserError(
        f"the model cannot be loaded: {why}",
        where=str(folder),
        mend="get the whole model folder (config.json, weights, tokenizer.json)",
        exit_code=ExitCode.INPUT,
    )


@contextmanager
def library_errors(folder: Path, known: Callable[[BaseException], UserError | None] | None = None) -> Iterator[None]:
    """Transformers' own complaints about a folder, as one line; `known` may have a better one."""
    from safetensors import SafetensorError

    try:
        yield
    except (
        OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError, SafetensorError,
        pickle.UnpicklingError,
    ) as error:  # fmt: skip
        if "allocate memory" in str(error):  # "Cannot" of the system, "can't" of torch
            raise UserError(
                "there is not enough memory to load the model",
                where=str(folder),
                mend="end other programs, or take a smaller model",
                exit_code=ExitCode.MACHINE,
            ) from error
        better = known(error) if known is not None else None
        raise better or unreadable(folder, " ".join(str(error).split())[:200]) from error


def _require_own_code(folder: Path, *, trust: bool) -> None:
    """Raises: UserError USAGE where the folder's own code would have to run and nobody has agreed to it."""
    from transformers import CONFIG_MAPPING

    said = read_json(folder / "config.json")
    code = (said.get("auto_map") or {}).get("AutoConfig") or (said.get("auto_map") or {}).get("AutoModel")
    if trust or not code or said.get("model_type") in CONFIG_MAPPING:
        return
    raise UserError(
        f"this model is code of its own ({code}), which would run on this machine",
        where=str(folder),
        mend="read it, and say --trust-remote-code if you agree",
        exit_code=ExitCode.USAGE,
    )


@contextmanager
def quiet_loading() -> Iterator[None]:
    """No load report and no bar on the terminal: unused heads and left-out layers are expected here."""
    from transformers.utils import logging as library

    level = library.get_verbosity()
    library.set_verbosity(logging.ERROR)
    library.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        library.set_verbosity(level)
