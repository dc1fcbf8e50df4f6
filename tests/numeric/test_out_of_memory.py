"""A step that runs out of memory is repeated with the same negatives; a resumed run takes the same chunks as before."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from simcse_ml.errors import UserError
from simcse_ml.events import Event, OomRetry, StepDone
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.objectives.unsup import UnsupSimCSE
from simcse_ml.ragged import from_lists
from simcse_ml.settings.schema import ViewSettings
from simcse_ml.training.ahead import batches_ahead
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.checkpoints import Checkpoints, Trained
from simcse_ml.training.chunks import Runner
from simcse_ml.training.data import StageData
from simcse_ml.training.loop import Stage, Surroundings, run_stage
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.schedule import Halving, Schedule

pytestmark = pytest.mark.numeric
STEPS, BATCH, ROWS = 8, 16, 48


class Killed(Exception):
    """A kill at a moment of the test's choice."""


class Machine:
    """A run on a machine where a forward of more than `most` rows fails from `since` on, and its run.json."""

    def __init__(self, folder: Path, tiny: Path, *, dropout: float, precision: str = "fp32") -> None:
        from transformers import AutoConfig, AutoModel, AutoTokenizer

        config = AutoConfig.from_pretrained(tiny)
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
        model = AutoModel.from_pretrained(tiny, config=config, dtype=torch.float32)
        self.fresh = BackboneEncoder(model, AutoTokenizer.from_pretrained(tiny), Shape(max_tokens=16), name="tiny")
        self.folder, self.precision = folder, precision
        self.halvings: list[Halving] = []
        self.told: list[Event] = []
        self.scale = 2.0**16

    def run(self, *, most: int = 10**6, since: int = 0, kill_at: int | None = None) -> dict[str, Tensor]:
        """To the end, or to the kill after step `kill_at`; the parameters."""
        encoder, step = copy.deepcopy(self.fresh), 0
        embed = encoder.embed

        def limited(rows, *, in_training=False):
            if len(rows) // 2 > most and step >= since:
                raise RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory")
            return embed(rows, in_training=in_training)

        encoder.embed = limited  # type: ignore[method-assign]

        def sink(event: Event) -> None:
            nonlocal step
            self.told.append(event)
            if isinstance(event, StepDone):
                step = event.step
                if step == kill_at:
                    raise Killed

        def keep(index: int, halvings: object) -> None:
            self.halvings = list(halvings)  # type: ignore[call-overload]

        generator = np.random.default_rng(3)
        rows = from_lists([[2, *generator.integers(5, 60, generator.integers(3, 9)), 3] for _ in range(ROWS)], 1, 1)
        ids = np.arange(ROWS)
        order = BatchOrder("length_buckets", ids, rows.lengths, size=BATCH, seed=1, stage="unsup")
        data = StageData(TokenRows(rows, ids, 0), order, (ViewSettings(),), np.full(ROWS, -1), BATCH, 1, "unsup")
        schedule = Schedule(STEPS, 1e-3, 0.0, "constant", 1.0, None, 4, 1e9, None, tuple(self.halvings))
        state = nn.Module()
        scaler = torch.amp.GradScaler("cpu", init_scale=self.scale, enabled=self.precision == "fp16")
        trained = Trained(encoder, state, torch.optim.AdamW(encoder.parameters(), lr=1e-3), scaler)
        checkpoints = Checkpoints(self.folder)
        around = Surroundings(sink, checkpoints, lambda: {"dev": float(step)}, lambda: False, "", keep)
        objective = UnsupSimCSE()
        runner = Runner(encoder, state, objective.passes, torch.device("cpu"), self.precision)
        run_stage(Stage(0, "unsup", objective, data, schedule, 1), runner, trained, around, Accelerator(cpu=True))
        self.scale = scaler.get_scale()
        return {name: value.detach().clone() for name, value in encoder.named_parameters()}

    @property
    def losses(self) -> list[float]:
        return [event.loss for event in self.told if isinstance(event, StepDone)]


def test_a_halved_run_has_the_losses_of_an_unhalved_one_where_dropout_is_off(tiny_bert: Path, tmp_path: Path) -> None:
    whole, halved = (Machine(tmp_path / name, tiny_bert, dropout=0.0) for name in ("whole", "halved"))
    before, after = whole.run(), halved.run(most=5, since=3)
    assert halved.halvings == [(3, 8), (3, 4)]
    assert [(e.step, e.chunk_rows) for e in halved.told if isinstance(e, OomRetry)] == [(4, 8), (4, 4)]
    assert halved.losses == pytest.approx(whole.losses, abs=1e-6)
    assert all(torch.allclose(before[name], after[name], atol=1e-5) for name in before)


@pytest.mark.parametrize("kill_at", [4, 6, 7])
def test_a_kill_after_a_halving_and_before_the_next_checkpoint_changes_no_bit(
    tiny_bert: Path, tmp_path: Path, kill_at: int
) -> None:
    """Checkpoints are written after steps 4 and 8 here; memory is short from step 6 (5 counted from 0) on."""
    whole, killed = (Machine(tmp_path / name, tiny_bert, dropout=0.1) for name in ("whole", "killed"))
    expected = whole.run(most=5, since=5)
    with pytest.raises(Killed):
        killed.run(most=5, since=5, kill_at=kill_at)
    assert killed.halvings == ([(5, 8), (5, 4)] if kill_at > 5 else [])
    found = killed.run(most=5 if kill_at < 5 else 10**6, since=5)  # what was halved stays so: memory is there again
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_a_row_that_never_fits_ends_the_run_in_one_line(tiny_bert: Path, tmp_path: Path) -> None:
    machine = Machine(tmp_path, tiny_bert, dropout=0.0)
    with pytest.raises(UserError, match="not enough memory"):
        machine.run(most=0)
    assert [rows for _, rows in machine.halvings] == [8, 4, 2, 1]


@pytest.mark.parametrize("scale", [2.0**16, 2.0**120])
def test_fp16_trains_skips_what_overflows_and_resumes_bit_for_bit(
    tiny_bert: Path, tmp_path: Path, scale: float
) -> None:
    """With the larger scale every gradient overflows at first: those steps are left out and the scale is halved."""
    whole, killed = (Machine(tmp_path / name, tiny_bert, dropout=0.1, precision="fp16") for name in ("whole", "killed"))
    whole.scale = killed.scale = scale
    expected = whole.run()
    with pytest.raises(Killed):
        killed.run(kill_at=6)
    found = killed.run()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert whole.scale == (scale if scale == 2.0**16 else scale / 2**STEPS)
    start = dict(whole.fresh.named_parameters())
    assert all(torch.equal(expected[name], start[name]) for name in start) == (scale > 2.0**16)


def test_fp16_in_chunks_gives_the_gradients_of_fp16_in_one(tiny_bert: Path, tmp_path: Path) -> None:
    whole, halved = (Machine(tmp_path / n, tiny_bert, dropout=0.0, precision="fp16") for n in ("whole", "halved"))
    before, after = whole.run(), halved.run(most=4)
    assert halved.losses == pytest.approx(whole.losses, rel=1e-2)
    assert max(float((before[name] - after[name]).abs().max()) for name in before) < 2e-3


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_batches_made_ahead_are_those_of_their_steps(device: str) -> None:
    class Numbers:
        def at(self, step: int) -> int:
            return step

    assert list(batches_ahead(Numbers(), 3, 9, torch.device(device))) == [3, 4, 5, 6, 7, 8]  # type: ignore[arg-type]
    assert list(batches_ahead(Numbers(), 5, 5, torch.device(device))) == []  # type: ignore[arg-type]


def test_an_error_in_making_a_batch_ahead_is_not_lost() -> None:
    class Broken:
        def at(self, step: int) -> int:
            if step == 2:
                raise OSError("the disk is gone")
            return step

    coming = batches_ahead(Broken(), 0, 5, torch.device("cuda"))  # type: ignore[arg-type]
    assert [next(coming), next(coming)] == [0, 1]
    with pytest.raises(OSError, match="disk"):
        next(coming)
