"""How fast are sentences encoded, beside sentence-transformers, and does it grow in proportion?

    python benchmarks/encoding_speed.py MODEL TEXT [--sentences 4000] [--rounds 3] [--threads 1] [--json out.json]
    python benchmarks/encoding_speed.py MODEL TEXT --growth [--sentences 1000]

MODEL is a folder that both can load, TEXT a file of lines. Ours is the job behind `embed --out`: read, encode, write.
The peer's is SentenceTransformer.encode at its defaults (batches of 32), and at its best: the batch size and dtype that
were fastest in a first round. Every run is a process of its own, the kinds take turns, and what counts is the median.
Seconds start when the model is loaded. Peak memory is VmHWM of the process. The cosine is the worst of all sentences
against the peer's float32 vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from machine import machine

FACTORS = (1, 4, 16)
PEER_BATCHES = (8, 16, 32, 64, 128)


def lines_of(path: Path, count: int) -> list[str]:
    """The first `count` lines that are not empty; with a number behind each repeat, should there be too few."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [lines[at % len(lines)] + (f" {at // len(lines)}" if at >= len(lines) else "") for at in range(count)]


def ours(model: str, text: Path, out: Path, arguments: argparse.Namespace) -> tuple[float, float]:
    """(seconds, CPU seconds) of the job behind `embed --out`, from the loaded model on."""
    from simcse_ml.events import StageStarted
    from simcse_ml.jobs.embed import EmbedRequest, embed
    from simcse_ml.jobs.using import Use

    began: list[float] = []

    def sink(event: object) -> None:
        if isinstance(event, StageStarted):
            began[:] = [time.perf_counter(), time.process_time()]

    use = Use(model, Path("runs"), Path(tempfile.gettempdir()), device="cpu", threads=arguments.threads)
    embed(EmbedRequest(use, str(text), out), sink)
    return time.perf_counter() - began[0], time.process_time() - began[1]


def peer(model: str, text: Path, out: Path, arguments: argparse.Namespace) -> tuple[float, float]:
    """(seconds, CPU seconds) of SentenceTransformer.encode, from the loaded model on."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(arguments.threads)
    kinds = {} if arguments.dtype == "fp32" else {"model_kwargs": {"dtype": torch.bfloat16}}
    loaded = SentenceTransformer(model, device="cpu", **kinds)
    wall, cpu = time.perf_counter(), time.process_time()
    lines = text.read_text("utf-8").splitlines()
    np.save(out, loaded.encode(lines, batch_size=arguments.batch, show_progress_bar=False))
    return time.perf_counter() - wall, time.process_time() - cpu


def one(arguments: argparse.Namespace) -> None:
    if arguments.one == "sweep":
        print(json.dumps(sweep(arguments.model, arguments.text, arguments.threads)))
        return
    run = ours if arguments.one == "ours" else peer
    seconds, cpu = run(arguments.model, arguments.text, arguments.out, arguments)
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mib": peak / 1024}))


def run(kind: str, text: Path, out: Path, arguments: argparse.Namespace, batch: int = 32, dtype: str = "fp32") -> dict:
    """One run in a fresh process."""
    command = [sys.executable, __file__, arguments.model, str(text), "--one", kind, "--out", str(out)]
    command += ["--batch", str(batch), "--dtype", dtype, "--threads", str(arguments.threads)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(arguments.threads), "TOKENIZERS_PARALLELISM": "true"}
    environment["RAYON_NUM_THREADS"] = str(arguments.threads)
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def best_of_peer(text: Path, arguments: argparse.Namespace) -> tuple[int, str]:
    """The batch size, and the dtype where the processor has bf16, with the least CPU time on a quarter of the text."""
    tried = run("sweep", text, text, arguments)
    for name, seconds in tried.items():
        print(f"peer, batches of {name}: {seconds:.1f} CPU s on a quarter", flush=True)
    size, dtype = min(tried, key=lambda name: tried[name]).split()
    return int(size), dtype


def sweep(model: str, text: Path, threads: int) -> dict[str, float]:
    """ "batch dtype" -> CPU seconds of the peer, the lesser of two turns."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    lines = text.read_text("utf-8").splitlines()[::4]
    tried: dict[str, float] = {}
    bf16 = torch.backends.cpu.get_cpu_capability() not in {"DEFAULT", "NO AVX", "AVX", "AVX2"}
    loaded = {"fp32": SentenceTransformer(model, device="cpu")}
    if bf16:
        loaded["bf16"] = SentenceTransformer(model, device="cpu", model_kwargs={"dtype": torch.bfloat16})
    for _ in range(2):
        for dtype, encoder in loaded.items():
            for batch in PEER_BATCHES:
                began = time.process_time()
                encoder.encode(lines, batch_size=batch, show_progress_bar=False)
                taken = time.process_time() - began
                tried[f"{batch} {dtype}"] = min(taken, tried.get(f"{batch} {dtype}", taken))
    return tried


def worst_cosine(a: Path, b: Path) -> float:
    left, right = np.load(a).astype(np.float64), np.load(b).astype(np.float64)
    lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(((left * right).sum(axis=1) / np.where(lengths > 0, lengths, 1.0))[lengths > 0].min())


def compare(text: Path, scratch: Path, arguments: argparse.Namespace) -> dict:
    batch, dtype = best_of_peer(text, arguments)
    kinds = {"ours": ("ours", 32, "fp32"), "peer default": ("peer", 32, "fp32"), "peer best": ("peer", batch, dtype)}
    runs: dict[str, list[dict]] = {name: [] for name in kinds}
    for _ in range(arguments.rounds):
        for name, (kind, size, precision) in kinds.items():
            runs[name].append(run(kind, text, scratch / f"{name}.npy", arguments, size, precision))
    middle = {
        name: {key: median(each[key] for each in done) for key in done[0]} | {"runs": done}
        for name, done in runs.items()
    }
    cosine = worst_cosine(scratch / "ours.npy", scratch / "peer default.npy")
    print(f"{'':14} {'seconds':>9} {'CPU s':>9} {'sentences/s':>12} {'peak MiB':>9}")
    for name, row in middle.items():
        print(
            f"{name:14} {row['seconds']:9.1f} {row['cpu_seconds']:9.1f} {arguments.sentences / row['seconds']:12.0f}"
            f" {row['peak_mib']:9.0f}"
        )
    ratios = {}
    for name in ("peer default", "peer best"):
        for key in ("seconds", "cpu_seconds"):
            paired = [theirs[key] / mine[key] for theirs, mine in zip(runs[name], runs["ours"], strict=True)]
            ratios[f"{name} {key}"] = median(paired)
            print(
                f"ours is {median(paired):.2f} times as fast as {name} ({key}; {min(paired):.2f} to {max(paired):.2f})"
            )
    print(f"worst cosine to the peer's float32: {cosine:.6f}")
    return {"best_batch": batch, "best_dtype": dtype, "medians": middle, "ratios": ratios, "worst_cosine": cosine}


def growth(scratch: Path, arguments: argparse.Namespace) -> list[dict]:
    """Ours at 1, 4 and 16 times the sentences: CPU time a sentence and peak memory."""
    rows: list[dict] = []
    print("size   sentences   seconds     CPU s   CPU ms/sentence   peak MiB   time   memory")
    every = lines_of(arguments.text, arguments.sentences * FACTORS[-1])
    order = np.random.default_rng(0).permutation(len(every))
    for factor in FACTORS:
        count = arguments.sentences * factor
        text = scratch / f"{factor}.txt"
        text.write_text("\n".join(every[at] for at in order[:count]) + "\n", "utf-8")
        done = [run("ours", text, scratch / "v.npy", arguments) for _ in range(arguments.rounds)]
        row = {"factor": factor, "sentences": count, **{key: median(each[key] for each in done) for key in done[0]}}
        rows.append(row)
        each = row["cpu_seconds"] / count
        slower = each / (rows[0]["cpu_seconds"] / rows[0]["sentences"]) - 1
        print(
            f"{factor:3d}x {count:11,} {row['seconds']:9.1f} {row['cpu_seconds']:9.1f} {each * 1000:17.2f}"
            f" {row['peak_mib']:10.0f} {slower:+6.0%} {row['peak_mib'] / rows[0]['peak_mib'] - 1:+8.0%}",
            flush=True,
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("text", type=Path)
    parser.add_argument("--sentences", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--growth", action="store_true", help="ours alone, at 1, 4 and 16 times --sentences")
    parser.add_argument("--json", type=Path)
    for name, kind in (("--one", str), ("--out", Path), ("--batch", int), ("--dtype", str)):
        parser.add_argument(name, type=kind, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments)
        return
    import torch

    about = machine(processor=torch.backends.cpu.get_cpu_capability())
    print(json.dumps(about))
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.growth:
            found: object = growth(Path(scratch), arguments)
        else:
            text = Path(scratch) / "text.txt"
            text.write_text("\n".join(lines_of(arguments.text, arguments.sentences)) + "\n", "utf-8")
            found = compare(text, Path(scratch), arguments)
    if arguments.json:
        told = {"machine": about, "model": arguments.model, "text": arguments.text.name, "found": found}
        arguments.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
