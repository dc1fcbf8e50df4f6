"""What views need beside token rows: texts and their synonyms, frames to put a sentence in."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink
from simcse_ml.jobs.frames import frames_of, templates_of, told
from simcse_ml.languages.table import Language
from simcse_ml.models.contract import Encoder
from simcse_ml.settings.schema import Recipe, ViewSettings
from simcse_ml.text.corpus import Corpus
from simcse_ml.text.synonyms import read_synonyms
from simcse_ml.views.contract import Wording


def wordings_of(
    recipe: Recipe, language: Language, encoder: Encoder, corpus: Corpus, work: Path, sink: Sink
) -> Mapping[ViewSettings, Wording]:
    """For each view that needs any.  work: of the run; lists are copied to it, so that a resume reads the same.

    Which frames sentences are put in is said: nobody has typed them.

    Raises: UserError for a list or a frame that cannot be used.
    """
    found: dict[ViewSettings, Wording] = {}
    for stage in recipe.stages:
        for number, view in enumerate(stage.views):
            if view.kind == "synonym":
                kept = _kept(view, work / f"synonyms-{stage.name}-{number}.tsv")
                found[view] = Wording(corpus.texts, encoder.tokenize, synonyms=read_synonyms(kept))
            elif view.kind == "template":
                templates = templates_of(view, language, encoder)
                found[view] = Wording(corpus.texts, encoder.tokenize, frames=frames_of(templates, encoder))
                share = view.weight / sum(one.weight for one in stage.views)
                sink(Said("frames", told(templates, encoder, share)))
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
