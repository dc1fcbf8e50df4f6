"""A checkpoint is whole or absent; the last two and the best are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from simcse_ml.training.checkpoints import Best, Checkpoints, Position, Trained


def trained(seed: int = 0) -> Trained:
    torch.manual_seed(seed)
    encoder = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    encoder[0].requires_grad_(False)
    state = nn.BatchNorm1d(2)
    optimizer = torch.optim.AdamW([p for p in encoder.parameters() if p.requires_grad])
    encoder(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    return Trained(encoder, state, optimizer)


def test_what_is_saved_comes_back_with_the_optimizers_moments(tmp_path: Path) -> None:
    store, one = Checkpoints(tmp_path), trained(1)
    store.save(Position(0, "unsup", 5), one)
    other = trained(2)
    assert store.load_latest(other) == Position(0, "unsup", 5)
    assert torch.equal(other.encoder[1].weight, one.encoder[1].weight)
    assert not torch.equal(other.encoder[0].weight, one.encoder[0].weight)  # frozen: comes from the backbone again
    assert str(other.optimizer.state_dict()) == str(one.optimizer.state_dict())


def test_the_last_two_and_the_best_are_kept(tmp_path: Path) -> None:
    store, one = Checkpoints(tmp_path), trained()
    for step in (1, 2, 3, 4, 5):
        name = store.save(Position(0, "unsup", step), one)
        if step == 2:
            store.mark_best(Best(name, 70.0, step))
    assert [int(name.rsplit("-", 1)[1]) for name in store.names()] == [2, 4, 5]


def test_the_end_of_an_earlier_stage_is_kept(tmp_path: Path) -> None:
    store, one = Checkpoints(tmp_path), trained()
    for stage, steps in ((0, (1, 2, 3)), (1, (1, 2, 3, 4))):
        for step in steps:
            store.save(Position(stage, f"s{stage}", step), one)
    assert store.names() == ["0-s0-0000003", "1-s1-0000003", "1-s1-0000004"]
    assert store.ends() == {"s0": "0-s0-0000003", "s1": "1-s1-0000004"}


def test_a_later_stage_comes_after_an_earlier_one(tmp_path: Path) -> None:
    store, one = Checkpoints(tmp_path), trained()
    store.save(Position(0, "unsup", 900), one)
    store.save(Position(1, "sup", 1), one)
    assert store.latest() == Position(1, "sup", 1)


def test_a_checkpoint_that_was_being_written_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, one = Checkpoints(tmp_path), trained()
    store.save(Position(0, "unsup", 1), one)

    def killed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt  # the encoder is written, the optimizer is not

    monkeypatch.setattr("simcse_ml.training.checkpoints.torch.save", killed)
    with pytest.raises(KeyboardInterrupt):
        store.save(Position(0, "unsup", 2), one)
    assert store.latest() == Position(0, "unsup", 1)
