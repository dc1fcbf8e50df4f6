"""Tokenizers that need something: a package, a padding token, segmented words; and those that do not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.opened import embed_texts
from simcse_ml.models.tokenizing import PACKAGES, missing_package
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["ねこがねている。", "the cat sleeps", "ภาษาไทย"]


def start(folder: Path, **backbone: object):
    settings = BackboneSettings.model_validate({"max_tokens": 40, **backbone})
    return load_backbone(folder, name=folder.name, backbone=settings, pooling=PoolingSettings())


@pytest.fixture
def copied(make_backbone, tmp_path):
    """copied(family, **changes of tokenizer_config.json): a folder of one's own to spoil."""

    def copy(family: str = "bert", **changes: object) -> Path:
        folder = tmp_path / "backbone"
        shutil.copytree(make_backbone(family), folder)
        path = folder / "tokenizer_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
        return folder

    return copy


def test_a_decoder_without_padding_token_takes_its_end_token_and_keeps_it(copied, tmp_path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = copied("llama", pad_token=None)
    loaded = start(folder)
    assert any("no padding token: [SEP] is taken" in note for note in loaded.notes)
    expected = embed_texts(loaded.encoder, TEXTS)
    (tmp_path / "saved").mkdir()
    loaded.encoder.save(tmp_path / "saved")
    theirs = SentenceTransformer(str(tmp_path / "saved"), device="cpu", local_files_only=True).encode(TEXTS)
    assert np.abs(theirs - expected).max() <= 1e-5
    assert load_saved(tmp_path / "saved", name="x").tokenizer.pad_token == "[SEP]"


def test_a_vocabulary_beyond_the_table_is_refused_with_both_numbers(make_backbone, copied) -> None:
    folder = copied()
    for name in ("config.json", "model.safetensors"):
        shutil.copy(make_backbone("bert", vocab_size=50) / name, folder / name)
    with pytest.raises(UserError, match=r"has \d+ tokens, its table only 50 rows") as caught:
        start(folder)
    assert caught.value.exit_code is ExitCode.INPUT


def test_phobert_says_that_it_wants_words_segmented(copied) -> None:
    folder = copied("roberta", tokenizer_class="PhobertTokenizer")
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("".join(f"{letter}@@ 1\n{letter} 1\n" for letter in "abcdeghi"), encoding="utf-8")
    (folder / "bpe.codes").write_text("", encoding="utf-8")
    assert any("segmented" in note and "multilingual" in note for note in start(folder).notes)


def test_a_japanese_word_tokenizer_names_the_packages_it_needs(copied) -> None:
    folder = copied(
        tokenizer_class="BertJapaneseTokenizer", word_tokenizer_type="mecab", mecab_kwargs={"mecab_dic": "unidic_lite"}
    )
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"ねこがいる"]), encoding="utf-8"
    )
    with pytest.raises(UserError, match="fugashi") as caught:
        start(folder)
    assert caught.value.mend == "pip install fugashi unidic-lite"
    assert caught.value.exit_code is ExitCode.MACHINE


@pytest.mark.parametrize(
    ("error", "packages"),
    [
        (ModuleNotFoundError("No module named 'fugashi'"), "fugashi unidic-lite"),
        (ImportError("You need to install fugashi to use MecabTokenizer."), "fugashi unidic-lite"),
        (ImportError("XTokenizer requires the SentencePiece library: `pip install sentencepiece`"), "sentencepiece"),
        (
            ValueError("`tiktoken` is required to read a `tiktoken` file. Install it with `pip install tiktoken`."),
            "tiktoken",
        ),
        (ImportError("requires the protobuf library but it was not found in your environment"), "protobuf"),
        (ImportError("You need to install pyvi"), "pyvi"),
        (ImportError("You need to install sudachipy to use SudachiTokenizer"), "sudachipy sudachidict-core"),
    ],
)
def test_what_the_library_misses_is_said_as_a_pip_command(error, packages) -> None:
    told = missing_package(error)
    assert told is not None
    assert told.mend == f"pip install {packages}"


def test_an_error_about_something_else_is_not_called_a_missing_package() -> None:
    assert missing_package(ValueError("broken file")) is None
    assert missing_package(OSError("/home/x/sentencepiece/model is gone")) is None
    assert all(packages for packages in PACKAGES.values())


def test_a_folder_with_a_sentencepiece_model_only_is_read(make_backbone, copied) -> None:
    import sentencepiece

    folder = copied("xlm-roberta")
    (folder / "tokenizer.json").unlink()
    text = folder / "text"
    text.write_text("\n".join(f"ねこ {n} がねている the cat {n * 37 % 101}" for n in range(300)), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "sentencepiece.bpe"), vocab_size=80, hard_vocab_limit=False,
        minloglevel=2,
    )  # fmt: skip
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "XLMRobertaTokenizer"}')
    encoder = start(folder).encoder
    rows = encoder.tokenize(["ねこがねている", "the cat"])
    assert rows.lengths.min() >= 4
    assert not np.array_equal(rows.row(0), rows.row(1))


def test_a_slow_tokenizer_of_characters_is_used_as_it_is(make_backbone) -> None:
    encoder = start(make_backbone("canine")).encoder
    rows = encoder.tokenize(["ねこ", "ab"])
    assert (rows.head, rows.tail) == (1, 1)
    assert rows.row(0)[1:-1].tolist() == [ord("ね"), ord("こ")]
