"""The child with the vectors: searches, shows lines around a row, draws the map, compares two models. No torch.

    python -m simcse_ml.jobs.serve_search

Ops: text {use, text}; open {slot, kind, folder, corpus} or {slot, kind, use, text}; search {slot, query, vec, pins};
rows and text_of {slot, first, count}; pin {slot, pins}; why {slot, left, right} of counting; equal {slot, cosine, lex};
map {slot, columns, lines, box ...}; compare {query, vecs, k}; movers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import write_json
from simcse_ml.jobs.serving import Request, serve, vector_of
from simcse_ml.search.calibration import percentile_text
from simcse_ml.search.explorer import Explorer, Neighbour
from simcse_ml.search.grammar import Query, parse_query
from simcse_ml.search.plane import Plane, plane_of
from simcse_ml.search.space import CountedSpace, DenseSpace, Space
from simcse_ml.text.corpus import Corpus

PINS = "pins.json"
MOST_TEXT = 2000
"""characters of a hit that are sent; the window asks for the row where a person wants all of it"""


@dataclass
class Slot:
    """A text by one model, as far as it was asked for."""

    corpus: Corpus
    space: Space
    explorer: Explorer
    plane: Plane | None = None


def main() -> None:
    """Until the window is gone."""
    slots: dict[str, Slot] = {}
    operations = {
        "open": _open,
        "search": _search,
        "rows": _rows,
        "text_of": _rows,
        "text": _text,
        "pin": _pin,
        "why": _why,
        "equal": _equal,
        "map": _map,
        "compare": _compare,
        "movers": _movers,
    }
    bound = {name: (lambda request, do=do: do(request, slots)) for name, do in operations.items()}
    serve(bound, newest_wins=frozenset({"search", "rows", "map", "compare", "movers", "why"}), name="search")


def _open(request: Request, slots: dict[str, Slot]) -> None:
    from simcse_ml.jobs.exploring import explorer_of

    args, sink = request.args, request.sink
    if args["kind"] == "counting":
        corpus, space = _counted(request)
    else:
        from simcse_ml.search.index import open_index
        from simcse_ml.search.vectors import open_vectors

        corpus = Corpus.open(Path(args["corpus"]))
        store = open_vectors(Path(args["folder"]))
        if store is None or len(store) != len(corpus):
            raise UserError(
                "the vectors are gone or of another text",
                where=str(args["folder"]),
                mend="press r: they are made again",
                exit_code=ExitCode.INPUT,
            )
        space = DenseSpace(store, open_index(store))
    explorer = explorer_of(corpus, space, sink)
    slots[str(args["slot"])] = Slot(corpus, space, explorer)
    request.say(
        "done",
        rows=len(corpus),
        corpus=str(corpus.folder),
        corpus_hash=corpus.fingerprint,
        mean=explorer.calibration.mean,
        ordered=corpus.ordered,
        pins=_pins(space),
        index=space.index.recall if isinstance(space, DenseSpace) and space.index is not None else None,
        model_hash=space.store.model.fingerprint if isinstance(space, CountedSpace) else "",
    )


def _text(request: Request, slots: dict[str, Slot]) -> None:
    """Which prepared text a model and a name mean; nothing where they mean none."""
    from simcse_ml.jobs.exploring import text_of
    from simcse_ml.jobs.serve_encode import use_from
    from simcse_ml.jobs.using import own_corpus

    use, name = use_from(request.args["use"]), request.args.get("text")
    corpus = text_of(use, name, request.sink) if name else own_corpus(use)
    told = ("", "") if corpus is None else (str(corpus.folder), corpus.fingerprint)
    request.say("done", corpus=told[0], corpus_hash=told[1])


def _counted(request: Request) -> tuple[Corpus, Space]:
    from simcse_ml.jobs.exploring import text_of
    from simcse_ml.jobs.search import counted_store
    from simcse_ml.jobs.serve_encode import use_from

    args = request.args
    use = use_from(args["use"])
    corpus = Corpus.open(Path(args["corpus"])) if args.get("corpus") else text_of(use, args.get("text"), request.sink)
    return corpus, CountedSpace(counted_store(corpus, use.cache_dir, request.sink))


def _search(request: Request, slots: dict[str, Slot]) -> None:
    slot = slots[str(request.args["slot"])]
    query = parse_query(str(request.args["query"]))
    pins = frozenset(int(row) for row in request.args.get("pins") or ())
    pairs = len(slot.explorer.calibration)
    for part in slot.explorer.search(
        query, _vector(slot, query, request.args.get("vec")), pins=pins, stopped=request.stopped
    ):
        request.say(
            "done" if part.last else "part",
            scanned=part.scanned,
            looked_at=part.looked_at,
            complete=part.complete,
            closest=part.closest,
            recall=part.recall,
            hits=[shown(hit, pairs) for hit in part.hits],
        )


def _vector(slot: Slot, query: Query, told: str | None) -> np.ndarray | None:
    if query.row is not None:
        return slot.space.vector_of_row(query.row) if query.row < len(slot.space) else None
    if told:
        return vector_of(told)
    if query.text and isinstance(slot.space, CountedSpace):
        return slot.space.vector_of_text(query.text)
    return None


def shown(hit: Neighbour, pairs: int) -> dict[str, object]:
    """A hit for the window: its text cut, its percentile as it is read."""
    pct = None if hit.pct is None else percentile_text(hit.pct, pairs)
    return {**hit.as_json(), "text": hit.text[:MOST_TEXT], "pct_text": pct}


def _rows(request: Request, slots: dict[str, Slot]) -> None:
    slot = slots[str(request.args["slot"])]
    first = max(0, int(request.args["first"]))
    rows = np.arange(first, min(first + int(request.args["count"]), len(slot.corpus)))
    documents = slot.corpus.documents[rows]
    request.say(
        "done",
        rows=[
            {"row": int(row), "document": int(document), "text": text[:MOST_TEXT]}
            for row, document, text in zip(rows, documents, slot.corpus.texts(rows), strict=True)
        ],
    )


def _pins(space: Space) -> list[int]:
    """Rows that a person pinned earlier, as far as they are still there."""
    try:
        told = json.loads((space.folder / PINS).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [row for row in told if isinstance(row, int) and 0 <= row < len(space)] if isinstance(told, list) else []


def _pin(request: Request, slots: dict[str, Slot]) -> None:
    write_json(slots[str(request.args["slot"])].space.folder / PINS, [int(row) for row in request.args["pins"]])
    request.say("done")


def _why(request: Request, slots: dict[str, Slot]) -> None:
    from simcse_ml.jobs.why import why_counted

    slot = slots[str(request.args["slot"])]
    assert isinstance(slot.space, CountedSpace), "only counting is explained here"
    found = why_counted(slot.space.store.model, str(request.args["left"]), str(request.args["right"]))
    request.say("done", why=found.as_json())


def _equal(request: Request, slots: dict[str, Slot]) -> None:
    calibration = slots[str(request.args["slot"])].explorer.calibration
    cosine, lex = float(request.args["cosine"]), float(request.args["lex"])
    percent = calibration.percentile_of_equal_overlap(cosine, lex)
    request.say("done", pct=percent)


def _map(request: Request, slots: dict[str, Slot]) -> None:
    slot = slots[str(request.args["slot"])]
    if slot.plane is None:
        slot.plane = plane_of(slot.space, request.sink)
    plane, args = slot.plane, request.args
    box = tuple(args["box"]) if args.get("box") else plane.extent
    density = plane.density(int(args["columns"]), int(args["lines"]), box)
    trust = None
    if args.get("row") is not None and args.get("nearest"):
        trust = plane.trust(int(args["row"]), np.array(args["nearest"], np.int64))
    marks = [[float(x), float(y)] for x, y in plane.points[np.array(args.get("marks") or [], np.int64)]]
    inside = None
    if args.get("inside"):
        rows = plane.inside(*args["inside"])
        some = rows[: int(args.get("most", 200))]
        texts = slot.corpus.texts(some)
        found = [shown(Neighbour(int(row), text), 0) for row, text in zip(some, texts, strict=True)]
        inside = {"count": len(rows), "hits": found}
    request.say(
        "done", kept=plane.kept, box=list(box), density=density.tolist(), trust=trust, marks=marks, inside=inside
    )


def _compare(request: Request, slots: dict[str, Slot]) -> None:
    from simcse_ml.jobs.compare import merged_list

    query = parse_query(str(request.args["query"]))
    vectors = request.args.get("vecs") or {}
    sides = {name: (slots[name], _vector(slots[name], query, vectors.get(name))) for name in ("a", "b")}
    found = merged_list(sides["a"][0], sides["b"][0], sides["a"][1], sides["b"][1], query, int(request.args["k"]))
    request.say("done", rows=[one.as_json() for one in found])


def _movers(request: Request, slots: dict[str, Slot]) -> None:
    from simcse_ml.jobs.compare import movers_of

    found = movers_of(slots["a"], slots["b"], request.sink, stopped=request.stopped, noise=slots.get("c"))
    if found is not None:
        request.say("done", **found.as_json(most=100))


if __name__ == "__main__":
    main()
