"""One side of training_speed.py or training_quality.py in a process of its own: one epoch, timed; one line of JSON."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

SEED = 20_261_124
RATE = 5e-5
MEGABATCH = 50
Embed = Callable[[list[str]], Any]
"""texts -> (texts, dim)"""
PEERS: dict[str, dict[str, Any]] = {
    "default": {},
    "eager": {"attention": "eager"},
    "bf16": {"bf16": True},
    "workers": {"dataloader_num_workers": 2, "dataloader_prefetch_factor": 4},
}


@dataclass
class Meter:
    """seen: tokens of each forward, padding included.  seconds: of the wall and of processors, until the last tick."""

    seen: list[int] = field(default_factory=list)
    began: tuple[float, float] = (0.0, 0.0)
    seconds: tuple[float, float] = (0.0, 0.0)
    peak_mib: float = 0.0

    def watch(self, model: Any) -> None:
        model.get_input_embeddings().register_forward_pre_hook(lambda _, inputs: self.seen.append(inputs[0].numel()))

    def start(self) -> None:
        self.seen.clear()
        self.began = _now()

    def tick(self) -> None:
        now = _now()
        self.seconds = (now[0] - self.began[0], now[1] - self.began[1])
        status = Path("/proc/self/status").read_text()
        self.peak_mib = int(status.split("VmHWM:")[1].split()[0]) / 1024


def _now() -> tuple[float, float]:
    own = psutil.Process()
    used = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return time.perf_counter(), sum(one.user + one.system for one in used)


def sentences_of(arguments: argparse.Namespace) -> list[str]:
    """A part of one epoch over MEGABATCH batches, for either side the one that stands for the whole epoch.

    Batches of like length: evenly spaced ones of all that the epoch has.  Random batches: the first ones, but where a
    model is scored, the same sentences as the other sides.
    """
    from transformers import AutoTokenizer

    lines = [line.strip() for line in arguments.text.read_text(encoding="utf-8").splitlines()]
    usable = list(dict.fromkeys(line for line in lines if len(line) >= 20))
    drawn = np.random.default_rng(SEED).permutation(len(usable))[: MEGABATCH * arguments.batch]
    if arguments.setting and not arguments.sorted and not arguments.score:
        return [usable[i] for i in drawn[: arguments.steps * arguments.batch]]
    tokenizer = AutoTokenizer.from_pretrained(arguments.backbone)
    rows = tokenizer([usable[i] for i in drawn], truncation=True, max_length=arguments.max_tokens)["input_ids"]
    drawn = drawn[np.argsort([len(row) for row in rows], kind="stable")]
    chosen = (np.arange(arguments.steps) * MEGABATCH + MEGABATCH // 2) // arguments.steps
    return [usable[i] for batch in chosen for i in drawn[batch * arguments.batch : (batch + 1) * arguments.batch]]


def ours(lines: list[str], arguments: argparse.Namespace, meter: Meter) -> Embed:
    """The project's loop with the settings of recipe unsup; tokenizing before the loop is counted in."""
    import torch
    from accelerate import Accelerator

    from simcse_ml.events import StepDone
    from simcse_ml.models.loading import load_backbone
    from simcse_ml.models.narrow_table import narrow, widen
    from simcse_ml.models.opened import embed_texts
    from simcse_ml.objectives.unsup import UnsupSimCSE
    from simcse_ml.settings.schema import BackboneSettings, PoolingSettings, ViewSettings
    from simcse_ml.training.batches import BatchOrder
    from simcse_ml.training.checkpoints import Checkpoints, Trained
    from simcse_ml.training.chunks import Runner
    from simcse_ml.training.data import StageData
    from simcse_ml.training.loop import Stage, Surroundings, run_stage
    from simcse_ml.training.optimizer import make_optimizer
    from simcse_ml.training.rows import open_token_rows, write_token_rows
    from simcse_ml.training.schedule import Schedule

    torch.set_num_threads(arguments.threads)
    settings = BackboneSettings(max_tokens=arguments.max_tokens, prefix="")
    encoder: Any = load_backbone(
        arguments.backbone, name="measured", backbone=settings, pooling=PoolingSettings()
    ).encoder
    encoder.word_table().requires_grad_(arguments.train_table)
    device = torch.device("cpu")
    narrow(encoder.model, [encoder.tokenize(lines).ids])
    optimizer = make_optimizer(encoder.parameters(), learning_rate=RATE, weight_decay=0.0, device=device)
    encoder.train().embed(encoder.tokenize(lines[:8])).sum().backward()
    optimizer.zero_grad()
    meter.watch(encoder.model)
    with tempfile.TemporaryDirectory() as scratch:
        meter.start()
        folder, limit = Path(scratch) / "rows", arguments.max_tokens
        write_token_rows(folder, iter([lines]), encoder.tokenize, max_tokens=limit, told=lambda _: None)
        rows = open_token_rows(folder)
        ids, size = np.arange(len(rows)), arguments.batch
        order = BatchOrder("length_buckets", ids, rows.rows.lengths, size=size, seed=arguments.seed, stage="unsup")
        data = StageData(rows, order, (ViewSettings(),), np.full(len(ids), -1), size, arguments.seed, "unsup")
        plan = Schedule(
            steps=arguments.steps, learning_rate=RATE, warmup_share=0.1, schedule="linear", clip_norm=1.0,
            chunk_rows=None, evaluate_every=arguments.steps, checkpoint_seconds=1e9,
        )  # fmt: skip
        stage = Stage(0, "unsup", UnsupSimCSE(), data, plan, arguments.seed)
        trained = Trained(encoder, torch.nn.Module(), optimizer)
        runner = Runner(encoder, trained.state, stage.objective.passes, device, "fp32")
        around = Surroundings(
            lambda event: meter.tick() if isinstance(event, StepDone) else None,
            Checkpoints(Path(scratch) / "checkpoints"),
            evaluate=dict,
            stop_asked=lambda: False,
        )
        run_stage(stage, runner, trained, around, Accelerator(cpu=True))
    widen(encoder.model)
    return lambda texts: embed_texts(encoder.eval(), texts)


def peer(lines: list[str], arguments: argparse.Namespace, meter: Meter) -> Embed:
    """SentenceTransformerTrainer as PEERS[arguments.setting] says."""
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments
    from transformers import TrainerCallback

    torch.set_num_threads(arguments.threads)
    wish = dict(PEERS[arguments.setting])
    attention = wish.pop("attention", None)
    told = {"attn_implementation": attention} if attention else {}
    model = SentenceTransformer(str(arguments.backbone), device="cpu", model_kwargs=told)
    model.max_seq_length = arguments.max_tokens
    inner: Any = model[0]
    inner.auto_model.get_input_embeddings().weight.requires_grad_(arguments.train_table)
    model.train()
    model(model.tokenize(lines[:8]))["sentence_embedding"].sum().backward()
    model.zero_grad()
    meter.watch(inner.auto_model)

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, *_: object, **__: object) -> None:
            meter.start()

        def on_step_end(self, *_: object, **__: object) -> None:
            meter.tick()

    if arguments.sorted:
        tokens = model.tokenizer(lines, truncation=True, max_length=arguments.max_tokens)["input_ids"]
        lengths = np.array([len(row) for row in tokens])
        wish["batch_sampler"] = lambda data, batch_size, **_: LengthGrouped(lengths, batch_size, arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        settings = SentenceTransformerTrainingArguments(
            output_dir=scratch, per_device_train_batch_size=arguments.batch, max_steps=arguments.steps,
            learning_rate=RATE, warmup_steps=0.1, save_strategy="no", eval_strategy="no", logging_strategy="no",
            report_to="none", disable_tqdm=True, use_cpu=True, seed=arguments.seed, **wish,
        )  # fmt: skip
        data = Dataset.from_dict({"anchor": lines, "positive": lines})
        loss = MultipleNegativesRankingLoss(model)
        SentenceTransformerTrainer(
            model=model, args=settings, train_dataset=data, loss=loss, callbacks=[Clock()]
        ).train()
    return model.encode


class LengthGrouped:
    """Batches of like length in random order, as a user of the peer might write them."""

    def __init__(self, lengths: Any, size: int, seed: int) -> None:
        self._lengths, self._size, self._seed, self._epoch = lengths, size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths) // self._size

    def __iter__(self) -> Iterator[list[int]]:
        order = np.argsort(self._lengths, kind="stable")
        for batch in np.random.default_rng((self._seed, self._epoch)).permutation(len(self)):
            yield order[batch * self._size : (batch + 1) * self._size].tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path)
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--train-table", action="store_true")
    for name in ("batch", "max-tokens", "steps", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--setting", help="of PEERS; without it the side is ours")
    parser.add_argument("--sorted", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--score", type=Path, help="a labelled set: a head, then two sentences and their score in columns"
    )
    arguments = parser.parse_args()
    lines, meter = sentences_of(arguments), Meter()
    embed = (peer if arguments.setting else ours)(lines, arguments, meter)
    wall, processors = meter.seconds
    speed = {"per_second": len(lines) / wall, "per_cpu_second": len(lines) / processors}
    told = {**speed, "tokens": sum(meter.seen) / (2 * len(lines)), "peak_mib": meter.peak_mib}
    if arguments.score:
        told["spearman"] = score(embed, arguments.score)
    print(json.dumps(told))


def score(embed: Embed, labelled: Path) -> float:
    """Spearman correlation x 100 of cosines with the labels."""
    from scipy.stats import spearmanr

    rows = [line.split("\t") for line in labelled.read_text(encoding="utf-8").splitlines()[1:]]
    a, b = (embed([row[column] for row in rows]) for column in (0, 1))
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return 100 * float(spearmanr(cosines, [float(row[2]) for row in rows])[0])


if __name__ == "__main__":
    main()
