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

FETCHING = "from huggingface_hub import hf_hub_download\n"
HERE = "."


def snippets(described: Described) -> Snippets:
    """For this model; sentences are the language's own name and ours, so nothing is quoted.

    Of a card without a repository they are run in the model's folder.
    """
    sentences = f'sentences = [{json.dumps(described.language.own_name, ensure_ascii=False)}, "simcse-ml"]'
    repo = described.chosen.repo or HERE
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
    tokens, tensors = _file(repo, "tokenizer.json"), _file(repo, "model.safetensors")
    unit = "vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)\n" if described.shape.behind else ""
    return f"""
import numpy as np
{FETCHING if repo else ""}from safetensors.numpy import load_file
from tokenizers import Tokenizer

{sentences}
tokenizer = Tokenizer.from_file({tokens})
table = load_file({tensors})["embedding.weight"]
pieces = [encoding.ids for encoding in tokenizer.encode_batch(sentences, add_special_tokens=False)]
vectors = np.stack([table[ids].mean(0) if ids else np.zeros(table.shape[1], "float32") for ids in pieces])
{unit}print(vectors.shape)
"""


def _transformer(described: Described, sentences: str) -> str:
    shape, repo = described.shape, described.chosen.repo
    named = repo or HERE
    wide = shape.pooling == "first-last"
    length = f", max_length={shape.max_tokens}" if shape.max_tokens else ""
    padding = '"max_length"' if shape.spare_padding and shape.max_tokens else "True"
    said = json.dumps(shape.prefix, ensure_ascii=False)
    prefix = f"[{said} + sentence for sentence in sentences]" if shape.prefix else "sentences"
    call = "model(**rows, output_hidden_states=True).hidden_states" if wide else "model(**rows).last_hidden_state"
    averaged = "    states = (states[1] + states[-1]) / 2\n" if wide else ""
    layered = any(module.folder for module in shape.behind)
    imports = (FETCHING if repo else "") + "from safetensors.torch import load_file\n" if layered else ""
    behind = "".join(_behind(module, repo) for module in shape.behind)
    return f"""
import torch
{imports}from transformers import AutoModel, AutoTokenizer

{sentences}
tokenizer = AutoTokenizer.from_pretrained("{named}", padding_side="right")
model = AutoModel.from_pretrained("{named}", dtype=torch.float32).eval()
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
    file = _file(repo, f"{module.folder}/model.safetensors")
    applied = 'torch.nn.functional.linear(vectors, dense["linear.weight"], dense.get("linear.bias"))'
    bent = "" if module.activation == "Identity" else f"    vectors = torch.nn.{module.activation}()(vectors)\n"
    return f"    dense = load_file({file})\n    vectors = {applied}\n{bent}"


def _file(repo: str, name: str) -> str:
    """What stands in a program for the path of a file of the model."""
    return f'hf_hub_download("{repo}", "{name}")' if repo else f'"{name}"'
