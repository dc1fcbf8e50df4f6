"""How much memory is free on a device, and what its end looks like."""

from __future__ import annotations

import gc
from pathlib import Path

import psutil
import torch

GIB = 2**30
"""as the system's own tools count memory"""
SIGNS = (
    "out of memory",  # CUDA, HIP, MPS, XPU
    "not enough memory",  # the CPU allocator on Linux and Windows
    "can't allocate memory",  # the same, with errno
    "cannot allocate memory",  # the system's own words
    "defaultcpuallocator",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "ur_result_error_out_of_",  # XPU's driver
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that an allocation failed, on any device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error).lower() for sign in SIGNS)


def free_memory(device: torch.device) -> int:
    """Bytes that this process may still take on `device`."""
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0] + kept)
    if device.type == "xpu":
        kept = torch.xpu.memory_reserved(device) - torch.xpu.memory_allocated(device)
        return int(torch.xpu.mem_get_info(device)[0] + kept)
    if device.type == "mps":  # shared with the processor
        left = torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
        return int(min(left, free_host_memory()))
    return free_host_memory()


def free_host_memory(root: Path = Path("/")) -> int:
    """Bytes of main memory that this process may still take: what the system has, a container or a limit allows."""
    free = int(psutil.virtual_memory().available)
    process = psutil.Process()
    if hasattr(process, "rlimit"):
        limit, _ = process.rlimit(psutil.RLIMIT_AS)
        if limit != psutil.RLIM_INFINITY:
            free = min(free, limit - process.memory_info().vms)
    group = root / "sys" / "fs" / "cgroup"
    for most, used in (
        (group / "memory.max", group / "memory.current"),
        (group / "memory" / "memory.limit_in_bytes", group / "memory" / "memory.usage_in_bytes"),
    ):
        allowed, taken = _number(most), _number(used)
        if allowed is not None and taken is not None:
            free = min(free, allowed - taken)
    return max(free, 0)


def give_back(device: torch.device) -> None:
    """Return what torch holds for later to the device, after an allocation failed."""
    gc.collect()
    if device.type != "cpu":
        {"cuda": torch.cuda, "xpu": torch.xpu, "mps": torch.mps}[device.type].empty_cache()


def _number(path: Path) -> int | None:
    """The number in a file of the cgroup; None where there is none or it says max."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
