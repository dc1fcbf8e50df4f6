"""`export`: a model for other runtimes, compared with the one it came from before it is called done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said, Sink, StageStarted, Warned
from simcse_ml.files import atomic_folder, require_new
from simcse_ml.jobs.exploring import text_of
from simcse_ml.jobs.using import Use, open_used
from simcse_ml.languages.scripts import NOT_OF_ONE_SCRIPT, letter_shares, script_of
from simcse_ml.languages.table import all_languages
from simcse_ml.runs.state import read_state

if TYPE_CHECKING:
    from simcse_ml.models.contract import Encoder
    from simcse_ml.text.labelled.sts import PairSet

Kind = Literal["onnx", "int8", "model2vec", "torch-truncated", "trimmed"]
TOLERANCE = 1e-4
SAMPLE = 500
"""sentences of a text on which a trimmed model is compared"""
BLOCK = 4096
"""sentences at once"""
LEAST_SHARE = 0.01
"""of the letters of a text in a script whose characters all stay, whether they occur or not"""
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class ExportRequest:
    """dim: for torch-truncated.  out: a new folder.  corpus: the text for trimmed; None: the run's own."""

    use: Use
    to: str
    out: Path
    dim: int | None = None
    corpus: str | None = None


@dataclass(frozen=True)
class Pieces:
    """Of a vocabulary, before and after.  unseen: estimated share of the pieces of more such text that are gone."""

    before: int
    after: int
    unseen: float


@dataclass(frozen=True)
class Exported:
    """difference: largest of any number, None where vectors were meant to change.  cosine: to the vectors of the
    model itself, least and mean, for int8.  scores: set -> before and after.  pieces: for trimmed.
    """

    folder: Path
    kind: Kind
    dim: int
    difference: float | None
    cosine: tuple[float, float] | None
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pieces: Pieces | None = None

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "folder": str(self.folder)}


def export(request: ExportRequest, sink: Sink) -> Exported:
    """Raises: UserError USAGE for a kind that there is not, or not of this model; GATE where vectors differ."""
    kind = _kind(request)
    require_new(request.out, "--out")
    if kind in ("onnx", "int8"):
        from simcse_ml.sharing.onnx import require_onnx

        require_onnx()
    opened = open_used(request.use)
    sink(StageStarted("export"))
    texts = probes()
    with atomic_folder(request.out) as building:
        made = MAKERS[kind](opened.encoder, building, request, texts, sink)
        result = _compared(made, opened.embed, texts, request, kind, sink)
    return result


@dataclass(frozen=True)
class _Made:
    """embed: by the runtime it is for.  exact: whether vectors must be equal.  texts: on which."""

    embed: Embed
    dim: int
    exact: bool
    texts: Sequence[str]
    pieces: Pieces | None = None


def probes() -> list[str]:
    """Names of languages by themselves and in rows: every script, many lengths, and nobody's text."""
    names = [language.own_name for language in all_languages()]
    return [*names, *(" ".join(names[at : at + 9]) for at in range(0, len(names), 9))]


def _compared(
    made: _Made, embed: Embed, texts: Sequence[str], request: ExportRequest, kind: Kind, sink: Sink
) -> Exported:
    before, after = embed(made.texts), made.embed(made.texts)
    sets = _sets(request, sink)
    scores = {pairs.name: (_score(embed, pairs), _score(made.embed, pairs)) for pairs in sets}
    if made.exact:
        worst = float(np.abs(before - after).max(initial=0.0))
        if not worst <= TOLERANCE:
            raise UserError(
                f"the exported model gives other vectors (by {worst:.1e})",
                where=str(request.out),
                mend="report this; the model itself is whole",
                exit_code=ExitCode.GATE,
            )
        return Exported(request.out, kind, made.dim, worst, None, scores, made.pieces)
    cosine = _cosines(before, after) if kind == "int8" else None
    if not sets:
        sink(Said("export", "no labelled set of the run is at hand, so what this costs was not scored"))
    return Exported(request.out, kind, made.dim, None, cosine, scores)


def _onnx(encoder: Encoder, folder: Path, request: ExportRequest, texts: Sequence[str], sink: Sink) -> _Made:
    from simcse_ml.sharing import onnx

    onnx.write_onnx(encoder, folder, encoder.tokenize(texts[:5]))
    _write_beside(encoder, folder)
    return _Made(lambda some: onnx.embed_onnx(folder / onnx.FILE, encoder, some), encoder.dim, True, texts)


def _int8(encoder: Encoder, folder: Path, request: ExportRequest, texts: Sequence[str], sink: Sink) -> _Made:
    from simcse_ml.sharing import onnx

    onnx.require_products(encoder)
    onnx.write_onnx(encoder, folder, encoder.tokenize(texts[:5]))
    onnx.write_int8(folder)
    for path in (folder / onnx.FILE, folder / f"{onnx.FILE}.data"):
        path.unlink(missing_ok=True)
    _write_beside(encoder, folder)
    return _Made(lambda some: onnx.embed_onnx(folder / onnx.INT8, encoder, some), encoder.dim, False, texts)


def _write_beside(encoder: Encoder, folder: Path) -> None:
    """The tokenizer, and what else must be known to feed the graph."""
    from simcse_ml.files import write_json
    from simcse_ml.models.backbone import BackboneEncoder

    tokenizer: Any = encoder.tokenizer
    facts: dict[str, object] = {"inputs": ["input_ids", "attention_mask"], "output": "sentence_embedding"}
    if isinstance(encoder, BackboneEncoder):
        tokenizer.save_pretrained(folder)
        facts |= {"max_tokens": encoder.max_tokens, "prefix": encoder.shape.prefix}
    else:
        tokenizer.save(str(folder / "tokenizer.json"))
        facts |= {"max_tokens": None, "prefix": "", "add_special_tokens": False}
    write_json(folder / "simcse_ml_onnx.json", {**facts, "dim": encoder.dim})


def _model2vec(encoder: Encoder, folder: Path, request: ExportRequest, texts: Sequence[str], sink: Sink) -> _Made:
    from simcse_ml.models.loading import load_saved
    from simcse_ml.models.opened import embed_texts
    from simcse_ml.sharing.other_layouts import write_model2vec

    write_model2vec(encoder, folder)
    return _Made(lambda some: embed_texts(load_saved(folder, name="x"), some), encoder.dim, True, texts)


def _truncated(encoder: Encoder, folder: Path, request: ExportRequest, texts: Sequence[str], sink: Sink) -> _Made:
    from simcse_ml.models.loading import load_saved
    from simcse_ml.models.opened import embed_texts
    from simcse_ml.sharing.other_layouts import truncated

    if request.dim is None:
        raise _usage("how many numbers is not said", "--to torch-truncated", "add --dim N")
    truncated(encoder.to("cpu").float(), request.dim).save(folder)
    loaded = load_saved(folder, name="x", trust=encoder.own_code)
    return _Made(lambda some: embed_texts(loaded, some), request.dim, False, texts)


def _trimmed(encoder: Encoder, folder: Path, request: ExportRequest, texts: Sequence[str], sink: Sink) -> _Made:
    from simcse_ml.models.backbone import BackboneEncoder
    from simcse_ml.models.loading import load_saved
    from simcse_ml.models.opened import embed_texts
    from simcse_ml.models.trimmed import trimmed

    if not isinstance(encoder, BackboneEncoder):
        raise _usage("a static model has the pieces of its own text alone", "--to trimmed", "it is small as it is")
    corpus = text_of(request.use, request.corpus, sink)
    sample = corpus.texts(np.linspace(0, len(corpus) - 1, min(len(corpus), SAMPLE)).astype(np.int64))
    cpu = encoder.to("cpu").float()
    cut = trimmed(cpu, corpus.iterate(batch=BLOCK), _characters_of(sample))
    cut.encoder.save(folder)
    loaded = load_saved(folder, name="x", trust=encoder.own_code)
    pieces = Pieces(cut.before, cut.after, cut.unseen)
    return _Made(lambda some: embed_texts(loaded, some), cpu.dim, True, sample, pieces)


def _characters_of(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether a character is of a script that `texts` are written in, of none, or in ASCII."""
    scripts = {script for script, share in letter_shares(texts) if share >= LEAST_SHARE} | NOT_OF_ONE_SCRIPT
    return lambda character: character.isascii() or script_of(character) in scripts


MAKERS: Mapping[Kind, Callable[[Encoder, Path, ExportRequest, Sequence[str], Sink], _Made]] = {
    "onnx": _onnx,
    "int8": _int8,
    "model2vec": _model2vec,
    "torch-truncated": _truncated,
    "trimmed": _trimmed,
}


def _kind(request: ExportRequest) -> Kind:
    known: tuple[Kind, ...] = get_args(Kind)
    for kind in known:
        if kind == request.to:
            return kind
    raise _usage("there is no such export", f"--to {request.to}", f"one of {', '.join(known)}")


def _sets(request: ExportRequest, sink: Sink) -> list[PairSet]:
    """The labelled sets that the run was scored on, as far as they still lie where they lay."""
    run = request.use.run
    if run is None:
        return []
    from simcse_ml.jobs.scored_pairs import scored_pairs

    recipe: Any = read_state(run).asked.get("recipe", {})
    found = []
    for name in recipe.get("evaluation", {}).get("sts", ()):
        if Path(name).is_file():
            found.extend(scored_pairs([name], sink))
        else:
            sink(Warned(f"{name} is no longer there, and is left out"))
    return found


def _score(embed: Embed, pairs: PairSet) -> float:
    from simcse_ml.evaluation.sts import cosine_scores, spearman

    return round(100 * spearman(cosine_scores(embed, pairs), pairs.gold), 2)


def _cosines(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    """Least and mean cosine of each vector with what became of it."""
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    cosines = np.divide((before * after).sum(1), lengths, out=np.ones_like(lengths), where=lengths > 0)
    return round(float(cosines.min()), 4), round(float(cosines.mean()), 4)


def _usage(what: str, where: str, mend: str) -> UserError:
    return UserError(what, where=where, mend=mend, exit_code=ExitCode.USAGE)
