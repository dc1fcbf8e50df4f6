"""The GPUs that the system knows of, whether torch can use them or not. No torch."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Vendor = Literal["NVIDIA", "AMD", "Intel", "Apple"]
VENDORS: dict[str, Vendor] = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
"""PCI vendor ids in /sys/class/drm/*/device/vendor"""
TOOL_SECONDS = 10.0
"""nvidia-smi can hang on a broken driver"""


@dataclass(frozen=True)
class Gpu:
    """fault: what the system itself says is wrong with it.  driven: whether a driver for computing is installed."""

    vendor: Vendor
    name: str = ""
    driver: str = ""
    fault: str = ""
    driven: bool = True

    @property
    def mostly_integrated(self) -> bool:
        """Whether such a GPU is in most cases a part of the processor, and rarely faster than it."""
        return self.vendor in {"Intel", "AMD"}

    def __str__(self) -> str:
        return (self.name if self.vendor in self.name else f"{self.vendor} {self.name}".strip()) or self.vendor


def gpus_here(root: Path = Path("/")) -> tuple[Gpu, ...]:
    """By nvidia-smi, /dev/kfd and the PCI vendors of /sys.  root: of the file system, for tests."""
    vendors = _pci_vendors(root)
    found = _nvidia("NVIDIA" in vendors)
    kfd = root / "dev" / "kfd"
    if kfd.exists():
        allowed = os.access(kfd, os.R_OK | os.W_OK)
        found.append(Gpu("AMD", "GPU", fault="" if allowed else "this user may not open /dev/kfd"))
    elif "AMD" in vendors:
        found.append(Gpu("AMD", "GPU", fault="there is no /dev/kfd", driven=False))
    if "Intel" in vendors:
        found.append(Gpu("Intel", "GPU"))
    if sys.platform == "darwin" and platform.machine() == "arm64":
        found.append(Gpu("Apple", "GPU"))
    return tuple(found)


def processor_flags(root: Path = Path("/")) -> frozenset[str]:
    """Instruction sets as Linux names them (avx512_bf16, amx_bf16; bf16 on ARM); none where it does not tell."""
    try:
        lines = (root / "proc" / "cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    named = (line.partition(":")[2] for line in lines if line.lower().startswith(("flags", "features")))
    return frozenset(next(named, "").split())


def _nvidia(on_bus: bool) -> list[Gpu]:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return [Gpu("NVIDIA", "GPU", fault="its driver is not installed", driven=False)] if on_bus else []
    ask = [tool, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        told = subprocess.run(ask, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return [Gpu("NVIDIA", "GPU", fault="nvidia-smi does not answer")]
    lines = [line for line in (told.stdout + told.stderr).splitlines() if line.strip()]
    if told.returncode != 0:
        return [Gpu("NVIDIA", "GPU", fault=lines[0][:160] if lines else f"nvidia-smi failed ({told.returncode})")]
    parts = [[part.strip() for part in line.split(",")] for line in lines]
    return [Gpu("NVIDIA", name, driver) for name, driver, *_ in (part for part in parts if len(part) >= 2)]


def _pci_vendors(root: Path) -> set[Vendor]:
    ids = set()
    for path in (root / "sys" / "class" / "drm").glob("*/device/vendor"):
        try:
            ids.add(path.read_text(encoding="ascii", errors="replace").strip())
        except OSError:
            continue
    return {VENDORS[number] for number in ids if number in VENDORS}
