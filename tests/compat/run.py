"""python run.py ENVIRONMENTS MODEL...: vectors of each environment beside those of simcse-ml, as rows of a table.

ENVIRONMENTS is a folder with the environments that README.md makes.  A MODEL is a run or a model folder.
Exit code 1 if one differs by more than it may.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentences import SENTENCES

from simcse_ml.jobs.export import ExportRequest, export
from simcse_ml.jobs.push import PushRequest, plan_push
from simcse_ml.jobs.using import Use
from simcse_ml.models.opened import OpenedModel, open_model
from simcse_ml.models.static import StaticEncoder
from simcse_ml.sharing.other_layouts import known_pieces_only

HERE = Path(__file__).parent
HUB = HERE.parent / "unit" / "sharing"
DOCS = HERE.parents[1] / "docs" / "sharing.md"
TOLERANCE, OF_ONNX = 1e-5, 1e-4
REPO = "you/model"
PROGRAMS = re.compile(r"```python\n(.*?)```", re.DOTALL)
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Environments:
    """scratch: a folder for what is made on the way."""

    folder: Path
    scratch: Path

    def python(self, name: str) -> str:
        return str((self.folder / name / "bin" / "python").absolute())

    def library(self, name: str, library: str, model: Path, sentences: Sequence[str]) -> tuple[str, Vectors]:
        """(version, vectors) by vectors.py."""
        out = self.scratch / "vectors.npy"
        out.with_suffix(".json").write_text(json.dumps(list(sentences)), encoding="utf-8")
        told = _told([self.python(name), str(HERE / "vectors.py"), library, str(model.resolve()), str(out)], {})
        return told.split()[-1], np.load(out)

    def program(
        self, name: str, library: str, program: str, sentences: Sequence[str], more: dict[str, str]
    ) -> tuple[str, Vectors]:
        """(version of `library`, vectors) by a program of docs or card, given these sentences for its own."""
        out = self.scratch / "vectors.npy"
        own, count = re.subn(r"(?m)^sentences = .*$", lambda _: f"sentences = {list(sentences)!r}", program)
        assert count == 1, program
        own += (
            f"\nimport numpy\nfrom importlib.metadata import version\nnumpy.save({str(out)!r}, numpy.asarray(vectors))"
        )
        told = _told([self.python(name), "-c", f"{own}\nprint(version({library!r}))"], more)
        return told.split()[-1], np.load(out)


def _told(command: list[str], more: dict[str, str]) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment | more)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


Row = tuple[str, str, int, float, float]
"""what, version, sentences, greatest difference, how much it may be"""


def rows(model: Path, environments: Environments) -> Iterator[Row]:
    """Of everything that can run this model."""
    opened = open_model(str(model))
    ours = opened.embed(SENTENCES)
    whole = model / "model" if (model / "model").is_dir() else model
    for name in ("st5", "st6"):
        version, theirs = environments.library(name, "sentence-transformers", whole, SENTENCES)
        yield "sentence-transformers", version, len(ours), _difference(theirs, ours), TOLERANCE
    if whole is not model:
        version, theirs = by_the_card(model, environments)
        what = "the card's program: NumPy, tokenizers" if _static(opened) else "the card's program: transformers"
        yield what, version, len(ours), _difference(theirs, ours), TOLERANCE
    version, theirs = by_onnx(whole, environments)
    yield "onnxruntime, the program above", version, len(ours), _difference(theirs, ours), OF_ONNX
    if _static(opened):
        assert isinstance(opened.encoder, StaticEncoder)
        known = known_pieces_only(opened.encoder, SENTENCES)
        version, theirs = environments.library("m2v", "model2vec", _exported(whole, "model2vec", environments), known)
        yield "model2vec", version, len(known), _difference(theirs, opened.embed(known)), TOLERANCE


def by_the_card(run: Path, environments: Environments) -> tuple[str, Vectors]:
    """Without sentence-transformers, as a stranger would: from a Hub, which is on the loopback."""
    sys.path.insert(0, str(HUB))
    from model_hub import model_hub

    request = PushRequest(str(run), REPO, run.parent, _cache(), licence="apache-2.0")
    plan = plan_push(request, lambda _: None)
    files = {file.path: b"".join(file.blocks()) for file in plan.files}
    plain = PROGRAMS.findall(plan.card)[1]
    library = "transformers" if "transformers" in plain else "tokenizers"
    with model_hub() as hub:
        hub.put(REPO, files, private=False)
        more = {"HF_ENDPOINT": hub.address, "HF_HOME": str(environments.scratch / run.name), "HF_HUB_OFFLINE": "0"}
        return environments.program("plain", library, plain, SENTENCES, more | {"HF_HUB_DISABLE_XET": "1"})


def by_onnx(model: Path, environments: Environments) -> tuple[str, Vectors]:
    """By the program of docs/sharing.md."""
    folder = _exported(model, "onnx", environments)
    program = next(text for text in PROGRAMS.findall(DOCS.read_text(encoding="utf-8")) if "onnxruntime" in text)
    return environments.program("ort", "onnxruntime", program.replace('"ja-onnx"', repr(str(folder))), SENTENCES, {})


def _exported(model: Path, to: str, environments: Environments) -> Path:
    """Of a model folder: of a run its labelled sets would be scored too."""
    use = Use(str(model), model.parent, _cache(), device="cpu", precision="fp32", threads=1)
    return export(ExportRequest(use, to, environments.scratch / f"{model.name}-{to}"), lambda _: None).folder


def _cache() -> Path:
    from simcse_ml.cli.environment import resolve_config

    return resolve_config().cache_dir


def _static(opened: OpenedModel) -> bool:
    return isinstance(opened.encoder, StaticEncoder)


def _difference(theirs: Vectors, ours: Vectors) -> float:
    assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
    return float(np.abs(theirs - ours).max())


def main(environments: str, models: Sequence[str]) -> int:
    wrong = 0
    print("| model | numbers | runtime | sentences | greatest difference |\n|---|---|---|---|---|")
    for name in models:
        with tempfile.TemporaryDirectory() as scratch:
            model = Path(name)
            size = open_model(name).encoder.dim
            for what, version, count, difference, most in rows(model, Environments(Path(environments), Path(scratch))):
                differs = not difference <= most
                wrong += differs
                told = f"{difference:.1e}{' DIFFERS' if differs else ''}"
                print(f"| {model.name} | {size} | {what} ({version}) | {count} | {told} |", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
