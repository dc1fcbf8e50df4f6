"""An encoder with the pieces of one text alone: its word table, tokenizer and settings cut down together."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.families import word_embedding
from simcse_ml.models.tokenizing import load_tokenizer
from simcse_ml.models.trimming import kept_ids, trim_spec

SPEC = "tokenizer.json"
OTHER_FILES = ("*.model", "vocab.txt", "vocab.json", "merges.txt")
"""the same vocabulary once more, in forms that older libraries read: they would be wrong"""


@dataclass(frozen=True)
class Trimmed:
    """encoder: with fewer pieces.  before, after: how many.  unseen: estimated share of the pieces of other text of the
    same kind that are not there any more, so that it is cut smaller: those met once of all that were met (Good 1953,
    The population frequencies of species, equation 9).
    """

    encoder: BackboneEncoder
    before: int
    after: int
    unseen: float


def trimmed(encoder: BackboneEncoder, texts: Iterable[Sequence[str]], keeps: Callable[[str], bool]) -> Trimmed:
    """The encoder with the pieces that `texts` contain. Vectors of `texts` stay as they are.

    texts: blocks of the sentences of a corpus.  keeps: single characters that stay, whether they occur or not.
    Raises: UserError USAGE for a model without a word table, or with a tokenizer in Python.
    """
    table: Any = word_embedding(encoder.model)
    if type(table) is not nn.Embedding or not encoder.tokenizer.is_fast:
        raise UserError(
            "its vocabulary cannot be cut: it has no plain word table, or a tokenizer in Python",
            where="--to trimmed",
            mend="export to onnx or int8 instead",
            exit_code=ExitCode.USAGE,
        )
    spec = json.loads(encoder.tokenizer.backend_tokenizer.to_str())
    counts = _counts(encoder, texts, table.num_embeddings)
    kept = kept_ids(spec, np.flatnonzero(counts), keeps)
    tokenizer = _tokenizer(encoder, json.dumps(trim_spec(spec, kept), ensure_ascii=False))
    model = _model(encoder.model, table, kept)
    parts: dict[str, Any] = {"name": encoder.name, "after": list(encoder.after), "own_code": encoder.own_code}
    small = BackboneEncoder(model, tokenizer, encoder.shape, **parts).eval()
    return Trimmed(small, table.num_embeddings, len(kept), float((counts == 1).sum() / max(1, counts.sum())))


def _counts(encoder: BackboneEncoder, texts: Iterable[Sequence[str]], size: int) -> NDArray[np.int64]:
    """(size,) how often each id occurs, those of the prefix and of special tokens too; a long text is read whole."""
    counts = np.zeros(size, np.int64)
    whole = {"truncation": True, "max_length": 1 << 30, "return_attention_mask": False}
    for block in texts:
        rows = encoder.tokenizer([encoder.shape.prefix + text for text in block], **whole)["input_ids"]
        counts += np.bincount([place for row in rows for place in row], minlength=size)
    return counts


def _tokenizer(encoder: BackboneEncoder, spec: str) -> Any:  # noqa: ANN401
    """Written, changed and loaded again, as whoever uses the model will load it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        encoder.tokenizer.save_pretrained(folder)
        for name in OTHER_FILES:
            for path in folder.glob(name):
                path.unlink()
        (folder / SPEC).write_text(spec, encoding="utf-8")
        settings = folder / "tokenizer_config.json"
        told = json.loads(settings.read_text(encoding="utf-8"))
        told.pop("added_tokens_decoder", None)  # by old ids; tokenizer.json has them
        settings.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        return load_tokenizer(folder, trust=encoder.own_code)


def _model(model: Any, table: nn.Embedding, kept: NDArray[np.int64]) -> Any:  # noqa: ANN401
    """A copy of the model with the rows `kept`; the whole table is not copied."""
    new = {int(old): place for place, old in enumerate(kept.tolist())}
    small = nn.Embedding(len(kept), table.embedding_dim, padding_idx=new.get(table.padding_idx or -1))
    with torch.no_grad():
        small.weight.copy_(table.weight[torch.from_numpy(kept).to(table.weight.device)])
    small = small.to(table.weight.device, table.weight.dtype)
    cut = copy.deepcopy(model, {id(table): small})
    cut.set_input_embeddings(small)
    cut.config.vocab_size = len(kept)
    for name, value in cut.config.to_dict().items():
        if name.endswith("_token_id") and isinstance(value, int) and value in new:
            setattr(cut.config, name, new[value])
    return cut
