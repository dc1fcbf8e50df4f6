"""Programs for a card that run as they stand: the tests take them out of a rendered card and run them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from simcse_ml.sharing.described import Behind, Described


@dataclass(frozen=True)
class Snippets:
    """Each prints the vectors' shape, and leaves them in `vectors` (sentences, dim)."""

    sentence_transformers: str
    plain: str
    simcse_ml: str


POOLED = {
    "mean": "(states * mask).sum(1) / mask.sum(1)",
    "cls": "states[:, 0]",
    "last": "states[torch.arange(len(states)), rows.attention_mask.sum(1) - 1]",
    "max": "states.masked_fill(mask == 0, -torch.inf).amax(1)",
    "mean_sqrt_len": "(states * mask).sum(1) / mask.sum(1).sqrt()",
    "weighted_mean": "(states * mask * mask.cumsum(1)).sum(1) / (mask * mask.cumsum(1)).sum(1)",
    "first-last": "(states * mask).sum(1) / mask.sum(1)",
}
"""from states (sentences, length, width) and mask (sentences, length, 1), with padding on the right"""

LAYER_IMPORTS = "from huggingface_hub import hf_hub_download\nfrom safetensors.torch import load_file\n"


def snippets(described: Described) -> Snippets:
    """For this model; sentences are the language's own name and ours, so nothing is quoted."""
    sentences = f'sentences = [{json.dumps(described.language.own_name, ensure_ascii=False)}, "simcse-ml"]'
    repo = described.chosen.repo
    library = f"""
from sentence_transformers import SentenceTransformer

{sentences}
model = SentenceTransformer("{repo}")
vectors = model.encode(sentences)
print(vectors.shape, model.similarity(vectors, vectors))
"""
    own = f"""
from simcse_ml import load

{sentences}
vectors = load("{repo}").embed(sentences)
print(vectors.shape)
"""
    plain = _static(described, sentences) if described.shape.static else _transformer(described, sentences)
    return Snippets(library.strip(), plain.strip(), own.strip())


def _static(described: Described, sentences: str) -> str:
    repo = described.chosen.repo
    unit = "vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)\n" if described.shape.behind else ""
    return f"""
import numpy as np
from huggingface_hub import hf_hub_download
from safetensors.numpy import load_file
from tokenizers import Tokenizer

{sentences}
tokenizer = Tokenizer.from_file(hf_hub_download("{repo}", "tokenizer.json"))
table = load_file(hf_hub_download("{repo}", "model.safetensors"))["embedding.weight"]
pieces = [encoding.ids for encoding in tokenizer.encode_batch(sentences, add_special_tokens=False)]
vectors = np.stack([table[ids].mean(0) if ids else np.zeros(table.shape[1], "float32") for ids in pieces])
{unit}print(vectors.shape)
"""


def _transformer(described: Described, sentences: str) -> str:
    shape, repo = described.shape, described.chosen.repo
    wide = shape.pooling == "first-last"
    length = f", max_length={shape.max_tokens}" if shape.max_tokens else ""
    padding = '"max_length"' if shape.spare_padding and shape.max_tokens else "True"
    said = json.dumps(shape.prefix, ensure_ascii=False)
    prefix = f"[{said} + sentence for sentence in sentences]" if shape.prefix else "sentences"
    call = "model(**rows, output_hidden_states=True).hidden_states" if wide else "model(**rows).last_hidden_state"
    averaged = "    states = (states[1] + states[-1]) / 2\n" if wide else ""
    layered = any(module.folder for module in shape.behind)
    imports = (
        "from huggingface_hub import hf_hub_download\nfrom safetensors.torch import load_file\n" if layered else ""
    )
    behind = "".join(_behind(module, repo) for module in shape.behind)
    return f"""
import torch
{imports}from transformers import AutoModel, AutoTokenizer

{sentences}
tokenizer = AutoTokenizer.from_pretrained("{repo}", padding_side="right")
model = AutoModel.from_pretrained("{repo}", dtype=torch.float32).eval()
texts = {prefix}
rows = tokenizer(texts, padding={padding}, truncation=True{length}, return_tensors="pt")
with torch.no_grad():
    states = {call}
{averaged}    mask = rows["attention_mask"].unsqueeze(-1)
    vectors = {POOLED[shape.pooling]}
{behind}print(vectors.shape)
"""


def _behind(module: Behind, repo: str) -> str:
    """Lines of the program for one module behind the pooling."""
    if not module.folder:
        return "    vectors = torch.nn.functional.normalize(vectors, dim=1)\n"
    file = f'hf_hub_download("{repo}", "{module.folder}/model.safetensors")'
    applied = 'torch.nn.functional.linear(vectors, dense["linear.weight"], dense.get("linear.bias"))'
    bent = "" if module.activation == "Identity" else f"    vectors = torch.nn.{module.activation}()(vectors)\n"
    return f"    dense = load_file({file})\n    vectors = {applied}\n{bent}"
