"""From blocks to sentences: the steps of the first pass, in the order in which they run.

Each step is a generator function `(sentences, Context) -> sentences`; what it drops it counts in the ledger. The second
pass (boilerplate, repeats, scripts, sampling, near repeats, held-out), which needs all sentences, is in verdicts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.reasons import Ledger, Reason
from simcse_ml.text.splitting.sentences import Splitter, as_it_is, splitter_for
from simcse_ml.text.steps import clean, limits, quality
from simcse_ml.text.steps.languages import other_language_test
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

    settings: TextSettings
    mend: Callable[[str], str] | None
    clean: Callable[[str], str]
    split: Splitter
    normalise: Callable[[str], str]
    in_other_language: Callable[[str], bool]
    excluded: frozenset[str]
    ledger: Ledger
    cursor: Cursor


Sentences = Iterator[Sentence]
Run = Callable[[Iterable[Sentence], Context], Sentences]


class Step(NamedTuple):
    """wanted: whether the settings ask for it; what they do not ask for does not run."""

    run: Run
    wanted: Callable[[TextSettings], bool] = lambda settings: True


def make_context(language: Language, settings: TextSettings, excluded: frozenset[str], cursor: Cursor) -> Context:
    """The context of one shard, with an empty ledger."""
    form = language.normalisation if settings.normalisation == "auto" else settings.normalisation
    names: dict[str, clean.Form] = {"nfc": "NFC", "nfkc": "NFKC", "none": "none"}
    split = splitter_for(language) if settings.split else as_it_is
    return Context(
        settings,
        mended if settings.mend_mojibake else None,
        _remembering(clean.without_controls),
        _remembering(split),
        _remembering(clean.normaliser(names[form])),
        other_language_test(language),
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
    """Paragraphs without controls, bidi overrides, terminal sequences. It cannot be switched off: lines stay lines."""
    for document, position, text in sentences:
        yield Sentence(document, position, context.clean(text))


def split(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Paragraphs into sentences."""
    for document, position, paragraph in sentences:
        for text in context.split(paragraph):
            yield Sentence(document, position, text)


def cut_long(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Sentences that are too long into pieces that are not."""
    most = context.settings.max_characters
    for sentence in sentences:
        if 2 * len(sentence.text) <= most:
            yield sentence
            continue
        pieces = list(limits.cut(sentence.text, most))
        context.ledger.change("long_sentences_cut", int(len(pieces) > 1))
        for text in pieces:
            yield sentence._replace(text=text)


def number(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Sentences get their positions."""
    cursor = context.cursor
    for document, _, text in sentences:
        if document != cursor.document:
            cursor.document, cursor.position = document, 0
        yield Sentence(document, cursor.position, text)
        cursor.position += 1


def normalise(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Sentences in the language's Unicode normal form."""
    for document, position, text in sentences:
        yield Sentence(document, position, context.normalise(text))


def drop_by_length(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop what is too short or too long."""
    least, most = context.settings.min_characters, context.settings.max_characters
    for sentence in sentences:
        length = limits.judge_length(sentence.text, least, most)
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


def drop_other_languages(sentences: Iterable[Sentence], context: Context) -> Sentences:
    """Drop what is surely in another language of the same script."""
    for sentence in sentences:
        if context.in_other_language(sentence.text):
            context.ledger.drop(Reason.OTHER_LANGUAGE, sentence.text)
        else:
            yield sentence


def _dropping(reason: Reason, is_bad: Callable[[str, TextSettings], bool]) -> Run:
    """A step that drops for one reason what a rule of quality.py finds."""

    def drop(sentences: Iterable[Sentence], context: Context) -> Sentences:
        settings = context.settings
        for sentence in sentences:
            if is_bad(sentence.text, settings):
                context.ledger.drop(reason, sentence.text)
            else:
                yield sentence

    return drop


drop_damaged = _dropping(Reason.DAMAGED, lambda text, _: "\ufffd" in text)
drop_without_letters = _dropping(Reason.NO_LETTERS, lambda text, _: not limits.has_letters(text))
drop_runs = _dropping(Reason.RUN, lambda text, asked: quality.is_a_run(text, asked.min_characters))
drop_numbers = _dropping(Reason.NUMBERS, lambda text, asked: quality.is_numbers(text, asked.most_digits))
drop_signs = _dropping(Reason.SIGNS, lambda text, asked: quality.is_signs(text, asked.most_signs))
drop_addresses = _dropping(Reason.ADDRESS, lambda text, asked: quality.is_address(text, asked.most_address))
drop_code = _dropping(Reason.CODE, lambda text, _: quality.is_code(text))
drop_menus = _dropping(Reason.MENU, lambda text, _: quality.is_menu(text))
drop_cut_off = _dropping(Reason.CUT_OFF, lambda text, _: quality.is_cut_off(text))

STEPS: Sequence[Step] = (
    Step(mend_mojibake, lambda asked: asked.mend_mojibake),
    Step(without_controls),
    Step(split),
    Step(cut_long, lambda asked: asked.split and asked.long_sentences == "cut"),
    Step(number),
    Step(normalise),
    Step(drop_damaged, lambda asked: asked.damaged == "drop"),
    Step(drop_without_letters, lambda asked: asked.without_letters == "drop"),
    Step(drop_by_length),
    Step(drop_runs, lambda asked: asked.runs == "drop"),
    Step(drop_code, lambda asked: asked.code == "drop"),
    Step(drop_numbers, lambda asked: asked.most_digits < 1.0),
    Step(drop_signs, lambda asked: asked.most_signs < 1.0),
    Step(drop_addresses, lambda asked: asked.most_address < 1.0),
    Step(drop_menus, lambda asked: asked.menus == "drop"),
    Step(drop_cut_off, lambda asked: asked.cut_off == "drop"),
    Step(drop_other_languages, lambda asked: asked.other_languages == "drop"),
    Step(drop_evaluation_sentences),
)
"""the first pass, in order"""


def run(blocks: Iterable[Sentence], context: Context) -> Sentences:
    """All STEPS that the settings ask for, one after another."""
    sentences: Iterable[Sentence] = blocks
    for step in STEPS:
        if step.wanted(context.settings):
            sentences = step.run(sentences, context)
    yield from sentences
