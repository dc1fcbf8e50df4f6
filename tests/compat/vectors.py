"""python vectors.py LIBRARY FOLDER OUT.npy: vectors of the sentences of this folder by the library that is installed
in this environment; prints its version. Nothing of simcse-ml is imported, which is not installed there.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np


def by_sentence_transformers(folder: str, sentences: list[str]) -> object:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, device="cpu").encode(sentences)


def by_model2vec(folder: str, sentences: list[str]) -> object:
    from model2vec import StaticModel

    return StaticModel.from_pretrained(folder).encode(sentences)


LIBRARIES = {"sentence-transformers": by_sentence_transformers, "model2vec": by_model2vec}

if __name__ == "__main__":
    library, folder, out = sys.argv[1:]
    told = json.loads(Path(out).with_suffix(".json").read_text(encoding="utf-8"))
    np.save(out, np.asarray(LIBRARIES[library](folder, told)))
    print(version(library))
