"""Static vectors that are stored: folders of sentence-transformers' StaticEmbedding and of model2vec."""

from __future__ import annotations

from simcse_ml.models.reading import FolderLayout, read_json
from simcse_ml.models.static import PlainTable, StaticEncoder
from simcse_ml.models.tensors import read_tensors
from simcse_ml.models.weights import library_errors, unreadable


def load_static(layout: FolderLayout, name: str) -> StaticEncoder:
    """The table in float32, one row a token id, with its tokenizer.  Raises: UserError where either is missing."""
    from tokenizers import Tokenizer

    folder = layout.core
    tensors = read_tensors(folder)
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None:
        raise unreadable(folder, "model.safetensors has neither embedding.weight nor embeddings")
    table = table.float()
    if "mapping" in tensors:  # model2vec may keep fewer vectors than tokens
        table = table[tensors["mapping"].long()]
    if "weights" in tensors:
        table = table * tensors["weights"].float()[:, None]
    path = folder / "tokenizer.json"
    if not path.exists():
        raise unreadable(folder, "it has no tokenizer.json")
    with library_errors(folder):
        tokenizer = Tokenizer.from_file(str(path))
    if tokenizer.get_vocab_size() > len(table):
        raise unreadable(
            folder, f"its tokenizer has {tokenizer.get_vocab_size():,} tokens, its table only {len(table):,} rows"
        )
    # model2vec without modules.json says it in its own file
    own = folder / "config.json"
    said = read_json(own).get("normalize", False) if not layout.after and own.exists() else False
    listed = (folder / "modules.json").exists()
    normalise = any(kind == "Normalize" for kind, _ in layout.after) or (bool(said) and not listed)
    return StaticEncoder(tokenizer, PlainTable(table), name=name, normalise=normalise)
