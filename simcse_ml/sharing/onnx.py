"""A model as one ONNX graph: token ids and mask in, sentence vectors out. onnxruntime runs it without torch."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError

if TYPE_CHECKING:
    from simcse_ml.models.contract import Encoder
    from simcse_ml.ragged import Ragged

FILE, INT8 = "model.onnx", "model.int8.onnx"
NEEDED = ("onnx", "onnxscript", "onnxruntime")
ROWS = 64


def require_onnx() -> None:
    """Raises: UserError MACHINE where the packages of the extra `export` are missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"{', '.join(missing)} is not installed",
            where="--to onnx",
            mend='pip install "simcse-ml[export]"',
            exit_code=ExitCode.MACHINE,
        )


def write_onnx(encoder: Encoder, folder: Path, rows: Ragged) -> None:
    """model.onnx in `folder`, with inputs input_ids and attention_mask (rows, length) and output sentence_embedding
    (rows, dim).  rows: a few texts to trace with.
    """
    import warnings

    import torch

    from simcse_ml.models.padding import pad

    graph = _graph(encoder).eval()
    ids, mask = pad(rows, pad_id=_pad_id(encoder), device=torch.device("cpu"))
    many, length = torch.export.Dim("rows", min=1), torch.export.Dim("length", min=1)
    shapes = {"input_ids": {0: many, 1: length}, "attention_mask": {0: many, 1: length}}
    quiet = _quiet("torch.onnx", "onnxscript", "onnx_ir")
    with quiet, warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            (ids, mask.long()),
            str(folder / FILE),
            input_names=["input_ids", "attention_mask"],
            output_names=["sentence_embedding"],
            dynamic_shapes=shapes,
            dynamo=True,
            external_data=True,
            verbose=False,
        )


def require_products(encoder: Encoder) -> None:
    """Raises: UserError USAGE for a static model: 8-bit arithmetic is for matrix products, and it has none."""
    from simcse_ml.models.static import StaticEncoder

    if isinstance(encoder, StaticEncoder):
        raise UserError(
            "a static model is a table without a matrix product, and int8 would change nothing",
            where="--to int8",
            mend="export it to onnx or model2vec, or cut it with --to torch-truncated --dim N",
            exit_code=ExitCode.USAGE,
        )


def write_int8(folder: Path) -> None:
    """model.int8.onnx from model.onnx: weights in 8 bits, activations as they come (dynamic quantization)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet(""):  # it advises every time, on the root logger, what is for images
        quantize_dynamic(str(folder / FILE), str(folder / INT8), weight_type=QuantType.QInt8)


def embed_onnx(path: Path, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(texts, dim) as onnxruntime gives them; `encoder` cuts the texts into tokens and nothing else."""
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    rows = encoder.tokenize(texts)
    found = []
    for start in range(0, len(texts), ROWS):
        part = [rows.row(index) for index in range(start, min(start + ROWS, len(texts)))]
        width = max(1, *(len(ids) for ids in part))
        ids = np.full((len(part), width), _pad_id(encoder), np.int64)
        mask = np.zeros((len(part), width), np.int64)
        for index, own in enumerate(part):
            ids[index, : len(own)], mask[index, : len(own)] = own, 1
        found.append(session.run(["sentence_embedding"], {"input_ids": ids, "attention_mask": mask})[0])
    return np.concatenate(found).astype(np.float32)


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Only errors of these loggers meanwhile."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _pad_id(encoder: Encoder) -> int:
    return int(getattr(encoder.tokenizer, "pad_token_id", 0) or 0)


def _graph(encoder: Encoder) -> Any:  # noqa: ANN401
    """The whole model as one module of tensors."""
    import torch

    from simcse_ml.models.backbone import BackboneEncoder, Layers
    from simcse_ml.models.static import StaticEncoder

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder
            if isinstance(encoder, StaticEncoder):
                self.table = torch.nn.Parameter(encoder.table.folded().float(), requires_grad=False)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            if isinstance(encoder, BackboneEncoder):
                wide = encoder.shape.pooling.first_last
                out = encoder.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=wide)
                first = out.hidden_states[1] if wide else None
                return encoder.pool(
                    encoder.picked(Layers(input_ids, attention_mask.bool(), out.last_hidden_state, first))
                )
            assert isinstance(encoder, StaticEncoder)
            weights = attention_mask.unsqueeze(-1).float()
            mean = (self.table[input_ids] * weights).sum(1) / weights.sum(1).clamp(min=1.0)
            return torch.nn.functional.normalize(mean, dim=-1) if encoder.normalise else mean

    return Graph()
