"""`similar --why`: the reasons of one pair, beside the yardstick of a text where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.evaluation.baselines import default_kind
from simcse_ml.events import Sink
from simcse_ml.jobs.exploring import ready
from simcse_ml.jobs.similar import SimilarRequest
from simcse_ml.jobs.using import open_text, open_used, own_corpus
from simcse_ml.jobs.why import Why, why, why_counted, with_yardstick
from simcse_ml.models.counting import fit_counting
from simcse_ml.search.space import CountedSpace, DenseSpace

if TYPE_CHECKING:
    from simcse_ml.text.corpus import Corpus


def similar_why(request: SimilarRequest, sink: Sink) -> Why:
    """Raises: UserError unless there are two sentences, or where model or text cannot be opened."""
    if len(request.texts) != 2:
        raise UserError(
            f"--why explains one pair, and these are {len(request.texts)} sentences",
            where="similar --why",
            mend='give two, each in quotes: "..." "..."',
            exit_code=ExitCode.USAGE,
        )
    left, right = request.texts
    corpus = open_text(request.corpus, request.use, sink) if request.corpus else own_corpus(request.use)
    if corpus is None:
        return _alone(request, left, right)
    return _over(request, corpus, left, right, sink)


def _alone(request: SimilarRequest, left: str, right: str) -> Why:
    """Without a text: no yardstick, and nothing that all sentences have."""
    if request.use.is_counting:
        kind = default_kind(request.texts)
        return why_counted(fit_counting(iter(()), kind), left, right)
    return why(open_used(request.use), left, right)


def _over(request: SimilarRequest, corpus: Corpus, left: str, right: str, sink: Sink) -> Why:
    made = ready(request.use, corpus, sink)
    if isinstance(made.space, CountedSpace):
        found = why_counted(made.space.store.model, left, right)
    else:
        assert isinstance(made.space, DenseSpace)
        assert made.opened is not None
        found = why(made.opened, left, right, common=made.space.store.mean)
    return with_yardstick(found, made.explorer.calibration)
