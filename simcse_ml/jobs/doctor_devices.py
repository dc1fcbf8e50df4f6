"""What `doctor` says of processor, memory and GPUs: every device is judged by a small real training step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcse_ml.jobs.checks import Check, Verdict

if TYPE_CHECKING:
    import torch

LITTLE = 2.0
"""GiB; weights, gradients and moments of a base model (110 M parameters) are 1.6"""
UNITS = {"avx512_bf16": "AVX-512 bf16", "amx_bf16": "AMX bf16", "amx_fp16": "AMX fp16", "bf16": "ARM bf16"}
"""flags of the processor that make a half precision fast, and what people call them"""


def load() -> list[Check]:
    """Cores, what others do with them, and free memory."""
    import psutil

    from simcse_ml.training.memory import GIB, free_host_memory
    from simcse_ml.training.threads import physical_cores, pick_threads

    cores, threads = physical_cores(), pick_threads(None)
    text = f"{cores} core{'' if cores == 1 else 's'}, load {psutil.getloadavg()[0]:.1f}; {threads} thread"
    text += "s are used" if threads > 1 else " is used"
    busy = Check("threads", "ok", text)
    if threads < cores:
        busy = Check("threads", "warn", text, "other processes are busy; wait for them, or say --threads")
    free, total = free_host_memory() / GIB, psutil.virtual_memory().total / GIB
    text = f"{free:.1f} of {total:.1f} GiB free"
    if free < LITTLE:
        return [busy, Check("memory", "warn", text, "end other programs, or train builtin:static")]
    return [busy, Check("memory", "ok", text)]


def cpu() -> list[Check]:
    """Its vector units, and a small real training step in each precision that it has."""
    import torch

    from simcse_ml.training.hardware import processor_flags
    from simcse_ml.training.precisions import bf16_on_cpu

    device = torch.device("cpu")
    units = [name for flag, name in UNITS.items() if flag in processor_flags()]
    text = " and ".join([torch.backends.cpu.get_cpu_capability(), *units])
    if not bf16_on_cpu():
        said = f"{text}: bf16 and fp16 would only be emulated, slower than fp32, and are not tried"
        return [Check("cpu", "ok", said), *steps(device, ("fp32",))]
    return [Check("cpu", "ok", text), *steps(device, ("fp32", "bf16"))]


def gpus() -> list[Check]:
    """Every GPU that torch reaches, by real steps; every other one of this machine, with what is wrong and its mend."""
    import torch

    from simcse_ml.training.devices import KINDS, complaints, count_of, make_exact, reachable

    checks: list[Check] = []
    for kind in (kind for kind in KINDS if reachable(kind)):
        for number in range(count_of(kind)):
            device = torch.device(kind) if kind == "mps" else torch.device(kind, number)
            make_exact(device)
            checks += _gpu(device)
    for one in complaints():
        verdict: Verdict = "fail" if one.broken else "ok" if one.gpu.mostly_integrated else "warn"
        checks.append(Check("gpu", verdict, f"{one.gpu}: {one.text}", one.mend))
    return checks or [Check("gpu", "ok", "none found (nvidia-smi, /dev/kfd, /dev/dri)")]


def steps(device: torch.device, precisions: tuple[str, ...]) -> list[Check]:
    """A small real training step in each precision."""
    from simcse_ml.training.devices import mend_of
    from simcse_ml.training.precisions import small_step, time_precisions

    checks = []
    for trial in time_precisions(small_step(device), precisions):
        name = f"{device} {trial.precision}"
        if not trial.failure:
            checks.append(Check(name, "ok", f"a training step of one small layer took {1000 * trial.seconds:.0f} ms"))
        elif trial.precision == "fp32":
            mend = f"{mend_of(RuntimeError(trial.failure))}; until then train with --device cpu"
            checks.append(Check(name, "fail", trial.failure, mend))
        else:
            checks.append(Check(name, "warn", trial.failure, "train with --precision fp32"))
    return checks


def _gpu(device: torch.device) -> list[Check]:
    from simcse_ml.training.devices import BROKEN, mend_of, name_of
    from simcse_ml.training.memory import GIB, free_memory
    from simcse_ml.training.precisions import one_line

    try:
        free = free_memory(device) / GIB
        tried = steps(device, ("fp32", "bf16", "fp16"))
    except BROKEN as error:  # it could not even be given a tensor
        mend = f"{mend_of(error)}; until then train with --device cpu"
        return [Check(f"{device}", "fail", one_line(error), mend)]
    text = f"{name_of(device)}: {free:.1f} GiB free"
    if free < LITTLE:
        return [Check(f"{device}", "warn", text, "end what fills its memory"), *tried]
    return [Check(f"{device}", "ok", text), *tried]
