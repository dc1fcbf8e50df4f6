"""Tiny random models of every family that is said to work, with tokenizers over the same few characters."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = [chr(code) for code in [*range(0x21, 0x7F), *range(0x3041, 0x3097), *range(0x0E01, 0x0E2F)]]
VOCABULARY = {piece: index for index, piece in enumerate([*SPECIAL, *LETTERS])}

ENCODER = {
    "vocab_size": len(VOCABULARY),
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 66,
}
IDS = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
DECODER = {**ENCODER, **IDS, "num_key_value_heads": 1, "head_dim": 16}
T5 = {
    "vocab_size": len(VOCABULARY), "d_model": 32, "d_kv": 16, "d_ff": 48, "num_layers": 3, "num_heads": 2,
    "pad_token_id": 0, "eos_token_id": 3,
}  # fmt: skip
CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "bert": ENCODER,
    "xlm-roberta": {**ENCODER, **IDS},
    "roberta": {**ENCODER, **IDS, "pad_token_id": 1},
    "camembert": {**ENCODER, **IDS, "pad_token_id": 1},
    "mpnet": {**ENCODER, **IDS, "pad_token_id": 1},
    "electra": {**ENCODER, "embedding_size": 16},
    "albert": {**ENCODER, "embedding_size": 16},
    "distilbert": {"vocab_size": len(VOCABULARY), "dim": 32, "n_layers": 3, "n_heads": 2, "hidden_dim": 48,
                   "max_position_embeddings": 66},
    "deberta-v2": {**ENCODER, "relative_attention": True, "position_biased_input": False,
                   "pos_att_type": ["p2c", "c2p"], "max_relative_positions": -1, "position_buckets": 16,
                   "share_att_key": True},
    "modernbert": {**ENCODER, **IDS, "cls_token_id": 2, "sep_token_id": 3, "local_attention": 8},
    "t5": T5,
    "mt5": T5,
    "umt5": T5,
    "canine": {**ENCODER, "num_hash_buckets": 128, "max_position_embeddings": 128},
    "qwen2": DECODER,
    "qwen3": DECODER,
    "llama": DECODER,
    "mistral": DECODER,
    "gemma3_text": DECODER,
}  # fmt: skip

MakeBackbone = Callable[..., Path]


@pytest.fixture(scope="session")
def make_backbone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeBackbone]:
    """make_backbone(family, padding="right", closing="[SEP]", dtype="float32", **config): a new transformers folder."""
    made: dict[str, Path] = {}

    def make(family: str, *, padding: str = "right", closing: str = "[SEP]", dtype: str = "float32", **config: Any):
        key = repr((family, padding, closing, dtype, sorted(config.items())))
        if key not in made:
            made[key] = _make(tmp_path_factory.mktemp(family), family, padding, closing, dtype, config)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:  # its tokenizer builds a dictionary of all code points, for seconds
        patch.setattr("transformers.models.canine.tokenization_canine.UNICODE_VOCAB_SIZE", 0xE010)
        yield make


def _make(folder: Path, family: str, padding: str, closing: str, dtype: str, config: Mapping[str, Any]) -> Path:
    import torch
    from transformers import AutoConfig, AutoModel, CanineTokenizer

    from simcse_ml.models.families import model_class

    said = AutoConfig.for_model(family, **{**CONFIGS[family], **config})
    with torch.random.fork_rng():
        torch.manual_seed(7)
        chosen = model_class(said)
        model = AutoModel.from_config(said) if chosen is AutoModel else chosen(said)
        for parameter in model.parameters():  # a fresh model's vectors are nearly alike whatever the text
            torch.nn.init.normal_(parameter, std=0.3) if parameter.dim() > 1 else None
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    tokenizer = CanineTokenizer() if family == "canine" else characters(closing, padding)
    tokenizer.save_pretrained(folder)
    return folder


def characters(closing: str = "[SEP]", padding: str = "right", **named: Any) -> Any:
    """A fast tokenizer of single characters; closing: what stands behind a text, "" to put nothing around it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordLevel(dict(VOCABULARY), unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Split("", "isolated")]
    )
    if closing:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"[CLS] $A {closing}", special_tokens=[("[CLS]", 2), (closing, VOCABULARY[closing])]
        )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, padding_side=padding, eos_token="[SEP]", **{**names, **named}
    )


@pytest.fixture(scope="session")
def character_tokenizer() -> Callable[..., Any]:
    """`characters`, for tests that want the tokenizer alone."""
    return characters


CODE = """
import torch
from pathlib import Path
Path(__file__).with_name("ran").touch()
from transformers import BertModel, BertConfig

class OwnConfig(BertConfig):
    model_type = "own-bert"

class OwnModel(BertModel):
    config_class = OwnConfig
"""


@pytest.fixture
def own_code(make_backbone: MakeBackbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A BERT whose class lies in its folder; a file `ran` appears beside the code where that is run."""
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    folder = Path(shutil.copytree(make_backbone("bert"), tmp_path / "own-code"))
    (folder / "own.py").write_text(
        f"{CODE}\n# {tmp_path}: a module that was imported with the same text is not run again\n"
    )
    said = json.loads((folder / "config.json").read_text())
    auto = {"AutoConfig": "own.OwnConfig", "AutoModel": "own.OwnModel"}
    (folder / "config.json").write_text(json.dumps({**said, "model_type": "own-bert", "auto_map": auto}))
    return folder
