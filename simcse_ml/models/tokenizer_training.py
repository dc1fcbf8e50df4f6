"""A tokenizer for builtin:static, learnt from the corpus itself: the same bytes from the same text, everywhere.

Text is cut at white space, punctuation, symbols and digits, and between Han, katakana and hiragana; the words that
remain are counted, and sentencepiece finds the pieces they are best written with (unigram model: Kudo 2018,
arXiv 1804.10959). Nothing marks where a word begins, so a piece is the same in every place.
"""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import sentencepiece as spm
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import StaticSettings

UNKNOWN = "<unk>"
SPACE_MARK = "▁"
"""sentencepiece's own sign for a blank: no word may contain it"""
DOTLESS = frozenset({"tr", "az", "crh", "gag"})
"""Languages whose capital I is ı and whose capital İ is i; Unicode's rules for all others make i and i with a dot."""
RARE_CHARACTERS = 1e-4
"""share of the text whose rarest characters get no piece of their own"""


def train_tokenizer(texts: Iterable[str], language: Language, settings: StaticSettings) -> Tokenizer:
    """A Unigram tokenizer from an even sample of `texts`; fewer pieces than asked for where the text has no more.

    Raises: UserError where the text has no word at all.
    """
    rules = Tokenizer(models.Unigram([(UNKNOWN, 0.0)], unk_id=0, byte_fallback=False))
    rules.normalizer = _normaliser(language.code)
    rules.pre_tokenizer = _words()
    counts = _count(even_sample(texts, int(settings.tokenizer_megabytes * 1e6)), rules)
    if not counts:
        raise UserError(
            "there is no word in this text to learn a tokenizer from",
            where="corpus",
            mend="give more text",
            exit_code=ExitCode.INPUT,
        )
    pieces = _pieces(counts, settings.vocabulary)
    trained = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    trained.normalizer = rules.normalizer
    trained.pre_tokenizer = rules.pre_tokenizer
    return trained


def probabilities(tokenizer: Tokenizer) -> Mapping[str, float]:
    """Piece -> its share of the pieces of a text, as the unigram model has it; without the unknown piece."""
    model = json.loads(tokenizer.to_str())["model"]
    return {piece: math.exp(score) for piece, score in model["vocab"] if piece != UNKNOWN}


def even_sample(texts: Iterable[str], limit: int) -> list[str]:
    """Every k-th text, k a power of two, so that about `limit` bytes of UTF-8 remain; one pass, no length known."""
    kept: list[tuple[str, int]] = []
    size, stride = 0, 1
    for number, text in enumerate(texts):
        if number % stride:
            continue
        kept.append((text, len(text.encode("utf-8", "surrogatepass"))))
        size += kept[-1][1]
        while size > limit and len(kept) > 1:
            kept = kept[::2]
            stride *= 2
            size = sum(length for _, length in kept)
    return [text for text, _ in kept]


def _normaliser(code: str) -> normalizers.Normalizer:
    """NFKC and small letters; punctuation is a blank, as in counting (dev: ko + 0.6, tr - 0.5, ja even)."""
    turkic = [normalizers.Replace("İ", "i"), normalizers.Replace("I", "ı")] if code in DOTLESS else []
    return normalizers.Sequence(
        [normalizers.NFKC(), *turkic, normalizers.Lowercase(), normalizers.Replace(Regex(r"\p{P}"), " ")]
    )


def _words() -> pre_tokenizers.PreTokenizer:
    """White space goes; punctuation and symbols stand alone, digits together; Japanese is cut where scripts change."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex(r"\p{S}"), "isolated"),
            pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.Split(Regex(r"\p{Han}+|\p{Katakana}[\p{Katakana}ー]*|\p{Hiragana}+"), "isolated"),
        ]
    )


def _count(texts: Iterable[str], rules: Tokenizer) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        words = rules.pre_tokenizer.pre_tokenize_str(rules.normalizer.normalize_str(text))
        counts.update(word for word, _ in words if SPACE_MARK not in word and "\t" not in word)
    return counts


def _pieces(counts: Counter[str], vocabulary: int) -> list[tuple[str, float]]:
    """(piece, log probability), the unknown piece first."""
    letters = {char for word in counts for char in word}
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=_lines(counts),
        input_format="tsv",
        model_writer=model,
        vocab_size=max(vocabulary, len(letters) + 1),
        hard_vocab_limit=False,
        character_coverage=1 - RARE_CHARACTERS,
        num_threads=1,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        max_sentence_length=1 << 20,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        unk_id=0,
        unk_piece=UNKNOWN,
        minloglevel=2,
    )
    processor = spm.SentencePieceProcessor(model_proto=model.getvalue())
    found = [(processor.id_to_piece(i), float(processor.get_score(i))) for i in range(1, processor.get_piece_size())]
    return [(UNKNOWN, 0.0), *((piece, score) for piece, score in found if SPACE_MARK not in piece)]


def _lines(counts: Counter[str]) -> Iterator[str]:
    """A word and how often it occurs, in an order that does not depend on where it came first."""
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{word}\t{count}"
