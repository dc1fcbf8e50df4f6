"""Every objective against a slow float64 loop written from its paper, and the constants that can be had by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from simcse_ml.objectives.contract import LossBatch, Objective, state_of
from simcse_ml.objectives.dcl import DecoupledContrastive
from simcse_ml.objectives.esimcse import ESimCSE, QueueState
from simcse_ml.objectives.gs_info_nce import GSInfoNCE
from simcse_ml.objectives.matryoshka import Matryoshka
from simcse_ml.objectives.ranking import Ranking
from simcse_ml.objectives.simcse_plus_plus import SimCSEPlusPlus, dimension_loss
from simcse_ml.objectives.softmax import ClassifierState, Softmax
from simcse_ml.objectives.sup import SupSimCSE
from simcse_ml.objectives.table import OBJECTIVES, make_objective
from simcse_ml.objectives.unsup import UnsupSimCSE
from simcse_ml.settings.schema import ObjectiveSettings

pytestmark = pytest.mark.numeric

ROWS, DIM = 7, 5
HASHES = [3, 3, 2, 5, 6, 7, 8]
"""rows 0 and 1 are one text"""


class Encoder(nn.Module):
    """Something with a width, trained and frozen numbers."""

    def __init__(self, dim: int = DIM) -> None:
        super().__init__()
        self.dim = dim
        self.weight = nn.Parameter(torch.arange(3.0))
        self.table = nn.Parameter(torch.ones(4), requires_grad=False)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(11)


def vectors(count: int) -> list[Tensor]:
    drawn = generator()
    return [torch.randn(ROWS, DIM, generator=drawn, dtype=torch.float64).requires_grad_() for _ in range(count)]


def batch(**extra: list[int] | list[bool]) -> LossBatch:
    return LossBatch(
        torch.arange(ROWS), torch.tensor(HASHES), {name: torch.tensor(value) for name, value in extra.items()}
    )


def cos(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b) / (a.norm() * b.norm())


def minus_log_share(own: Tensor, others: Sequence[Tensor]) -> Tensor:
    return torch.log(torch.exp(own) + sum((torch.exp(o) for o in others), torch.zeros(()))) - own


def mean_of_rows(row: Callable[[int], Tensor]) -> Tensor:
    return torch.stack([row(i) for i in range(ROWS)]).mean()


def unlike(i: int) -> list[int]:
    return [j for j in range(ROWS) if j != i and HASHES[j] != HASHES[i]]


def slow_unsup(z: Sequence[Tensor], t: float = 0.05) -> Tensor:
    return mean_of_rows(
        lambda i: minus_log_share(cos(z[0][i], z[1][i]) / t, [cos(z[0][i], z[1][j]) / t for j in unlike(i)])
    )


def slow_off_dropout(z: Sequence[Tensor], t: float = 0.05, r: float = 0.9) -> Tensor:
    return mean_of_rows(
        lambda i: minus_log_share(r * cos(z[0][i], z[1][i]) / t, [cos(z[2][i], z[2][j]) / t for j in unlike(i)])
    )


def slow_dimensions(z: Sequence[Tensor], t_d: float) -> Tensor:
    def normal(column: Tensor) -> Tensor:
        centred = column - sum(column) / ROWS
        return centred / torch.sqrt(sum(centred * centred) / ROWS + 1e-5)

    total = torch.zeros((), dtype=torch.float64)
    for k in range(DIM):
        row = [normal(z[0][:, k]) @ normal(z[1][:, other]) / (ROWS * t_d) for other in range(DIM)]
        total = total + minus_log_share(row[k], row[:k] + row[k + 1 :])
    return total / DIM


def slow_noise(z: Sequence[Tensor], t: float = 0.05, rows: int = 192) -> Tensor:
    noise = torch.randn(rows, DIM, generator=generator()).double()
    return mean_of_rows(
        lambda i: minus_log_share(
            cos(z[0][i], z[1][i]) / t,
            [*(cos(z[0][i], z[1][j]) / t for j in unlike(i)), *(cos(z[0][i], g) / t for g in noise)],
        )
    )


def slow_both_ways(z: Sequence[Tensor]) -> Tensor:
    return (slow_unsup(z) + slow_unsup([z[1], z[0]])) / 2


def slow_decoupled(z: Sequence[Tensor], t: float = 0.05) -> Tensor:
    def row(i: int, k: int) -> Tensor:
        others = [torch.exp(cos(z[k][i], z[view][j]) / t) for j in unlike(i) for view in (0, 1)]
        return torch.log(sum(others, torch.zeros(()))) - cos(z[0][i], z[1][i]) / t

    return (mean_of_rows(lambda i: row(i, 0)) + mean_of_rows(lambda i: row(i, 1))) / 2


CASES: dict[str, tuple[Objective, int, Callable[[Sequence[Tensor]], Tensor]]] = {
    "unsup": (UnsupSimCSE(), 2, slow_unsup),
    "simcse++ without dropout": (
        SimCSEPlusPlus(positive_weight=0.9, dimension_weight=0.0),
        3,
        slow_off_dropout,
    ),
    "simcse++ across dimensions": (
        SimCSEPlusPlus(off_dropout=False, dimension_temperature=20.0),
        2,
        lambda z: slow_unsup(z) + 0.1 * slow_dimensions(z, 20.0),
    ),
    "simcse++": (
        SimCSEPlusPlus(positive_weight=0.9),
        3,
        lambda z: slow_off_dropout(z) + 0.1 * slow_dimensions(z, 5.0),
    ),
    "gs": (GSInfoNCE(), 2, slow_noise),
    "dcl": (DecoupledContrastive(), 2, slow_decoupled),
    "ranking": (Ranking(), 2, slow_unsup),
    "ranking both ways": (Ranking(both_ways=True), 2, slow_both_ways),
    "matryoshka": (
        Matryoshka(UnsupSimCSE(), (2, 4, 64)),
        2,
        lambda z: sum((slow_unsup([one[:, :m] for one in z]) for m in (2, 4, DIM)), torch.zeros(())),
    ),
}


def require_equal(ours: Tensor, slow: Tensor, z: Sequence[Tensor]) -> None:
    """Values and gradients within a millionth."""
    torch.testing.assert_close(ours.double(), slow.double(), rtol=1e-6, atol=1e-12)
    pairs = zip(
        torch.autograd.grad(ours, z, allow_unused=True), torch.autograd.grad(slow, z, allow_unused=True), strict=True
    )
    for a, b in pairs:
        if b is None:
            assert a is None or not a.any()
        else:
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_loss_and_gradients_equal_the_slow_loop(name: str) -> None:
    objective, count, slow = CASES[name]
    z = vectors(count)
    assert len(objective.passes) == count
    ours = objective.batch_loss(z, batch(), state_of(objective, Encoder(), generator()), generator()).total
    require_equal(ours, slow(z), z)


def test_supervised_triples_equal_the_slow_loop() -> None:
    """Row 2 has no contradiction; the positive of 4 is the text of 3's; 5's contradiction is its own positive."""
    positives = [11, 12, 13, 14, 14, 16, 17]
    negatives = [21, 22, 23, 24, 25, 16, 27]
    has = [True, True, False, True, True, True, True]
    z = vectors(3)
    t, weight = 0.05, 0.3

    def row(i: int) -> Tensor:
        mine = {HASHES[i], positives[i]}
        near = [cos(z[0][i], z[1][j]) / t for j in range(ROWS) if j != i and positives[j] not in mine]
        hard = [
            cos(z[0][i], z[2][j]) / t + weight * (i == j) for j in range(ROWS) if has[j] and negatives[j] not in mine
        ]
        return minus_log_share(cos(z[0][i], z[1][i]) / t, near + hard)

    given = batch(positive_hash=positives, negative_hash=negatives, has_negative=has)
    ours = SupSimCSE(hard_negative_weight=weight).batch_loss(z, given, nn.Module(), generator()).total
    require_equal(ours, mean_of_rows(row), z)


def test_pairs_both_ways_leave_out_equal_texts_on_either_side() -> None:
    positives = [11, 12, 13, 14, 14, 16, 17]
    z = vectors(2)

    def row(i: int, a: Tensor, b: Tensor, candidates: list[int]) -> Tensor:
        mine = {HASHES[i], positives[i]}
        return minus_log_share(
            cos(a[i], b[i]) / 0.05,
            [cos(a[i], b[j]) / 0.05 for j in range(ROWS) if j != i and candidates[j] not in mine],
        )

    forth = mean_of_rows(lambda i: row(i, z[0], z[1], positives))
    back = mean_of_rows(lambda i: row(i, z[1], z[0], HASHES))
    ours = Ranking(both_ways=True).batch_loss(z, batch(positive_hash=positives), nn.Module(), generator()).total
    require_equal(ours, (forth + back) / 2, z)


def test_the_classifier_equals_the_slow_loop_and_equal_pairs_cost_the_logarithm_of_the_labels() -> None:
    labels = [0, 1, 2, 2, 1, 0, 1]
    objective, encoder = Softmax(), Encoder()
    state = objective.state(encoder, generator()).double()
    assert isinstance(state, ClassifierState)
    weights = state.classifier.weight
    z = vectors(2)

    def row(i: int) -> Tensor:
        features = torch.stack(
            [*z[0][i], *z[1][i], *(a - b if a > b else b - a for a, b in zip(z[0][i], z[1][i], strict=True))]
        )
        scores = [sum((w * f for w, f in zip(line, features, strict=True)), torch.zeros(())) for line in weights]
        return minus_log_share(scores[labels[i]], [s for k, s in enumerate(scores) if k != labels[i]])

    ours = objective.batch_loss(z, batch(label=labels), state, generator()).total
    require_equal(ours, mean_of_rows(row), [*z, weights])
    nothing = [torch.zeros(ROWS, DIM, dtype=torch.float64)] * 2
    assert objective.batch_loss(nothing, batch(label=labels), state, generator()).total.item() == pytest.approx(
        math.log(3), rel=1e-6
    )


def test_the_queue_equals_the_slow_loop_and_never_holds_the_rows_at_hand() -> None:
    objective = ESimCSE(queue_rows=10)
    state = objective.state(Encoder(), generator())
    assert isinstance(state, QueueState)
    z = vectors(3)
    empty = objective.batch_loss(z, batch(), state, generator()).total
    require_equal(empty, slow_unsup(z), z)
    earlier = [torch.randn(ROWS, DIM, generator=torch.Generator().manual_seed(n)) for n in range(2)]
    for number, one in enumerate(earlier):
        hashes = torch.arange(100 * number, 100 * number + ROWS)
        objective.after_step(state, Encoder(), [one, one, one], LossBatch(torch.arange(ROWS), hashes))
    assert int(state.filled) == 10
    queued = torch.cat([earlier[1], earlier[0]])[:10].double()
    known = [*range(100, 107), 0, 1, 2]

    def row(i: int) -> Tensor:
        others = [cos(z[0][i], z[1][j]) / 0.05 for j in unlike(i)]
        others += [cos(z[0][i], q) / 0.05 for q, text in zip(queued, known, strict=True) if text != HASHES[i]]
        return minus_log_share(cos(z[0][i], z[1][i]) / 0.05, others)

    z = vectors(3)
    require_equal(objective.batch_loss(z, batch(), state, generator()).total, mean_of_rows(row), z)
    assert 2 in HASHES
    assert 2 in known  # a text that is in the batch and in the queue


@pytest.mark.parametrize(("momentum", "expected"), [(1.0, 0.0), (0.0, 5.0), (0.75, 1.25)])
def test_the_momentum_encoder_moves_by_its_share(momentum: float, expected: float) -> None:
    objective, encoder = ESimCSE(momentum=momentum, queue_rows=3), Encoder()
    state = objective.state(encoder, generator())
    assert isinstance(state, QueueState)
    before = state.ema.weight.clone()  # type: ignore[operator]
    with torch.no_grad():
        encoder.weight.add_(5.0)
    rows = [torch.ones(2, DIM)] * 3
    objective.after_step(state, encoder, rows, LossBatch(torch.arange(2), torch.arange(2)))
    torch.testing.assert_close(state.ema.weight, before + expected)
    assert state.ema.table is encoder.table


def test_noise_is_drawn_whatever_its_length_and_none_is_plain_simcse() -> None:
    z = vectors(2)
    none = GSInfoNCE(noise_rows=0).batch_loss(z, batch(), nn.Module(), generator()).total
    torch.testing.assert_close(none, slow_unsup(z), rtol=1e-6, atol=0.0)
    same = [torch.ones(4, 3)] * 2
    ids = torch.arange(4)
    for sigma in (0.1, 10.0):
        noise = sigma * torch.randn(192, 3, generator=generator())
        expected = slow_noise_of(same, noise)
        ours = GSInfoNCE().batch_loss(same, LossBatch(ids, ids), nn.Module(), generator()).total
        torch.testing.assert_close(ours, expected, rtol=1e-5, atol=0.0)


def slow_noise_of(z: Sequence[Tensor], noise: Tensor) -> Tensor:
    rows = range(len(z[0]))
    losses = [
        minus_log_share(
            cos(z[0][i], z[1][i]) / 0.05,
            [*(cos(z[0][i], z[1][j]) / 0.05 for j in rows if j != i), *(cos(z[0][i], g) / 0.05 for g in noise)],
        )
        for i in rows
    ]
    return torch.stack(losses).mean()


def test_decoupled_rows_have_the_other_rows_alone_below_the_line_and_may_have_none() -> None:
    """Equal cosines: ln 2(n - 1). One text throughout: nothing to learn, and no gradient that is not a number."""
    ids, same = torch.arange(8), torch.ones(8, 4)
    plain = DecoupledContrastive().batch_loss([same, same], LossBatch(ids, ids), nn.Module(), generator()).total
    assert plain.item() == pytest.approx(math.log(14), rel=1e-6)
    z = vectors(2)
    one = LossBatch(torch.arange(ROWS), torch.zeros(ROWS, dtype=torch.int64))
    total = DecoupledContrastive().batch_loss(z, one, nn.Module(), generator()).total
    assert total.item() == 0
    assert not any(g.any() for g in torch.autograd.grad(total, z))


def test_equal_cosines_give_the_constants_of_the_papers() -> None:
    n, ids = 8, torch.arange(8)
    same = torch.ones(n, 4)
    plain = LossBatch(ids, ids)
    off = SimCSEPlusPlus(dimension_weight=0.0).batch_loss([same] * 3, plain, nn.Module(), generator()).total
    assert off.item() == pytest.approx(math.log(n), rel=1e-6)
    for weight in (0.0, math.log(2.0)):
        given = LossBatch(
            ids, ids, {"positive_hash": ids + 10, "negative_hash": ids + 20, "has_negative": torch.ones(n).bool()}
        )
        sup = SupSimCSE(hard_negative_weight=weight).batch_loss([same] * 3, given, nn.Module(), generator()).total
        assert sup.item() == pytest.approx(math.log(2 * n - 1 + math.exp(weight)), rel=1e-6)


NO_NEGATIVES = {"softmax", "language_head"}
ALONE: dict[str, dict[str, float | int]] = {"simcse++": {"dimension_weight": 0.0}, "gs": {"noise_rows": 0}}
"""settings that leave nothing but the negatives of the batch"""


@pytest.mark.parametrize("kind", sorted(OBJECTIVES.keys() - NO_NEGATIVES))
def test_equal_texts_are_no_negatives_in_any_objective_of_the_table(kind: str) -> None:
    """A batch that is one text twice has no negatives at all, so whatever the vectors are, the loss is ln 1."""
    objective = make_objective(ObjectiveSettings(kind=kind, settings=ALONE.get(kind, {})))
    encoder = Encoder(dim=4)
    encoder.embedding_width = 4  # type: ignore[assignment]
    state = state_of(objective, encoder, generator())
    drawn = generator()
    z = [torch.randn(2, 4, generator=drawn) for _ in objective.passes]
    same, other = torch.tensor([5, 5]), torch.tensor([9, 9])
    extra = {"positive_hash": other, "negative_hash": torch.tensor([0, 0]), "has_negative": torch.zeros(2).bool()}
    given = LossBatch(torch.arange(2), same, extra if kind == "sup" else {})
    assert objective.batch_loss(z, given, state, generator()).total.item() == pytest.approx(0.0, abs=1e-6)
    apart = LossBatch(torch.arange(2), torch.tensor([5, 6]), {**extra, "positive_hash": torch.tensor([7, 8])})
    if kind != "sup":
        apart = LossBatch(torch.arange(2), torch.tensor([5, 6]))
    assert abs(objective.batch_loss(z, apart, state, generator()).total.item()) > 1e-6  # a loss may be below nothing


def test_the_range_of_the_dimension_wise_loss() -> None:
    """methods.md of the paper's setting: d 768, t_d 5: 6.444 where C = I / t_d, 6.644 where C = 0."""
    d, t_d = 768, 5.0
    wide = torch.linalg.qr(torch.randn(2 * d, 2 * d, generator=generator(), dtype=torch.float64))[0]
    centred = wide - wide.mean(0)
    apart = torch.linalg.qr(centred[:, : d + 1] - centred[:, : d + 1].mean(0))[0][:, :d]  # columns: mean 0, orthogonal
    one = dimension_loss(apart * 1e3, apart * 1e3, temperature=t_d)
    assert one.item() == pytest.approx(math.log(math.exp(1 / t_d) + d - 1) - 1 / t_d, abs=1e-3)
    assert one.item() == pytest.approx(6.444, abs=2e-3)
    nothing = dimension_loss(torch.ones(16, d, dtype=torch.float64), apart[:16], temperature=t_d)
    assert nothing.item() == pytest.approx(math.log(d), abs=1e-6)
    assert math.log(d) == pytest.approx(6.644, abs=1e-3)


def test_a_full_width_matryoshka_is_the_loss_itself() -> None:
    z = vectors(2)
    ours = Matryoshka(UnsupSimCSE(), (DIM,)).batch_loss(z, batch(), nn.Module(), generator()).total
    torch.testing.assert_close(ours, UnsupSimCSE().batch_loss(z, batch(), nn.Module(), generator()).total)
