"""The order of rows is a function of seed and epoch, and an epoch sees every row at most once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.training.batches import SAMPLERS, BatchOrder
from simcse_ml.training.data import next_in_document
from simcse_ml.training.optimizer import rate_at
from simcse_ml.training.plan import planned_length


def order_of(sampler: str, rows: int, size: int, seed: int = 1) -> BatchOrder:
    ids = np.arange(rows, dtype=np.int64) * 3
    lengths = (np.arange(rows, dtype=np.int64) * 7919) % 60
    return BatchOrder(sampler, ids, lengths, size=size, seed=seed, stage="unsup")


@pytest.mark.parametrize("sampler", SAMPLERS)
@given(rows=st.integers(2, 400), size=st.integers(2, 70))
def test_an_epoch_sees_each_row_at_most_once_in_full_batches(sampler: str, rows: int, size: int) -> None:
    order = order_of(sampler, rows, size)
    seen = [order.at(step) for step in range(order.per_epoch)]
    assert {epoch for epoch, _ in seen} == {0}
    flat = np.concatenate([batch for _, batch in seen])
    assert len(set(flat.tolist())) == len(flat)
    assert len(flat) >= rows - size
    assert all(len(batch) == min(size, rows) for _, batch in seen)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_any_step_can_be_made_again_in_any_order(sampler: str) -> None:
    forward, backward = order_of(sampler, 100, 8), order_of(sampler, 100, 8)
    steps = list(range(30))
    expected = {step: forward.at(step)[1].tolist() for step in steps}
    assert {step: backward.at(step)[1].tolist() for step in reversed(steps)} == expected
    assert order_of(sampler, 100, 8, seed=2).at(0)[1].tolist() != expected[0]


def test_length_buckets_pad_less_than_shuffling() -> None:
    lengths = (np.arange(3000) * 7919) % 60

    def padded(sampler: str) -> int:
        order = order_of(sampler, 3000, 32)
        return sum(int(lengths[order.at(step)[1] // 3].max()) * 32 for step in range(order.per_epoch))

    assert padded("length_buckets") < 0.7 * padded("shuffled")


def test_neighbours_stop_at_documents_and_at_held_out_rows() -> None:
    documents = np.array([0, 0, 0, 1, 1], np.int32)
    allowed = np.array([True, True, False, True, True])
    assert next_in_document(documents, allowed).tolist() == [1, -1, -1, 4, -1]


def test_the_rate_rises_then_falls_to_nearly_nothing() -> None:
    rates = [rate_at(s, steps=20, peak=1.0, warmup_share=0.1, schedule="linear") for s in range(20)]
    assert rates[0] == pytest.approx(0.5)
    assert max(rates) == 1.0
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert 0 < rates[-1] < 0.1


def test_a_plan_obeys_epochs_steps_and_time() -> None:
    assert planned_length(per_epoch=100, epochs=2, max_steps=None, seconds=1.0, limit=None).steps == 200
    assert planned_length(per_epoch=100, epochs=2, max_steps=32, seconds=1.0, limit=None).steps == 32
    assert planned_length(per_epoch=100, epochs=2, max_steps=None, seconds=2.0, limit=60).steps == 30
