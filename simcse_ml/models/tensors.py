"""Tensor files whose write errors are the system's own, so that a full disk is told as one."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor


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
