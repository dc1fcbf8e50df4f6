"""What is sent: files whose kind is on a list, each with its size and hashes. Whatever is not named stays here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

BLOCK = 1 << 20
ALLOWED = (
    "model.safetensors",
    "model-?????-of-?????.safetensors",
    "model.safetensors.index.json",
    "modules.json",
    "config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
"""of a model folder; a file of another kind is left out until it is named here"""
OF_MODULES = ("config.json", "model.safetensors")
"""of the numbered folders of its modules"""
VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "tokenizer.model")


@dataclass(frozen=True)
class SentFile:
    """path: in the repository.  source: on disk, or the bytes themselves.  sha256: of its bytes.  blob: git's hash."""

    path: str
    source: Path | bytes
    size: int
    sha256: str
    blob: str

    @property
    def is_vocabulary(self) -> bool:
        return self.path in (*VOCABULARIES, "sentencepiece.bpe.model", "added_tokens.json")

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Its bytes, `size` at a time."""
        if isinstance(self.source, bytes):
            yield from (self.source[at : at + size] for at in range(0, len(self.source), size))
            return
        with self.source.open("rb") as file:
            while block := file.read(size):
                yield block

    def as_json(self) -> dict[str, object]:
        return {"path": self.path, "bytes": self.size, "sha256": self.sha256}


def sent_file(path: str, source: Path | bytes) -> SentFile:
    """Read once for both hashes."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    plain, blob = hashlib.sha256(), hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    unhashed = SentFile(path, source, size, "", "")
    for block in unhashed.blocks():
        plain.update(block)
        blob.update(block)
    return SentFile(path, source, size, plain.hexdigest(), blob.hexdigest())


def model_files(model: Path) -> tuple[list[SentFile], list[str]]:
    """The files of a model folder that may be sent, and the names of those that stay."""
    sent, left = [], []
    for path in sorted(path for path in model.rglob("*") if path.is_file() or path.is_symlink()):
        name = path.relative_to(model).as_posix()
        if _allowed(name) and not path.is_symlink():
            sent.append(sent_file(name, path))
        elif name != "README.md":  # the card takes its place
            left.append(name)
    return sent, left


def made_files(card: str, recipe: str, evaluation: Mapping[str, object]) -> list[SentFile]:
    """The card, the recipe and the scores, as they are written for others."""
    scores = json.dumps(evaluation, ensure_ascii=False, indent=2) + "\n"
    made = {"README.md": card, "recipe.yaml": recipe, "eval.json": scores}
    return [sent_file(name, text.encode("utf-8")) for name, text in made.items()]


def bytes_hash(files: Sequence[SentFile]) -> str:
    """Of exactly these names and bytes: what a person was shown and what is sent have the same one."""
    told = "".join(f"{file.path}\0{file.size}\0{file.sha256}\n" for file in sorted(files, key=lambda file: file.path))
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def _allowed(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    if not folder:
        return any(fnmatch(file, pattern) for pattern in ALLOWED)
    return "/" not in folder and folder[:1].isdigit() and file in OF_MODULES
