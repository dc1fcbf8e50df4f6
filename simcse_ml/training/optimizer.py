"""AdamW and its learning rate, both without hidden state: the rate is a function of the step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import torch
from torch import nn

_BARE: Mapping[str, Callable[..., Any]] = {
    name: inspect.unwrap(getattr(torch.optim.AdamW, name))
    for name in ("add_param_group", "zero_grad", "state_dict", "load_state_dict", "step")
}
"""methods of torch's AdamW below the decorators that prepare them for torch.compile"""


class AdamW(torch.optim.AdamW):
    """torch's own, step for step, that is never compiled: for that torch loads its compiler, 1.5 s before a first step.

    Of the decorators that are left out only "no gradients in a step" means anything here.
    """

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        _BARE["add_param_group"](self, param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        _BARE["zero_grad"](self, set_to_none)

    def state_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = _BARE["state_dict"](self)
        return found

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        _BARE["load_state_dict"](self, state_dict)

    def step(self, closure: Callable[[], float] | None = None) -> Any:  # noqa: ANN401
        with torch.no_grad():
            return _BARE["step"](self, closure)


def make_optimizer(
    parameters: Iterable[nn.Parameter], *, learning_rate: float, weight_decay: float, device: torch.device
) -> AdamW:
    """Fused on a CPU (measured: 12 % of a step), CUDA and XPU; on MPS it was never tried."""
    return AdamW(
        [parameter for parameter in parameters if parameter.requires_grad],
        lr=learning_rate,
        weight_decay=weight_decay,
        fused=device.type in {"cpu", "cuda", "xpu"},
    )


def rate_at(
    step: int, *, steps: int, peak: float, warmup_share: float, schedule: Literal["linear", "constant"]
) -> float:
    """The learning rate of `step` (from 0): up linearly over the first share of steps, then down to 0, or constant."""
    warmup = max(round(steps * warmup_share), 0)
    if step < warmup:
        return peak * (step + 1) / warmup
    if schedule == "constant":
        return peak
    return peak * (steps - step) / max(steps - warmup, 1)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
