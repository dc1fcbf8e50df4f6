"""A model in other layouts: model2vec's for static ones, and cut to its first numbers (Matryoshka)."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.projection import Dense, Normalise
from simcse_ml.models.static import PlainTable, StaticEncoder
from simcse_ml.models.tensors import write_tensors

TYPES = "sentence_transformers.models."
IDENTITY = "torch.nn.modules.linear.Identity"


def write_model2vec(encoder: Encoder, folder: Path) -> None:
    """config.json, model.safetensors with `embeddings`, tokenizer.json; sentence-transformers loads it too.

    Raises: UserError USAGE for a transformer, which has no static vectors.
    """
    if not isinstance(encoder, StaticEncoder):
        raise UserError(
            "only a static model has model2vec's layout",
            where="--to model2vec",
            mend="train builtin:static, or export to onnx",
            exit_code=ExitCode.USAGE,
        )
    write_tensors({"embeddings": encoder.table.folded().float()}, folder / "model.safetensors")
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    modules = [{"idx": 0, "name": "0", "path": ".", "type": TYPES + "StaticEmbedding"}]
    if encoder.normalise:
        modules.append({"idx": 1, "name": "1", "path": "1_Normalize", "type": TYPES + "Normalize"})
        (folder / "1_Normalize").mkdir()
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": encoder.dim,
        "max_length": None,
        "normalize": encoder.normalise,
        "embedding_dtype": "float32",
    }
    for name, value in (("config.json", config), ("modules.json", modules)):
        (folder / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def known_pieces_only(encoder: StaticEncoder, texts: list[str]) -> list[str]:
    """Those without an unknown piece, which model2vec leaves out and we do not."""
    tokenizer = encoder.tokenizer
    said = json.loads(tokenizer.to_str())["model"]
    unknown = said.get("unk_id")
    if unknown is None and said.get("unk_token"):
        unknown = tokenizer.token_to_id(said["unk_token"])
    rows = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [text for text, row in zip(texts, rows, strict=True) if unknown not in row.ids]


def truncated(encoder: Encoder, dim: int) -> Encoder:
    """The same model with the first `dim` numbers of its vectors.

    Raises: UserError USAGE where it has no more than that.
    """
    if not 0 < dim < encoder.dim:
        raise UserError(
            f"its vectors have {encoder.dim} numbers", where=f"--dim {dim}", mend="name fewer", exit_code=ExitCode.USAGE
        )
    if isinstance(encoder, StaticEncoder):
        table = PlainTable(encoder.table.folded()[:, :dim].contiguous())
        return StaticEncoder(encoder.tokenizer, table, name=encoder.name, normalise=encoder.normalise)
    assert isinstance(encoder, BackboneEncoder)
    cut = Dense(encoder.dim, dim, bias=False, activation=IDENTITY)
    with torch.no_grad():
        cut.linear.weight.copy_(torch.eye(dim, encoder.dim))
    after = list(encoder.after)
    ends = [Normalise()] if after and isinstance(after[-1], Normalise) else []
    kept = after[:-1] if ends else after
    whole = [*kept, cut, *ends]
    return BackboneEncoder(
        encoder.model,
        encoder.tokenizer,
        encoder.shape,
        name=encoder.name,
        after=whole,  # type: ignore[arg-type]
        own_code=encoder.own_code,
    ).eval()
