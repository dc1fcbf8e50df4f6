"""The tokenizer of a backbone: loaded, mended where it has to be, and what cannot be used said in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.reading import read_json
from simcse_ml.models.weights import library_errors, unreadable

FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "bpe.codes", "*.model", "*.tiktoken")
NO_FILES = frozenset({"CanineTokenizer", "ByT5Tokenizer"})
"""Tokenizers that are code alone."""

PACKAGES: Mapping[str, str] = {
    "fugashi": "fugashi unidic-lite",
    "unidic_lite": "unidic-lite",
    "unidic": "unidic",
    "ipadic": "ipadic",
    "sudachipy": "sudachipy sudachidict-core",
    "sudachidict": "sudachidict-core",
    "rhoknp": "rhoknp",
    "pyvi": "pyvi",
    "jieba": "jieba",
    "rjieba": "rjieba",
    "sacremoses": "sacremoses",
    "sentencepiece": "sentencepiece",
    "tiktoken": "tiktoken",
    "protobuf": "protobuf",
    "einops": "einops",
}
"""What an error of the library names -> what to give to pip."""

WORD_SEGMENTED = frozenset({"PhobertTokenizer", "BertweetTokenizer"})
"""Tokenizers that want the words joined by a segmenter before (PhoBERT: VnCoreNLP's "_")."""


def load_tokenizer(folder: Path, *, trust: bool) -> Any:  # noqa: ANN401
    """Raises: UserError where there is none, or where it needs a package that is not installed."""
    from transformers import AutoTokenizer

    if not any(any(folder.glob(name)) for name in FILES) and _class_name(folder) not in NO_FILES:
        raise unreadable(folder, "it has no tokenizer")
    with library_errors(folder, missing_package):
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=trust, local_files_only=True)


def missing_package(error: BaseException) -> UserError | None:
    """The package that is wanting, where that is what `error` (or what caused it) says."""
    told = " ".join(str(part) for part in _causes(error))
    for word, packages in PACKAGES.items():
        if re.search(rf"(?<![\w-]){word}(?![\w-])", told) and isinstance(error, ImportError | ValueError):
            return UserError(
                f"its tokenizer needs a package that is not installed: {word}",
                mend=f"pip install {packages}",
                exit_code=ExitCode.MACHINE,
            )
    return None


def prepare(tokenizer: Any, config: Any, folder: Path, *, lower_case: bool, closing: bool) -> list[str]:  # noqa: ANN401
    """Make `tokenizer` fit for padding, and for the saved model to have the same; returns what was done.

    lower_case: what the folder's do_lower_case asks for.  closing: see that every text ends with the end token.
    Raises: UserError INPUT where its vocabulary is larger than the model's table, or nothing can pad.
    """
    _require_fitting(tokenizer, config, folder)
    notes = []
    if tokenizer.pad_token is None:
        spare = tokenizer.eos_token or tokenizer.unk_token
        if spare is None:
            raise unreadable(folder, "its tokenizer has no token to pad with, and no end token to take for it")
        tokenizer.pad_token = spare
        notes.append(f"the tokenizer has no padding token: {spare} is taken, in the saved model too")
    if lower_case:
        _lower(tokenizer, folder)
    if closing and _close(tokenizer, folder):
        notes.append(f"{tokenizer.eos_token} is put behind every text, in the saved model too: its state is the vector")
    if type(tokenizer).__name__ in WORD_SEGMENTED or _class_name(folder) in WORD_SEGMENTED:
        notes.append(
            "this model expects its words segmented (VnCoreNLP's underscores) in the text; where yours are not, "
            "a multilingual backbone such as intfloat/multilingual-e5-small reads them as they are"
        )
    return notes


def _require_fitting(tokenizer: Any, config: Any, folder: Path) -> None:  # noqa: ANN401
    rows = int(getattr(config, "vocab_size", 0) or 0)
    if config.model_type != "canine" and rows and len(tokenizer) > rows:  # CANINE hashes its characters
        raise unreadable(folder, f"its tokenizer has {len(tokenizer):,} tokens, its table only {rows:,} rows")


def _lower(tokenizer: Any, folder: Path) -> None:  # noqa: ANN401
    """What sentence-transformers does for do_lower_case; it is saved inside tokenizer.json."""
    from tokenizers import normalizers

    if not tokenizer.is_fast:
        raise unreadable(folder, "do_lower_case with a tokenizer in Python is not supported")
    before = tokenizer.backend_tokenizer.normalizer
    if "Lowercase" not in str(before) and "lowercase=True" not in str(before):
        steps = [normalizers.Lowercase(), *([before] if before is not None else [])]
        tokenizer.backend_tokenizer.normalizer = normalizers.Sequence(steps)


def _close(tokenizer: Any, folder: Path) -> bool:  # noqa: ANN401
    """Put the end token behind every text, where the tokenizer does not do it itself; whether that was so."""
    from tokenizers import processors

    if tokenizer("a 1")["input_ids"][-1] in tokenizer.all_special_ids:
        return False
    if not tokenizer.is_fast or tokenizer.eos_token is None:
        raise unreadable(folder, "its tokenizer has no end token to put behind a text (pooling last needs one)")
    end = (tokenizer.eos_token, tokenizer.eos_token_id)
    template = processors.TemplateProcessing(single=f"$A {end[0]}", pair=f"$A $B {end[0]}", special_tokens=[end])
    before = tokenizer.backend_tokenizer.post_processor
    tokenizer.backend_tokenizer.post_processor = processors.Sequence([*([before] if before else []), template])
    return True


def _class_name(folder: Path) -> str:
    path = folder / "tokenizer_config.json"
    return str(read_json(path).get("tokenizer_class", "")) if path.exists() else ""


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    return chain
