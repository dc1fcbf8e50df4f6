"""The child with the model: opens it, makes vectors of a text the first time, encodes queries, gives reasons.

    python -m simcse_ml.jobs.serve_encode

Ops: open {slot, use, text | corpus}; encode {slot, text}, of which the newest wins; encode_both, of which each is
answered; why {slot, left, right}.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcse_ml.jobs.serving import Request, serve, vector_text
from simcse_ml.jobs.using import Use


@dataclass(frozen=True)
class _Slot:
    """opened: the model.  mean: (dim,) of the text's unit vectors."""

    opened: Any
    mean: NDArray[np.float32]


def main() -> None:
    """Until the window is gone."""
    slots: dict[str, _Slot] = {}
    serve(
        {
            "open": lambda request: _open(request, slots),
            "encode": lambda request: _encode(request, slots),
            "encode_both": lambda request: _encode(request, slots),
            "why": lambda request: _why(request, slots),
        },
        newest_wins=frozenset({"encode", "why"}),
        name="encode",
    )


def use_from(told: dict[str, Any]) -> Use:
    """The `Use` of a message."""
    known = {one.name: told[one.name] for one in fields(Use) if one.name in told}
    return Use(**{**known, "runs_dir": Path(known["runs_dir"]), "cache_dir": Path(known["cache_dir"])})


def _open(request: Request, slots: dict[str, _Slot]) -> None:
    from simcse_ml.jobs.exploring import text_of
    from simcse_ml.jobs.search import vector_store
    from simcse_ml.jobs.using import open_used
    from simcse_ml.text.corpus import Corpus

    args = request.args
    use = use_from(args["use"])
    corpus = Corpus.open(Path(args["corpus"])) if args.get("corpus") else text_of(use, args.get("text"), request.sink)
    request.say("progress", stage="model", done=0, total=0)
    opened = open_used(use)
    store = vector_store(corpus, opened, use.cache_dir, request.sink)
    slots[str(args["slot"])] = _Slot(opened, store.mean)
    request.say(
        "done",
        kind="vectors",
        folder=str(store.folder),
        corpus=str(corpus.folder),
        corpus_hash=corpus.fingerprint,
        model_hash=store.manifest.model,
        rows=len(corpus),
        dim=store.manifest.dim,
    )


def _encode(request: Request, slots: dict[str, _Slot]) -> None:
    vector = slots[str(request.args["slot"])].opened.embed([str(request.args["text"])])[0]
    request.say("done", vec=vector_text(vector))


def _why(request: Request, slots: dict[str, _Slot]) -> None:
    from simcse_ml.jobs.why import why

    slot = slots[str(request.args["slot"])]
    found = why(slot.opened, str(request.args["left"]), str(request.args["right"]), common=slot.mean)
    request.say("done", why=found.as_json())


if __name__ == "__main__":
    main()
