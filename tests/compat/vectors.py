"""python vectors.py MODEL OUT.npy: vectors of a few sentences by the sentence-transformers that is installed here."""

from __future__ import annotations

import sys

import numpy as np
import sentence_transformers
from sentences import SENTENCES

if __name__ == "__main__":
    model = sentence_transformers.SentenceTransformer(sys.argv[1], device="cpu")
    np.save(sys.argv[2], model.encode(SENTENCES))
    print(sentence_transformers.__version__)
