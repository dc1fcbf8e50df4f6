"""Why two sentences are close: token pairs, what each part of one is worth, letters shared, and a yardstick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcse_ml.evaluation.sts import unit_rows
from simcse_ml.languages.clusters import clusters
from simcse_ml.models.counting import Counting
from simcse_ml.search.calibration import Calibration
from simcse_ml.search.overlap import lexical_overlap, trigrams

if TYPE_CHECKING:
    from simcse_ml.models.opened import OpenedModel

MOST_LEFT_OUT = 200
"""groups of a sentence that are left out in their turn"""


@dataclass(frozen=True)
class Without:
    """cosine: of the two sentences after `part` was left out of the first."""

    part: str
    cosine: float


@dataclass(frozen=True)
class Why:
    """left, right: the parts that the sentences are made of, in order.

    pairs: (left parts, right parts), what each pair adds to the cosine; None where nothing can be said.
    common: what any two sentences of the text have.  rest: prompt, special tokens, biases.
    exact: whether pairs, common and rest are the cosine.  note: why not, "" if they are.
    without: the parts of the first sentence left out in turn, the most telling first.
    lex: shared trigrams.  equal_lex_pct: percent of random pairs with as many that are less alike, None if unknown.
    """

    cosine: float
    left: tuple[str, ...]
    right: tuple[str, ...]
    pairs: tuple[tuple[float, ...], ...] | None
    common: float
    rest: float
    exact: bool
    note: str
    without: tuple[Without, ...]
    lex: float
    equal_lex_pct: float | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def why(opened: OpenedModel, left: str, right: str, *, common: NDArray[np.floating] | None = None) -> Why:
    """The reasons of a model. Each part of `left` is left out once, all in one batch.

    common: (dim,) mean unit vector of the text, None without one.
    """
    from simcse_ml.models.splitting import split_cosine

    split = split_cosine(opened.encoder, left, right, common=common)
    shorter = [split.left.without(group) for group in range(min(len(split.left.spans), MOST_LEFT_OUT))]
    units = unit_rows(opened.embed([right, *shorter]))
    return Why(
        split.cosine,
        split.left.shown,
        split.right.shown,
        tuple(tuple(float(value) for value in row) for row in split.pairs),
        split.common,
        split.rest,
        split.exact,
        split.note,
        _ordered(split.left.shown, units[1:] @ units[0]),
        lexical_overlap(trigrams(left), trigrams(right)),
    )


def why_counted(model: Counting, left: str, right: str) -> Why:
    """The reasons of counting: it has no tokens, so letters, or words where there are blanks, are left out in turn."""
    parts, others = (_parts(text) for text in (left, right))
    ends = np.cumsum([len(part) for part in parts])
    shorter = [left[: end - len(part)] + left[end:] for part, end in zip(parts, ends, strict=True)][:MOST_LEFT_OUT]
    cosines = model.cosines([left, *shorter], [right] * (len(shorter) + 1))
    return Why(
        float(cosines[0]),
        tuple(part.strip() for part in parts),
        tuple(part.strip() for part in others),
        None,
        0.0,
        float(cosines[0]),
        False,
        "counting compares runs of letters, not tokens: what leaving a part out costs is the whole reason",
        _ordered([part.strip() for part in parts], cosines[1:]),
        lexical_overlap(trigrams(left), trigrams(right)),
    )


def with_yardstick(found: Why, calibration: Calibration) -> Why:
    """With the percentile among pairs of equal lexical overlap."""
    return replace(found, equal_lex_pct=calibration.percentile_of_equal_overlap(found.cosine, found.lex))


def _ordered(parts: Sequence[str], cosines: NDArray[np.floating]) -> tuple[Without, ...]:
    found = [Without(part, float(cosine)) for part, cosine in zip(parts, cosines, strict=False)]
    return tuple(sorted(found, key=lambda one: one.cosine))


def _parts(text: str) -> list[str]:
    """Words with the blank behind them where there are blanks, else clusters."""
    words = [word for word in text.split(" ") if word]
    if len(words) < 3:
        return clusters(text)
    pieces = text.split(" ")
    return [piece + " " for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
