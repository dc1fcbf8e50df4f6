"""What may follow the pooling in a sentence-transformers folder: dense layers and normalising, trained on and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.tensors import read_tensors

ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = {
    "torch.nn.modules.linear.Identity": nn.Identity,
    "torch.nn.modules.activation.Tanh": nn.Tanh,
    "torch.nn.modules.activation.ReLU": nn.ReLU,
    "torch.nn.modules.activation.GELU": nn.GELU,
    "torch.nn.modules.activation.SiLU": nn.SiLU,
    "torch.nn.modules.activation.Sigmoid": nn.Sigmoid,
}
"""By the name that sentence-transformers writes; any other would mean importing what a file names."""


class Normalise(nn.Module):
    """Vectors (rows, dim) to length 1."""

    def forward(self, vectors: Tensor) -> Tensor:
        return torch.nn.functional.normalize(vectors, dim=-1)


class Dense(nn.Module):
    """A linear layer and its activation: (rows, in) -> (rows, out)."""

    def __init__(self, width: int, dim: int, *, bias: bool, activation: str) -> None:
        super().__init__()
        self.linear = nn.Linear(width, dim, bias=bias)
        self.activation_name = activation
        self.activation = ACTIVATIONS[activation]()

    def forward(self, vectors: Tensor) -> Tensor:
        out: Tensor = self.activation(self.linear(vectors))
        return out


def read_dense(folder: Path, config: Mapping[str, Any]) -> Dense:
    """The dense layer that sentence-transformers saved as `folder`.  Raises: UserError where it does something else."""
    activation = str(config.get("activation_function", "torch.nn.modules.activation.Tanh"))
    for key, usual in (
        ("module_input_name", "sentence_embedding"),
        ("module_output_name", "sentence_embedding"),
        ("use_residual", False),
    ):
        if config.get(key, usual) not in (usual, None):
            raise _odd(folder, f"{key} is {config[key]}")
    if activation not in ACTIVATIONS:
        raise _odd(folder, f"its activation is {activation}")
    dense = Dense(
        int(config["in_features"]),
        int(config["out_features"]),
        bias=bool(config.get("bias", True)),
        activation=activation,
    )
    tensors = read_tensors(folder)
    try:
        dense.load_state_dict({name: value.float() for name, value in tensors.items()})
    except RuntimeError as error:
        raise _odd(folder, "its weights do not fit its config.json") from error
    return dense


def dense_config(dense: Dense) -> dict[str, Any]:
    """What `read_dense` and sentence-transformers read."""
    return {
        "in_features": dense.linear.in_features,
        "out_features": dense.linear.out_features,
        "bias": dense.linear.bias is not None,
        "activation_function": dense.activation_name,
    }


def _odd(folder: Path, why: str) -> UserError:
    return UserError(
        f"a Dense module that simcse-ml does not know: {why}",
        where=str(folder / "config.json"),
        mend="use a model with a plain dense layer on the sentence's vector, or none",
        exit_code=ExitCode.INPUT,
    )
