"""Every device, without one: torch's GPUs and the system's tools are stood in for, and the CPU does the arithmetic."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.jobs import computing, doctor_devices
from simcse_ml.jobs.choosing import device_class
from simcse_ml.jobs.request import Launch
from simcse_ml.models.arithmetic import autocast
from simcse_ml.training import devices, hardware, precisions
from simcse_ml.training.devices import complaints, mend_of, pick_device
from simcse_ml.training.hardware import Gpu, gpus_here, processor_flags
from simcse_ml.training.precisions import Trial, choose_precision, precisions_of, time_precisions

OLD = "The NVIDIA driver on your system is too old (found version 11040)."
RTX = Gpu("NVIDIA", "NVIDIA GeForce RTX 3060", "470.82")


def raising(error: Exception):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.fixture
def bare(monkeypatch):
    """A machine on which torch reaches nothing and the system knows of no GPU; tests put things into it."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(devices, "gpus_here", lambda: ())
    monkeypatch.setattr(devices, "make_exact", lambda device: None)
    monkeypatch.setattr(devices, "small_step", lambda device: lambda precision: 0.5)
    return monkeypatch


def with_cuda(bare, count: int = 1, capability: tuple[int, int] = (8, 6)):
    bare.setattr(torch.cuda, "is_available", lambda: True)
    bare.setattr(torch.cuda, "device_count", lambda: count)
    bare.setattr(torch.cuda, "get_device_name", lambda device=None: "NVIDIA T4")
    bare.setattr(torch.cuda, "get_device_capability", lambda device=None: capability)
    bare.setattr(torch.cuda, "mem_get_info", lambda device=None: (6 * 2**30, 8 * 2**30))
    bare.setattr(torch.cuda, "memory_reserved", lambda device=None: 2 * 2**30)
    bare.setattr(torch.cuda, "memory_allocated", lambda device=None: 2**30)
    bare.setattr(torch.version, "cuda", "12.6")


def refused(asked: str, **more: str) -> UserError:
    with pytest.raises(UserError) as caught:
        pick_device(asked, **more)
    assert "\n" not in str(caught.value)
    return caught.value


def test_auto_is_the_processor_only_where_there_is_no_gpu(bare):
    assert pick_device("auto") == torch.device("cpu")
    bare.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("auto") == torch.device("mps")
    bare.setattr(torch.xpu, "is_available", lambda: True)
    bare.setattr(torch.xpu, "device_count", lambda: 1)
    assert pick_device("auto") == torch.device("xpu", 0)
    with_cuda(bare)
    assert pick_device("auto") == torch.device("cuda", 0)
    assert pick_device("cpu") == torch.device("cpu")
    assert device_class("auto") == "gpu"


def test_the_second_gpu_can_be_asked_for_and_a_third_is_not_there(bare):
    with_cuda(bare, count=2)
    assert pick_device("cuda:1") == torch.device("cuda", 1)
    error = refused("cuda:2")
    assert (error.exit_code, "cuda:0, cuda:1" in error.mend) == (ExitCode.MACHINE, True)


@pytest.mark.parametrize("asked", ["tpu", "cuda:x", "meta", "rocm", ""])
def test_a_name_of_no_device_is_wrong_usage(bare, asked):
    error = refused(asked)
    assert (error.exit_code, "a ROCm GPU is cuda" in error.mend) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("asked", ["cuda", "cuda:1", "xpu", "mps"])
def test_a_gpu_that_is_not_there_is_never_replaced_by_the_processor(bare, asked):
    error = refused(asked)
    assert (error.exit_code, error.where) == (ExitCode.MACHINE, f"--device {asked}")
    assert "--device cpu" in error.mend


@pytest.mark.parametrize(
    ("gpu", "asked", "told"),
    [(RTX, "cuda", "without CUDA"), (Gpu("AMD", "GPU"), "cuda", "without ROCm"), (Gpu("Intel"), "xpu", "without XPU")],
)
def test_a_torch_without_support_beside_a_gpu_is_said(bare, gpu, asked, told):
    bare.setattr(devices, "gpus_here", lambda: (gpu,))
    error = refused(asked)
    assert told in error.what
    assert str(gpu) in error.what
    assert "pytorch.org" in error.mend
    assert pick_device("auto") == torch.device("cpu")  # said by the job, see below
    assert [one.broken for one in complaints()] == [False]


@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_a_driver_that_is_too_old_stops_with_its_mend(bare, asked):
    bare.setattr(devices, "gpus_here", lambda: (RTX,))
    bare.setattr(torch.version, "cuda", "13.0")
    bare.setattr(torch.cuda, "init", raising(RuntimeError(OLD)))
    error = refused(asked)
    assert error.exit_code == ExitCode.MACHINE
    assert "too old" in error.what
    assert "update the driver 470.82" in error.mend
    assert "--device cpu" in error.mend


def test_a_hidden_gpu_names_the_variable_that_hides_it(bare):
    bare.setattr(devices, "gpus_here", lambda: (RTX,))
    bare.setattr(torch.version, "cuda", "13.0")
    bare.setattr(torch.cuda, "init", lambda: None)
    assert "CUDA_VISIBLE_DEVICES" in refused("auto").mend


def test_a_missing_permission_for_rocm_names_the_groups(bare):
    bare.setattr(devices, "gpus_here", lambda: (Gpu("AMD", "GPU", fault="this user may not open /dev/kfd"),))
    bare.setattr(torch.version, "hip", "6.4")
    assert "groups render and video" in refused("cuda").mend


def test_a_gpu_without_its_driver_does_not_stop_auto(bare):
    bare.setattr(devices, "gpus_here", lambda: (replace(RTX, fault="its driver is not installed", driven=False),))
    bare.setattr(torch.version, "cuda", "13.0")
    assert pick_device("auto") == torch.device("cpu")
    assert "install its driver" in complaints()[0].mend


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        ("CUDA error: no kernel image is available for execution on the device", "this generation of GPUs"),
        ("CUDA out of memory. Tried to allocate 20.00 MiB", "end what fills its memory"),
        (OLD, "update its driver"),
        ("CUDA error: an illegal memory access was encountered", "simcse-ml doctor"),
    ],
)
@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_a_gpu_that_fails_a_step_stops_with_the_mend(bare, asked, error, mend):
    with_cuda(bare)
    bare.setattr(devices, "small_step", lambda device: raising(RuntimeError(error)))
    told = refused(asked)
    assert (told.exit_code, mend in told.mend, "--device cpu" in told.mend) == (ExitCode.MACHINE, True, True)


def test_a_job_says_the_gpu_that_it_cannot_use_and_a_resume_says_to_start_anew(bare):
    bare.setattr(computing, "complaints", complaints)
    bare.setattr(devices, "gpus_here", lambda: (RTX, Gpu("Intel", "GPU")))
    told: list[object] = []
    assert computing.device_of_run("auto", 2, None, told.append, Launch()) == torch.device("cpu")
    kinds = {type(event).__name__: str(getattr(event, "text", "")) for event in told}
    assert "without CUDA" in kinds["Warned"]
    assert "Intel GPU is not used" in kinds["Said"]
    assert "new run" in refused("cuda", mend=computing.RESUMES).mend


def test_precisions_follow_what_the_device_computes_in(bare):
    with_cuda(bare, capability=(7, 5))
    assert precisions_of(torch.device("cuda", 0)) == ("fp32", "fp16")
    with_cuda(bare, capability=(9, 0))
    assert precisions_of(torch.device("cuda", 0)) == ("fp32", "bf16")
    bare.setattr(torch.version, "hip", "6.4")
    with_cuda(bare, capability=(7, 0))
    assert precisions_of(torch.device("cuda", 0)) == ("fp32", "bf16")
    assert precisions_of(torch.device("xpu", 0)) == ("fp32", "bf16")
    bare.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    assert precisions_of(torch.device("cpu")) == ("fp32", "bf16")
    bare.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    bare.setattr(precisions, "processor_flags", lambda: frozenset({"asimd", "bf16"}))
    assert precisions_of(torch.device("cpu")) == ("fp32", "bf16")
    bare.setattr(precisions, "processor_flags", lambda: frozenset({"asimd"}))
    assert precisions_of(torch.device("cpu")) == ("fp32",)


@pytest.mark.parametrize(
    ("trials", "chosen"),
    [
        ([Trial("fp32", 1.0), Trial("bf16", 0.5)], "bf16"),
        ([Trial("fp32", 1.0), Trial("bf16", 0.95)], "fp32"),
        ([Trial("fp32", 1.0), Trial("fp16", 0.2, "the loss is no number")], "fp32"),
        ([Trial("fp32", float("inf"), "no kernel"), Trial("bf16", 0.5)], "bf16"),
        ([Trial("fp32", 1.0)], "fp32"),
    ],
)
def test_a_half_precision_is_taken_only_where_it_works_and_pays(trials, chosen):
    assert choose_precision(trials, torch.device("cpu")) == chosen


def test_a_device_on_which_nothing_works_is_an_error():
    with pytest.raises(UserError, match="every precision: no kernel image") as caught:
        choose_precision([Trial("fp32", float("inf"), "no kernel image")], torch.device("cuda", 0))
    assert caught.value.exit_code == ExitCode.MACHINE


def test_a_real_step_runs_in_every_precision_on_the_processor():
    trials = time_precisions(precisions.small_step(torch.device("cpu")), ("fp32", "bf16", "fp16"))
    assert [(trial.precision, trial.failure) for trial in trials] == [("fp32", ""), ("bf16", ""), ("fp16", "")]


def test_a_loss_that_is_no_number_is_the_failure_of_its_precision():
    trials = time_precisions(lambda precision: float("nan") if precision == "fp16" else 1.0, ("fp32", "fp16"))
    assert [trial.failure for trial in trials] == ["", "the loss is no number"]


@pytest.mark.parametrize(("precision", "dtype"), [("fp32", "float32"), ("bf16", "bfloat16"), ("fp16", "float16")])
def test_matrix_products_are_in_the_precision_that_was_asked_for(precision, dtype):
    with autocast(torch.device("cpu"), precision):
        assert str((torch.ones(2, 2) @ torch.ones(2, 2)).dtype) == f"torch.{dtype}"


def test_exactness_is_asked_of_gpus_alone(monkeypatch):
    asked: list[tuple[bool, bool]] = []
    monkeypatch.setattr(torch, "use_deterministic_algorithms", lambda on, warn_only: asked.append((on, warn_only)))
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")  # so that what is set is taken away again
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    filled = torch.utils.deterministic.fill_uninitialized_memory
    devices.make_exact(torch.device("cpu"))
    assert asked == []
    devices.make_exact(torch.device("cuda", 0))
    torch.utils.deterministic.fill_uninitialized_memory = filled
    assert asked == [(True, True)]
    assert devices.os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"


def test_the_doctor_fails_for_a_broken_gpu_and_only_warns_for_one_that_is_not_used(bare):
    bare.setattr(doctor_devices, "steps", lambda device, precisions: [])
    assert doctor_devices.gpus()[0].text.startswith("none found")
    bare.setattr(devices, "gpus_here", lambda: (RTX, Gpu("Intel", "GPU")))
    assert [check.verdict for check in doctor_devices.gpus()] == ["warn", "ok"]
    bare.setattr(torch.version, "cuda", "13.0")
    bare.setattr(torch.cuda, "init", raising(RuntimeError(OLD)))
    assert [check.verdict for check in doctor_devices.gpus()] == ["fail", "ok"]


def test_the_doctor_judges_each_gpu_by_steps_in_three_precisions(bare):
    with_cuda(bare, count=2)

    def fp16_fails(precision: str) -> float:
        return float("nan") if precision == "fp16" else 1.0

    bare.setattr(precisions, "small_step", lambda device: fp16_fails)
    checks = doctor_devices.gpus()
    assert [check.name for check in checks][:4] == ["cuda:0", "cuda:0 fp32", "cuda:0 bf16", "cuda:0 fp16"]
    assert [check.verdict for check in checks] == ["ok", "ok", "ok", "warn"] * 2
    assert checks[3].mend == "train with --precision fp32"
    assert "7.0 GiB free" in checks[0].text


def test_the_doctor_goes_on_where_a_gpu_takes_no_tensor(bare):
    with_cuda(bare)
    bare.setattr(torch.cuda, "mem_get_info", raising(RuntimeError("CUDA error: no kernel image is available")))
    (check,) = doctor_devices.gpus()
    assert (check.verdict, "this generation" in check.mend) == ("fail", True)


@contextmanager
def tool(monkeypatch, stdout: str = "", returncode: int = 0, hangs: bool = False):
    monkeypatch.setattr(hardware.shutil, "which", lambda name: "/usr/bin/nvidia-smi")

    def run(command, **_):
        if hangs:
            raise subprocess.TimeoutExpired(command, 10)
        return subprocess.CompletedProcess(command, returncode, stdout, "")

    monkeypatch.setattr(hardware.subprocess, "run", run)
    yield


def test_nvidia_smi_tells_names_and_drivers_or_what_is_wrong(monkeypatch, tmp_path):
    with tool(monkeypatch, "NVIDIA GeForce RTX 3060, 470.82\nTesla T4, 535.1\n"):
        assert gpus_here(tmp_path) == (RTX, Gpu("NVIDIA", "Tesla T4", "535.1"))
    with tool(monkeypatch, "Failed to initialize NVML: Driver/library version mismatch\n", 18):
        (gpu,) = gpus_here(tmp_path)
        assert "version mismatch" in gpu.fault
    with tool(monkeypatch, hangs=True):
        assert gpus_here(tmp_path)[0].fault == "nvidia-smi does not answer"


def test_gpus_without_a_tool_are_found_on_the_bus(monkeypatch, tmp_path):
    monkeypatch.setattr(hardware.shutil, "which", lambda name: None)
    assert gpus_here(tmp_path) == ()
    for card, number in (("card0", "0x8086"), ("card1", "0x10de"), ("renderD129", "0x10de"), ("card2", "0x1002")):
        folder = tmp_path / "sys/class/drm" / card / "device"
        folder.mkdir(parents=True)
        (folder / "vendor").write_text(number + "\n")
    assert [(gpu.vendor, gpu.driven) for gpu in gpus_here(tmp_path)] == [
        ("NVIDIA", False),
        ("AMD", False),
        ("Intel", True),
    ]
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/kfd").touch()
    assert [(gpu.vendor, gpu.driven, gpu.fault) for gpu in gpus_here(tmp_path)][1] == ("AMD", True, "")
    monkeypatch.setattr(hardware.os, "access", lambda path, mode: False)
    assert "may not open" in gpus_here(tmp_path)[1].fault


def test_a_mac_with_apple_silicon_has_a_gpu(monkeypatch, tmp_path):
    monkeypatch.setattr(hardware.shutil, "which", lambda name: None)
    monkeypatch.setattr(hardware.sys, "platform", "darwin")
    monkeypatch.setattr(hardware.platform, "machine", lambda: "arm64")
    assert [str(gpu) for gpu in gpus_here(tmp_path)] == ["Apple GPU"]


@pytest.mark.parametrize("line", ["flags\t\t: fpu avx512_bf16 amx_bf16", "Features\t: fpu avx512_bf16 amx_bf16"])
def test_instruction_sets_are_read_where_linux_tells_them(tmp_path, line):
    assert processor_flags(tmp_path) == frozenset()
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text(f"processor\t: 0\n{line}\n\nprocessor\t: 1\n{line}\n")
    assert processor_flags(tmp_path) == {"fpu", "avx512_bf16", "amx_bf16"}


def test_an_error_that_names_nothing_known_sends_to_the_doctor():
    assert mend_of(RuntimeError("something else")) == "simcse-ml doctor says more"
