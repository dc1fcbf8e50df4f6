"""What a run computes on, and what a person is told of it."""

from __future__ import annotations

import psutil
import torch

from simcse_ml.events import Said, Sink, Warned
from simcse_ml.jobs.request import Launch
from simcse_ml.jobs.resolved import Resolved
from simcse_ml.training.devices import complaints, make_exact, name_of, pick_device
from simcse_ml.training.memory import GIB, free_host_memory, free_memory
from simcse_ml.training.threads import physical_cores

SHARED = "start as many processes as the machine has GPUs"
RESUMES = "a run goes on only on the kind of device it began on; start a new run for another"


def device_of_run(asked: str, threads: int, resolved: Resolved | None, sink: Sink, launch: Launch) -> torch.device:
    """The device of a new or resumed run, tried; says what it is and what is free of it.

    Raises: UserError where it cannot be used.
    """
    device = pick_device(asked) if resolved is None else pick_device(resolved.device, mend=RESUMES)
    if launch.local_size > 1 and device.type in {"cuda", "xpu"}:  # one for each process of this machine
        device = pick_device(f"{device.type}:{launch.local_rank}", mend=SHARED)
        torch.get_device_module(device).set_device(device)
    make_exact(device)
    sink(Said("machine", described(device, threads)))
    if device.type == "cpu" and asked == "auto" and resolved is None:
        for one in complaints():
            told = f"{one.gpu} is not used: {one.text}; {one.mend}"
            sink(Said("machine", told) if one.gpu.mostly_integrated else Warned(told))
    return device


def described(device: torch.device, threads: int) -> str:
    """Such as: 8 cores (AVX512), 8 threads, load 0.3, 12.1 GiB of memory free."""
    cores = physical_cores()
    busy = psutil.getloadavg()[0]
    free = free_host_memory() / GIB
    processor = f"{cores} core{'' if cores == 1 else 's'}, {threads} thread{'' if threads == 1 else 's'}"
    processor = f"{processor}, load {busy:.1f}, {free:.1f} GiB of memory free"
    if device.type == "cpu":
        return f"cpu ({name_of(device)}): {processor}"
    return f"{device} ({name_of(device)}): {free_memory(device) / GIB:.1f} GiB free; {processor}"
