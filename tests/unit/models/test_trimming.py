"""A vocabulary cut down to a text: the text is cut into the same pieces as before, and its vectors stay as they are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from simcse_ml.errors import UserError
from simcse_ml.models.loading import load_saved
from simcse_ml.models.opened import embed_texts, open_model
from simcse_ml.models.trimmed import trimmed
from simcse_ml.models.trimming import kept_ids, pieces_of, trim_spec

TEXTS = {
    "ja": ["電車が遅れて会社に間に合わなかった。", "駅前の本屋は昔から同じ家族が営んでいる。"],
    "th": ["ฝนตกหนักจนน้ำท่วมถนนหน้าบ้าน", "เด็กเดินไปโรงเรียนทุกเช้า"],
    "am": ["ልጁ መጽሐፉን በአትክልት ስፍራ ያነባል።", "ውሻው በባህር ዳር ይሮጣል።"],
    "en": ["The child reads a book in the garden.", "Two dogs run along the beach."],
    "ar": ["الطفل يقرأ كتابا في الحديقة", "كلبان يجريان على الشاطئ"],
}
EVERY = [text for texts in TEXTS.values() for text in texts]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


def never(character: str) -> bool:
    return False


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        EVERY * 3,
        trainers.UnigramTrainer(vocab_size=260, special_tokens=SPECIAL, unk_token="<unk>", show_progress=False),
    )
    return closed(tokenizer)


def byte_level() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        EVERY * 3,
        trainers.BpeTrainer(vocab_size=500, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False),
    )
    return closed(tokenizer)


def characters_merged() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.train_from_iterator(
        EVERY * 3,
        trainers.BpeTrainer(
            vocab_size=500, special_tokens=SPECIAL, continuing_subword_prefix="##", show_progress=False
        ),
    )
    return closed(tokenizer)


def word_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        EVERY * 3, trainers.WordPieceTrainer(vocab_size=500, special_tokens=SPECIAL, show_progress=False)
    )
    return closed(tokenizer)


def closed(tokenizer: Tokenizer) -> Tokenizer:
    """With a begin and an end, one more token behind the vocabulary, and padding."""
    tokenizer.add_special_tokens(["<mask>"])
    ends = [(name, tokenizer.token_to_id(name)) for name in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id("<pad>"), pad_token="<pad>")
    return tokenizer


MAKERS = {"unigram": unigram, "byte-level": byte_level, "merged": characters_merged, "wordpiece": word_pieces}


@pytest.fixture(scope="module", params=list(MAKERS))
def tokenizer(request) -> Tokenizer:
    return MAKERS[request.param]()


def small_of(tokenizer: Tokenizer, texts: list[str], keeps=never) -> tuple[Tokenizer, list[int]]:
    spec = json.loads(tokenizer.to_str())
    used = {place for row in tokenizer.encode_batch(texts) for place in row.ids}
    kept = kept_ids(spec, used, keeps)
    return Tokenizer.from_str(json.dumps(trim_spec(spec, kept))), kept.tolist()


@pytest.mark.parametrize("language", list(TEXTS))
def test_the_text_is_cut_into_the_same_pieces_and_new_ids_are_places_among_the_old(tokenizer, language):
    small, kept = small_of(tokenizer, TEXTS[language])
    assert small.get_vocab_size() == len(kept) < tokenizer.get_vocab_size()
    for before, after in zip(tokenizer.encode_batch(TEXTS[language]), small.encode_batch(TEXTS[language]), strict=True):
        assert after.tokens == before.tokens
        assert [kept[place] for place in after.ids] == before.ids


def test_added_tokens_and_what_is_put_around_a_text_have_their_new_ids(tokenizer):
    small, kept = small_of(tokenizer, TEXTS["th"])
    for token in (*SPECIAL, "<mask>"):
        if tokenizer.token_to_id(token) is not None:
            assert kept[small.token_to_id(token)] == tokenizer.token_to_id(token)
    assert small.encode("<mask>").tokens == ["<s>", "<mask>", "</s>"]
    assert small.padding["pad_id"] == small.token_to_id("<pad>")


@given(st.lists(st.sampled_from(EVERY), min_size=1, max_size=4), st.data())
def test_any_part_of_the_text_that_was_looked_at_is_cut_as_before(tokenizer, texts, data):
    whole = " ".join(texts)
    begin = data.draw(st.integers(0, len(whole)))
    part = whole[begin : data.draw(st.integers(begin, len(whole)))]
    small, _ = small_of(tokenizer, [part])
    assert small.encode(part).tokens == tokenizer.encode(part).tokens


def test_characters_that_are_wanted_stay_though_the_text_has_none_of_them():
    tokenizer = unigram()
    small, _ = small_of(tokenizer, TEXTS["en"], keeps=lambda character: "\u0e00" <= character <= "\u0e7f")
    thai = "น้ำ"
    assert small.token_to_id("<unk>") not in small.encode(thai).ids
    without, _ = small_of(tokenizer, TEXTS["en"])
    assert without.token_to_id("<unk>") in without.encode(thai).ids


def test_every_byte_stays_where_pieces_are_of_bytes():
    small, _ = small_of(byte_level(), ["a"])
    assert small.decode(small.encode("ልጁ 電車 🙂").ids).strip() == "ልጁ 電車 🙂"
    assert len(pieces_of(json.loads(small.to_str()))) >= 256


@pytest.mark.parametrize("family", ["tiny_bert", "tiny_xlmr"])
def test_a_trimmed_model_gives_the_same_vectors_here_saved_and_in_sentence_transformers(family, request, tmp_path):
    folder = request.getfixturevalue(family)
    opened = open_model(str(folder))
    texts = ["電車が遅れた。", "あいうえお", "The child reads."]
    before = opened.embed(texts)
    cut = trimmed(opened.encoder, [texts], never)
    small = cut.encoder
    assert len(small.tokenizer) == cut.after < cut.before == opened.encoder.word_table().shape[0]
    assert np.array_equal(embed_texts(small, texts), before)
    assert np.array_equal(opened.embed(texts), before)  # the one it came from is whole
    small.save(tmp_path / "small")
    assert np.array_equal(embed_texts(load_saved(tmp_path / "small", name="x"), texts), before)
    config = json.loads((tmp_path / "small" / "config.json").read_text())
    assert config["vocab_size"] == len(small.tokenizer)
    from sentence_transformers import SentenceTransformer

    loaded = SentenceTransformer(str(tmp_path / "small"), device="cpu")
    assert np.abs(loaded.encode(texts, prompt_name=None) - before).max() < 1e-5


def test_the_share_that_is_unseen_is_that_of_pieces_met_once(tiny_bert):
    encoder = open_model(str(tiny_bert)).encoder
    once = trimmed(encoder, [["ab"]], never)  # [CLS] a b [SEP]
    twice = trimmed(encoder, [["ab"], ["ab", "c"]], never)  # c alone is met once, of 11
    assert (once.unseen, twice.unseen) == (1.0, pytest.approx(1 / 11))


def test_a_model_without_a_word_table_is_refused(tiny_bert):
    encoder = open_model(str(tiny_bert)).encoder
    encoder.model.set_input_embeddings(None)
    with pytest.raises(UserError, match="no plain word table"):
        trimmed(encoder, [["a"]], never)
