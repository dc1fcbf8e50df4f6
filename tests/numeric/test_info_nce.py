"""The loss against the slow loop that the paper's equation spells out, in float64."""

from __future__ import annotations

import math

import pytest
import torch

from simcse_ml.objectives import info_nce as similarities
from simcse_ml.objectives.contract import LossBatch
from simcse_ml.objectives.info_nce import equal_texts, info_nce
from simcse_ml.objectives.unsup import UnsupSimCSE

pytestmark = pytest.mark.numeric


def slow_loss(z1: torch.Tensor, z2: torch.Tensor, temperature: float, hashes: list[int]) -> torch.Tensor:
    """Equation 1 of arXiv 2104.08821, term by term."""
    total = torch.zeros((), dtype=torch.float64)
    for i in range(len(z1)):
        denominator = torch.zeros((), dtype=torch.float64)
        for j in range(len(z2)):
            if i != j and hashes[i] == hashes[j]:
                continue
            cosine = (z1[i] @ z2[j]) / (z1[i].norm() * z2[j].norm())
            denominator = denominator + torch.exp(cosine / temperature)
            if i == j:
                own = cosine / temperature
        total = total + torch.log(denominator) - own
    return total / len(z1)


@pytest.mark.parametrize(("rows", "dim", "temperature"), [(2, 3, 0.05), (7, 5, 0.05), (16, 32, 0.1), (9, 4, 1.0)])
def test_loss_and_gradients_equal_the_slow_float64_loop(rows: int, dim: int, temperature: float) -> None:
    generator = torch.Generator().manual_seed(rows)
    z1 = torch.randn(rows, dim, generator=generator, dtype=torch.float64).requires_grad_()
    z2 = torch.randn(rows, dim, generator=generator, dtype=torch.float64).requires_grad_()
    hashes = [i if i != 1 else 0 for i in range(rows)]  # rows 0 and 1 have the same text
    batch = LossBatch(torch.arange(rows), torch.tensor(hashes))
    ours = UnsupSimCSE(temperature).batch_loss([z1, z2], batch, torch.nn.Module(), generator).total
    grads = torch.autograd.grad(ours, [z1, z2])
    slow = slow_loss(z1, z2, temperature, hashes)
    slow_grads = torch.autograd.grad(slow, [z1, z2])
    torch.testing.assert_close(ours, slow, rtol=1e-6, atol=1e-12)
    for a, b in zip(grads, slow_grads, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rows_at_a_time", [1, 5, 16, 100])
def test_similarities_made_part_by_part_give_the_same_loss_and_gradients(monkeypatch, rows_at_a_time: int) -> None:
    generator = torch.Generator().manual_seed(4)
    z1, z2 = (torch.randn(16, 8, generator=generator, dtype=torch.float64).requires_grad_() for _ in range(2))
    hashes = torch.tensor([0, 1, 2, 0, 4, 1, 0, *range(7, 15), 14])
    monkeypatch.setattr(similarities, "ROWS", rows_at_a_time)
    ours = info_nce(z1, z2, temperature=0.05, not_negative=equal_texts(hashes))
    slow = slow_loss(z1, z2, 0.05, hashes.tolist())
    torch.testing.assert_close(ours, slow, rtol=1e-9, atol=1e-12)
    for a, b in zip(torch.autograd.grad(3 * ours, [z1, z2]), torch.autograd.grad(3 * slow, [z1, z2]), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)


def test_equal_texts_are_all_pairs_of_different_rows_with_one_hash() -> None:
    rows, columns = equal_texts(torch.tensor([7, 3, 7, 5, 7, 3]))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        (0, 2), (0, 4), (1, 5), (2, 0), (2, 4), (4, 0), (4, 2), (5, 1),
    ]  # fmt: skip
    assert len(equal_texts(torch.arange(4))[0]) == 0


def test_float32_loss_is_within_a_millionth_of_the_float64_one() -> None:
    generator = torch.Generator().manual_seed(1)
    z1 = torch.randn(32, 64, generator=generator, dtype=torch.float64)
    z2 = z1 + 0.3 * torch.randn(32, 64, generator=generator, dtype=torch.float64)
    single = info_nce(z1.float(), z2.float(), temperature=0.05)
    double = info_nce(z1, z2, temperature=0.05)
    assert abs(single.item() - double.item()) <= 1e-6 * max(abs(double.item()), 1.0)


def test_equal_cosines_give_the_logarithm_of_the_batch_size() -> None:
    same = torch.ones(8, 4)
    assert info_nce(same, same, temperature=0.05).item() == pytest.approx(math.log(8), rel=1e-6)


def test_two_rows_by_hand() -> None:
    z1 = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert info_nce(z1, z1, temperature=1.0).item() == pytest.approx(math.log(math.e + 1) - 1, rel=1e-6)
