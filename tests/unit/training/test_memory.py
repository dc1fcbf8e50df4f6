"""Memory: what is free, what its end looks like, how many rows fit, and a step that is run again in smaller chunks."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import psutil
import pytest
import torch
from torch import nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import OomRetry
from simcse_ml.ragged import from_lists
from simcse_ml.training import memory
from simcse_ml.training.checkpoints import Trained
from simcse_ml.training.chunk_size import (
    BEYOND_SAVED,
    PER_PAIR,
    PER_PARAMETER,
    SHARE,
    Room,
    room_for,
    saved_bytes,
    tokens_of,
)
from simcse_ml.training.failing import failures_told
from simcse_ml.training.halving import Chunking, run_until_it_fits
from simcse_ml.training.memory import free_host_memory, free_memory, is_out_of_memory
from simcse_ml.training.schedule import ChunkTokens, Schedule, rows_of_chunk

CPU = torch.device("cpu")
MESSAGES = [
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB",
    "HIP out of memory. Tried to allocate 2.00 GiB",
    "MPS backend out of memory (MPS allocated: 9.00 GiB, other allocations: 1.00 GiB, max allowed: 9.07 GiB)",
    "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: can't allocate memory: you tried to allocate",
    "[enforce fail at alloc_cpu.cpp:116] data. DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes.",
    "XPU out of memory. Tried to allocate 2.00 GiB",
    "Native API failed. Native API returns: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
]


@pytest.mark.parametrize("message", MESSAGES)
def test_the_end_of_memory_is_known_on_every_device(message):
    assert is_out_of_memory(RuntimeError(message))
    with pytest.raises(UserError, match="not enough memory") as caught, failures_told():
        raise RuntimeError(message)
    assert caught.value.exit_code == ExitCode.MACHINE
    assert ("--device cpu" in caught.value.mend) == ("CPUAllocator" not in message)


def test_other_errors_are_left_as_they_are():
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(torch.OutOfMemoryError("any"))
    assert not is_out_of_memory(ValueError("out of memory"))
    with pytest.raises(UserError, match="the GPU failed") as caught, failures_told():
        raise RuntimeError("CUDA error: an illegal memory access was encountered")
    assert (caught.value.exit_code, "--device cpu" in caught.value.mend) == (ExitCode.MACHINE, True)
    with pytest.raises(UserError, match="_embedding_bag") as caught, failures_told():
        raise NotImplementedError("'aten::_embedding_bag' is not currently implemented for the MPS device.")
    assert "PYTORCH_ENABLE_MPS_FALLBACK=1" in caught.value.mend
    with pytest.raises(RuntimeError, match="shapes"), failures_told():
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


def test_a_real_allocation_that_fails_is_recognised():
    code = """
import resource, torch
from simcse_ml.training.memory import free_host_memory, is_out_of_memory
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
assert free_host_memory() < 6 << 30
try:
    torch.zeros(8 << 30, dtype=torch.uint8)
except RuntimeError as error:
    print(is_out_of_memory(error))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "True\n", done.stderr


def test_a_container_that_allows_less_than_the_machine_has_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 << 30))
    assert free_host_memory(tmp_path) == 8 << 30
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n")
    (group / "memory.current").write_text("1073741824\n")
    assert free_host_memory(tmp_path) == 8 << 30
    (group / "memory.max").write_text(f"{3 << 30}\n")
    assert free_host_memory(tmp_path) == 2 << 30


def test_free_memory_of_a_gpu_counts_what_torch_keeps_for_later(monkeypatch):
    for kind in (torch.cuda, torch.xpu):
        monkeypatch.setattr(kind, "mem_get_info", lambda device: (10, 20))
        monkeypatch.setattr(kind, "memory_reserved", lambda device: 7)
        monkeypatch.setattr(kind, "memory_allocated", lambda device: 4)
    assert free_memory(torch.device("cuda", 0)) == 13
    assert free_memory(torch.device("xpu", 0)) == 13
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 10)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 4)
    monkeypatch.setattr(memory, "free_host_memory", lambda: 5)
    assert free_memory(torch.device("mps")) == 5


def test_what_a_forward_keeps_for_its_backward_is_counted_without_parameters():
    layer = nn.Linear(8, 4, bias=False)
    rows = torch.ones(16, 8)
    trained = Trained(layer, nn.Module(), torch.optim.AdamW(layer.parameters()))
    kept = saved_bytes(lambda: layer(rows).square().sum(), trained)
    assert kept == 16 * 8 * 4 + 16 * 4 * 4  # the input, for the weight; the product, for its square
    room = room_for(lambda: layer(rows).square().sum(), 16, trained, batch=8, free=10_000)
    assert room.token_bytes == round(BEYOND_SAVED * kept / 16)
    assert room.tokens == int((SHARE * 10_000 - PER_PARAMETER * 32 - PER_PAIR * 64) // room.token_bytes)
    assert room_for(lambda: layer(rows).square().sum(), 16, trained, batch=8, free=10).tokens == 0


@pytest.mark.parametrize(
    ("fitting", "tokens"),
    [(99_999, (8192, 2048)), (4096, (4096, 2048)), (4095, (2048, 2048)), (700, (512, 512)), (0, (1, 1))],
)
def test_tokens_are_powers_of_two_and_a_batch_that_must_be_cut_is_cut_no_larger_than_pays(fitting, tokens):
    assert tokens_of(Room(fitting, 1000, 10**9), most=ChunkTokens(8192, 2048)) == ChunkTokens(*tokens)


@pytest.mark.parametrize(
    ("rows", "width", "chunk"),
    [(64, 30, None), (64, 64, None), (64, 65, 31), (64, 128, 16), (4096, 12, 170), (4096, 4000, 1), (2, 5000, 1)],
)
def test_only_batches_with_too_many_tokens_are_cut(rows, width, chunk):
    assert rows_of_chunk(planned(chunk_tokens=ChunkTokens(4096, 2048)), (), 0, rows, width) == chunk


def planned(**more) -> Schedule:
    return Schedule(
        100, 1e-3, 0.0, "constant", None, **{"chunk_rows": None, **more}, evaluate_every=9, checkpoint_seconds=0
    )


BATCH = (from_lists([[2, 5, 5, 3]] * 64),)


def halving(attempt, *, state=None, **more):
    kept: list[list[tuple[int, int]]] = []
    told: list[object] = []
    chunking = Chunking(planned(**more), lambda halvings: kept.append(list(halvings)))
    around = {"stage": "unsup", "step": 7, "state": state or nn.Module(), "device": CPU, "sink": told.append}
    return run_until_it_fits(attempt, chunking, BATCH, **around), kept, told, chunking


def at_most(rows: int, tried: list[int | None]):
    def attempt(chunk_rows: int | None) -> str:
        tried.append(chunk_rows)
        if chunk_rows is None or chunk_rows > rows:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return "done"

    return attempt


def test_a_step_that_does_not_fit_is_halved_until_it_does_and_every_halving_is_kept_and_told():
    tried: list[int | None] = []
    result, kept, told, chunking = halving(at_most(20, tried))
    assert (result, tried) == ("done", [None, 32, 16])
    assert kept == [[(7, 32)], [(7, 32), (7, 16)]]
    assert [(event.step, event.chunk_rows) for event in told if isinstance(event, OomRetry)] == [(8, 32), (8, 16)]
    assert [chunking.rows_at(step, BATCH) for step in (6, 7, 100)] == [None, 16, 16]


def test_a_single_row_that_does_not_fit_is_one_line_with_the_mend():
    tried: list[int | None] = []
    with pytest.raises(UserError, match="not enough memory") as caught:
        halving(at_most(0, tried), chunk_rows=3)
    assert tried == [3, 2, 1]
    assert (caught.value.exit_code, "max_tokens" in caught.value.mend) == (ExitCode.MACHINE, True)


def test_an_error_of_another_kind_is_no_reason_to_halve():
    def attempt(chunk_rows: int | None) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        halving(attempt)


def test_what_a_failed_attempt_did_to_the_objectives_buffers_is_undone():
    state = nn.BatchNorm1d(2)

    def attempt(chunk_rows: int | None) -> None:
        state(torch.randn(4, 2, generator=torch.Generator().manual_seed(1)))
        if chunk_rows is None:
            raise MemoryError

    halving(attempt, state=state)
    assert int(state.num_batches_tracked) == 1


def test_the_chunk_size_of_a_step_is_that_of_the_last_halving_before_it():
    halvings = [(3, 32), (3, 16), (9, 8)]
    sizes = [rows_of_chunk(planned(), halvings, step, 64, 30) for step in (0, 2, 3, 8, 9, 50)]
    assert sizes == [None, None, 16, 16, 8, 8]
    tokens = planned(chunk_tokens=ChunkTokens(1024, 256))
    assert [rows_of_chunk(tokens, [(3, 16)], 5, 64, width) for width in (4, 16, 64, 512)] == [16, 16, 4, 1]
    assert [rows_of_chunk(planned(chunk_rows=rows), (), 5, 64, 30) for rows in (1, 63, 64, 99)] == [1, 63, None, None]
