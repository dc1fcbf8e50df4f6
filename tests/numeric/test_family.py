"""The objective interface carries the family: three passes, a momentum encoder with a queue, a row loss.

One odd objective uses every part at once and is trained through the project's own step, with one chunk and with many,
with graphs kept and with gradient caching.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from simcse_ml.errors import UserError
from simcse_ml.events import Event, StepDone
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.models.language import load_language
from simcse_ml.objectives.contract import (
    HasAfterStep,
    LossBatch,
    LossParts,
    Objective,
    Pass,
    PassTokens,
    RowPass,
    row_passes_of,
    state_of,
)
from simcse_ml.objectives.info_nce import cosines, info_nce
from simcse_ml.objectives.table import OBJECTIVES, OF_FULL_WIDTH, OF_ROWS, make_objective
from simcse_ml.ragged import Ragged, from_lists
from simcse_ml.settings.schema import ObjectiveSettings, ViewSettings
from simcse_ml.training.batches import BatchOrder
from simcse_ml.training.checkpoints import Checkpoints, Trained
from simcse_ml.training.chunks import Drawn, Runner
from simcse_ml.training.copies import KINDS, STREAMS, CopyingData
from simcse_ml.training.data import Batches, StageData
from simcse_ml.training.loop import Stage, Surroundings, run_stage
from simcse_ml.training.rows import TokenRows
from simcse_ml.training.schedule import Schedule
from simcse_ml.training.step import training_step
from simcse_ml.views.contract import Alphabet

pytestmark = pytest.mark.numeric


class EverythingState(nn.Module):
    def __init__(self, encoder: BackboneEncoder, queue: int) -> None:
        super().__init__()
        self.ema = copy.deepcopy(encoder).requires_grad_(False)
        self.twin = copy.deepcopy(encoder)
        self.norm = nn.BatchNorm1d(encoder.dim)
        self.detector = nn.Linear(encoder.dim, 2)
        self.register_buffer("queue", torch.zeros(queue, encoder.dim))


@dataclass(frozen=True)
class Everything:
    """SimCSE twins, negatives from a dropout-free pass, a momentum queue, and a two-way choice for every token."""

    momentum: float = 0.9

    @property
    def passes(self) -> Sequence[Pass]:
        return (
            Pass(view=0),
            Pass(view=1),
            Pass(view=0, dropout="off"),
            Pass(view=0, encoder="ema", dropout="off", grad="off"),
        )

    @property
    def row_passes(self) -> Sequence[RowPass]:
        return (RowPass(view=0), RowPass(view=1, kind="replaced", rate=0.4, encoder="twin", given=0))

    def state(self, encoder: nn.Module, generator: torch.Generator) -> nn.Module:
        assert isinstance(encoder, BackboneEncoder)
        torch.manual_seed(int(torch.randint(1 << 30, (), generator=generator)))
        return EverythingState(encoder, queue=6)

    def batch_loss(
        self, vectors: Sequence[Tensor], batch: LossBatch, state: nn.Module, generator: torch.Generator
    ) -> LossParts:
        assert isinstance(state, EverythingState)
        z1, z2, plain, _ = vectors
        z1, z2 = state.norm(z1), state.norm(z2)
        queued = torch.logsumexp(cosines(z1, state.queue + 1e-3) / 0.1, dim=1).mean()
        twins = info_nce(z1, z2, temperature=0.05)
        apart = info_nce(plain, plain, temperature=0.1)
        return LossParts(twins + 0.3 * apart + 0.1 * queued, {"twins": twins.detach()}, given=(z1,))

    def row_loss(self, tokens: Sequence[PassTokens], rows: LossBatch, state: nn.Module) -> Tensor:
        assert isinstance(state, EverythingState)
        total = torch.zeros(())
        for one in tokens:
            odd = torch.where(one.labels >= 0, one.labels % 2, one.labels)
            scores = state.detector(one.states).transpose(1, 2)
            total = total + nn.functional.cross_entropy(scores, odd, reduction="sum")
        return total

    def after_step(self, state: nn.Module, encoder: nn.Module, vectors: Sequence[Tensor], batch: LossBatch) -> None:
        assert isinstance(state, EverythingState)
        for slow, fast in zip(state.ema.parameters(), encoder.parameters(), strict=True):
            slow.mul_(self.momentum).add_(fast, alpha=1 - self.momentum)
        state.queue.copy_(torch.cat([vectors[3], state.queue])[: len(state.queue)])


ORDINARY = np.arange(5, 60, dtype=np.int32)
ALPHABET = Alphabet(4, ORDINARY, lambda rows, where, draws: ORDINARY[(draws * len(ORDINARY)).astype(np.int64)])
"""with something that guesses tokens without a model"""


def batch_of(rows: int) -> tuple[tuple[Ragged, ...], LossBatch]:
    """Three views, and what supervised objectives want to know of them; the others leave it alone."""
    generator = np.random.default_rng(3)
    texts = [[2, *generator.integers(5, 60, generator.integers(3, 9)).tolist(), 3] for _ in range(rows)]
    view = from_lists(texts, 1, 1)
    ids = torch.arange(rows)
    extra = {"positive_hash": ids + rows, "negative_hash": ids + 2 * rows, "has_negative": ids % 3 > 0}
    extra["label"] = ids % 3
    return (view, view, view.take(np.arange(rows)[::-1].copy())), LossBatch(ids, ids, extra)


def copied(objective: Objective, views: tuple[Ragged, ...], rows: int) -> tuple[Ragged, ...]:
    """The views with the copies that an objective wants behind them."""
    passes = row_passes_of(objective)
    copies: list[Ragged] = []
    for number, one in enumerate(passes):
        make = KINDS[one.kind]
        copies += make(
            views[one.view], np.arange(rows), ALPHABET, rate=one.rate, seed=3, epoch=0, stream=number * STREAMS
        )
    return (*views, *copies)


def train(
    encoder: BackboneEncoder,
    *,
    chunk_rows: int | None,
    keep_graph: bool | None,
    steps: int = 4,
    objective: Objective | None = None,
) -> tuple[list[float], dict[str, Tensor]]:
    objective = objective or Everything()
    encoder = copy.deepcopy(encoder)
    state = state_of(objective, encoder, torch.Generator().manual_seed(5))
    parameters = [*encoder.parameters(), *(p for p in state.parameters() if p.requires_grad)]
    optimizer = torch.optim.SGD(parameters, lr=0.05)
    runner = Runner(encoder, state, objective.passes, torch.device("cpu"), "fp32")
    views, batch = batch_of(8)
    views = copied(objective, views, 8)
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        result = training_step(
            objective,
            runner,
            views,
            batch,
            drawn=Drawn(1, "test", step),
            chunk_rows=chunk_rows,
            backward=lambda loss: loss.backward(),
            keep_graph=keep_graph,
        )
        optimizer.step()
        if isinstance(objective, HasAfterStep):
            with torch.no_grad():
                objective.after_step(state, encoder, result.vectors, batch)
        losses.append(result.loss)
    return losses, {**encoder.state_dict(), **{f"state.{k}": v for k, v in state.state_dict().items()}}


@pytest.mark.parametrize("chunk_rows", [8, 4, 3, 1])
def test_gradient_caching_trains_like_kept_graphs_with_dropout_on(tiny_bert: Path, chunk_rows: int) -> None:
    encoder = make_encoder(tiny_bert, dropout=0.1)
    kept = train(encoder, chunk_rows=chunk_rows, keep_graph=True)
    cached = train(encoder, chunk_rows=chunk_rows, keep_graph=False)
    assert kept[0] == pytest.approx(cached[0], rel=1e-5)
    for name, value in kept[1].items():
        torch.testing.assert_close(cached[1][name], value, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("width", ["", "at several widths", "beside masked language"])
@pytest.mark.parametrize("kind", OBJECTIVES)
def test_every_objective_of_the_table_trains_alike_with_gradient_caching(
    tiny_bert: Path, kind: str, width: str
) -> None:
    widths, weight = (4, 16) if width == "at several widths" else (), 0.1 if width == "beside masked language" else 0.0
    settings = ObjectiveSettings(kind=kind, matryoshka=widths, mlm_weight=weight)
    if (widths and kind in OF_FULL_WIDTH) or (weight and kind in OF_ROWS):
        with pytest.raises(UserError, match="full width" if widths else "loss over tokens"):
            make_objective(settings)
        return
    objective = make_objective(settings)
    encoder = make_encoder(tiny_bert, dropout=0.1)
    kept = train(encoder, chunk_rows=3, keep_graph=True, objective=objective)
    cached = train(encoder, chunk_rows=3, keep_graph=False, objective=objective)
    assert kept[0] == pytest.approx(cached[0], rel=1e-5, abs=1e-5)
    for name, value in kept[1].items():
        torch.testing.assert_close(cached[1][name], value, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("chunk_rows", [4, 3, 1])
def test_chunks_do_not_change_the_training_where_dropout_is_zero(tiny_bert: Path, chunk_rows: int) -> None:
    encoder = make_encoder(tiny_bert, dropout=0.0)
    whole = train(encoder, chunk_rows=None, keep_graph=None)
    parts = train(encoder, chunk_rows=chunk_rows, keep_graph=None)
    assert whole[0] == pytest.approx(parts[0], rel=1e-5)
    for name, value in whole[1].items():
        torch.testing.assert_close(parts[1][name], value, rtol=1e-4, atol=1e-5, msg=name)


def test_the_momentum_encoder_and_the_queue_moved(tiny_bert: Path) -> None:
    encoder = make_encoder(tiny_bert, dropout=0.1)
    _, after = train(encoder, chunk_rows=None, keep_graph=None)
    assert after["state.queue"].abs().sum() > 0
    name = "model.encoder.layer.0.attention.self.query.weight"
    slow, fast, start = after[f"state.ema.{name}"], after[name], encoder.state_dict()[name]
    assert not torch.equal(slow, start)
    assert (slow - start).norm() < (fast - start).norm()


def make_encoder(folder: Path, *, dropout: float) -> BackboneEncoder:
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    config = AutoConfig.from_pretrained(folder)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    model = AutoModel.from_pretrained(folder, config=config, dtype=torch.float32)
    encoder = BackboneEncoder(model, AutoTokenizer.from_pretrained(folder), Shape(max_tokens=16), name="tiny")
    encoder.language = load_language(folder, encoder, fresh=3)
    return encoder


@pytest.mark.parametrize("chunk_rows", [8, 3])
def test_the_family_trains_through_the_projects_own_loop(tiny_bert: Path, tmp_path: Path, chunk_rows: int) -> None:
    """Six steps of `run_stage` (order, views, clipping, after_step, checkpoints), whole and in chunks, no dropout."""
    whole = through_the_loop(tiny_bert, tmp_path / "whole", chunk_rows=None)
    parts = through_the_loop(tiny_bert, tmp_path / "parts", chunk_rows=chunk_rows)
    assert [loss for loss, _ in whole[0]] == pytest.approx([loss for loss, _ in parts[0]], rel=1e-4)
    assert [step for _, step in whole[0]] == [1, 2, 3, 4, 5, 6]
    for name, value in whole[1].items():
        torch.testing.assert_close(parts[1][name], value, rtol=1e-3, atol=1e-4, msg=name)


class Labelled:
    """Sentences with what supervised objectives want beside them: the others leave it alone."""

    def __init__(self, data: StageData) -> None:
        self.data, self.batch_size, self.order, self.rows = data, data.batch_size, data.order, data.rows

    def at(self, step: int) -> tuple[tuple[Ragged, ...], LossBatch]:
        return self.of(step, *self.order.at(step))

    def of(self, step: int, epoch: int, ids: np.ndarray) -> tuple[tuple[Ragged, ...], LossBatch]:
        views, batch = self.data.of(step, epoch, ids)
        rows = batch.row_ids
        extra = {"positive_hash": rows + 100, "negative_hash": rows + 200, "has_negative": rows % 3 > 0}
        third = views[0].take(np.arange(len(ids))[::-1].copy())
        return (*views, third), LossBatch(rows, batch.text_hashes, {**extra, "label": rows % 3})


class Killed(Exception):
    """Between two steps, with nothing written down but what was there."""


KEPT = {**{kind: ObjectiveSettings(kind=kind) for kind in OBJECTIVES},
        "esimcse beside masked language": ObjectiveSettings(kind="esimcse", mlm_weight=0.1)}  # fmt: skip


@pytest.mark.parametrize("name", [*KEPT, "everything"])
def test_every_objective_killed_and_resumed_ends_with_the_same_bits(tiny_bert: Path, tmp_path: Path, name: str) -> None:
    """Heads, queues, momentum copies and discriminators come back as they were; checkpoints are after steps 2 and 4."""
    objective = make_objective(KEPT[name]) if name in KEPT else Everything()
    settings = {"chunk_rows": 3, "objective": objective, "dropout": 0.1, "evaluate_every": 2}
    whole = through_the_loop(tiny_bert, tmp_path / "whole", **settings)  # type: ignore[arg-type]
    with pytest.raises(Killed):
        through_the_loop(tiny_bert, tmp_path / "killed", kill_at=5, **settings)  # type: ignore[arg-type]
    resumed = through_the_loop(tiny_bert, tmp_path / "killed", **settings)  # type: ignore[arg-type]
    assert [step for _, step in resumed[0]] == [5, 6]
    assert resumed[0] == whole[0][4:]
    assert resumed[1].keys() == whole[1].keys()
    assert [key for key, value in whole[1].items() if not torch.equal(resumed[1][key], value)] == []


def through_the_loop(
    folder: Path,
    checkpoints: Path,
    *,
    chunk_rows: int | None,
    objective: Objective | None = None,
    dropout: float = 0.0,
    evaluate_every: int = 3,
    kill_at: int = 0,
) -> tuple[list[tuple[float, int]], dict[str, Tensor]]:
    objective = objective or Everything()
    encoder = make_encoder(folder, dropout=dropout)
    state = state_of(objective, encoder, torch.Generator().manual_seed(5))
    (rows, *_), _ = batch_of(24)
    ids = np.arange(24)
    sentences = StageData(
        rows=TokenRows(rows, ids, 0),
        order=BatchOrder("length_buckets", ids, rows.lengths, size=8, seed=1, stage="odd"),
        views=(ViewSettings(),),
        next_rows=np.full(24, -1),
        batch_size=8,
        seed=1,
        stage="odd",
    )
    data: Batches = CopyingData(Labelled(sentences), row_passes_of(objective), ALPHABET, 1, "odd")
    schedule = Schedule(
        steps=6,
        learning_rate=0.05,
        warmup_share=0.2,
        schedule="linear",
        clip_norm=1.0,
        chunk_rows=chunk_rows,
        evaluate_every=evaluate_every,
        checkpoint_seconds=0.0,
    )
    parameters = [p for p in [*encoder.parameters(), *state.parameters()] if p.requires_grad]
    trained = Trained(encoder, state, torch.optim.SGD(parameters, lr=0.05))
    told: list[tuple[float, int]] = []

    def sink(event: Event) -> None:
        if isinstance(event, StepDone):
            told.append((event.loss, event.step))
            if event.step == kill_at:
                raise Killed

    around = Surroundings(sink, Checkpoints(checkpoints), lambda: {}, lambda: False)
    runner = Runner(encoder, state, objective.passes, torch.device("cpu"), "fp32")
    run_stage(Stage(0, "odd", objective, data, schedule, seed=1), runner, trained, around, Accelerator(cpu=True))
    return told, {**encoder.state_dict(), **{f"state.{k}": v for k, v in state.state_dict().items()}}
