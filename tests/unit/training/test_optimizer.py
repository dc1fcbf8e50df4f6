"""The optimizer is torch's AdamW, bit for bit, without its compiler."""

import subprocess
import sys

import torch

from simcse_ml.training.optimizer import make_optimizer

CPU = torch.device("cpu")


def trained(make, steps: int, *, again_after: int | None = None) -> list[torch.Tensor]:
    """Parameters after some steps; after `again_after` of them the optimizer is made anew from its state."""
    torch.manual_seed(3)
    table, weight = torch.nn.Parameter(torch.randn(50, 8)), torch.nn.Parameter(torch.randn(8, 8))
    held = torch.nn.Parameter(torch.randn(4), requires_grad=False)
    optimizer = make([table, weight, held])
    for step in range(steps):
        if step == again_after:
            state = optimizer.state_dict()
            optimizer = make([table, weight, held])
            optimizer.load_state_dict(state)
        for group in optimizer.param_groups:
            group["lr"] = 0.1 / (step + 1)
        optimizer.zero_grad()
        rows = table[torch.randint(50, (16,))]
        ((rows @ weight).square().mean() + held.sum()).backward()
        optimizer.step()
    return [table.detach(), weight.detach(), held]


def ours(parameters):
    return make_optimizer(parameters, learning_rate=0.1, weight_decay=0.01, device=CPU)


def torchs(parameters):
    kept = [parameter for parameter in parameters if parameter.requires_grad]
    return torch.optim.AdamW(kept, lr=0.1, weight_decay=0.01, fused=True)


def test_it_steps_as_torchs_own_to_the_last_bit() -> None:
    for left, right in zip(trained(ours, 20), trained(torchs, 20), strict=True):
        assert torch.equal(left, right)


def test_its_state_goes_on() -> None:
    for left, right in zip(trained(ours, 20, again_after=7), trained(ours, 20), strict=True):
        assert torch.equal(left, right)


def test_a_step_takes_no_gradient_and_closures_are_called() -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = ours([weight])
    called = []

    def closure() -> float:
        called.append(torch.is_grad_enabled())
        weight.grad = torch.ones(3)
        return 1.5

    assert optimizer.step(closure) == 1.5 and called == [True]
    assert weight.grad_fn is None and bool((weight < 1).all())


def test_torchs_compiler_is_not_loaded() -> None:
    program = """
import sys, torch
from simcse_ml.training.optimizer import make_optimizer
weight = torch.nn.Parameter(torch.ones(3))
optimizer = make_optimizer([weight], learning_rate=.1, weight_decay=0., device=torch.device("cpu"))
optimizer.zero_grad(); weight.sum().backward(); optimizer.step()
optimizer.load_state_dict(optimizer.state_dict())
print("torch._dynamo" in sys.modules)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
