"""From blocks to sentences: the steps of the first pass, in the order in which they run.

Each step is a generator function `(sentences, Context) -> sentences`; what it drops it counts in the ledger. The second
pass (repeats, sampling, near repeats, held-out), which needs all sentences, is in verdicts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.reasons import Ledger, Reason
from simcse_ml.text.splitting.sentences import Splitter, as_it_is, splitter_for
from simcse_ml.text.steps import clean, limits
from simcse_ml.text.steps.limits import Length
from simcse_ml.text.steps.mend import mended
from simcse_ml.text.steps.overlap import key

T = TypeVar("T")

REMEMBERED = 8
"""texts whose cleaning and splitting is remembered"""


class Sentence(NamedTuple):
    """document: its number in the corpus.  position: its number in the document, before anything was dropped."""

    document: int
    position: int
    text: str


@dataclass
class Cursor:
    """Where in the documents the splitter is: what the next sentence's position will be."""

    document: int = -1
    position: int = 0


@dataclass(frozen=True)
class Context:
    """What the steps need to know. The functions remember the last few texts, because lines are often repeated.

    excluded: keys of evaluation sentences.  mend: None if it is not asked for.
    """

    mend: Callable[[str], str] | None
    clean: Callable[[str], str]
    split: Splitter
    normalise: Callable[[str], str]
    length: Callable[[str], Length]
    excluded: frozenset[str]
    ledger: Ledger
    cursor: Cursor


Sentences = Iterator[Sentence]
Step = Callable[[Iterable[Sentence], Context], Sentences]


def make_context(language: Language, settings: TextSettings, excluded: frozenset[str], cursor: Cursor) -> Context:
    """The context of one shard, with an empty ledger."""
    form = language.normalisation if settings.normalisation == "auto" else settings.normalisation
    names: dict[str, clean.Form] = {"nfc": "NFC", "nfkc": "NFKC", "none": "none"}
    split = splitter_for(language) if settings.split else as_it_is
    length = partial(limits.judge_length, least=settings.min_characters, most=settings.max_characters)
    return Context(
        mended if settings.mend_mojibake else None,
        _remembering(clean.without_controls),
        _remembering(split),
        _remembering(clean.normaliser(names[form])),
        _remembering(length),
        excluded,
        Ledger(),
        cursor,
    )


def _remembering(function: Callable[[str], T]) -> Callable[[str], T]:
    remembered: Callable[[str], T] = lru_cache(maxsize=REMEMBERED)(function)
    return remembered


def mend_mojibake(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Paragraphs that were decoded wrongly before as they were meant, if asked for. The controls in them are needed."""
    for document, position, text in sentences:
        better = context.mend(text) if context.mend is not None else text
        if better != text:
            context.ledger.mend(text, better)
        yield Sentence(document, position, better)


def without_controls(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Paragraphs without controls, bidi overrides, terminal sequences."""
    for document, position, text in sentences:
        yield Sentence(document, position, context.clean(text))


def split(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Paragraphs into sentences, which get their positions here."""
    cursor = context.cursor
    for document, _, paragraph in sentences:
        if document != cursor.document:
            cursor.document, cursor.position = document, 0
        for text in context.split(paragraph):
            yield Sentence(document, cursor.position, text)
            cursor.position += 1


def normalise(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Sentences in the language's Unicode normal form."""
    for document, position, text in sentences:
        yield Sentence(document, position, context.normalise(text))


def drop_damaged(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop sentences with bytes that could not be decoded."""
    for sentence in sentences:
        if "\ufffd" in sentence.text:
            context.ledger.drop(Reason.DAMAGED, sentence.text)
        else:
            yield sentence


def drop_without_letters(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop what has no letter of any script."""
    for sentence in sentences:
        if limits.has_letters(sentence.text):
            yield sentence
        else:
            context.ledger.drop(Reason.NO_LETTERS, sentence.text)


def drop_by_length(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop what is too short or too long."""
    for sentence in sentences:
        length = context.length(sentence.text)
        if length == "right":
            yield sentence
        else:
            context.ledger.drop(Reason.TOO_SHORT if length == "short" else Reason.TOO_LONG, sentence.text)


def drop_evaluation_sentences(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop what also stands in an evaluation set."""
    for sentence in sentences:
        if context.excluded and key(sentence.text) in context.excluded:
            context.ledger.drop(Reason.IN_EVALUATION_SET, sentence.text)
        else:
            yield sentence


STEPS: Sequence[Step] = (
    mend_mojibake,
    without_controls,
    split,
    normalise,
    drop_damaged,
    drop_without_letters,
    drop_by_length,
    drop_evaluation_sentences,
)
"""the first pass, in order"""


def run(blocks: Iterable[Sentence], context: Context) -> Sentences:
    """All STEPS, one after another."""
    sentences: Iterable[Sentence] = blocks
    for step in STEPS:
        sentences = step(sentences, context)
    yield from sentences
