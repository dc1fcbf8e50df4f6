"""Which device computes: the GPU that torch reaches, tried by a real step, or the processor; never one for the other
without a word.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.training.hardware import Gpu, Vendor, gpus_here
from simcse_ml.training.precisions import one_line, small_step

KINDS: dict[str, tuple[Vendor, ...]] = {"cuda": ("NVIDIA", "AMD"), "xpu": ("Intel",), "mps": ("Apple",)}
"""torch's names of GPUs, best first, and whose they are; a ROCm GPU is cuda"""
ON_CPU = '--device cpu (or device = "cpu" in config.toml) takes the processor'
BROKEN = (RuntimeError, AssertionError, NotImplementedError)
"""what torch raises on a GPU that it cannot use; AssertionError where it was built without support"""


@dataclass(frozen=True)
class Complaint:
    """Why a GPU that is there is not used.  broken: torch was made for it and still cannot, so that taking the
    processor instead has to be asked for.
    """

    gpu: Gpu
    text: str
    mend: str
    broken: bool


def pick_device(asked: str, *, mend: str = ON_CPU) -> torch.device:
    """The device by that name, with its number, after a real training step on it (on a GPU).

    asked: auto takes the first GPU that torch reaches, else the processor; cpu, cuda, cuda:1, xpu, mps.
    Raises: UserError USAGE for a name of no device; MACHINE for one that is not there or fails, under auto also for a
    GPU that torch was made for and cannot use.
    """
    if asked == "auto":
        kind = next((kind for kind in KINDS if reachable(kind)), "cpu")
        broken = next((one for one in complaints() if one.broken), None) if kind == "cpu" else None
        if broken is not None:
            raise _unusable(f"{broken.gpu}: {broken.text}", asked, f"{broken.mend}; {mend}")
        return torch.device("cpu") if kind == "cpu" else _tried(torch.device(kind), asked, mend)
    device = _named(asked)
    if device.type == "cpu":
        return torch.device("cpu")
    if not reachable(device.type):
        ours = next((one for one in complaints() if one.gpu.vendor in KINDS[device.type]), None)
        if ours is None:
            raise _unusable("there is no such GPU here", asked, f"simcse-ml doctor says what there is; {mend}")
        raise _unusable(f"{ours.gpu}: {ours.text}", asked, f"{ours.mend}; {mend}")
    return _tried(device, asked, mend)


def reachable(kind: str) -> bool:
    """Whether this torch reaches a GPU of that kind (cuda, xpu, mps)."""
    if kind == "mps":
        return torch.backends.mps.is_available()
    return bool(torch.cuda.is_available() if kind == "cuda" else torch.xpu.is_available())


def count_of(kind: str) -> int:
    """How many GPUs of that kind torch reaches."""
    return 1 if kind == "mps" else int(torch.cuda.device_count() if kind == "cuda" else torch.xpu.device_count())


def name_of(device: torch.device) -> str:
    """What its maker calls it; the vector unit of a processor."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    if device.type == "xpu":
        return str(torch.xpu.get_device_name(device))
    return "Apple GPU" if device.type == "mps" else str(torch.backends.cpu.get_cpu_capability())


def complaints() -> tuple[Complaint, ...]:
    """One for every GPU of this machine that torch does not reach."""
    unused = [gpu for gpu in gpus_here() if not any(reachable(kind) for kind in KINDS if gpu.vendor in KINDS[kind])]
    return tuple(_complaint(gpu) for gpu in unused)


def make_exact(device: torch.device) -> None:
    """Let GPU kernels give the same bits each time, as resuming needs; torch warns of the few that cannot.

    For the whole process, and before the first product on the device: cuBLAS reads its setting when it starts.
    """
    if device.type == "cpu":
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # slow, for debugging


def _named(asked: str) -> torch.device:
    try:
        device = torch.device(asked)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in {"cpu", *KINDS}:
        raise UserError(
            f"{asked!r} is no device",
            where="--device",
            mend="auto, cpu, cuda, cuda:1, xpu or mps (a ROCm GPU is cuda)",
            exit_code=ExitCode.USAGE,
        )
    return device


def _tried(device: torch.device, asked: str, mend: str) -> torch.device:
    """`device` with its number, after a small training step there."""
    number, count = device.index or 0, count_of(device.type)
    if number >= count:
        there = ", ".join(f"{device.type}:{index}" for index in range(count))
        raise _unusable("there is no such GPU here", asked, f"there is {there}; {mend}")
    numbered = torch.device(device.type) if device.type == "mps" else torch.device(device.type, number)
    make_exact(numbered)
    try:
        small_step(numbered)("fp32")
    except BROKEN as error:
        raise _unusable(
            f"a training step fails there: {one_line(error)}", asked, f"{mend_of(error)}; {mend}"
        ) from error
    return numbered


def mend_of(error: BaseException) -> str:
    """What to do about an error of torch on a GPU, by what it says."""
    text = str(error).lower()
    if "no kernel image" in text or "not compatible with the current" in text:
        return "install a torch that was built for this generation of GPUs (pytorch.org says which)"
    if "driver" in text and ("old" in text or "insufficient" in text):
        return "update its driver, or install a torch built for an older CUDA (pytorch.org says which)"
    if "out of memory" in text or "alloc_failed" in text or "allocat" in text:
        return "end what fills its memory (nvidia-smi, rocm-smi and xpu-smi list it)"
    return "simcse-ml doctor says more"


def _complaint(gpu: Gpu) -> Complaint:
    """Built without support, no driver, or a driver that does not work."""
    build = {
        "NVIDIA": ("CUDA", torch.version.cuda),
        "AMD": ("ROCm", torch.version.hip),
        "Intel": ("XPU", "XPU" if torch.xpu._is_compiled() else None),
        "Apple": ("MPS", "MPS" if torch.backends.mps.is_built() else None),
    }
    support, built = build[gpu.vendor]
    if built is None:
        text = f"this torch ({torch.__version__}) was built without {support}"
        return Complaint(gpu, text, f"install a torch with {support} (pytorch.org says which)", broken=False)
    if not gpu.driven:
        return Complaint(gpu, gpu.fault, f"install its driver for {support}", broken=False)
    if gpu.fault:
        return Complaint(gpu, gpu.fault, _mend_of_fault(gpu), broken=True)
    why = _why_not(gpu.vendor)
    return Complaint(gpu, f"torch ({support} {built}) cannot use it: {why}", _mend_of_driver(gpu, why), broken=True)


def _mend_of_fault(gpu: Gpu) -> str:
    if gpu.vendor == "AMD":
        return "put this user into the groups render and video, and log in again"
    return "restart the machine (a driver that was updated needs it), or install the driver again"


def _mend_of_driver(gpu: Gpu, why: str) -> str:
    if "old" in why or "insufficient" in why:
        driver = f" {gpu.driver}" if gpu.driver else ""
        return f"update the driver{driver}, or install a torch built for an older CUDA (pytorch.org says which)"
    hiding = {"NVIDIA": "CUDA_VISIBLE_DEVICES", "AMD": "HIP_VISIBLE_DEVICES", "Intel": "ONEAPI_DEVICE_SELECTOR"}
    if gpu.vendor == "Apple":
        return "update macOS"
    return f"look whether {hiding[gpu.vendor]} hides it, and update its driver"


def _why_not(vendor: Vendor) -> str:
    """What torch says when it is asked to start on such a GPU."""
    try:
        if vendor in {"NVIDIA", "AMD"}:
            torch.cuda.init()  # type: ignore[no-untyped-call]
        elif vendor == "Intel":
            torch.xpu.init()
    except BROKEN as error:
        return one_line(error).split(". ")[0]
    return "it finds none"


def _unusable(what: str, asked: str, mend: str) -> UserError:
    return UserError(what, where=f"--device {asked}", mend=mend, exit_code=ExitCode.MACHINE)
