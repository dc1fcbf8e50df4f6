"""The two frames that the view `template` puts sentences in, and how they are told."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import Language
from simcse_ml.models.contract import Encoder
from simcse_ml.settings.schema import ViewSettings
from simcse_ml.views.contract import Frame

WORDLESS = ("{sentence}", "“{sentence}”: {mask}")
"""right in all languages; a prompt of langs.yaml stands in place of the first"""
LEAST_BODY = 8
"""tokens of a sentence that must fit beside a frame"""


def templates_of(view: ViewSettings, language: Language, encoder: Encoder) -> tuple[str, str]:
    """Those of the recipe; else the language's prompt and one without words.

    Both are without words where there is no prompt, or one that takes half of the longest row (bytes as tokens).

    Raises: UserError for templates that are not two with a place for the sentence each.
    """
    if view.templates:
        if len(view.templates) != 2 or any(text.count("{sentence}") != 1 for text in view.templates):
            raise UserError(
                "two templates with {sentence} are needed",
                where="stages.views.templates",
                mend="give two, such as: 'The sentence “{sentence}” means {mask}.'",
                exit_code=ExitCode.USAGE,
            )
        return view.templates[0], view.templates[1]
    if language.prompt and (not encoder.max_tokens or 2 * _framed(language.prompt, encoder)[1] > encoder.max_tokens):
        return language.prompt, WORDLESS[1]
    return WORDLESS


def frames_of(templates: Sequence[str], encoder: Encoder) -> tuple[Frame, ...]:
    """The templates as tokens.

    Raises: UserError for one that leaves no room for a sentence.
    """
    frames = []
    for text in templates:
        frame, room = _framed(text, encoder)
        if encoder.max_tokens and room < LEAST_BODY:
            raise UserError(
                f"the template leaves {max(room, 0)} of {encoder.max_tokens} tokens for a sentence",
                where="stages.views.templates",
                mend="take shorter ones, raise backbone.max_tokens, or take a recipe without: --recipe unsup",
                exit_code=ExitCode.USAGE,
            )
        frames.append(frame)
    return tuple(frames)


def told(templates: Sequence[str], encoder: Encoder, share: float) -> str:
    """What a person reads of them.  share: of the batches that are framed."""
    shown = " | ".join(text.replace("{sentence}", "…").replace("{mask}", _mask(encoder)) for text in templates)
    of = "" if share == 1 else f"{100 * share:.0f} % of the batches: "
    return f"{of}a sentence is seen as  {shown}"


def _framed(text: str, encoder: Encoder) -> tuple[Frame, int]:
    """The tokens before and behind the sentence, without what belongs to every row, and how many are left for it."""
    rows = encoder.tokenize([part.replace("{mask}", _mask(encoder)).strip() for part in text.split("{sentence}")])
    before, after = (rows.row(i)[rows.head : len(rows.row(i)) - rows.tail] for i in (0, 1))
    return Frame(before, after), encoder.max_tokens - rows.head - rows.tail - len(before) - len(after)


def _mask(encoder: Encoder) -> str:
    """The tokenizer's mask token, "" where it has none."""
    return getattr(getattr(encoder, "tokenizer", None), "mask_token", None) or ""
