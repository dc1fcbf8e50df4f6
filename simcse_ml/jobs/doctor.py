"""`doctor`: what this machine can do, found by doing it, and what to do about each problem."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from simcse_ml.events import Progress, Sink, StageStarted

Verdict = Literal["ok", "warn", "fail"]
ROOM = 5e9
"""bytes that a cache and a few runs want"""


class Check(NamedTuple):
    """name: of what was tried.  mend: "" where nothing is to be done."""

    name: str
    verdict: Verdict
    text: str
    mend: str = ""


@dataclass(frozen=True)
class DoctorResult:
    checks: tuple[Check, ...]


def doctor(cache_dir: Path, runs_dir: Path, sink: Sink) -> DoctorResult:
    """Run every check; each is a real attempt."""
    checks: list[Check] = []
    steps: tuple[Callable[[], list[Check]], ...] = (
        _cpu,
        _load,
        _gpu,
        lambda: [_disk(cache_dir, "cache"), _disk(runs_dir, "runs")],
        _hub,
    )
    sink(StageStarted("doctor", total=len(steps)))
    for number, step in enumerate(steps, 1):
        checks += step()
        sink(Progress("doctor", number, len(steps), checks[-1].name))
    return DoctorResult(tuple(checks))


def _cpu() -> list[Check]:
    """A small real training step in each precision."""
    import torch

    from simcse_ml.training.devices import bf16_on_cpu

    checks = _steps("cpu", ("fp32", "bf16") if bf16_on_cpu() else ("fp32",))
    if not bf16_on_cpu():
        kind = torch.backends.cpu.get_cpu_capability()
        checks.append(Check("cpu bf16", "ok", f"not tried: this processor ({kind}) would only emulate it"))
    return checks


def _gpu() -> list[Check]:
    """CUDA by a real step; and the common faults: a GPU that this torch cannot see, a driver that is too old."""
    import torch

    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
        checks = _steps("cuda", ("fp32", "bf16"))
        checks.append(Check("gpu memory", "ok", f"{name}: {free / 1e9:.1f} of {total / 1e9:.1f} GB free"))
        return checks
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return [Check("gpu", "ok", "none found: no driver is installed")]
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=10, check=False)
    if listed.returncode != 0 or not listed.stdout.strip():
        return [Check("gpu", "warn", "the driver is there but lists no GPU", "look at what nvidia-smi says")]
    if torch.version.cuda is None:
        return [Check("gpu", "fail", "there is a GPU, but this torch was built for the CPU only",
                      "install a CUDA build of torch (pytorch.org says which)")]  # fmt: skip
    return [Check("gpu", "fail", f"torch (CUDA {torch.version.cuda}) cannot use the GPU that is there",
                  "update the driver, or install a torch built for an older CUDA")]  # fmt: skip


def _steps(device: str, precisions: tuple[str, ...]) -> list[Check]:
    """Forward, backward and an optimizer step of a small transformer layer."""
    import torch

    from simcse_ml.training.devices import time_precisions

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = torch.nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True).to(device)
        rows = torch.randn(32, 32, 256, device=device)
    optimizer = torch.optim.AdamW(layer.parameters(), fused=True)

    def step(precision: str) -> float:
        with torch.autocast(device, dtype=torch.bfloat16, enabled=precision == "bf16"):
            loss = layer(rows).float().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    checks = []
    for trial in time_precisions(step, precisions):
        name = f"{device} {trial.precision}"
        if trial.failure:
            checks.append(Check(name, "fail", trial.failure, "train with --precision fp32"))
        else:
            checks.append(Check(name, "ok", f"a training step of one small layer took {1000 * trial.seconds:.0f} ms"))
    return checks


def _load() -> list[Check]:
    import os

    import psutil

    from simcse_ml.training.threads import pick_threads

    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    memory = psutil.virtual_memory()
    threads = pick_threads(None)
    text = f"{cores} cores, {threads} threads would be used; {memory.available / 1e9:.1f} GB of memory free"
    if threads < cores:
        return [Check("load", "warn", text, "other processes are busy; wait for them, or say --threads")]
    return [Check("load", "ok", text)]


def _disk(folder: Path, name: str) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free for {name} ({folder})"
    if free < ROOM:
        return Check(f"disk {name}", "warn", text, f"set {name}_dir in config.toml to a larger disk")
    return Check(f"disk {name}", "ok", text)


def _hub() -> list[Check]:
    from simcse_ml.models.locate import hub_answers

    why = hub_answers()
    if why:
        return [Check("hub", "warn", why, "name a backbone by its folder, or use builtin:static")]
    return [Check("hub", "ok", "the Hugging Face Hub answers")]
