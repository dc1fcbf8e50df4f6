"""From blocks to sentences: the first pass. Paragraphs are cleaned and parted; then RULES say which sentences to drop.

The second pass (boilerplate, repeats, scripts, sampling, near repeats, held-out), which needs all sentences, is in
verdicts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeVar

from simcse_ml.languages.table import Language
from simcse_ml.settings.schema import TextSettings
from simcse_ml.text.reasons import Ledger, Reason
from simcse_ml.text.splitting.sentences import Splitter, as_it_is, splitter_for
from simcse_ml.text.steps import clean, limits, quality
from simcse_ml.text.steps.languages import other_language_test
from simcse_ml.text.steps.makeup import Makeup, makeups
from simcse_ml.text.steps.mend import mended
from simcse_ml.text.steps.overlap import key

T = TypeVar("T")

REMEMBERED = 8
"""texts whose cleaning and splitting is remembered"""
TOGETHER = 4096
"""sentences whose makeup is counted together"""


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


@dataclass(frozen=True)
class Rule:
    """A reason to drop a sentence. wanted: whether the settings ask for it.  is_bad: whether it holds for a sentence,
    of which the makeup is known.
    """

    reason: Reason
    wanted: Callable[[TextSettings], bool]
    is_bad: Callable[[str, Makeup, Context], bool]


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


def _always(_: TextSettings) -> bool:
    return True


def _remembering(function: Callable[[str], T]) -> Callable[[str], T]:
    remembered: Callable[[str], T] = lru_cache(maxsize=REMEMBERED)(function)
    return remembered


RULES: Sequence[Rule] = (
    Rule(Reason.DAMAGED, lambda asked: asked.damaged == "drop", lambda text, made, _: "\ufffd" in text),
    Rule(
        Reason.NO_LETTERS,
        lambda asked: asked.without_letters == "drop",
        lambda text, made, _: not limits.has_letters(text),
    ),
    Rule(Reason.TOO_SHORT, _always, lambda text, made, context: made.size < context.settings.min_characters),
    Rule(Reason.TOO_LONG, _always, lambda text, made, context: made.size > context.settings.max_characters),
    Rule(
        Reason.RUN,
        lambda asked: asked.runs == "drop",
        lambda text, made, context: quality.is_a_run(text, made, context.settings.min_characters),
    ),
    Rule(Reason.CODE, lambda asked: asked.code == "drop", lambda text, made, _: quality.is_code(text)),
    Rule(
        Reason.NUMBERS,
        lambda asked: asked.most_digits < 1.0,
        lambda text, made, context: made.digit_share > context.settings.most_digits,
    ),
    Rule(
        Reason.SIGNS,
        lambda asked: asked.most_signs < 1.0,
        lambda text, made, context: quality.is_signs(text, made, context.settings.most_signs),
    ),
    Rule(
        Reason.ADDRESS,
        lambda asked: asked.most_address < 1.0,
        lambda text, made, context: quality.is_address(text, context.settings.most_address),
    ),
    Rule(Reason.MENU, lambda asked: asked.menus == "drop", lambda text, made, _: quality.is_menu(text)),
    Rule(Reason.CUT_OFF, lambda asked: asked.cut_off == "drop", lambda text, made, _: quality.is_cut_off(text)),
    Rule(
        Reason.OTHER_LANGUAGE,
        lambda asked: asked.other_languages == "drop",
        lambda text, made, context: context.in_other_language(text),
    ),
    Rule(
        Reason.IN_EVALUATION_SET,
        _always,
        lambda text, made, context: bool(context.excluded) and key(text) in context.excluded,
    ),
)
"""in order: the first that holds is the one that is counted"""


def run(blocks: Iterable[Sentence], context: Context) -> Iterator[Sentence]:
    """The sentences of `blocks` that no rule drops; those that one does are counted in the ledger."""
    rules = [(rule.reason, rule.is_bad) for rule in RULES if rule.wanted(context.settings)]
    sentences = _parted(blocks, context)
    while batch := list(islice(sentences, TOGETHER)):
        for sentence, made in zip(batch, makeups([sentence.text for sentence in batch]), strict=True):
            text = sentence.text
            for reason, is_bad in rules:
                if is_bad(text, made, context):
                    context.ledger.drop(reason, text)
                    break
            else:
                yield sentence


def _parted(blocks: Iterable[Sentence], context: Context) -> Iterator[Sentence]:
    """All sentences of `blocks`, numbered within their documents, in the language's Unicode normal form."""
    cursor = context.cursor
    for document, _, paragraph in blocks:
        for text in _pieces(paragraph, context):
            if document != cursor.document:
                cursor.document, cursor.position = document, 0
            yield Sentence(document, cursor.position, context.normalise(text))
            cursor.position += 1


def _pieces(paragraph: str, context: Context) -> Iterator[str]:
    """The sentences of a paragraph, mended if asked for, without controls (lines must stay lines), none too long if
    they are to be cut.
    """
    sentences = context.split(context.clean(_mended(paragraph, context)))
    asked = context.settings
    if asked.split and asked.long_sentences == "cut":
        for sentence in sentences:
            if 2 * len(sentence) <= asked.max_characters:
                yield sentence
            else:
                yield from _cut(sentence, context)
    else:
        yield from sentences


def _mended(paragraph: str, context: Context) -> str:
    """A paragraph that was decoded wrongly before as it was meant, if asked for. The controls in it are needed."""
    better = context.mend(paragraph) if context.mend is not None else paragraph
    if better != paragraph:
        context.ledger.mend(paragraph, better)
    return better


def _cut(sentence: str, context: Context) -> list[str]:
    pieces = list(limits.cut(sentence, context.settings.max_characters))
    context.ledger.change("long_sentences_cut", int(len(pieces) > 1))
    return pieces
