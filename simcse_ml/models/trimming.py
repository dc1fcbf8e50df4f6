"""A vocabulary cut down to what one language uses: the same vectors for its text from a fraction of the word table.

Most of a multilingual model is its table. Rows of pieces that a text never contains are never read, so leaving them out
changes no vector of it ("vocabulary trimming"). A text with other pieces is cut into smaller ones that are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Spec = dict[str, Any]
"""tokenizer.json of the tokenizers library"""
MARKS = ("##", "▁", "Ġ")
"""what a piece may begin with that is no character of the text"""
_BYTE = re.compile(r"<0x[0-9A-F]{2}>$")


def pieces_of(spec: Spec) -> dict[str, int]:
    """Piece -> id, without added tokens that the model does not know itself."""
    vocabulary = spec["model"]["vocab"]
    if isinstance(vocabulary, list):
        return {piece: place for place, (piece, _) in enumerate(vocabulary)}
    return dict(vocabulary)


def kept_ids(spec: Spec, used: Iterable[int], keeps: Callable[[str], bool]) -> NDArray[np.int64]:
    """(kept,) ids in rising order: those used, added and unknown tokens, bytes, and single characters that `keeps`.

    Of BPE also every piece that a kept one is merged from, so that merging comes to the same pieces as before.
    """
    model = spec["model"]
    pieces = pieces_of(spec)
    ids = set(map(int, used)) | {int(token["id"]) for token in spec.get("added_tokens", ())}
    unknown = model.get("unk_id") if model.get("unk_id") is not None else pieces.get(model.get("unk_token") or "")
    ids |= {unknown} if unknown is not None else set()
    every = _of_bytes(spec)
    ids |= {place for piece, place in pieces.items() if _is_character(piece, keeps, every=every) or _BYTE.match(piece)}
    if model["type"] == "BPE":
        names = {place: piece for piece, place in pieces.items()}
        kept = _with_parts({names[place] for place in ids if place in names}, _merges(model), model)
        ids |= {pieces[piece] for piece in kept}
    return np.array(sorted(ids), np.int64)


def trim_spec(spec: Spec, kept: NDArray[np.int64]) -> Spec:
    """The tokenizer with the pieces `kept` alone; a piece's new id is its place in `kept`."""
    new = {int(old): place for place, old in enumerate(kept.tolist())}
    model = dict(spec["model"])
    if isinstance(model["vocab"], list):
        model["vocab"] = [model["vocab"][old] for old in kept.tolist() if old < len(model["vocab"])]
        model["unk_id"] = None if model.get("unk_id") is None else new[model["unk_id"]]
    else:
        model["vocab"] = {piece: new[old] for piece, old in model["vocab"].items() if old in new}
    if model["type"] == "BPE":
        there = model["vocab"]
        merges = zip(model["merges"], _merges(spec["model"]), strict=True)
        model["merges"] = [as_is for as_is, pair in merges if {*pair, _product(pair, model)} <= there.keys()]
    trimmed = {**spec, "model": model}
    trimmed["added_tokens"] = [{**token, "id": new[token["id"]]} for token in spec.get("added_tokens", ())]
    trimmed["post_processor"] = _renumbered(spec.get("post_processor"), new)
    if spec.get("padding"):
        trimmed["padding"] = {**spec["padding"], "pad_id": new[spec["padding"]["pad_id"]]}
    return trimmed


def _is_character(piece: str, keeps: Callable[[str], bool], *, every: bool) -> bool:
    for mark in MARKS:
        piece = piece.removeprefix(mark) or piece
    return len(piece) == 1 and (every or keeps(piece))


def _of_bytes(spec: Spec) -> bool:
    """Whether single characters stand for bytes, any of which any text may contain."""
    return "ByteLevel" in str(spec.get("pre_tokenizer")) or "ByteLevel" in str(spec.get("decoder"))


def _merges(model: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Pairs in the order of their rank, however they are written."""
    pairs = (merge.split(" ") if isinstance(merge, str) else merge for merge in model["merges"])
    return [(left, right) for left, right in pairs]


def _product(pair: tuple[str, str], model: Mapping[str, Any]) -> str:
    prefix = model.get("continuing_subword_prefix") or ""
    return pair[0] + pair[1].removeprefix(prefix)


def _with_parts(wanted: Collection[str], merges: list[tuple[str, str]], model: Mapping[str, Any]) -> set[str]:
    """`wanted` and all they are merged from, however often."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for pair in merges:
        parts.setdefault(_product(pair, model), []).append(pair)
    kept: set[str] = set()
    waiting = list(wanted)
    while waiting:
        piece = waiting.pop()
        if piece not in kept:
            kept.add(piece)
            waiting += [part for pair in parts.get(piece, ()) for part in pair]
    return kept


def _renumbered(processor: Any, new: Mapping[int, int]) -> Any:  # noqa: ANN401 - JSON
    """A post-processor, or several within one, with the new ids of the tokens it puts in."""
    if not isinstance(processor, dict):
        return processor
    changed = dict(processor)
    for key in ("sep", "cls"):
        if isinstance(changed.get(key), list):
            changed[key] = [changed[key][0], new[changed[key][1]]]
    if changed.get("special_tokens"):
        changed["special_tokens"] = {
            name: {**token, "ids": [new[old] for old in token["ids"]]}
            for name, token in changed["special_tokens"].items()
        }
    if "processors" in changed:
        changed["processors"] = [_renumbered(inner, new) for inner in changed["processors"]]
    return changed
