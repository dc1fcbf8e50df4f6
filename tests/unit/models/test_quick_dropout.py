"""Dropout and attention on a CPU are torch's in everything but which masks are drawn."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from simcse_ml.models.loading import load_backbone
from simcse_ml.models.quick_attention import NAME, _Attended
from simcse_ml.models.quick_dropout import QuickDropout, draw_kept, quicken
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the cat sleeps", "a longer sentence that has more tokens"]


def test_the_asked_share_is_left_out_and_neighbours_are_independent() -> None:
    torch.manual_seed(1)
    left_out = 1 - draw_kept(torch.Size([1000, 1001]), 0.1).double()
    assert abs(float(left_out.mean()) - 0.1) < 5 * (0.1 * 0.9 / 1_001_000) ** 0.5
    for both in (left_out[:, 1:] * left_out[:, :-1], left_out[1:] * left_out[:-1]):
        assert abs(float(both.mean()) - 0.01) < 5 * (0.01 * 0.99 / 1_000_000) ** 0.5


def test_torchs_seed_decides_the_mask_and_each_draw_is_another() -> None:
    shape = torch.Size([3, 100])
    torch.manual_seed(5)
    first, second = draw_kept(shape, 0.5), draw_kept(shape, 0.5)
    torch.manual_seed(5)
    assert torch.equal(draw_kept(shape, 0.5), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_kept_is_scaled_and_so_is_its_gradient(dtype) -> None:
    values = torch.full((64, 64), 2.0, dtype=dtype, requires_grad=True)
    torch.manual_seed(2)
    kept = draw_kept(values.shape, 0.25).to(dtype)
    torch.manual_seed(2)
    dropped = QuickDropout(0.25)(values)
    dropped.sum().backward()
    scale = torch.tensor(1 / 0.75).to(dtype)
    assert dropped.dtype == dtype
    torch.testing.assert_close(dropped, 2 * kept * scale)
    torch.testing.assert_close(values.grad, kept * scale)


def test_nothing_is_dropped_outside_training_or_at_rate_zero() -> None:
    values = torch.randn(4, 5)
    assert torch.equal(QuickDropout(0.5).eval()(values), values)
    assert torch.equal(QuickDropout(0.0)(values), values)


def test_every_dropout_of_a_model_is_replaced_in_its_mode() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Dropout(0.3), nn.Dropout(0.1))).eval()
    quicken(model)
    found = [(m.p, m.training) for m in model.modules() if isinstance(m, QuickDropout)]
    assert found == [(0.3, False), (0.1, False)]
    assert not any(isinstance(m, nn.Dropout) for m in model.modules())


@pytest.mark.parametrize("padded", [False, True])
def test_attention_has_the_gradients_that_finite_differences_give(padded) -> None:
    torch.manual_seed(3)
    query, key, value = (torch.randn(2, 2, 4, 3, dtype=torch.float64, requires_grad=True) for _ in range(3))
    allowed = torch.ones(2, 1, 4, 4, dtype=torch.bool)
    allowed[1, :, :, 3] = False

    def attended(*parts: Tensor) -> Tensor:
        torch.manual_seed(4)
        result: Tensor = _Attended.apply(*parts, allowed if padded else None, 0.7, 0.3)
        return result

    assert torch.autograd.gradcheck(attended, (query, key, value))


@pytest.mark.parametrize("family", ["bert", "xlm-roberta", "roberta", "electra", "distilbert", "albert"])
def test_a_training_pass_is_transformers_own_under_the_same_masks(family, make_backbone, monkeypatch) -> None:
    settings = BackboneSettings(max_tokens=40)
    folder = make_backbone(family)
    quick = load_backbone(folder, name="quick", backbone=settings, pooling=PoolingSettings()).encoder.train()
    plain = load_backbone(folder, name="plain", backbone=settings, pooling=PoolingSettings()).encoder.train()
    assert quick.model.config._attn_implementation == NAME
    plain.model.set_attn_implementation("eager")

    def same_masks(values: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        return values * draw_kept(values.shape, p) / (1 - p) if training and p else values

    for module in plain.modules():
        if isinstance(module, QuickDropout):
            monkeypatch.setattr(module, "forward", lambda values, m=module: same_masks(values, m.p, m.training))
    monkeypatch.setattr(nn.functional, "dropout", same_masks)
    gradients = []
    for encoder in (quick.double(), plain.double()):
        torch.manual_seed(6)
        encoder.embed(encoder.tokenize(TEXTS)).square().sum().backward()
        gradients.append({name: p.grad for name, p in encoder.named_parameters() if p.grad is not None})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        other = gradients[1][name]
        assert float((gradient - other).norm()) <= 1e-6 * float(other.norm()) + 1e-9, name
