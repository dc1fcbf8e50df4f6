"""Tensor files whose write errors are the system's own, so that a full disk is told as one."""

from __future__ import annotations

import errno
import pickle
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from simcse_ml.errors import ExitCode, UserError


@contextmanager
def system_errors() -> Iterator[None]:
    """Safetensors reports a failed write as an error of its own; within, it is raised as the OSError it came from."""
    try:
        yield
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        raise OSError(int(number[1]) if number else errno.EIO, str(error)) from error


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """`tensors` as safetensors, on the CPU.  Raises: OSError where they cannot be written."""
    with system_errors():
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, path)


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """The tensors of a module's folder: model.safetensors, else pytorch_model.bin read as tensors only.

    Raises: UserError INPUT where there is neither, or it is broken.
    """
    path = folder / "model.safetensors"
    try:
        if path.exists():
            return load_file(path)
        path = folder / "pytorch_model.bin"
        loaded: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        return loaded
    except FileNotFoundError as error:
        raise _broken(folder, "there are no weights (model.safetensors)") from error
    except (SafetensorError, pickle.UnpicklingError, EOFError, RuntimeError) as error:
        raise _broken(path, "the weights cannot be read") from error


def _broken(path: Path, why: str) -> UserError:
    return UserError(why, where=str(path), mend="get the model folder again", exit_code=ExitCode.INPUT)
