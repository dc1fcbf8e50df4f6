"""What views need beside token rows: texts and their synonyms, frames to put a sentence in."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import Language
from simcse_ml.models.contract import Encoder
from simcse_ml.settings.schema import Recipe, ViewSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.synonyms import read_synonyms
from simcse_ml.views.contract import Frame, Wording

SECOND_FRAME = "“{sentence}”: {mask}"
"""of a language that has one in langs.yaml: no words, so right in all"""
LEAST_BODY = 8
"""tokens of a sentence that must fit beside a frame"""


def wordings_of(
    recipe: Recipe, language: Language, encoder: Encoder, corpus: Corpus, work: Path
) -> Mapping[ViewSettings, Wording]:
    """For each view that needs any.  work: of the run; lists are copied to it, so that a resume reads the same.

    Raises: UserError for a list or a frame that cannot be used.
    """
    found: dict[ViewSettings, Wording] = {}
    for stage in recipe.stages:
        for number, view in enumerate(stage.views):
            if view.kind == "synonym":
                kept = _kept(view, work / f"synonyms-{stage.name}-{number}.tsv")
                found[view] = Wording(corpus.texts, encoder.tokenize, synonyms=read_synonyms(kept))
            elif view.kind == "template":
                found[view] = Wording(corpus.texts, encoder.tokenize, frames=_frames(view, language, encoder))
    return found


def _kept(view: ViewSettings, kept: Path) -> Path:
    path = Path(view.synonyms).expanduser()
    if not view.synonyms or not (kept.exists() or path.is_file()):
        raise UserError(
            f"there is no list of synonyms {view.synonyms}".rstrip(),
            where="stages.views.synonyms",
            mend="name a file of lines: word, tab, synonym (--set stages.0.views.0.synonyms=FILE)",
            exit_code=ExitCode.USAGE,
        )
    if not kept.exists():
        read_synonyms(path)  # what is wrong is told of the user's own file
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept.with_suffix(".partial"))
        kept.with_suffix(".partial").replace(kept)
    return kept


def _frames(view: ViewSettings, language: Language, encoder: Encoder) -> tuple[Frame, Frame]:
    texts = view.templates or ((language.prompt, SECOND_FRAME) if language.prompt else ())
    if len(texts) != 2 or any(text.count("{sentence}") != 1 for text in texts):
        raise UserError(
            "two templates with {sentence} are needed" if texts else f"langs.yaml has no template for {language.name}",
            where="stages.views.templates",
            mend="give two, such as: 'The sentence “{sentence}” means {mask}.'",
            exit_code=ExitCode.USAGE,
        )
    first, second = (_frame(text, encoder) for text in texts)
    return first, second


def _frame(text: str, encoder: Encoder) -> Frame:
    """The template as tokens before and behind the sentence, without what belongs to every row."""
    mask = getattr(getattr(encoder, "tokenizer", None), "mask_token", None) or ""
    rows = encoder.tokenize([part.replace("{mask}", mask).strip() for part in text.split("{sentence}")])
    before, after = (rows.row(i)[rows.head : len(rows.row(i)) - rows.tail] for i in (0, 1))
    room = encoder.max_tokens - rows.head - rows.tail - len(before) - len(after)
    if encoder.max_tokens and room < LEAST_BODY:
        raise UserError(
            f"the template leaves {max(room, 0)} of {encoder.max_tokens} tokens for a sentence",
            where="stages.views.templates",
            mend="take a shorter one, or raise backbone.max_tokens",
            exit_code=ExitCode.USAGE,
        )
    return Frame(before, after)
