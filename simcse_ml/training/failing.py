"""What torch raises when memory ends or a GPU fails in the middle of the work, as one line with its mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.training.devices import mend_of
from simcse_ml.training.memory import is_out_of_memory
from simcse_ml.training.precisions import one_line

GPU_SIGNS = ("CUDA", "HIP", "MPS", "XPU", "cuBLAS", "CUBLAS", "cuDNN", "CUDNN", "MIOpen", "Native API failed")
"""how an error of a GPU names itself; a device is named in small letters (cuda:0), also in errors that are ours"""
UNKNOWN_OPERATOR = "not currently implemented for the MPS"


@contextmanager
def failures_told() -> Iterator[None]:
    """Raises: UserError MACHINE in place of an allocation that failed or an error of a GPU; others stay as they are."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            raise no_memory(error) from error
        if not _of_a_gpu(error):
            raise
        mend = mend_of(error)
        if UNKNOWN_OPERATOR in str(error):
            mend = "set PYTORCH_ENABLE_MPS_FALLBACK=1, or install a newer torch"
        raise UserError(
            f"the GPU failed: {one_line(error)}",
            mend=f"{mend}, or start anew with --device cpu",
            exit_code=ExitCode.MACHINE,
        ) from error


def no_memory(error: BaseException) -> UserError:
    """The one line for an allocation that failed."""
    other = ", or start anew with --device cpu" if _of_a_gpu(error) else ""
    return UserError(
        f"there is not enough memory ({_wanted(error)})",
        mend=f"end other programs, take a smaller backbone or a smaller backbone.max_tokens{other}",
        exit_code=ExitCode.MACHINE,
    )


def _wanted(error: BaseException) -> str:
    """What could not be had, as far as the error says it."""
    text = str(error)
    size = re.search(r"allocate ([\d.]+ [KMGT]iB)", text)
    if size:
        return f"{size[1]} more could not be had"
    count = re.search(r"allocate (\d+) bytes", text)
    if count:
        return f"{int(count[1]) / 2**20:.0f} MiB more could not be had"
    return one_line(error) or "an allocation failed"


def _of_a_gpu(error: BaseException) -> bool:
    return any(sign in str(error) for sign in GPU_SIGNS)
