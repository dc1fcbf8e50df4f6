"""A plan is made from real steps and leaves nothing behind."""

from __future__ import annotations

import torch
from torch import nn

from simcse_ml.training.checkpoints import Trained
from simcse_ml.training.plan import no_trace


def test_trial_steps_leave_parameters_state_and_gradients_as_they_were() -> None:
    encoder, state = nn.Linear(3, 2), nn.BatchNorm1d(2)
    trained = Trained(encoder, state, torch.optim.AdamW(encoder.parameters()))
    before = {name: value.clone() for name, value in [*encoder.state_dict().items(), *state.state_dict().items()]}
    with no_trace(trained):
        state(encoder(torch.randn(4, 3, generator=torch.Generator().manual_seed(1)))).square().sum().backward()
        with torch.no_grad():
            encoder.weight.add_(1)
        assert not torch.equal(state.running_mean, before["running_mean"])
    after = dict([*encoder.state_dict().items(), *state.state_dict().items()])
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert encoder.weight.grad is None
    assert state.weight.grad is None
