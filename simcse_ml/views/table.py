"""Every view by its recipe name; a new one is a file and a row here."""

from __future__ import annotations

from collections.abc import Mapping

from simcse_ml.views.contract import ViewMaker
from simcse_ml.views.crop import crop
from simcse_ml.views.deletion import deletion
from simcse_ml.views.halves import halves
from simcse_ml.views.mlm import mlm
from simcse_ml.views.neighbour import neighbour
from simcse_ml.views.repetition import repetition
from simcse_ml.views.same import same
from simcse_ml.views.synonym import synonym
from simcse_ml.views.template import template
from simcse_ml.views.token_dropout import token_dropout

VIEWS: Mapping[str, ViewMaker] = {
    "same": same,
    "token_dropout": token_dropout,
    "halves": halves,
    "neighbour": neighbour,
    "repetition": repetition,
    "deletion": deletion,
    "crop": crop,
    "mlm": mlm,
    "synonym": synonym,
    "template": template,
}
NEEDS_ORDER = frozenset({"neighbour"})
"""Refused unless the corpus is known to be in order."""
